package manifest

import (
	"encoding/xml"
	"errors"
	"io"
)

// tokenSource reads XML token by token. One token never takes more memory than a
// row may: XML packs so well that a small file can hold a gigabyte of blanks.
type tokenSource struct {
	decoder *xml.Decoder
	guard   tokenGuard
	text    []byte // reused by readText
}

// tokenGuard stands beneath the decoder and ends text in which no token ends.
type tokenGuard struct {
	src     io.Reader
	passed  int64 // bytes handed on
	limit   int64 // how many may be, until the next token
	tooLong error
}

// errTooMuch says that a workbook holds more than can be of use in one.
var errTooMuch = errors.New("it holds more than is read")

// readAhead is more than what the decoder reads before it needs it.
const readAhead = 64 << 10

func newTokenSource(r io.Reader, tooLong error) *tokenSource {
	t := &tokenSource{guard: tokenGuard{src: r, limit: maxRecord + readAhead, tooLong: tooLong}}
	t.decoder = newDecoder(&t.guard)
	return t
}

// newDecoder returns a decoder of a part, which has to be in UTF-8.
func newDecoder(r io.Reader) *xml.Decoder {
	decoder := xml.NewDecoder(r)
	decoder.CharsetReader = func(charset string, _ io.Reader) (io.Reader, error) {
		return nil, charsetError(charset)
	}
	return decoder
}

// charsetError is the encoding of a part that is in another than UTF-8.
type charsetError string

// Error implements error.
func (c charsetError) Error() string {
	return "a part of it is in " + string(c) + ", and not in UTF-8, as all parts of a workbook are"
}

// Read implements io.Reader.
func (g *tokenGuard) Read(p []byte) (int, error) {
	if g.passed > g.limit {
		return 0, g.tooLong
	}
	n, err := g.src.Read(p)
	g.passed += int64(n)
	return n, err
}

// next returns the next token; the end of the text is unexpected.
func (t *tokenSource) next() (xml.Token, error) {
	token, err := t.nextOrEnd()
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return token, err
}

// nextOrEnd returns the next token, or io.EOF.
func (t *tokenSource) nextOrEnd() (xml.Token, error) {
	token, err := t.decoder.RawToken()
	t.guard.limit = t.decoder.InputOffset() + maxRecord + readAhead
	return token, err
}
