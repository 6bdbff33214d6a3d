package manifest

import (
	"errors"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// errEncodingDoubt ends text of which nobody can say in what encoding it is.
var errEncodingDoubt = errors.New("encoding in doubt")

// legacyReader reads text whose encoding nothing says. While all of it is ASCII
// the question does not arise. The first letter beyond decides: valid UTF-8 makes
// the text UTF-8, anything else windows-1252, which is what Excel writes as "CSV"
// in western Europe and America. Letters that may be either decide nothing; text that
// has no others, or that contradicts windows-1252 later on, ends with
// errEncodingDoubt; invalid UTF-8 goes through, for the cells are checked.
type legacyReader struct {
	src    io.Reader
	mode   legacyMode
	buffer []byte // reused; in is part of it, and so is out unless it was decoded
	in     []byte // read and not yet decoded
	out    []byte // decoded and not yet handed on
	text   []byte // reused for what windows-1252 decodes to
	err    error  // why there is no more input
	words  wordCheck

	either doubt  // the first word that may be windows-1252 or UTF-8
	before []byte // ASCII letters just before what is undecided
	line   int    // lines that ended before it, or before what windows-1252 decodes

	doubted func(doubt) // told why nobody can say what the text is
}

// doubt is a word that shows that nobody can say in what encoding a text is.
type doubt struct {
	word  string // as windows-1252
	other string // as UTF-8, if it may be either; else it contradicts windows-1252
	line  int    // where it stands; 0 if the text ends there
}

type legacyMode uint8

const (
	undecided legacyMode = iota
	isUTF8
	isWindows1252
)

// legacyChunk is how many bytes are decoded at a time.
const legacyChunk = 16 << 10

// Read implements io.Reader.
func (l *legacyReader) Read(p []byte) (int, error) {
	for len(l.out) == 0 {
		if len(l.in) == 0 || l.wantsMore() {
			if errors.Is(l.err, io.EOF) && l.mode == undecided && l.either.word != "" {
				l.doubt(l.either)
			}
			if l.err != nil {
				return 0, l.err
			}
			l.fill()
		}
		l.decode()
	}
	n := copy(p, l.out)
	l.out = l.out[n:]
	return n, nil
}

// fill reads on behind what is left of in, which is part of a letter at most.
func (l *legacyReader) fill() {
	if l.buffer == nil {
		l.buffer = make([]byte, legacyChunk)
	}
	kept := copy(l.buffer, l.in)
	n, err := l.src.Read(l.buffer[kept:])
	l.in, l.err = l.buffer[:kept+n], err
}

// decode moves what can be decoded from in to out.
func (l *legacyReader) decode() {
	if l.mode == undecided && !l.decide() {
		return
	}
	if l.mode == isUTF8 {
		l.out, l.in = l.in, nil
		return
	}
	l.decodeWindows1252()
}

// wantsMore reports whether what is read is too little to decode: part of a letter or,
// as long as nothing is decided, a letter without what stands behind it.
func (l *legacyReader) wantsMore() bool {
	short := l.mode == undecided && len(l.in) < pairAndNext && len(l.in) > 0 && l.in[0] >= utf8.RuneSelf
	return l.err == nil && (short || !utf8.FullRune(l.in))
}

// pairAndNext is how many bytes tell whether two may be windows-1252 or UTF-8.
const pairAndNext = 4

// decide moves what decides nothing from in to out, and reports whether the next
// letter has decided what the text is.
func (l *legacyReader) decide() bool {
	ascii := 0
	for ascii < len(l.in) && l.in[ascii] < utf8.RuneSelf {
		ascii++
	}
	if ascii > 0 {
		l.pass(l.in[:ascii])
		return false
	}
	if len(l.in) == 0 || l.wantsMore() {
		return false
	}
	switch _, size := utf8.DecodeRune(l.in); {
	case size == 1 && l.either.word != "":
		l.doubt(l.either) // what went out was taken for UTF-8
		return false
	case size == 1:
		l.mode = isWindows1252
	case size == 2 && eitherWay(l.before, l.in[:2], l.in[2:]):
		if l.either.word == "" {
			l.either.word, l.either.other = bothWays(l.before, l.in)
			l.either.line = l.line + 1
		}
		l.out, l.in, l.before = l.in[:2], l.in[2:], l.before[:0]
		return false
	default:
		l.mode = isUTF8
	}
	return true
}

// pass hands ASCII text on.
func (l *legacyReader) pass(ascii []byte) {
	l.words.skip(ascii)
	l.line += countLines(ascii)
	start := len(ascii)
	for start > 0 && isLetterASCII(ascii[start-1]) {
		start--
	}
	if start > 0 {
		l.before = l.before[:0]
	}
	l.before = append(l.before, ascii[max(start, len(ascii)-maxWord):]...)
	l.before = l.before[max(0, len(l.before)-maxWord):]
	l.out, l.in = ascii, l.in[len(ascii):]
}

func (l *legacyReader) decodeWindows1252() {
	l.text = l.text[:0]
	defer func() { l.out = l.text }()
	for len(l.in) > 0 {
		if l.err == nil && !utf8.FullRune(l.in) {
			return // the next bytes tell whether this is UTF-8 after all
		}
		if r, size := utf8.DecodeRune(l.in); size > 1 {
			l.words.doubt = string(append(l.words.word, r)) // a word in UTF-8 after all
			l.doubt(doubt{word: l.words.doubt})
			return
		}
		r := charmap.Windows1252.DecodeByte(l.in[0])
		l.words.line = l.line + 1
		if !l.words.add(r) {
			l.doubt(doubt{word: l.words.doubt})
			return
		}
		if r == '\n' || r == '\r' && len(l.in) > 1 && l.in[1] != '\n' {
			l.line++
		}
		l.text = utf8.AppendRune(l.text, r)
		l.in = l.in[1:]
	}
	if l.err == nil {
		return
	}
	if !l.words.end() || !l.words.endLine() {
		l.doubt(doubt{word: l.words.doubt})
	} else if why := l.words.endText(); why.word != "" {
		l.doubt(why)
	}
}

// doubt ends the text. What is decoded goes out, so that the place is known.
func (l *legacyReader) doubt(why doubt) {
	l.doubted(why)
	l.in, l.err = nil, errEncodingDoubt
}
