package webex

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// redactor makes text from the wire safe to show: without the token and other
// secrets, in one line, of bounded length.
type redactor struct {
	token   string          // of this request
	secrets func() []string // see Config.Secrets; may be nil
}

const redacted = "[redacted]"

// minSecret is the length in bytes from which a token is looked for in text.
// Webex's have more than 60; to cut out one of a few letters, as tests use,
// would spoil every message and hide nothing.
const minSecret = 8

// userinfo finds the user name and password of a URL, such as a proxy's.
var userinfo = regexp.MustCompile(`://[^/@\s]*@`)

// others returns what must not be shown but for the token.
func (r redactor) others() []string {
	if r.secrets == nil {
		return nil
	}
	return r.secrets()
}

// holds reports whether s holds a secret, which no id does.
func (r redactor) holds(s string) bool {
	return found(s, r.token) || slices.ContainsFunc(r.others(), func(secret string) bool { return found(s, secret) })
}

func found(s, secret string) bool { return len(secret) >= minSecret && strings.Contains(s, secret) }

func (r redactor) secret(s string) string {
	for _, secret := range r.others() {
		s = without(s, secret)
	}
	s = without(s, r.token)
	if strings.Contains(s, "://") {
		s = userinfo.ReplaceAllString(s, "://")
	}
	return s
}

// without cuts out a secret, as it is and as it stands in URLs and forms.
func without(s, secret string) string {
	if len(secret) < minSecret {
		return s
	}
	s = strings.ReplaceAll(s, secret, redacted)
	if escaped := url.QueryEscape(secret); escaped != secret {
		s = strings.ReplaceAll(s, escaped, redacted)
	}
	return s
}

// line returns s without secrets, control characters and bad UTF-8, with runs
// of space folded, and at most limit bytes long.
func (r redactor) line(s string, limit int) string {
	if !plain(s) {
		s = fold(s)
	}
	if s = r.secret(s); len(s) <= limit {
		return s
	}
	cut := limit
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}

// plain reports text of printable ASCII without spaces, as tracking ids are.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// sequence finds what tells a terminal to do something, such as to write in red: without
// its first character it would be text.
var sequence = regexp.MustCompile(`(?:\x1b\[|\x{9b})[0-?]*[ -/]*[@-~]|(?:\x1b\]|\x{9d})[^\x07\x1b\x{9c}]*(?:\x07|\x1b\\|\x{9c})|\x1b[ -/]*[0-~]`)

// fold drops terminal sequences, control characters and bad UTF-8, and makes every run of space one.
func fold(s string) string {
	s = sequence.ReplaceAllString(s, "")
	s = strings.Map(func(c rune) rune {
		switch {
		case unicode.IsSpace(c):
			return ' '
		case unicode.Is(unicode.C, c) || c == utf8.RuneError:
			return -1
		}
		return c
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// error returns err with a message that is safe to show; errors.Is and
// errors.As still find the cause.
func (r redactor) error(err error) error {
	if message := r.line(err.Error(), maxMessage); message != err.Error() {
		return redactedError{message, err}
	}
	return err
}

func (r redactor) transportError(sent bool, err error) *TransportError {
	return &TransportError{Sent: sent, Err: r.error(err)}
}

type redactedError struct {
	message string
	cause   error
}

func (e redactedError) Error() string { return e.message }
func (e redactedError) Unwrap() error { return e.cause }
