package manifest

import (
	"archive/zip"
	"errors"
	"io"
	"regexp"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// sheetReader reads the rows of one worksheet.
type sheetReader struct {
	b         *builder
	opts      Options
	header    *layout
	headerRow int
	search    headerSearch
	hidden    int      // rows with values that the sheet does not show
	unnamed   []string // cells with values in columns without a header
}

// read reads the sheet in part twice at a time: as values, through excelize, and
// as XML. Broken XML ends it with a fault.
func (s *sheetReader) read(book *excelize.File, part *zip.File) error {
	content, err := part.Open()
	if err != nil {
		s.b.reportFile(faultBrokenWorkbook, s.b.at(0), escape(err.Error()))
		return nil
	}
	defer content.Close() //nolint:errcheck // Nothing is written.
	values, err := book.Rows(s.b.sheet)
	if err != nil {
		s.b.reportFile(faultBrokenWorkbook, s.b.at(0), escape(err.Error()))
		return nil
	}
	defer values.Close() //nolint:errcheck // Nothing is written.

	scanner := newSheetScanner(content)
	s.search.b = s.b
	if err := s.readRows(scanner, values); err != nil {
		s.b.reportFile(faultBrokenWorkbook, s.b.at(0), escape(err.Error()))
		return nil
	}
	s.finish()
	return nil
}

// readRows hands every row with a value on, and then the merged cells.
func (s *sheetReader) readRows(scanner *sheetScanner, values *excelize.Rows) error {
	at := 0 // the row that values stands at
	for !s.b.full {
		row, err := scanner.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if !row.hasValue() {
			continue
		}
		for ; at < row.number; at++ {
			if !values.Next() {
				return io.ErrUnexpectedEOF
			}
		}
		texts, err := values.Columns()
		if err != nil {
			return err
		}
		if s.take(row, texts) {
			return nil
		}
	}
	if s.b.full {
		return nil
	}
	ranges, err := scanner.mergedRanges()
	s.checkMerged(ranges)
	return err
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
func (s *sheetReader) take(row *sheetRow, texts []string) (end bool) {
	for i := range row.cells {
		if c := &row.cells[i]; c.column <= len(texts) {
			texts[c.column-1] = shown(c, texts[c.column-1])
		}
	}
	if s.header == nil {
		return s.takeHeader(row, texts)
	}
	if isBlank(texts) && !s.hasUnanswered(row) {
		return false
	}
	if row.hidden {
		s.hidden++
		if s.opts.SkipHidden {
			return false
		}
	}
	s.takeRow(row, texts)
	return false
}

func (s *sheetReader) takeHeader(row *sheetRow, texts []string) (end bool) {
	if isBlank(texts) {
		return false
	}
	number := row.number
	header, found := s.search.offer(texts, func(i int) Position { return s.b.cell(i+1, number) })
	if !found {
		return false
	}
	s.setHeader(header)
	return s.header == nil
}

func (s *sheetReader) setHeader(header headerLine) {
	s.headerRow = header.at(0).Line
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
func (s *sheetReader) takeRow(row *sheetRow, texts []string) {
	var c cells
	from := origin{line: row.number}
	for i, column := range s.header.columns {
		if column != nil {
			from.cells[column.index] = mark{int32(row.number), int32(i + 1)} //nolint:gosec // A sheet's limits bound both.
			if i < len(texts) {
				*column.cell(&c) = texts[i]
			}
		}
	}
	var faults []*Error
	for i := range row.cells {
		cell := &row.cells[i]
		column := s.columnAt(cell.column)
		switch {
		case column == nil:
			if cell.column <= len(texts) && clean(texts[cell.column-1]) != "" && s.headerless(cell.column) {
				s.unnamed = append(s.unnamed, cellName(cell.column, row.number))
			}
		case cell.unanswered():
			e := newError(faultUnanswered, s.b.cell(cell.column, row.number))
			e.Column, e.rank = column.Name, column.index
			faults = append(faults, e)
			from.unread[column.index] = true
		}
	}
	made := s.b.add(&c, &from)
	for _, e := range faults {
		s.b.recordRow(made, e)
	}
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
	return sheetColumn > len(s.header.names) || s.header.names[sheetColumn-1] == ""
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
		s.b.warn(warnUnnamedCells, s.b.at(s.headerRow), nameSome(s.unnamed))
	}
}

// scientific is how a number looks when its digits are not shown.
var scientific = regexp.MustCompile(`^-?[0-9.,]+E[+-][0-9]+$`)

// shown returns the text of a cell as a person takes it: a number without an
// exponent, because a long number is a name, not a quantity.
func shown(c *sheetCell, text string) string {
	if (c.kind != "" && c.kind != "n") || c.value == "" || (text != c.value && !scientific.MatchString(text)) {
		return text
	}
	number, err := strconv.ParseFloat(c.value, 64)
	if err != nil {
		return text
	}
	// Excel keeps 15 digits; what a file has beyond them is how 0.1 looks in binary.
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(number, 'g', 15, 64), 64)
	if err != nil {
		return text
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}
