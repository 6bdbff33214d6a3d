package results

import (
	"errors"
	"io"
)

// lines reads the lines of a file where they stand. Lines that follow one another
// are read together.
type lines struct {
	src  io.ReaderAt
	from int64 // where in the file the window begins
	win  []byte
}

// ahead is how much is read at once when lines are asked for in their order.
const ahead = 64 << 10

// line returns a line. It is good until the next call.
func (t *lines) line(at span) ([]byte, error) {
	start := at.offset - t.from
	if start < 0 || start+int64(at.size) > int64(len(t.win)) {
		if err := t.move(at); err != nil {
			return nil, err
		}
		start = 0
	}
	return t.win[start:][:at.size], nil
}

// move puts the window where a line stands, and makes it long if that is a little
// further on.
func (t *lines) move(at span) error {
	length := int(at.size)
	if next := t.from + int64(len(t.win)); at.offset >= t.from && at.offset < next+ahead {
		length = max(length, ahead)
	}
	if cap(t.win) < length {
		t.win = make([]byte, 0, length)
	}
	n, err := t.src.ReadAt(t.win[:length], at.offset)
	t.from, t.win = at.offset, t.win[:n]
	if n >= int(at.size) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
