package manifest

import (
	"strconv"
	"strings"
)

// Spreadsheet programs leave the empty cells at the end of rows out now and then.
// Excel does so from the 17th row on, where the last columns are empty for a while.

// endsEarly reports whether a record that has too few cells just ends early: its
// title is there, and a line end says that the line was not cut off.
func endsEarly(r *csvRecord, c *cells) bool {
	return clean(c.Title) != "" && !r.cutOff
}

// tornInTwo reports whether record i of the batch looks like one half of a row that a
// line break divides: two records lack in all what one has, and those around the two
// lack nothing.
func (f *csvFile) tornInTwo(i int) bool {
	return f.halves(i-1) || f.halves(i)
}

// halves reports whether records i and i+1 of the batch look like one that was torn.
func (f *csvFile) halves(i int) bool {
	return f.makeOne(i) && !f.isShort(i-1) && !f.isShort(i+2) && !f.isBlock(i)
}

// makeOne reports whether records i and i+1 of the batch have the cells of one.
func (f *csvFile) makeOne(i int) bool {
	return i >= 0 && f.isShort(i) && f.isShort(i+1) &&
		f.batch[i+1].from.line == f.batch[i].from.line+1 &&
		f.batch[i].total+f.batch[i+1].total == len(f.header.columns)+1
}

// isShort reports whether record i of the batch, or one before the batch, has too few cells.
func (f *csvFile) isShort(i int) bool {
	if i < 0 {
		return f.short
	}
	return i < len(f.batch) && f.batch[i].fault == nil && f.batch[i].total < len(f.header.columns)
}

// shortRun is one record more than a row that was torn has: so many just end early.
const shortRun = 3

// endsShort reports whether the last so many records of the batch have too few cells.
func (f *csvFile) endsShort(count int) bool {
	for i := range count {
		if last := len(f.batch) - 1 - i; last < 0 || !f.isShort(last) {
			return false
		}
	}
	return true
}

// excelBlock is how many rows Excel looks at together: it leaves out the columns at
// their end that are empty in all of them.
const excelBlock = 16

// isBlock reports whether records i and i+1 of the batch are all the rows of a block
// of Excel: it starts with them, and nothing else is in it.
func (f *csvFile) isBlock(i int) bool {
	first := &f.batch[i]
	return first.row%excelBlock == 1 && first.total == f.batch[i+1].total &&
		(i+2 == len(f.batch) || f.batch[i+2].row >= first.row+excelBlock)
}

// isIdle reports whether record i of the batch holds values in columns without a
// meaning alone, and is no half of a row, nor the second of a header.
func (f *csvFile) isIdle(i int, c *cells) bool {
	r := &f.batch[i]
	return r.over == "" && !r.cutOff && f.b.isIdle(c) && f.b.knownHeaders(r.cells) == 0 && !f.makeOne(i) && !f.makeOne(i-1)
}

// A program that divides cells by another sign than the file has takes each line for
// one cell, and saves it in quotes where it holds quotes. Rows that are typed there
// are divided by the sign of that program, also below a header that is not.

// undivided returns the text of a short record that looks like several cells which
// no delimiter divides, and the sign in it that should; 0 if it does not. Only the
// delimiter itself can be that sign if the person named it.
func (f *csvFile) undivided(r *csvRecord) (text string, sign rune) {
	if r.fault != nil || r.total >= len(f.header.columns) {
		return "", 0
	}
	own := f.reader.Comma
	text = strings.Join(r.cells, string(own))
	lone := countValues(r.cells) == 1
	if lone {
		text = clean(r.cells[firstValue(r.cells)])
		if f.isLine(text, string(own)) {
			return text, own
		}
	}
	for _, other := range delimiters {
		if other != own && !f.named && f.isLineOfOther(text, string(other)) && (lone || !isProse(text, string(other))) {
			return text, other
		}
	}
	return "", 0
}

// isLine reports whether the text of a cell is a line of cells, and not one text with
// commas as in a sentence.
func (f *csvFile) isLine(text, delimiter string) bool {
	return strings.Contains(text, delimiter) &&
		(text[0] == '"' || !isProse(text, delimiter) || f.fitsColumns(text, delimiter))
}

// isLineOfOther reports whether what stands in a row are cells that another delimiter
// divides: those of the columns, or empty ones. Texts have || for "or".
func (f *csvFile) isLineOfOther(text, delimiter string) bool {
	return f.fitsColumns(text, delimiter) || delimiter != "|" && strings.Contains(text, delimiter+delimiter)
}

// fitsColumns reports whether the delimiter divides the text into as many cells as a
// header has, each of which may stand in its column. What looks like a sentence must
// have a true or false to be taken for cells.
func (f *csvFile) fitsColumns(text, delimiter string) bool {
	parts := strings.Split(text, delimiter)
	if len(parts) != len(f.header.columns) {
		return false
	}
	surely := false
	for i, column := range f.header.columns {
		if part := clean(parts[i]); column != nil && column.Type == Boolean && part != "" {
			if _, ok := parseBool(strings.Trim(part, `"`)); !ok {
				return false
			}
			surely = true
		}
	}
	return surely || !isProse(text, delimiter)
}

// isProse reports whether each of the delimiters stands as in a sentence: a space
// behind it, or a comma within a number.
func isProse(text, delimiter string) bool {
	parts := strings.Split(text, delimiter)
	for i, part := range parts[1:] {
		before := parts[i]
		number := delimiter == "," && endsInDigit(before) && part != "" && isDigit(part[0])
		if !strings.HasPrefix(part, " ") && !number {
			return false
		}
	}
	return true
}

func endsInDigit(text string) bool { return text != "" && isDigit(text[len(text)-1]) }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// lineList is the first of many lines, for a message.
type lineList struct {
	first []string
	count int
}

func (l *lineList) add(line int) {
	if l.count++; len(l.first) < mostListed {
		l.first = append(l.first, strconv.Itoa(line))
	}
}

// String returns the lines as a message lists them.
func (l *lineList) String() string { return listSome(l.first, l.count) }
