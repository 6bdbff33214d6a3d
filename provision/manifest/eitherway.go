package manifest

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// Two bytes may be one letter of UTF-8, or a capital with an accent and a sign of
// windows-1252: the bytes of ANDRÉ’S are those of ANDRɒS.

// closingSigns are those that people put behind a capital.
const closingSigns = "’”“‘»›…–—™®©°²³€•·\u00a0"

// eitherWay reports whether two bytes that are a letter of UTF-8 may as well be two of
// windows-1252. before are the ASCII letters of the word so far, and after what follows.
func eitherWay(before, pair, after []byte) bool {
	capital, sign := charmap.Windows1252.DecodeByte(pair[0]), charmap.Windows1252.DecodeByte(pair[1])
	if !unicode.IsUpper(capital) && capital != 'ß' || !strings.ContainsRune(closingSigns, sign) {
		return false
	}
	capitals := len(before) > 0 && isUpperASCII(before[len(before)-1])
	word := len(before) > 1 && capitals && isUpperASCII(before[len(before)-2])
	if len(before) > 0 && !capitals && capital != 'ß' || len(after) > 0 && after[0] >= utf8.RuneSelf {
		return false // no capital stands behind a small letter, and few words have one letter of UTF-8
	}
	r, _ := utf8.DecodeRune(pair)
	switch {
	case isUsual(r, before):
		return word && outOfCase(r, after)
	case len(after) > 0 && isLowerASCII(after[0]) && !word:
		return sign == '’' && after[0] == 's'
	default:
		return len(before) > 0 || r < 0x2b0
	}
}

func isUpperASCII(c byte) bool { return c >= 'A' && c <= 'Z' }

func isLowerASCII(c byte) bool { return c >= 'a' && c <= 'z' }

// isUsual reports whether a letter of two bytes is one that languages write.
func isUsual(r rune, before []byte) bool {
	switch {
	case unicode.Is(unicode.Mn, r) && len(before) > 0: // the second part of a letter
		return utf8.RuneCount(norm.NFC.Append(nil, append(before[len(before)-1:len(before):len(before)], string(r)...)...)) == 1
	default:
		return r < 0x180 || strings.ContainsRune("ƠơƯưȘșȚțʻʼҐґ", r) || r >= 0x1cd && r <= 0x1dc || r >= 0x370 && r < 0x460
	}
}

// outOfCase reports whether a usual Latin letter behind capitals does not go with the
// letters around it: QUALITą, QUALITĖTeam.
func outOfCase(r rune, after []byte) bool {
	switch {
	case !unicode.Is(unicode.Latin, r) || r < 0x100:
		return false
	case unicode.IsLower(r):
		return len(after) == 0 || !isLowerASCII(after[0])
	default:
		return len(after) > 1 && isUpperASCII(after[0]) && isLowerASCII(after[1])
	}
}

// bothWays returns a word with such bytes as windows-1252 and as UTF-8.
func bothWays(before, rest []byte) (windows, other string) {
	end := 2
	for end < min(len(rest), maxWord) && isLetterASCII(rest[end]) {
		end++
	}
	windows, _ = charmap.Windows1252.NewDecoder().String(string(rest[:end])) // every byte is a character
	return string(before) + windows, string(before) + string(rest[:end])
}

func isLetterASCII(c byte) bool { return isUpperASCII(c) || isLowerASCII(c) }

// countLines returns how many lines end in the text, with LF, CR LF or CR.
func countLines(text []byte) int {
	return max(bytes.Count(text, []byte{'\n'}), bytes.Count(text, []byte{'\r'}))
}
