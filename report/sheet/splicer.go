package sheet

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"io"
	"slices"
	"strings"
)

// splicer copies XML byte for byte, while its user looks at the tokens and puts
// something in between, or in the place of some. After an error its methods do
// nothing more; finish returns it.
type splicer struct {
	decoder *xml.Decoder
	held    bytes.Buffer // read by decoder, and neither copied nor left out yet
	from    int64        // offset of held
	out     *bufio.Writer
	err     error
}

func newSplicer(r io.Reader, w io.Writer) *splicer {
	s := &splicer{out: bufio.NewWriterSize(w, 1<<16)}
	s.decoder = xml.NewDecoder(io.TeeReader(r, &s.held))
	return s
}

// next returns the next token, nil at the end and after an error. An element that
// closes itself has a start and an end all the same.
func (s *splicer) next() xml.Token {
	if s.err != nil {
		return nil
	}
	token, err := s.decoder.RawToken()
	if err == io.EOF { //nolint:errorlint // RawToken returns it as it is
		return nil
	}
	if err != nil {
		s.err = err
		return nil
	}
	return token
}

// raw returns what was read since copy or drop was last called.
func (s *splicer) raw() []byte {
	return s.held.Bytes()[:s.decoder.InputOffset()-s.from]
}

// copy writes what was read, as it stands.
func (s *splicer) copy() {
	s.write(s.raw())
	s.drop()
}

// drop leaves out what was read.
func (s *splicer) drop() {
	n := s.decoder.InputOffset() - s.from
	s.held.Next(int(n))
	s.from += n
}

// write puts something in.
func (s *splicer) write(b []byte) {
	if s.err == nil {
		_, s.err = s.out.Write(b)
	}
}

// element reads to the end of the element that has just started, of which nothing
// is copied yet, and calls child for each start in it.
func (s *splicer) element(child func(xml.StartElement)) {
	for depth := 1; depth > 0; {
		switch t := s.next().(type) {
		case nil:
			if s.err == nil {
				s.err = io.ErrUnexpectedEOF
			}
			return
		case xml.StartElement:
			depth++
			if child != nil {
				child(t)
			}
		case xml.EndElement:
			depth--
		}
	}
}

// finish copies what is left, and returns the first error.
func (s *splicer) finish() error {
	for s.next() != nil {
		s.copy()
	}
	s.copy()
	if s.err != nil {
		return s.err
	}
	return s.out.Flush()
}

// attribute returns the value of an attribute without a namespace.
func attribute(e xml.StartElement, name string) (string, bool) {
	for _, a := range e.Attr {
		if a.Name.Space == "" && a.Name.Local == name {
			return a.Value, true
		}
	}
	return "", false
}

// setAttribute returns the element with another value of an attribute.
func setAttribute(e xml.StartElement, name, value string) xml.StartElement {
	e = withoutAttributes(e, name)
	e.Attr = append(e.Attr, xml.Attr{Name: xml.Name{Local: name}, Value: value})
	return e
}

func withoutAttributes(e xml.StartElement, names ...string) xml.StartElement {
	e.Attr = slices.DeleteFunc(slices.Clone(e.Attr), func(a xml.Attr) bool {
		return a.Name.Space == "" && slices.Contains(names, a.Name.Local)
	})
	return e
}

// startTag returns the tag of an element; empty says that it closes itself.
func startTag(e xml.StartElement, empty bool) []byte {
	b := append([]byte{'<'}, qualified(e.Name)...)
	for _, a := range e.Attr {
		b = append(append(b, ' '), qualified(a.Name)...)
		b = append(b, `="`...)
		b = append(appendAttribute(b, a.Value), '"')
	}
	if empty {
		b = append(b, '/')
	}
	return append(b, '>')
}

func appendAttribute(b []byte, value string) []byte {
	var escaped bytes.Buffer
	_ = xml.EscapeText(&escaped, []byte(value)) // a Buffer takes everything
	return append(b, escaped.Bytes()...)
}

// qualified returns a name as RawToken read it.
func qualified(name xml.Name) string {
	if name.Space == "" {
		return name.Local
	}
	return name.Space + ":" + name.Local
}

// prefixOf returns what stands before the names of elements that belong to e.
func prefixOf(e xml.StartElement) string {
	if e.Name.Space == "" {
		return ""
	}
	return e.Name.Space + ":"
}

// closesItself reports a tag such as <row/>.
func closesItself(raw []byte) bool {
	return strings.HasSuffix(string(raw[max(0, len(raw)-2):]), "/>")
}
