package sheet

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// links are the hyperlinks of a sheet: the cells are named in the sheet, and where
// they lead to in another part, its relationships.
type links struct {
	strict  bool // the namespaces are those of Strict Open XML
	written bool
	kept    int               // that the sheet had before
	cells   []linkedCell      // to write into the sheet
	ids     map[string]string // link → id
	order   []string          // links, in the order in which they came
	left    map[string]bool   // ids of those that are left out, and not needed any more
	beyond  int               // links that Excel would not accept any more
}

type linkedCell struct{ cell, id string }

// linkID starts the ids of the links that this package adds.
const linkID = "rIdRoomlift"

// add notes a link, and reports whether it can be one.
func (l *links) add(cell, target string) bool {
	if l.kept+len(l.cells) >= mostLinks {
		l.beyond++
		return false
	}
	id, known := l.ids[target]
	if !known {
		id = linkID + strconv.Itoa(len(l.order)+1)
		l.ids[target], l.order = id, append(l.order, target)
	}
	l.cells = append(l.cells, linkedCell{cell, id})
	return true
}

// relationships returns the namespace that ids of relationships belong to.
func (l *links) relationships() string {
	if l.strict {
		return "http://purl.oclc.org/ooxml/officeDocument/relationships"
	}
	return "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
}

// extendLinks writes the links of the sheet and the added ones. Those of an
// earlier annotation are left out.
func (s *worksheet) extendLinks(t xml.StartElement) {
	s.drop()
	opened := false
	open := func() { // an element without links would not be valid
		if !opened {
			opened = true
			s.write(startTag(t, false))
		}
	}
	for {
		switch c := s.next().(type) {
		case nil:
			return
		case xml.StartElement:
			s.element(nil)
			ref, _ := attribute(c, "ref")
			if s.place.Added[addedColumns[linkColumn].name] == 0 || columnOf(ref) != s.at[linkColumn] {
				s.links.kept++
				open()
				s.copy()
				continue
			}
			for _, a := range c.Attr {
				if a.Name.Space != "" && a.Name.Local == "id" {
					s.links.left[a.Value] = true
				}
			}
			s.drop()
		case xml.EndElement:
			s.drop()
			if len(s.links.cells) > 0 {
				open()
			}
			s.writeLinks()
			if opened {
				s.write(fmt.Appendf(nil, "</%s>", qualified(t.Name)))
			}
			return
		}
	}
}

// insertLinks writes the links before what has just been read, where the sheet had
// none.
func (s *worksheet) insertLinks() {
	if s.links.written || len(s.links.cells) == 0 {
		s.links.written = true
		return
	}
	before := slices.Clone(s.raw())
	s.drop()
	s.write(fmt.Appendf(nil, "<%shyperlinks>", s.prefix))
	s.writeLinks()
	s.write(fmt.Appendf(nil, "</%shyperlinks>", s.prefix))
	s.write(before)
}

func (s *worksheet) writeLinks() {
	s.links.written = true
	namespace := s.links.relationships()
	for _, c := range s.links.cells {
		s.write(fmt.Appendf(nil, `<%shyperlink xmlns:r="%s" ref="%s" r:id="%s"/>`, s.prefix, namespace, c.cell, c.id))
	}
}

const emptyRelationships = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>`

// annotate copies the relationships of the sheet, with those of the links.
func (l *links) annotate(r io.Reader, w io.Writer) error {
	s := newSplicer(r, w)
	for {
		switch t := s.next().(type) {
		case nil:
			return s.finish()
		case xml.StartElement:
			if t.Name.Local == "Relationships" {
				empty := closesItself(s.raw())
				s.drop()
				s.write(startTag(t, false))
				s.write(l.targets(prefixOf(t)))
				if empty {
					s.write(fmt.Appendf(nil, "</%s>", qualified(t.Name)))
				}
				continue
			}
			s.element(nil)
			if id, _ := attribute(t, "Id"); l.left[id] || strings.HasPrefix(id, linkID) {
				s.drop()
			}
		}
		s.copy()
	}
}

func (l *links) targets(prefix string) []byte {
	var b []byte
	for _, target := range l.order {
		b = fmt.Appendf(b, `<%sRelationship Id="%s" Type="%s/hyperlink" Target="%s" TargetMode="External"/>`,
			prefix, l.ids[target], l.relationships(), appendAttribute(nil, target))
	}
	return b
}
