package sheet

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"roomlift/provision/manifest"
)

// worksheet adds columns to the XML of a sheet.
type worksheet struct {
	*splicer
	place    *manifest.Placement
	at       [len(addedColumns)]int
	look     look
	outcomes func() (row int, o outcome, ok bool) // of the rows to annotate, downwards

	prefix  string // of the sheet's elements
	row     int    // that has an outcome and is still to come; 0 when there is none
	outcome outcome
	cols    bool // <cols> was written
	links   links
}

// beforeLinks are the parts of a worksheet that stand before its hyperlinks, by
// ECMA-376, 18.3.1.99.
var beforeLinks = []string{
	"sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection",
	"protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells",
	"phoneticPr", "conditionalFormatting", "dataValidations",
}

// annotate copies the sheet from r to w.
func (s *worksheet) annotate(r io.Reader, w io.Writer) error {
	s.splicer = newSplicer(r, w)
	s.links = links{ids: map[string]string{}, left: map[string]bool{}}
	s.advance()
	for depth := 0; ; {
		token := s.next()
		if token == nil {
			break
		}
		switch t := token.(type) {
		case xml.StartElement:
			if depth++; depth == 1 {
				s.root(t)
			} else if s.part(t) {
				depth--
			}
		case xml.EndElement:
			if depth--; depth == 0 {
				s.insertLinks()
			}
		}
		s.copy()
	}
	return s.finish()
}

func (s *worksheet) advance() {
	row, o, ok := s.outcomes()
	if !ok {
		row = 0
	}
	s.row, s.outcome = row, o
}

func (s *worksheet) root(t xml.StartElement) {
	s.prefix = prefixOf(t)
	for _, a := range t.Attr {
		s.links.strict = s.links.strict || strings.HasPrefix(a.Value, "http://purl.oclc.org/ooxml/")
	}
}

// part deals with a part of the sheet that has just started. It reports whether
// it has read it to its end.
func (s *worksheet) part(t xml.StartElement) bool {
	switch t.Name.Local {
	case "dimension":
		s.stretch(t, false)
	case "cols":
		s.widenColumns(t)
	case "sheetData":
		s.insertColumns()
		s.rows()
	case "autoFilter":
		s.stretch(t, true)
	case "hyperlinks":
		s.extendLinks(t)
	default:
		if !slices.Contains(beforeLinks, t.Name.Local) {
			s.insertLinks()
		}
		s.copy()
		s.element(nil)
	}
	return true
}

// stretch extends the range of an element to the added columns; header says that it
// must start in the header to be meant.
func (s *worksheet) stretch(t xml.StartElement, header bool) {
	s.drop()
	text, _ := attribute(t, "ref")
	if longer, ok := s.stretched(text, header); ok {
		t = setAttribute(t, "ref", longer)
	}
	s.write(startTag(t, false))
	s.element(nil)
	if inner := s.raw(); len(inner) == 0 {
		s.write(fmt.Appendf(nil, "</%s>", qualified(t.Name)))
	}
}

// stretched returns a range that reaches to the last added column.
func (s *worksheet) stretched(text string, header bool) (string, bool) {
	return stretchRange(text, s.place.Header, header, slices.Max(s.at[:]))
}

func (s *worksheet) widenColumns(t xml.StartElement) {
	var cols []xml.StartElement
	s.element(func(c xml.StartElement) { cols = append(cols, c.Copy()) })
	s.drop()
	s.writeColumns(t.Name, cols)
}

// insertColumns writes the widths where the sheet has none.
func (s *worksheet) insertColumns() {
	if s.cols {
		return
	}
	start := slices.Clone(s.raw())
	s.drop()
	s.writeColumns(xml.Name{Space: trimColon(s.prefix), Local: "cols"}, nil)
	s.write(start)
}

func (s *worksheet) writeColumns(name xml.Name, cols []xml.StartElement) {
	s.cols = true
	cols = widen(cols, s.at, s.place, s.prefix)
	if len(cols) == 0 {
		return
	}
	s.write(startTag(xml.StartElement{Name: name}, false))
	for _, c := range cols {
		s.write(startTag(c, true))
	}
	s.write(fmt.Appendf(nil, "</%s>", qualified(name)))
}

// rows copies the rows, and adds to those that have an outcome.
func (s *worksheet) rows() {
	s.copy()
	number := 0
	for {
		switch t := s.next().(type) {
		case nil:
			return
		case xml.StartElement:
			if t.Name.Local != "row" {
				s.element(nil)
				continue
			}
			number++
			if text, ok := attribute(t, "r"); ok {
				number, _ = strconv.Atoi(text)
			}
			s.rowOf(t, number)
		case xml.EndElement:
			return
		}
		s.copy()
	}
}

// rowOf copies a row that has just started.
func (s *worksheet) rowOf(t xml.StartElement, number int) {
	cells := s.cells(number)
	if number < s.place.Header || cells == nil && len(s.place.Added) == 0 {
		s.copy()
		s.element(nil)
		return
	}
	empty := closesItself(s.raw())
	s.drop()
	t = withoutAttributes(t, "spans")
	s.write(startTag(s.heighten(t, cells), false))
	s.mergeCells(number, cells)
	if empty {
		s.write(fmt.Appendf(nil, "</%s>", qualified(t.Name)))
	}
	s.copy()
}

// heighten makes a row as high as the added texts need, unless somebody has given it
// a height.
func (s *worksheet) heighten(row xml.StartElement, cells []addedCell) xml.StartElement {
	if custom, _ := attribute(row, "customHeight"); custom == "1" || custom == "true" {
		return row
	}
	lines := 1
	for _, c := range cells {
		lines = max(lines, linesOf(c.text, c.width))
	}
	now, _ := attribute(row, "ht")
	height, _ := strconv.ParseFloat(now, 64)
	if needed := s.look.height(lines); lines > 1 && needed > height {
		row = setAttribute(row, "ht", strconv.FormatFloat(needed, 'f', -1, 64))
	}
	return row
}

// mergeCells copies the cells of a row up to its end, with those that are added.
func (s *worksheet) mergeCells(number int, cells []addedCell) {
	column := 0
	for {
		switch t := s.next().(type) {
		case nil:
			return
		case xml.EndElement:
			s.put(number, cells)
			return
		case xml.StartElement:
			if t.Name.Local != "c" {
				s.put(number, cells)
				cells = nil
				s.element(nil)
				s.copy()
				continue
			}
			column++
			if name, ok := attribute(t, "r"); ok {
				column = columnOf(name)
			}
			before := 0
			for before < len(cells) && cells[before].column < column {
				before++
			}
			s.put(number, cells[:before])
			cells = cells[before:]
			s.element(nil)
			switch {
			case len(cells) > 0 && cells[0].column == column:
				s.drop()
				s.put(number, cells[:1])
				cells = cells[1:]
			case s.wasAdded(column):
				s.drop()
			default:
				s.copy()
			}
		}
	}
}

// wasAdded reports a column of an earlier annotation.
func (s *worksheet) wasAdded(column int) bool {
	for i := range addedColumns {
		if s.place.Added[addedColumns[i].name] == column {
			return true
		}
	}
	return false
}

// addedCell is a cell to write.
type addedCell struct {
	column, style int
	width         float64
	text          string
}

// cells returns what is added to a row, from left to right; nil for a row without
// an outcome.
func (s *worksheet) cells(number int) []addedCell {
	for s.row != 0 && s.row < number {
		s.advance()
	}
	var cells []addedCell
	switch {
	case number == s.place.Header:
		for i, column := range s.at {
			cells = append(cells, addedCell{column, s.look.header, addedColumns[i].width, addedColumns[i].name})
		}
	case number == s.row:
		for i, column := range s.at {
			text, style := addedColumns[i].cell(&s.outcome, &s.look)
			if i == linkColumn && s.outcome.link != "" && !s.links.add(cellName(column, number), s.outcome.link) {
				text = s.outcome.link
			}
			cells = append(cells, addedCell{column, style, addedColumns[i].width, cut(text)})
		}
	}
	slices.SortFunc(cells, func(a, b addedCell) int { return a.column - b.column })
	return cells
}

func (s *worksheet) put(number int, cells []addedCell) {
	var b []byte
	for _, c := range cells {
		b = appendCell(b, s.prefix, cellName(c.column, number), c.style, c.text)
	}
	s.write(b)
}

// columnOf returns the column of a cell's name: 3 of "C14".
func columnOf(name string) int {
	column := 0
	for i := 0; i < len(name) && name[i] >= 'A' && name[i] <= 'Z'; i++ {
		column = column*26 + int(name[i]-'A') + 1
	}
	return column
}
