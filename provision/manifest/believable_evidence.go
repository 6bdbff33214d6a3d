package manifest

import (
	"slices"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// evidence is what the words of a text tell together. A name such as Žďár shows that a
// text is not windows-1252; one that is merely unusual, such as Warten… or Andreas’, is
// believed where the text has many words that another encoding would not have made.
type evidence struct {
	believed map[string]bool // words with a letter beyond ASCII, up to mostWords
	doubted  []doubt         // unusual words
}

// mostWords is how many words of each kind are kept.
const mostWords = 4096

// rivals are the encodings that words can be mistaken for, or that can be mistaken for
// windows-1252; others have other letters altogether. For each word that may be one of
// theirs so many different ones must be none: few words of the first look like words of
// the west when they are misread, and more of those of central and eastern Europe.
var rivals = []struct {
	*charmap.Charmap
	wordsPerDoubt int
}{
	{charmap.Macintosh, 3},
	{charmap.CodePage850, 3},
	{charmap.CodePage437, 3},
	{charmap.Windows1254, 3},
	{charmap.Windows1250, 6},
	{charmap.Windows1257, 10},
}

func (e *evidence) believe(word string) {
	if e.believed == nil {
		e.believed = map[string]bool{}
	}
	if len(e.believed) < mostWords {
		e.believed[word] = true
	}
}

func (e *evidence) doubt(word string, line int) {
	if len(e.doubted) < mostWords && !slices.ContainsFunc(e.doubted, func(d doubt) bool { return d.word == word }) {
		e.doubted = append(e.doubted, doubt{word: word, line: line})
	}
}

// verdict returns the first unusual word that the others do not make believable, the
// zero doubt if there is none.
func (e *evidence) verdict() doubt {
	for _, rival := range rivals {
		var first doubt
		needed := 0
		for _, d := range e.doubted {
			if differs(d.word, rival.Charmap, func(rune) bool { return true }) {
				if needed += rival.wordsPerDoubt; first.word == "" {
					first = d
				}
			}
		}
		for word := range e.believed {
			if needed > 0 && differs(word, rival.Charmap, isAccented) {
				needed--
			}
		}
		if needed > 0 {
			return first
		}
	}
	return doubt{}
}

// differs reports whether one of the characters of a word that are of a kind would be
// another in the rival encoding.
func differs(word string, rival *charmap.Charmap, kind func(rune) bool) bool {
	for _, r := range word {
		c, ok := charmap.Windows1252.EncodeRune(r)
		if ok && r >= utf8.RuneSelf && kind(r) && rival.DecodeByte(c) != r {
			return true
		}
	}
	return false
}
