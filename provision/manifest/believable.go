package manifest

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// wordCheck looks for words that no western European language has. They show that
// text which was read as windows-1252 was written in another encoding of one byte
// a letter: another Windows code page, or that of old Macintosh computers.
type wordCheck struct {
	word []rune // letters and signs since the last ASCII sign
	last string // the last word with a letter beyond ASCII
}

// maxWord is how much of a word is looked at, in characters.
const maxWord = 64

// add takes the next character and reports whether the text is still believable.
func (w *wordCheck) add(r rune) bool {
	switch {
	case r == utf8.RuneError || (r >= 0x80 && r < 0xa0):
		return false // windows-1252 does not have such a byte
	case r < utf8.RuneSelf && !unicode.IsLetter(r):
		return w.end()
	case len(w.word) < maxWord:
		w.word = append(w.word, r)
	}
	return true
}

// skip takes ASCII text.
func (w *wordCheck) skip(ascii []byte) {
	for _, c := range ascii[max(0, len(ascii)-maxWord):] {
		w.add(rune(c))
	}
}

// end takes the end of the word and reports whether the word is believable.
func (w *wordCheck) end() bool {
	word := w.word
	w.word = w.word[:0]
	for _, r := range word {
		if r >= utf8.RuneSelf {
			w.last = string(word)
			return believable(word)
		}
	}
	return true
}

// languages are the letters beyond ASCII of the languages that windows-1252 is
// for. Words mix those of one language, but not those of several.
var languages = []string{
	"äöüß",             // German
	"àâæçèéêëîïôœùûüÿ", // French
	"áàéèíïóòúüñçªº",   // Spanish and Catalan
	"áàâãçéêíóôõúüªº",  // Portuguese
	"àèéìòùªº",         // Italian
	"áéíóúàèëïöüê",     // Dutch
	"åäöæøéèêóòôüáà",   // Danish, Norwegian, Swedish
	"äöõüšžå",          // Estonian, Finnish
	"áðéíóúýþæö",       // Icelandic
}

// believable reports whether a word with letters beyond ASCII can be a word of a
// western European language, and a sign among its letters one that words have.
func believable(word []rune) bool {
	for i, r := range word {
		first, last := i == 0, i == len(word)-1
		switch {
		case r < utf8.RuneSelf:
		case !unicode.IsLetter(r):
			if !last && unicode.IsLetter(word[i+1]) && !believableSign(r, !first && unicode.IsLetter(word[i-1])) {
				return false
			}
		case unicode.IsUpper(r) && !first && unicode.IsLower(word[i-1]):
			return false // "CafŽ"
		case strings.ContainsRune("ŠŽŸ", r) && !first && !last && unicode.IsUpper(word[i-1]) && unicode.IsLower(word[i+1]):
			return false // "MŸnchen"
		}
	}
	return oneLanguage(word)
}

// believableSign reports whether the sign may stand before a letter: between two,
// or after something else.
func believableSign(sign rune, between bool) bool {
	if between {
		return strings.ContainsRune("·’‘–—…\u00a0\u00ad•", sign)
	}
	return !strings.ContainsRune("£¥¦¨¬¯±²³´¸¹¼¾", sign)
}

func oneLanguage(word []rune) bool {
	for _, letters := range languages {
		foreign := false
		for _, r := range word {
			r = unicode.ToLower(r)
			if r >= utf8.RuneSelf && unicode.IsLetter(r) && !strings.ContainsRune(letters, r) {
				foreign = true
				break
			}
		}
		if !foreign {
			return true
		}
	}
	return distinctLetters(word) < 2
}

func distinctLetters(word []rune) int {
	var seen []rune
	for _, r := range word {
		r = unicode.ToLower(r)
		if r >= utf8.RuneSelf && unicode.IsLetter(r) && !strings.ContainsRune(string(seen), r) {
			seen = append(seen, r)
		}
	}
	return len(seen)
}
