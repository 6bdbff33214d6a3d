package manifest

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// unreadLetters reports whether a program has put U+FFFD in the place of letters
// that it could not read.
func unreadLetters(text string) bool { return strings.Contains(text, string(utf8.RuneError)) }

// lostLetters reports whether a program has put question marks in the place of
// letters that its encoding does not have. A word that ends in up to three of them
// is a question, and so is one that stands behind a word. Web addresses are full of
// question marks and are left alone.
func lostLetters(text string) bool {
	if !strings.Contains(text, "?") {
		return false
	}
	words := strings.Fields(text)
	for i, word := range words {
		if strings.Contains(word, "://") || strings.ContainsAny(word, "=&") {
			continue
		}
		core := strings.TrimFunc(word, isPunctuation)
		switch marks := strings.Count(word, "?"); {
		case marks == 0:
		case core != "":
			if lostInWord(word, core) {
				return true
			}
		case marks > 1 && (marks > mostAsked || i == 0 || i < len(words)-1):
			return true // of nothing else, and no question that ends the text
		}
	}
	return false
}

// mostAsked is how many question marks people put behind a question.
const mostAsked = 3

// isPunctuation reports whether r may stand before or behind a word, question marks
// among it.
func isPunctuation(r rune) bool {
	return r == '?' || unicode.Is(unicode.P, r) && r != '#' && r != '@'
}

// lostInWord looks at a word and at what is left of it without the punctuation
// around it.
func lostInWord(word, core string) bool {
	start := strings.Index(word, core)
	before, behind := word[:start], word[start+len(core):]
	if strings.Count(behind, "?") > mostAsked || strings.Contains(before, "??") {
		return true
	}
	letters := []rune(core)
	return strings.HasSuffix(before, "?") && unicode.IsLetter(letters[0]) ||
		strings.Contains(core, "??") || lostInside(letters)
}

// lostInside reports whether a question mark stands between two letters that belong
// to one word: "M?nchen" and "M?NCHEN", but not "Who?What".
func lostInside(word []rune) bool {
	for i := 1; i < len(word)-1; i++ {
		if word[i] != '?' || !unicode.IsLetter(word[i-1]) {
			continue
		}
		if unicode.IsLower(word[i+1]) || (unicode.IsUpper(word[i+1]) && unicode.IsUpper(word[i-1])) {
			return true
		}
	}
	return false
}

// htmlEntity is how web pages write signs and letters: R&amp;D, Caf&eacute;.
var htmlEntity = regexp.MustCompile(`&(amp|lt|gt|quot|apos|nbsp|#\d{2,5}|#x[0-9a-fA-F]{2,5}|[a-zA-Z](uml|acute|grave|circ|tilde|cedil|ring|caron|slash)|szlig|[aA][eE]lig|euro|[lr]dquo|[lr]squo|[mn]dash|hellip);`)

// drawn are the lines of tables in text that are no rows, and what database programs
// write below them.
var drawn = regexp.MustCompile(`^[-=_+|:~ ─═━┼├┤│]*[-=_─═━]{3}[-=_+|:~ ─═━┼├┤│]*$|^\(\d+ rows?\)$|^\d+ rows? in set\b`)

// isDrawn reports whether a text is such a line.
func isDrawn(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	return !unicode.IsLetter(first) && drawn.MatchString(text)
}

// lostDigits reports whether the text is a long number that a spreadsheet program
// shortened, as 1.23457E+14.
func lostDigits(text string) bool {
	digits, exponent, found := strings.Cut(text, "E")
	if !found || len(exponent) < 3 || strings.Trim(exponent[1:], "0123456789") != "" || !strings.ContainsRune("+-", rune(exponent[0])) {
		return false
	}
	whole, fraction, _ := strings.Cut(strings.Replace(digits, ",", ".", 1), ".")
	whole = strings.TrimPrefix(whole, "-")
	return len(whole) == 1 && strings.Trim(whole+fraction, "0123456789") == ""
}

// keptZeros reports whether the text is the formula ="0012", with which programs
// make Excel keep the zeros of a CSV file.
func keptZeros(text string) bool {
	return len(text) > 3 && strings.HasPrefix(text, `="`) && text[len(text)-1] == '"'
}

// misreadUTF8 reports whether the text was UTF-8 and a program read it as
// windows-1252: "MÃ¼nchen".
func misreadUTF8(text string) bool {
	if isPlain(text) {
		return false
	}
	letters := []rune(text)
	for i, r := range letters {
		lead, ok := charmap.Windows1252.EncodeRune(r)
		if !ok || lead < 0xc2 || lead > 0xf4 {
			continue
		}
		length := 2
		if lead >= 0xe0 {
			length = 3
		}
		if lead >= 0xf0 {
			length = 4
		}
		if i+length > len(letters) {
			continue
		}
		encoded := []byte{lead}
		for _, next := range letters[i+1 : i+length] {
			c, ok := windows1252Byte(next)
			if !ok {
				break
			}
			encoded = append(encoded, c)
		}
		meant, size := utf8.DecodeRune(encoded)
		if size == length && isLikelyMisread(meant) && !isClosing(letters, i+length) {
			return true
		}
	}
	return false
}

// windows1252Byte returns the byte of a character, also of those five that
// windows-1252 does not have and that programs pass through.
func windows1252Byte(r rune) (byte, bool) {
	if r >= 0x80 && r < 0xa0 {
		return byte(r), true
	}
	return charmap.Windows1252.EncodeRune(r)
}

// isLikelyMisread reports whether r is one of those that texts are full of: of
// Latin, Greek and Cyrillic letters, quotation marks and the like, and emoji.
func isLikelyMisread(r rune) bool {
	return r >= 0xa0 && r < 0x180 || r >= 0x391 && r < 0x460 || r >= 0x2010 && r < 0x2030 || r == '€' || r == '™' || r >= 0x1f300
}

// isClosing reports whether the character before end is a quotation mark or the
// like that may well stand there behind a capital: “MAÇÃ”.
func isClosing(letters []rune, end int) bool {
	return strings.ContainsRune("”’“‘»›…–—™€", letters[end-1]) && unicode.IsUpper(letters[end-2]) &&
		(end == len(letters) || !unicode.IsLetter(letters[end])) && (end < 3 || !unicode.IsLower(letters[end-3]))
}
