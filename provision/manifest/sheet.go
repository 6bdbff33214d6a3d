package manifest

import (
	"archive/zip"
	"errors"
	"io"
)

// sheetReader reads the rows of one worksheet.
type sheetReader struct {
	b         *builder
	opts      Options
	texts     sharedTexts
	numbers   numberFormat
	shown     []string // the row's cells as people see them; reused for each row
	header    *layout
	headerRow int
	names     []string // the cells of the header
	search    headerSearch
	hidden    int      // rows with values that the sheet does not show
	unnamed   []string // the first cells with values in columns without a header
	unnamedOf int      // how many there are
}

// read reads the sheet in part. Broken XML ends it with a fault.
func (s *sheetReader) read(part *zip.File) {
	content, err := part.Open()
	if err == nil {
		defer content.Close()
		s.search.b = s.b
		err = s.readRows(newSheetScanner(content))
	}
	if err != nil {
		s.b.reportFile(faultBrokenWorkbook, s.b.at(0), escape(err.Error()))
		return
	}
	s.finish()
}

// readRows hands every row with a value on, and then the merged cells.
func (s *sheetReader) readRows(scanner *sheetScanner) error {
	for !s.b.full {
		row, err := scanner.next()
		if errors.Is(err, io.EOF) {
			ranges, err := scanner.mergedRanges()
			s.checkMerged(ranges)
			return err
		}
		if err != nil {
			return err
		}
		if !row.hasValue() {
			continue
		}
		if err := s.showValues(row); err != nil {
			return err
		}
		if s.take(row) {
			return nil
		}
	}
	return nil
}

// showValues fills s.shown with the row's cells as people see them, by column.
func (s *sheetReader) showValues(row *sheetRow) error {
	clear(s.shown)
	s.shown = s.shown[:0]
	for i := range row.cells {
		c := &row.cells[i]
		if c.value == "" {
			continue
		}
		for len(s.shown) < c.column {
			s.shown = append(s.shown, "")
		}
		text, err := s.show(c)
		if err != nil {
			return err
		}
		s.shown[c.column-1] = text
	}
	return nil
}

func (s *sheetReader) show(c *sheetCell) (string, error) {
	switch c.kind {
	case "s":
		return s.texts.text(c.value)
	case "b":
		if c.value == "1" {
			return "true", nil
		}
		return "false", nil
	case "", "n":
		return s.numbers.show(c.value, c.style)
	default: // a text of its own, an error, a date in ISO 8601
		return c.value, nil
	}
}

// hasValue reports whether a cell of the row holds more than a style.
func (r *sheetRow) hasValue() bool {
	for i := range r.cells {
		if !r.cells[i].empty() {
			return true
		}
	}
	return false
}

// take takes the next row: as the header, as a row of the manifest, or not at all
// if it is blank or hidden. It reports whether nothing below it can be read.
func (s *sheetReader) take(row *sheetRow) (end bool) {
	if s.header == nil {
		return s.takeHeader(row)
	}
	if s.header.blank(s.shown) && !s.hasUnanswered(row) {
		return false
	}
	if row.hidden {
		s.hidden++
		if s.opts.SkipHidden {
			return false
		}
	}
	s.takeRow(row)
	return false
}

func (s *sheetReader) takeHeader(row *sheetRow) (end bool) {
	if isBlank(s.shown) {
		return false
	}
	number := row.number
	header, found := s.search.offer(s.shown, func(i int) Position { return s.b.cell(i+1, number) })
	if !found {
		return false
	}
	s.setHeader(header)
	return s.header == nil
}

func (s *sheetReader) setHeader(header headerLine) {
	s.headerRow, s.names = header.at(0).Line, header.cells
	s.header = s.b.matchHeader(header.cells, header.at)
	if s.header == nil {
		return
	}
	for i, column := range s.header.columns {
		if column != nil {
			s.b.sheetColumns[column.index] = i + 1
		}
	}
}

// takeRow hands a row to the builder.
func (s *sheetReader) takeRow(row *sheetRow) {
	var c cells
	from := origin{line: row.number}
	for i, column := range s.header.columns {
		if column != nil {
			from.cells[column.index] = mark{int32(row.number), int32(i + 1)}
			if i < len(s.shown) {
				*column.cell(&c) = s.shown[i]
			}
		}
	}
	var faults []*Error
	for i := range row.cells {
		cell := &row.cells[i]
		column := s.columnAt(cell.column)
		switch {
		case column == nil:
			if cell.value != "" && clean(s.shown[cell.column-1]) != "" && s.headerless(cell.column) {
				if s.unnamedOf++; len(s.unnamed) < mostListed {
					s.unnamed = append(s.unnamed, cellName(cell.column, row.number))
				}
			}
		case cell.unanswered():
			e := newError(faultUnanswered, s.b.cell(cell.column, row.number))
			e.Column, e.rank = column.Name, column.index
			faults = append(faults, e)
			from.unread[column.index] = true
		}
	}
	if cell := s.tornCell(); cell != "" {
		made := s.b.addTorn(&c, &from)
		s.b.reportRowValue(made, faultStillTorn, s.b.cell(s.header.torn, row.number), cell)
		return
	}
	made := s.b.add(&c, &from)
	if made == nil {
		return
	}
	for _, e := range faults {
		s.b.recordRow(made, e)
	}
}

// tornCell returns what the row holds in the column of rows that may not be whole.
func (s *sheetReader) tornCell() string {
	if s.header.torn == 0 || s.header.torn > len(s.shown) {
		return ""
	}
	return clean(s.shown[s.header.torn-1])
}

// hasUnanswered reports whether a known column of the row holds a formula without
// a value.
func (s *sheetReader) hasUnanswered(row *sheetRow) bool {
	for i := range row.cells {
		if row.cells[i].unanswered() && s.columnAt(row.cells[i].column) != nil {
			return true
		}
	}
	return false
}

// columnAt returns the column of the manifest in that column of the sheet, or nil.
func (s *sheetReader) columnAt(sheetColumn int) *Column {
	if sheetColumn > len(s.header.columns) {
		return nil
	}
	return s.header.columns[sheetColumn-1]
}

func (s *sheetReader) headerless(sheetColumn int) bool {
	return sheetColumn > len(s.header.names) ||
		s.header.names[sheetColumn-1] == "" && sheetColumn != s.header.torn
}

// checkMerged refuses merged cells among the known columns from the header down:
// only the first cell of a range has its value, so the other rows would lose it.
func (s *sheetReader) checkMerged(ranges []string) {
	if s.header == nil {
		return
	}
	for _, text := range ranges {
		r, ok := parseRange(text)
		if !ok || r.bottom < s.headerRow {
			continue
		}
		for column := r.left; column <= r.right; column++ {
			if s.columnAt(column) != nil {
				pos := s.b.cell(r.left, r.top)
				pos.Cell = text
				s.b.reportFile(faultMerged, pos)
				break
			}
		}
	}
}

// finish says what concerns the sheet as a whole.
func (s *sheetReader) finish() {
	if s.header == nil && !s.b.broken {
		header, found := s.search.end()
		if !found {
			s.b.reportFile(faultEmptySheet, s.b.at(0))
			return
		}
		s.setHeader(header)
	}
	if s.hidden > 0 {
		f := warnHidden
		if s.opts.SkipHidden {
			f = warnHiddenSkipped
		}
		s.b.warn(f, s.b.at(0), s.hidden)
	}
	if len(s.unnamed) > 0 {
		s.b.warn(warnUnnamedCells, s.b.at(s.headerRow), listSome(s.unnamed, s.unnamedOf))
	}
}
