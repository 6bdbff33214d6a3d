package report

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// leaveOut puts "…" for a row's own words, such as its title, where a message
// repeats them whole.
//
// One that is a word of the language may be the message's own, so in the middle of a
// sentence it goes only where it has a capital, and elsewhere only in quotes. The
// longest goes first: it may hold the others.
func leaveOut(own []string, message string) string {
	own = slices.Clone(own)
	slices.SortFunc(own, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	status := answered.FindString(message)
	message = message[len(status):]
	for _, word := range own {
		if word = strings.TrimSpace(word); word != "" {
			message = leaveOutOne(word, message)
		}
	}
	return status + message
}

// answered is how a message begins that has an HTTP status, which no title shall
// take away.
var answered = regexp.MustCompile(`^Webex answered \d+[:,]`)

func leaveOutOne(word, message string) string {
	var b strings.Builder
	done := 0
	for from := 0; ; {
		i := strings.Index(message[from:], word)
		if i < 0 {
			return b.String() + message[done:]
		}
		start, end := from+i, from+i+len(word)
		from = end
		if repeats(message[:start], word, message[end:]) {
			b.WriteString(message[done:start] + "…")
			done = end
		}
	}
}

// repeats reports whether a word between two parts of a message is the row's.
func repeats(before, word, after string) bool {
	last, _ := utf8.DecodeLastRuneInString(before)
	next, _ := utf8.DecodeRuneInString(after)
	first, _ := utf8.DecodeRuneInString(word)
	final, _ := utf8.DecodeLastRuneInString(word)
	switch {
	case wordy(last) && wordy(first), wordy(final) && wordy(next):
		return false
	case strings.ContainsRune(quotes, last) && strings.ContainsRune(quotes, next), strings.ContainsFunc(word, notLetter):
		return true
	}
	begins := strings.TrimSpace(before) == "" || strings.HasSuffix(before, ". ")
	return !begins && len(word) > 1 && !unicode.IsLower(first)
}

// quotes are what a message may put around a title.
const quotes = "\"'`“”„‘’‚«»‹›「」『』()[]<>"

func wordy(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func notLetter(r rune) bool { return !unicode.IsLetter(r) }
