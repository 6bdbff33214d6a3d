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
	width := len(f.header.columns)
	short := func(i int) bool {
		return i >= 0 && i < len(f.batch) && f.batch[i].fault == nil && f.batch[i].total < width
	}
	return short(i) && short(i+1) && !short(i-1) && !short(i+2) &&
		f.batch[i+1].from.line == f.batch[i].from.line+1 &&
		f.batch[i].total+f.batch[i+1].total == width+1
}

// A program that divides cells by another sign than the file has takes each line for
// one cell, and saves it in quotes where it holds quotes. Rows that are typed there
// are divided by the sign of that program, also below a header that is not.

// undivided returns the text of a short record that looks like several cells which
// no delimiter divides, and the sign in it that should; 0 if it does not.
func (f *csvFile) undivided(r *csvRecord) (text string, sign rune) {
	width := len(f.header.columns)
	if r.fault != nil || r.total >= width {
		return "", 0
	}
	own := f.reader.Comma
	text = strings.Join(r.cells, string(own))
	lone := countValues(r.cells) == 1
	if lone {
		text = clean(r.cells[firstValue(r.cells)])
		if isLine(text, string(own), width) {
			return text, own
		}
	}
	for _, other := range delimiters {
		if other != own && isLineOfOther(text, string(other), width) && (lone || !isProse(text, string(other))) {
			return text, other
		}
	}
	return "", 0
}

// isLine reports whether the text of a cell is a line of cells, and not one text with
// commas as in a sentence.
func isLine(text, delimiter string, width int) bool {
	return strings.Contains(text, delimiter) &&
		(text[0] == '"' || !isProse(text, delimiter) || fitsWidth(text, delimiter, width))
}

// isLineOfOther reports whether what stands in a row are cells that another delimiter
// divides: as many as the header has, or empty ones. Texts have || for "or".
func isLineOfOther(text, delimiter string, width int) bool {
	return fitsWidth(text, delimiter, width) ||
		width == 2 && strings.Count(text, delimiter) == 1 && !isProse(text, delimiter) ||
		delimiter != "|" && strings.Contains(text, delimiter+delimiter)
}

// fitsWidth reports whether the delimiter divides the text into as many cells as a
// header has, where that can hardly be by chance.
func fitsWidth(text, delimiter string, width int) bool {
	return width > 2 && strings.Count(text, delimiter) == width-1
}

// isProse reports whether a space stands behind each of the delimiters.
func isProse(text, delimiter string) bool {
	return strings.Count(text, delimiter) == strings.Count(text, delimiter+" ")
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
