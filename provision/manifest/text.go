package manifest

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// clean returns the text of a cell without the white space around it. What is
// invisible at either end must not make a second identity. Inside, the text stays
// as it was written.
func clean(text string) string {
	if text == "" || (text[0] > ' ' && text[0] < utf8.RuneSelf &&
		text[len(text)-1] > ' ' && text[len(text)-1] < utf8.RuneSelf) {
		return text
	}
	return strings.TrimFunc(text, isSpace)
}

// isSpace reports whether r takes room without showing: Unicode's white space,
// no-break spaces among it, and the characters of no width that spreadsheet
// programs and web pages leave behind.
func isSpace(r rune) bool {
	switch r {
	case '\u200b', '\u2060', '\ufeff', '\x1a': // zero width space, word joiner, byte-order mark, end of a DOS file
		return true
	default:
		return unicode.IsSpace(r)
	}
}

// controlCharacter returns the first control character (Unicode category Cc) in
// text that is not among those allowed. Joiners and direction marks (Cf) belong
// to how some languages are written, so they are no fault.
func controlCharacter(text, allowed string) (r rune, found bool) {
	for _, r := range text {
		if unicode.IsControl(r) && !strings.ContainsRune(allowed, r) {
			return r, true
		}
	}
	return 0, false
}

// isPlain reports whether the text is ASCII.
func isPlain(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
