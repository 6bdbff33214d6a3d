package manifest

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxColumns is the most columns that a manifest may have: as many as a sheet of Excel.
const maxColumns = 16384

// layout is a matched header: which column each cell of a row belongs to.
type layout struct {
	columns []*Column // nil where the header is unknown or empty
	names   []string  // the header's cells, trimmed
	added   []int     // the cells that are columns of Roomlift's own
	torn    int       // the column of AddedTorn, from 1; 0 if there is none
}

// matchHeader matches a header's cells with the columns and reports what is wrong
// with it; at(i) is the place of cell i. A misspelt header is taken for the column
// that it probably means, so that the rows below can be checked all the same.
// It returns nil if there is no title column, for then the rows mean nothing.
func (b *builder) matchHeader(names []string, at func(i int) Position) *layout {
	header := trimHeader(names)
	if len(header) > maxColumns {
		b.reportFile(faultTooManyColumns, at(maxColumns), len(header), maxColumns)
		return nil
	}
	if len(header) > 0 {
		if letters := misreadMark(header[0]); letters != "" { // of a text that a workbook took in
			b.reportFileValue(faultMisreadMark, at(0), letters)
			return nil
		}
	}
	l := &layout{columns: make([]*Column, len(header)), names: header}
	first := map[int]int{} // column → cell
	var unknown []int      // cells
	for i, name := range header {
		if l.columns[i] = b.matchColumn(name); l.columns[i] != nil {
			if earlier, repeated := first[l.columns[i].index]; repeated {
				b.reportFileValue(faultRepeatedHeader, at(i), name, l.columns[i].Name, header[earlier])
				l.columns[i] = nil
				continue
			}
			first[l.columns[i].index] = i
		}
	}
	for i, name := range header {
		if l.columns[i] != nil || name == "" || b.matchColumn(name) != nil {
			continue
		}
		if isErrorValue(name) {
			b.reportFileValue(faultErrorValue, at(i), name)
			continue
		}
		if b.passOver(l, i, name) {
			continue
		}
		column, spelling := closestColumn(b.columns, name)
		if explained := b.explainedColumn(name); column == nil && explained != nil {
			if _, taken := first[explained.index]; !taken {
				column, spelling = explained, explained.Name
			}
		}
		if column == nil {
			unknown = append(unknown, i)
			continue
		}
		b.reportFileValue(faultMisspeltHeader, at(i), name, spelling)
		if _, taken := first[column.index]; !taken {
			first[column.index] = i
			l.columns[i] = column
		}
	}
	if _, ok := first[colTitle]; !ok {
		if i := foreignTitle(header); i >= 0 && l.columns[i] == nil {
			b.reportFileValue(faultMisspeltHeader, at(i), header[i], b.columns[colTitle].Name)
			first[colTitle], l.columns[i] = i, &b.columns[colTitle]
			unknown = slices.DeleteFunc(unknown, func(cell int) bool { return cell == i })
		}
	}
	if _, ok := first[colTitle]; !ok {
		if i, delimiter := b.undividedHeader(header); delimiter != 0 {
			b.reportFileValue(faultUndividedHeader, at(i), header[i], delimiterName(delimiter))
		} else if b.otherSheets != "" {
			b.reportFile(faultNoTitleOnSheet, at(0), b.otherSheets)
		} else {
			b.reportFile(faultNoTitleColumn, at(0))
		}
		return nil
	}
	b.quoted = b.manifest.Format == "csv" && isQuoted(header[first[colTitle]])
	b.unknown = len(unknown) > 0
	b.header = &cells{}
	for i, column := range l.columns {
		if column != nil {
			*column.cell(b.header) = header[i]
		}
	}
	b.warnOfUnknown(l, unknown, at)
	return l
}

// undividedHeader returns the cell that holds a whole header, and the delimiter that
// would divide it; 0 if there is none.
func (b *builder) undividedHeader(header []string) (cell int, delimiter rune) {
	for i, name := range header {
		for _, candidate := range delimiters {
			if records := firstRecords([]byte(name), candidate); len(records) > 0 && len(records[0]) > 1 && b.surelyHeader(records[0]) {
				return i, candidate
			}
		}
	}
	return 0, 0
}

// warnOfUnknown names the cells of the header that mean nothing, at the first of them.
func (b *builder) warnOfUnknown(l *layout, unknown []int, at func(i int) Position) {
	if len(unknown) == 0 {
		return
	}
	var names []string
	for _, i := range unknown {
		names = append(names, l.names[i])
	}
	b.warn(warnUnknownColumns, at(unknown[0]), listSome(quoteAll(names), len(names)), columnNames(b.columns))
}

// isHeaderAgain reports whether a row names the columns, as the header does or in
// another order.
func (b *builder) isHeaderAgain(c *cells) bool {
	if b.header == nil {
		return false
	}
	if b.namesOtherColumns(c) {
		return true
	}
	for i := range b.columns {
		column := &b.columns[i]
		text, header := clean(*column.cell(c)), *column.cell(b.header)
		if text == "" && !column.Required {
			continue
		}
		if !sameName(text, header) {
			return false
		}
	}
	return true
}

// mostSideways is the most rows of a table that may lie on its side: its columns.
const mostSideways = 32

// reportSideways refuses a table that lies on its side: names of columns stand below
// each other, as if they were titles, and the rooms beside the word title.
func (b *builder) reportSideways() {
	rows := b.manifest.Rows
	if !b.unknown || len(rows) > mostSideways {
		return
	}
	var names []*Row
	for i := range rows {
		if column := b.matchColumn(rows[i].Title); column != nil && column.index != colTitle && normalizeName(column.Name) == normalizeName(rows[i].Title) {
			names = append(names, &rows[i])
		}
	}
	if len(names) == 0 || len(names) < min(2, len(rows)) {
		return
	}
	pos := b.at(names[0].Line)
	if b.sheet != "" {
		pos = b.cell(max(1, b.sheetColumns[colTitle]), pos.Line)
	}
	b.reportFileValue(faultSideways, pos, names[0].Title)
}

// maxName is more than the bytes of any column's name.
const maxName = 32

// namesOtherColumns reports whether all values of a row are names of columns, several
// of them, and the title among them.
func (b *builder) namesOtherColumns(c *cells) bool {
	count := 0
	for i := range b.columns {
		text := clean(*b.columns[i].cell(c))
		if len(text) > maxName {
			return false
		}
		if text != "" {
			count++
		}
	}
	if count < 2 {
		return false
	}
	var named [columnCount]bool
	for i := range b.columns {
		text := clean(*b.columns[i].cell(c))
		if text == "" {
			continue
		}
		column := b.matchColumn(text)
		if column == nil || named[column.index] {
			return false
		}
		named[column.index] = true
	}
	return named[colTitle]
}

// sameName reports whether two names are the same but for spelling. It is asked of
// every row, so that what begins with another letter is not looked at.
func sameName(a, b string) bool {
	if a == b {
		return true
	}
	first, _ := utf8.DecodeRuneInString(a)
	other, _ := utf8.DecodeRuneInString(b)
	if unicode.IsLetter(first) && unicode.IsLetter(other) && !strings.EqualFold(string(first), string(other)) {
		return false
	}
	return normalizeName(a) == normalizeName(b)
}

// headerDepth is how many rows may stand above the header: a heading, a date and
// the like.
const headerDepth = 10

// countHeadings returns how many of the first rows with values surely stand above
// the header, because a row below them is a better one: rows that do not name the
// title, or a lone word that happens to, such as Name, right above the header.
func (b *builder) countHeadings(rows [][]string) int {
	if len(rows) == 0 {
		return 0
	}
	first := trimHeader(rows[0])
	named := b.hasTitle(first)
	if named && countValues(first) > 1 {
		return 0
	}
	for i, row := range rows {
		cells := trimHeader(row)
		switch {
		case i == 0 || i > headerDepth || (named && i > 1) || !b.surelyHeader(cells):
		case b.knownHeaders(cells) > 1:
			return i
		case i == 1 && named && normalizeName(first[firstValue(first)]) != normalizeName(cells[firstValue(cells)]):
			return i
		}
	}
	return 0
}

// headerSearch finds the header among the first rows. It is the first row, unless
// that has at most one value, or is known to be a heading, and a row below it is
// surely a header: then what stands above is a heading.
type headerSearch struct {
	b      *builder
	above  []headerLine
	unread []unreadCell // of the row that is offered next, see headerLine
}

type headerLine struct {
	cells  []string
	at     func(i int) Position
	width  int  // cells of the row, the empty ones at its end included
	spaced bool // cells have a space before them, as in "title, key"

	unread []unreadCell // of a sheet: those that have no value
}

// offer takes the next row that is not blank. found is false while the header may
// come later.
func (s *headerSearch) offer(cells []string, at func(i int) Position) (header headerLine, found bool) {
	line := headerLine{cells: trimHeader(cells), at: at, width: len(cells), spaced: spacedCell(cells) > 0, unread: s.unread}
	if len(s.above) < s.b.headings {
		s.above = append(s.above, line)
		return headerLine{}, false
	}
	if len(s.above) == 0 {
		if s.b.hasTitle(line.cells) || countValues(line.cells) > 1 {
			return line, true
		}
	} else if s.b.surelyHeader(line.cells) {
		for _, above := range s.above {
			i := firstValue(above.cells)
			s.b.warnValue(warnAboveHeader, above.at(i), above.cells[i])
		}
		return line, true
	}
	s.above = append(s.above, line)
	if len(s.above) > headerDepth || countValues(line.cells) > 1 {
		return s.above[0], true
	}
	return headerLine{}, false
}

// end returns the header when there are no more rows; ok is false if there was none.
func (s *headerSearch) end() (header headerLine, ok bool) {
	if len(s.above) == 0 {
		return headerLine{}, false
	}
	return s.above[0], true
}

// surelyHeader reports whether a row that is not the first can only be the header:
// it names the title and another column, or it is the word title alone.
func (b *builder) surelyHeader(cells []string) bool {
	if !b.hasTitle(cells) {
		return false
	}
	return b.knownHeaders(cells) > 1 ||
		countValues(cells) == 1 && normalizeName(cells[firstValue(cells)]) == normalizeName(b.columns[colTitle].Name)
}

// knownHeaders counts the columns that the cells name.
func (b *builder) knownHeaders(cells []string) int {
	var known [columnCount]bool
	count := 0
	for _, cell := range cells {
		if column := b.matchColumn(cell); column != nil && !known[column.index] {
			known[column.index] = true
			count++
		}
	}
	return count
}

// hasTitle reports whether one of the cells names the title column, if misspelt.
func (b *builder) hasTitle(cells []string) bool {
	for _, cell := range cells {
		column := b.matchColumn(cell)
		if column == nil {
			column, _ = closestColumn(b.columns, cell)
		}
		if column != nil && column.index == colTitle {
			return true
		}
	}
	return false
}

// spacedCell returns the index of the first cell after the first that has a space
// before its text, as behind a comma in a sentence; 0 if there is none.
func spacedCell(cells []string) int {
	for i, cell := range cells {
		if i > 0 && strings.HasPrefix(cell, " ") && clean(cell) != "" {
			return i
		}
	}
	return 0
}

func countValues(cells []string) int {
	count := 0
	for _, cell := range cells {
		if clean(cell) != "" {
			count++
		}
	}
	return count
}

func firstValue(cells []string) int {
	for i, cell := range cells {
		if clean(cell) != "" {
			return i
		}
	}
	return 0
}

// trimHeader returns the cells of a header without white space around them and
// without the empty ones at its end.
func trimHeader(cells []string) []string {
	header := make([]string, len(cells))
	for i, cell := range cells {
		header[i] = clean(cell)
	}
	for len(header) > 0 && header[len(header)-1] == "" {
		header = header[:len(header)-1]
	}
	return header
}
