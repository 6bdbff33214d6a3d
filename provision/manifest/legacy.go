package manifest

import (
	"errors"
	"io"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// errEncodingDoubt ends text of which nobody can say in what encoding it is.
var errEncodingDoubt = errors.New("encoding in doubt")

// legacyReader reads text whose encoding nothing says. While all of it is ASCII
// the question does not arise. The first letter beyond decides: valid UTF-8 makes
// the text UTF-8, anything else windows-1252, which is what Excel writes as "CSV"
// in western Europe and America. Text that contradicts windows-1252 later on ends
// with errEncodingDoubt; invalid UTF-8 goes through, for the cells are checked.
type legacyReader struct {
	src    io.Reader
	mode   legacyMode
	buffer []byte // reused; in is part of it, and so is out unless it was decoded
	in     []byte // read and not yet decoded
	out    []byte // decoded and not yet handed on
	text   []byte // reused for what windows-1252 decodes to
	err    error  // why there is no more input
	words  wordCheck
	sample string // the first word that windows-1252 decoded

	doubted func(word string) // told of the word that contradicts windows-1252
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
		if len(l.in) == 0 || (l.err == nil && !utf8.FullRune(l.in)) {
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
	if l.mode == undecided {
		ascii := 0
		for ascii < len(l.in) && l.in[ascii] < utf8.RuneSelf {
			ascii++
		}
		if ascii > 0 {
			l.words.skip(l.in[:ascii])
			l.out, l.in = l.in[:ascii], l.in[ascii:]
			return
		}
		if len(l.in) == 0 || (l.err == nil && !utf8.FullRune(l.in)) {
			return
		}
		l.mode = isWindows1252
		if _, size := utf8.DecodeRune(l.in); size > 1 {
			l.mode = isUTF8
		}
	}
	if l.mode == isUTF8 {
		l.out, l.in = l.in, nil
		return
	}
	l.decodeWindows1252()
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
			l.doubt()
			return
		}
		r := charmap.Windows1252.DecodeByte(l.in[0])
		if !l.words.add(r) {
			l.doubt()
			return
		}
		if l.sample == "" && r < utf8.RuneSelf && !unicode.IsLetter(r) {
			l.sample = l.words.last
		}
		l.text = utf8.AppendRune(l.text, r)
		l.in = l.in[1:]
	}
	if l.err == nil {
		return
	}
	if !l.words.end() || !l.words.endLine() {
		l.doubt()
	}
	if l.sample == "" {
		l.sample = l.words.last
	}
}

// doubt ends the text. What is decoded goes out, so that the place is known.
func (l *legacyReader) doubt() {
	l.doubted(l.words.doubt)
	l.in, l.err = nil, errEncodingDoubt
}
