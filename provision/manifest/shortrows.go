package manifest

import "strconv"

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
	width := len(f.header.columns)
	short := func(i int) bool {
		return i >= 0 && i < len(f.batch) && f.batch[i].fault == nil && f.batch[i].total < width
	}
	return short(i) && short(i+1) && !short(i-1) && !short(i+2) &&
		f.batch[i+1].from.line == f.batch[i].from.line+1 &&
		f.batch[i].total+f.batch[i+1].total == width+1
}

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
