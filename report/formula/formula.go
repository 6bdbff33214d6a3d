// Package formula keeps the cells of a CSV file from being run: a spreadsheet
// program takes a text that starts with = + - or @ for a formula, whoever wrote
// it. Every CSV file that Roomlift writes and reads again goes through it.
//
// A program may divide the file otherwise than it was meant, as Excel does at
// semicolons where German is set up: then a cell starts behind each of them, and a
// row behind each line break, even inside quotes. What follows a delimiter or a line
// break is treated like what starts a cell.
package formula

import (
	"regexp"
	"strings"
)

// dividers are what a program may take for the end of a cell.
const dividers = ",;|\t\n\r"

// What follows a divider and would start a formula, and the same with an apostrophe
// before it. Quotes before the sign do not count: a program may take them for those
// of its own cell.
var (
	started     = regexp.MustCompile(`([` + dividers + `])(['"]*[=+\-@])`)
	neutralised = regexp.MustCompile(`([` + dividers + `])'(['"]*[=+\-@])`)
)

// Neutralise puts an apostrophe before what a spreadsheet program would run as a
// formula, at the start of the cell or behind a delimiter or a line break, and before
// what already looks neutralised, so that Restore is its exact inverse.
func Neutralise(cell string) string {
	if starts(strings.TrimLeft(cell, "'")) {
		cell = "'" + cell
	}
	if !mayStart(cell) {
		return cell
	}
	return started.ReplaceAllString(cell, "$1'$2")
}

// Restore returns the cell that Neutralise was given. Of what Neutralise never
// returns, such as a cell that was written anew since, it leaves everything but
// an apostrophe before a formula.
func Restore(cell string) string {
	if strings.HasPrefix(cell, "'") && starts(strings.TrimLeft(cell, "'")) {
		cell = cell[1:]
	}
	if !strings.Contains(cell, "'") {
		return cell
	}
	return neutralised.ReplaceAllString(cell, "$1$2")
}

// mayStart reports whether started may match, at a fraction of what that costs: most
// titles with a comma have a space behind it.
func mayStart(cell string) bool {
	for i := 1; i < len(cell); i++ {
		if strings.IndexByte(`'"=+-@`, cell[i]) >= 0 && strings.IndexByte(dividers, cell[i-1]) >= 0 {
			return true
		}
	}
	return false
}

func starts(cell string) bool {
	return cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0]))
}
