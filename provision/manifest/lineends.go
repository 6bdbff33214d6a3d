package manifest

import (
	"bytes"
	"io"
)

// lineEnds makes each CR that is not followed by LF an LF. It is for files whose
// lines all end in a lone CR, as programs on old Macintosh computers wrote them.
type lineEnds struct {
	src io.Reader
	cr  bool // the last byte was a CR
}

// endsInCR reports whether the lines of a text that starts with head end in a lone CR.
func endsInCR(head []byte) bool {
	return bytes.IndexByte(head, '\r') >= 0 && bytes.IndexByte(head, '\n') < 0 &&
		bytes.IndexByte(head, '\r') < len(head)-1
}

// Read implements io.Reader.
func (l *lineEnds) Read(p []byte) (int, error) {
	n, err := l.src.Read(p)
	kept := p[:0]
	for _, c := range p[:n] {
		if afterCR := l.cr; afterCR && c == '\n' {
			l.cr = false
			continue // the CR has ended the line already
		}
		l.cr = c == '\r'
		if l.cr {
			c = '\n'
		}
		kept = append(kept, c)
	}
	return len(kept), err
}

// singleCR drops the CR of those that stand before another. Programs end lines in CR CR
// LF that write CR LF as text, and LF becomes CR LF once more.
type singleCR struct {
	src io.Reader
	cr  bool // the last byte was a CR
}

// Read implements io.Reader.
func (s *singleCR) Read(p []byte) (int, error) {
	n, err := s.src.Read(p)
	kept := p[:0]
	for _, c := range p[:n] {
		if c != '\r' || !s.cr {
			kept = append(kept, c)
		}
		s.cr = c == '\r'
	}
	return len(kept), err
}
