// Package formula keeps the cells of a CSV file from being run: a spreadsheet
// program takes a text that starts with = + - or @ for a formula, whoever wrote
// it. Every CSV file that Roomlift writes and reads again goes through it.
//
// A program may divide the file otherwise than it was meant, as Excel does at
// semicolons where German is set up: then a cell starts behind each of them, and a
// row behind each line break, even inside quotes. What follows a divider is treated
// like what starts a cell.
package formula

import (
	"regexp"
	"strings"
)

// Guard neutralises and restores cells. Both must be done by the same one.
type Guard struct {
	dividers string
	// started matches a divider and what would start a formula behind it, and
	// neutralised the same with an apostrophe between. Quotes before the sign do not
	// count: a program may take them for those of its own cell.
	started, neutralised *regexp.Regexp
}

var (
	// Commas is for files whose delimiter is the comma: no program takes one that
	// stands in quotes for the end of a cell.
	Commas = newGuard(";|\t\n\r")
	// Any is for files with any delimiter.
	Any = newGuard(",;|\t\n\r")
)

func newGuard(dividers string) *Guard {
	return &Guard{
		dividers:    dividers,
		started:     regexp.MustCompile(`([` + dividers + `])(['"]*[=+\-@])`),
		neutralised: regexp.MustCompile(`([` + dividers + `])'(['"]*[=+\-@])`),
	}
}

// Neutralise puts an apostrophe before what a spreadsheet program would run as a
// formula, at the start of the cell or behind a divider, and before what already
// looks neutralised, so that Restore is its exact inverse.
func (g *Guard) Neutralise(cell string) string {
	if starts(strings.TrimLeft(cell, "'")) {
		cell = "'" + cell
	}
	if !g.mayStart(cell) {
		return cell
	}
	return g.started.ReplaceAllString(cell, "$1'$2")
}

// Restore returns the cell that Neutralise was given. Of what Neutralise never
// returns, such as a cell that was written anew since, it leaves everything but
// an apostrophe before a formula.
func (g *Guard) Restore(cell string) string {
	if strings.HasPrefix(cell, "'") && starts(strings.TrimLeft(cell, "'")) {
		cell = cell[1:]
	}
	if !strings.Contains(cell, "'") {
		return cell
	}
	return g.neutralised.ReplaceAllString(cell, "$1$2")
}

// mayStart reports whether started may match, at a fraction of what that costs: most
// titles with a divider have a space behind it.
func (g *Guard) mayStart(cell string) bool {
	for i := 1; i < len(cell); i++ {
		if strings.IndexByte(`'"=+-@`, cell[i]) >= 0 && strings.IndexByte(g.dividers, cell[i-1]) >= 0 {
			return true
		}
	}
	return false
}

func starts(cell string) bool {
	return cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0]))
}
