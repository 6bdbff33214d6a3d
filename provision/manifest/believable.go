package manifest

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// wordCheck looks for words that no western European language has. They show that
// text which was read as windows-1252 was written in another encoding of one byte
// a letter: another Windows code page, or that of DOS or of old Macintosh computers.
// Where both could be, it is not believed either: somebody has to say.
type wordCheck struct {
	word []rune // letters and signs since the last ASCII sign
	last string // the last word with a letter beyond ASCII
	odd  string // the least certain such word so far, the first of several
	rank int    // how uncertain it is

	words evidence // what the words tell together
	line  int      // where the characters stand that come

	padded  doubt  // a word with a no-break space at its end, or á on DOS
	letters bool   // a word has a letter beyond ASCII
	next    rune   // what stands behind the word
	open    []rune // quotation marks before words in this line, not closed yet
	doubt   string // the word that is not believable

	// Of this line:
	cyrillic string // a word that may be a Cyrillic one
	mixed    bool   // another has letters of ASCII and others, as no Cyrillic one has
}

// maxWord is how much of a word is looked at, in characters.
const maxWord = 64

// add takes the next character and reports whether the text is still believable.
func (w *wordCheck) add(r rune) bool {
	switch {
	case r == utf8.RuneError || (r >= 0x80 && r < 0xa0):
		w.doubt = string(append(w.word, r)) // windows-1252 does not have such a byte
		return false
	case r < utf8.RuneSelf && !unicode.IsLetter(r):
		w.next = r
		if !w.end() {
			return false
		}
		switch r {
		case '?', '!':
			w.open = slices.DeleteFunc(w.open, func(sign rune) bool { return sign == '¿' || sign == '¡' })
		case '\n':
			return w.endLine()
		}
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
			switch w.believable(word) {
			case impossible:
				w.doubt = w.last
				return false
			case unusual:
				w.words.doubt(w.last, w.line)
			case believed:
				w.words.believe(w.last)
			}
			if rank := uncertainty(word); rank > w.rank {
				w.odd, w.rank = w.last, rank
			}
			w.letters = w.letters || slices.ContainsFunc(word, isAccented)
			if strings.EqualFold(w.last, cyrillicToo) {
				w.cyrillic = w.last
			} else {
				w.mixed = w.mixed || slices.ContainsFunc(word, isASCII) && slices.ContainsFunc(word, isAccented)
			}
			return true
		}
	}
	return true
}

// uncertainty returns how much a word shows that a text is not windows-1252 if it is
// not: little if it has signs alone, and more if its letters are others in Windows'
// code pages of the Baltic, or even in those of central Europe.
func uncertainty(word []rune) int {
	rank := 1
	for _, r := range word {
		switch {
		case !isAccented(r):
		case strings.ContainsRune("äöüéóßÄÖÜÉÓ", r):
			rank = max(rank, 2)
		case strings.ContainsRune("áâçëíîôúýÁÂÇËÍÎÔÚÝ", r):
			rank = max(rank, 3)
		default:
			rank = 4
		}
	}
	return rank
}

// endLine takes the end of a line and reports whether all of its quotation marks
// were closed: on DOS they were letters. A word that may be a Cyrillic one needs
// another in its line that cannot.
func (w *wordCheck) endLine() bool {
	switch {
	case len(w.open) > 0:
		w.doubt = w.last
	case w.cyrillic != "" && !w.mixed:
		w.doubt = w.cyrillic
	}
	believed := w.doubt == ""
	w.open, w.cyrillic, w.mixed = w.open[:0], "", false
	return believed
}

// endText takes the end of the text and returns the word that is not believable: one
// that is unusual, or ends in what is a space only if letters tell so.
func (w *wordCheck) endText() doubt {
	if w.padded.word != "" && !w.letters {
		return w.padded
	}
	return w.words.verdict()
}

// belief is how certain it is that a word is one of a western European language.
type belief uint8

const (
	impossible belief = iota
	unusual           // it may be one, and may be a usual word in another encoding
	believed
)

func believe(well bool) belief {
	if well {
		return believed
	}
	return impossible
}

// believable returns whether a word with characters beyond ASCII can stand in a text
// of a western European language: each run of letters as a word of one, and each
// sign where people put such signs.
func (w *wordCheck) believable(word []rune) belief {
	letters, least := false, believed
	for start := 0; start < len(word); {
		end := start
		for end < len(word) && isWordLetter(word[end]) {
			end++
		}
		if end > start {
			letters = true
			least = min(least, believableLetters(word[start:end]))
			start = end
			continue
		}
		least = min(least, w.believableSign(word, start))
		start++
	}
	if !letters {
		return min(least, believe(believableSigns(word)))
	}
	return least
}

// isWordLetter reports whether r belongs to words. The ordinals, the micro sign and
// the signs that phoneticians use count as signs.
func isWordLetter(r rune) bool {
	return unicode.IsLetter(r) && !strings.ContainsRune("ªºµƒˆ", r)
}

func isAccented(r rune) bool { return !isASCII(r) && isWordLetter(r) }

// believableSigns reports whether signs that stand by themselves are few and usual.
func believableSigns(word []rune) bool {
	others := 0
	for _, r := range word {
		if strings.ContainsRune("¤¦¨¬¯´¶¸ƒˆ˜", r) && (r != '¦' || len(word) > 1) {
			return false
		}
		if !strings.ContainsRune("\u00a0–—…€“”„‘’‚«»‹›", r) {
			others++
		}
	}
	return others <= 1 || string(word) == "§§"
}
