package manifest

import (
	"strconv"
	"strings"
)

// columnNumber returns the column of a cell's name: 3 of "C14".
func columnNumber(cell string) (int, bool) {
	column := 0
	for i := 0; i < len(cell) && cell[i] >= 'A' && cell[i] <= 'Z'; i++ {
		column = column*26 + int(cell[i]-'A') + 1
		if column > maxColumns {
			return 0, false
		}
	}
	return column, column > 0
}

// columnLetters returns the letters of a column: "C" of 3.
func columnLetters(column int) string {
	var letters []byte
	for ; column > 0; column = (column - 1) / 26 {
		letters = append([]byte{byte('A' + (column-1)%26)}, letters...)
	}
	return string(letters)
}

// cellName returns the name of a cell: "C14".
func cellName(column, row int) string {
	return columnLetters(column) + strconv.Itoa(row)
}

// cellRange is a rectangle of cells; columns and rows count from 1.
type cellRange struct{ left, top, right, bottom int }

// parseRange returns the rectangle that "A1:C3" names.
func parseRange(text string) (r cellRange, ok bool) {
	// Some programs write it as formulas do, or in small letters.
	first, last, both := strings.Cut(strings.ToUpper(strings.ReplaceAll(text, "$", "")), ":")
	if !both {
		last = first
	}
	var okFirst, okLast bool
	r.left, okFirst = columnNumber(first)
	r.right, okLast = columnNumber(last)
	top, errTop := strconv.Atoi(strings.TrimLeft(first, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
	bottom, errBottom := strconv.Atoi(strings.TrimLeft(last, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
	r.top, r.bottom = top, bottom
	return r, okFirst && okLast && errTop == nil && errBottom == nil
}
