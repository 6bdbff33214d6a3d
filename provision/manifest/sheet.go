package manifest

import (
	"archive/zip"
	"errors"
	"io"
	"slices"
)

// sheetReader reads the rows of one worksheet.
type sheetReader struct {
	b         *builder
	opts      Options
	sheet     *workbookSheet
	texts     *sharedTexts
	styles    *styles
	totals    []cellRange // rows of totals below tables
	shown     []string    // the row's cells as people see them; reused for each row
	unread    []unreadCell
	header    *layout
	headerRow int
	above     int      // the last row that was not blank
	names     []string // the cells of the header
	search    headerSearch
	hidden    int         // rows with values that the sheet does not show
	columns   []cellRange // columns that the sheet does not show
	unnamed   []string    // the first cells with values in columns without a header
	unnamedOf int         // how many there are
	inline    int         // bytes of the rooms' texts that are not in the table of texts
}

// newSheetReader returns a reader of the sheet, which has looked where its header
// may stand.
func newSheetReader(b *builder, parts *workbookParts, sheet *workbookSheet) (*sheetReader, error) {
	s := &sheetReader{b: b, sheet: sheet, search: headerSearch{b: b}}
	var err error
	if s.texts, err = readSharedTexts(parts.texts); err != nil {
		return nil, err
	}
	if s.styles, err = readStyles(parts); err != nil {
		return nil, err
	}
	if s.totals, err = totalsRows(parts.archive, sheet.part); err != nil {
		return nil, err
	}
	return s, s.peek()
}

// peek looks at the first rows, to tell a heading from the header.
func (s *sheetReader) peek() error {
	var rows [][]string
	errEnough := errors.New("these are enough")
	_, err := eachRow(s.sheet.part, func(_ *sheetScanner, row *sheetRow) error {
		if err := s.showValues(row); err != nil {
			return err
		}
		s.dropUnread(row)
		if !isBlank(s.shown) {
			rows = append(rows, slices.Clone(s.shown))
		}
		if len(rows) > headerDepth {
			return errEnough
		}
		return nil
	})
	s.b.headings = s.b.countHeadings(rows)
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// read reads the sheet. Broken XML ends it with a fault.
func (s *sheetReader) read() {
	if err := s.readRows(); err != nil {
		s.b.reportWorkbook(err)
		return
	}
	s.finish()
}

// readRows hands every row with a value on, and then the merged cells.
func (s *sheetReader) readRows() error {
	errEnd := errors.New("nothing below can be read")
	merged, err := eachRow(s.sheet.part, func(scanner *sheetScanner, row *sheetRow) error {
		if row.number > s.headerRow && s.headerRow > 0 && len(s.b.manifest.Rows) == 0 {
			// Each room has a title, which mostly is a text; rows may hold nothing but a style.
			s.b.expect(min(scanner.lastRow-s.headerRow, len(s.texts.places)))
		}
		s.columns = scanner.hiddenColumns
		if err := s.showValues(row); err != nil {
			return err
		}
		if s.take(row) || s.b.full {
			return errEnd
		}
		if s.inline > s.b.maxInline {
			return errTooMuch
		}
		return nil
	})
	if errors.Is(err, errEnd) {
		return nil
	}
	s.checkMerged(merged)
	return err
}

// eachRow calls do with each row of a sheet that has a value, and returns the
// ranges of merged cells.
func eachRow(part *zip.File, do func(*sheetScanner, *sheetRow) error) (merged []string, err error) {
	content, err := part.Open()
	if err != nil {
		return nil, err
	}
	defer content.Close()
	scanner := newSheetScanner(content)
	for {
		row, err := scanner.next()
		if errors.Is(err, io.EOF) {
			return scanner.mergedRanges()
		}
		if err != nil {
			return nil, err
		}
		if !row.hasValue() {
			continue
		}
		if err := do(scanner, row); err != nil {
			return nil, err
		}
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
// if it is blank, hidden or the totals of a table. It reports whether nothing below
// it can be read.
func (s *sheetReader) take(row *sheetRow) (end bool) {
	if s.header == nil {
		end, s.above = s.takeHeader(row), row.number
		return end
	}
	if s.header.blank(s.shown) && !s.hasUnanswered(row) {
		return false
	}
	apart := row.number > s.above+1
	s.above = row.number
	if s.isTotals(row.number) {
		s.b.warn(warnTotals, s.b.cell(1, row.number))
		return false
	}
	if s.isIdle() && !s.hasUnanswered(row) {
		s.b.idle.note("", row.number)
		return false
	}
	if row.hidden {
		s.hidden++
		if s.opts.SkipHidden {
			return false
		}
	}
	s.takeRow(row, apart)
	return false
}

func (s *sheetReader) takeHeader(row *sheetRow) (end bool) {
	number := row.number
	s.search.unread = s.dropUnread(row)
	if isBlank(s.shown) {
		return false
	}
	header, found := s.search.offer(s.shown, func(i int) Position { return s.b.cell(i+1, number) })
	if !found {
		return false
	}
	s.setHeader(header)
	return s.header == nil
}

// dropUnread takes the errors out of the cells of a row that may be the header, and
// returns them and the formulas without a value.
func (s *sheetReader) dropUnread(row *sheetRow) []unreadCell {
	var unread []unreadCell
	for i := range row.cells {
		switch cell := &row.cells[i]; {
		case cell.unanswered():
			unread = append(unread, unreadCell{column: cell.column, fault: faultUnansweredHeader})
		case cell.kind == "e":
			unread = append(unread, unreadCell{column: cell.column, fault: cell.errorFault(), value: cell.value})
			s.shown[cell.column-1] = ""
		}
	}
	return unread
}

func (s *sheetReader) setHeader(header headerLine) {
	for _, cell := range header.unread {
		s.b.reportFileValue(cell.fault, header.at(cell.column-1), cell.value)
	}
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

// takeRow hands a row to the builder; apart says that a blank row stands before it.
func (s *sheetReader) takeRow(row *sheetRow, apart bool) {
	var c cells
	from := origin{line: row.number, apart: apart}
	for i, column := range s.header.columns {
		if column != nil {
			from.cells[column.index] = mark{int32(row.number), int32(i + 1)}
			if i < len(s.shown) {
				*column.cell(&c) = s.shown[i]
			}
		}
	}
	s.weigh(row)
	for i := range row.cells {
		cell := &row.cells[i]
		column := s.columnAt(cell.column)
		if column != nil && column.index == colTitle && s.styles.isStruck(cell.style) && cell.value != "" {
			s.b.struck.note(s.shown[cell.column-1], row.number)
		}
		switch {
		case column != nil && cell.unanswered():
			s.unread = append(s.unread, unreadCell{column: cell.column, fault: faultUnanswered})
		case column != nil && column.Type == Text && cell.kind == "b" && !s.isUnread(cell.column):
			s.unread = append(s.unread, unreadCell{column: cell.column, fault: faultSystemBoolean, value: s.shown[cell.column-1]})
		case column != nil && column.index == colTitle && cell.formula && s.shown[cell.column-1] == "0":
			s.unread = append(s.unread, unreadCell{column: cell.column, fault: faultEmptyReference, value: "0"})
		case column == nil && cell.value != "" && clean(s.shown[cell.column-1]) != "" && s.headerless(cell.column):
			if s.unnamedOf++; len(s.unnamed) < mostListed {
				s.unnamed = append(s.unnamed, cellName(cell.column, row.number))
			}
		}
	}
	for _, cell := range s.unread {
		if column := s.columnAt(cell.column); column != nil {
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
	s.reportUnread(made, row.number)
}

// weigh counts the texts that the row keeps beside the table of texts: those that
// stand in the sheet, unless the row above has the same.
func (s *sheetReader) weigh(row *sheetRow) {
	rows := s.b.manifest.Rows
	for i := range row.cells {
		cell := &row.cells[i]
		column := s.columnAt(cell.column)
		if column == nil || column.Type != Text || cell.kind == "s" || cell.value == "" {
			continue
		}
		text := s.shown[cell.column-1]
		if len(rows) == 0 || *column.text(&rows[len(rows)-1]) != clean(text) {
			s.inline += len(text)
		}
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

// isIdle reports whether the cells of the columns with a meaning are all empty, and
// the others are not the second row of a header.
func (s *sheetReader) isIdle() bool {
	for i, text := range s.shown {
		if s.columnAt(i+1) != nil && clean(text) != "" {
			return false
		}
	}
	return s.b.knownHeaders(s.shown) == 0 && !slices.ContainsFunc(s.unread, func(cell unreadCell) bool { return s.columnAt(cell.column) != nil })
}

// isUnread reports whether the value of the row's cell in that column cannot be told.
func (s *sheetReader) isUnread(column int) bool {
	return slices.ContainsFunc(s.unread, func(cell unreadCell) bool { return cell.column == column })
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
