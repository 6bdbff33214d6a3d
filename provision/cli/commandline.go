package cli

import (
	"os"
	"path/filepath"
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
		case takesSecret(name) && !valued:
			flag = name
		case valued && strings.HasPrefix(name, "--"):
			arg = name + "=" + shown(name, value)
		default:
			arg = shown("", arg)
		}
		words = append(words, quote(arg))
	}
	return strings.Join(words, " ")
}

// takesSecret reports whether a flag's value may be, or hold, a secret.
func takesSecret(flag string) bool { return flag == baseURLFlag || slices.Contains(secretFlags, flag) }

// shown returns what may be read of an argument: a flag's value, or, where flag is
// "", one that may be.
func shown(flag, arg string) string {
	switch {
	case flag == baseURLFlag && harmlessURL.MatchString(arg):
		return arg
	case takesSecret(flag), looksSecret(arg):
		return "…"
	}
	return arg
}

// maxExtension is how long a file's extension is at most, with its dot; what stands
// behind the last dot of a token is longer.
const maxExtension = 8

// tokenLike matches tokens: long, and without what parts the folders of a path.
var tokenLike = regexp.MustCompile(`^(?i:bearer\s+)?[A-Za-z0-9_.~+=-]{20,}$`)

// looksSecret reports whether an argument, which people take for the name of a file,
// is no file's and looks like a token, or like a URL that only its owner shall know.
func looksSecret(arg string) bool {
	extension := len(filepath.Ext(arg))
	token := tokenLike.MatchString(arg) && (extension == 0 || extension > maxExtension) && !strings.HasPrefix(arg, "--")
	if !token && !strings.Contains(arg, "://") {
		return false
	}
	_, err := os.Stat(arg)
	return err != nil
}

// withoutSecrets returns a message about arguments without those that nobody shall
// read.
func withoutSecrets(message string, args []string) string {
	for _, arg := range args {
		_, value, _ := strings.Cut(arg, "=")
		for _, text := range []string{arg, value} {
			if looksSecret(text) {
				message = strings.ReplaceAll(message, text, "…")
			}
		}
	}
	return message
}

// quote makes one word of an argument, as POSIX shells read it.
func quote(arg string) string {
	if plain.MatchString(strings.ReplaceAll(arg, "…", "")) || arg == "…" {
		return arg
	}
	return "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
}
