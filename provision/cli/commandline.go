package cli

import (
	"regexp"
	"slices"
	"strings"
)

// secretFlags take half a secret as their value.
var secretFlags = []string{"--ping-url"}

const baseURLFlag = "--base-url"

var (
	plain = regexp.MustCompile(`^[A-Za-z0-9_./:=@%+,~-]+$`)
	// harmlessURL has a host, a port and a path alone, and none that could be half of
	// what somebody else splits differently.
	harmlessURL = regexp.MustCompile(`^[A-Za-z]+://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?$`)
)

// commandLine returns arguments as they are typed into a shell, for somebody who
// runs the same command again. What nobody shall read is an ellipsis.
func commandLine(args []string) string {
	words := []string{"roomlift"}
	flag := "" // whose value comes next
	for _, arg := range args {
		name, value, valued := strings.Cut(arg, "=")
		switch {
		case flag != "":
			arg, flag = shown(flag, arg), ""
		case !takesSecret(name):
			arg = shown("", arg)
		case valued:
			arg = name + "=" + shown(name, value)
		default:
			flag = name
		}
		words = append(words, quote(arg))
	}
	return strings.Join(words, " ")
}

// takesSecret reports whether a flag's value may be, or hold, a secret.
func takesSecret(flag string) bool { return flag == baseURLFlag || slices.Contains(secretFlags, flag) }

// shown returns what may be read of an argument: a flag's value, or, where flag is
// "", one that is no such value.
func shown(flag, arg string) string {
	switch {
	case flag == baseURLFlag && harmlessURL.MatchString(arg):
		return arg
	case flag != "", strings.Contains(arg, "://"):
		return "…"
	}
	return arg
}

// quote makes one word of an argument, as POSIX shells read it.
func quote(arg string) string {
	if plain.MatchString(strings.ReplaceAll(arg, "…", "")) || arg == "…" {
		return arg
	}
	return "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
}
