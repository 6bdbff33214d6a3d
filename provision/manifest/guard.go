package manifest

import (
	"bytes"
	"errors"
	"io"
)

// maxRecord is the most bytes that one row of a CSV file may have. Webex's longest
// fields are a few thousand bytes; what is longer is a missing line break, an
// unclosed quote or a file of another kind, and must not fill the memory.
const (
	maxRecord     = 1 << 20
	maxRecordText = "1 MiB"
)

// The reasons why a guard ends the input early.
var (
	errRecordTooLong = errors.New("record too long")
	errNUL           = errors.New("NUL byte")
)

// guard stands between a CSV file and its csv.Reader. It bounds the memory that
// one record can take, refuses NUL bytes, and knows where the quote that is open
// was opened, which csv.Reader does not tell.
type guard struct {
	src    io.Reader
	err    error // why the input ended; io.EOF at its true end
	passed int64 // bytes handed on
	last   byte  // the last of them
	quotes quoteTracker
}

func newGuard(src io.Reader, delimiter rune) *guard {
	return &guard{src: src, quotes: quoteTracker{delimiter: byte(delimiter), line: 1}}
}

// Read implements io.Reader.
func (g *guard) Read(p []byte) (int, error) {
	if g.err != nil {
		return 0, g.err
	}
	n, err := g.src.Read(p)
	g.err = err
	if i := bytes.IndexByte(p[:n], 0); i >= 0 {
		n, g.err = i, errNUL
	}
	g.quotes.scan(p[:n])
	g.passed += int64(n)
	if n > 0 {
		g.last = p[n-1]
	}
	if g.err == nil && g.quotes.length > maxRecord {
		g.err = errRecordTooLong
	}
	return n, g.err
}

// cutOff reports whether the input ended without a line end.
func (g *guard) cutOff() bool { return errors.Is(g.err, io.EOF) && g.last != '\n' }

// quoteTracker follows the quotes of a CSV file byte by byte, with the grammar of
// encoding/csv: after a misplaced quote the rest of the line is passed over.
type quoteTracker struct {
	delimiter byte
	state     quoteState
	line      int // the line of the next byte
	opened    int // the line of the latest opening quote
	length    int // bytes of the record so far
}

type quoteState uint8

const (
	cellStart quoteState = iota
	plainCell
	quotedCell
	quoteInQuoted // a second quote or the end of the cell
	restOfLine    // after a misplaced quote
)

// open reports whether the bytes so far end inside a quoted cell.
func (t *quoteTracker) open() bool { return t.state == quotedCell }

func (t *quoteTracker) scan(p []byte) {
	for _, c := range p {
		switch t.state {
		case cellStart:
			switch c {
			case '"':
				t.state, t.opened = quotedCell, t.line
			case t.delimiter, '\n':
			default:
				t.state = plainCell
			}
		case plainCell:
			switch c {
			case '"':
				t.state = restOfLine
			case t.delimiter, '\n':
				t.state = cellStart
			}
		case quotedCell:
			if c == '"' {
				t.state = quoteInQuoted
			}
		case quoteInQuoted:
			switch c {
			case '"':
				t.state = quotedCell
			case t.delimiter, '\n':
				t.state = cellStart
			case '\r': // before the line feed
			default:
				t.state = restOfLine
			}
		case restOfLine:
			if c == '\n' {
				t.state = cellStart
			}
		}
		t.length++
		if c == '\n' {
			t.line++
			if t.state == cellStart {
				t.length = 0
			}
		}
	}
}
