package cli

import (
	"regexp"
	"slices"
	"strings"
)

// secretFlags take half a secret as their value.
var secretFlags = []string{"--ping-url"}

var (
	plain    = regexp.MustCompile(`^[A-Za-z0-9_./:=@%+,~-]+$`)
	userinfo = regexp.MustCompile(`://[^/?#\s]*@`)
)

// commandLine returns arguments as they are typed into a shell, for somebody who
// runs the same command again. What nobody shall read is an ellipsis.
func commandLine(args []string) string {
	words := []string{"roomlift"}
	hide := false
	for _, arg := range args {
		name, _, valued := strings.Cut(arg, "=")
		switch secret := slices.Contains(secretFlags, name); {
		case hide:
			arg, hide = "…", false
		case secret && valued:
			arg = name + "=…"
		case secret:
			hide = true
		}
		words = append(words, quote(userinfo.ReplaceAllString(arg, "://…@")))
	}
	return strings.Join(words, " ")
}

// quote makes one word of an argument, as POSIX shells read it.
func quote(arg string) string {
	if plain.MatchString(strings.ReplaceAll(arg, "…", "")) || arg == "…" {
		return arg
	}
	return "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
}
