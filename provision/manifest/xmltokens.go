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
}

// tokenGuard stands beneath the decoder and ends text in which no token ends.
type tokenGuard struct {
	src     io.Reader
	passed  int64 // bytes handed on
	limit   int64 // how many may be, until the next token
	tooLong error
}

// readAhead is more than what the decoder reads before it needs it.
const readAhead = 64 << 10

func newTokenSource(r io.Reader, tooLong error) *tokenSource {
	t := &tokenSource{guard: tokenGuard{src: r, limit: maxRecord + readAhead, tooLong: tooLong}}
	t.decoder = xml.NewDecoder(&t.guard)
	return t
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
