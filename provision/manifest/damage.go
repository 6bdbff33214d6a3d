package manifest

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// unreadLetters reports whether a program has put U+FFFD in the place of letters
// that it could not read.
func unreadLetters(text string) bool { return strings.ContainsRune(text, utf8.RuneError) }

// lostLetters reports whether a program has put question marks in the place of
// letters that its encoding does not have. A question mark is one if it stands
// inside a word, or if a text consists of little else. Web addresses are full of
// question marks and are left alone.
func lostLetters(text string) bool {
	if !strings.Contains(text, "?") {
		return false
	}
	marks, letters := 0, 0
	for word := range strings.FieldsSeq(text) {
		if strings.Contains(word, "://") || strings.ContainsAny(word, "=&") {
			letters++
			continue
		}
		if lostInside([]rune(word)) {
			return true
		}
		marks += strings.Count(word, "?")
		letters += len(word) - strings.Count(word, "?")
	}
	return marks >= 2 && letters < marks
}

// lostInside reports whether question marks stand between two letters that belong
// to one word: "M?nchen" and "M?NCHEN", but not "Who?What".
func lostInside(word []rune) bool {
	for i := 1; i < len(word)-1; i++ {
		if word[i] != '?' || !unicode.IsLetter(word[i-1]) {
			continue
		}
		end := i
		for end < len(word) && word[end] == '?' {
			end++
		}
		if end == len(word) {
			return false
		}
		if unicode.IsLower(word[end]) || (unicode.IsUpper(word[end]) && unicode.IsUpper(word[i-1])) {
			return true
		}
	}
	return false
}
