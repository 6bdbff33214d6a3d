// Package formula keeps the cells of a CSV file from being run: a spreadsheet
// program takes a text that starts with = + - or @ for a formula, whoever wrote
// it. Every CSV file that Roomlift writes and reads again goes through it.
//
// Where the list separator is a semicolon, as in German, a spreadsheet program
// divides a comma file at the semicolons, so that a cell starts behind each of
// them, even inside quotes. What follows one is treated like what starts a cell.
package formula

import "strings"

// Neutralise puts an apostrophe before what a spreadsheet program would run as a
// formula, at the start of the cell or behind a semicolon, and before what already
// looks neutralised, so that Restore is its exact inverse.
func Neutralise(cell string) string {
	if starts(strings.TrimLeft(cell, "'")) {
		cell = "'" + cell
	}
	if !strings.Contains(cell, ";") {
		return cell
	}
	return eachPart(cell, func(part string) string {
		if startsPart(part) {
			return "'" + part
		}
		return part
	})
}

// Restore returns the cell that Neutralise was given. Of what Neutralise never
// returns, such as a cell that was written anew since, it leaves everything but
// an apostrophe before a formula.
func Restore(cell string) string {
	if strings.HasPrefix(cell, "'") && starts(strings.TrimLeft(cell, "'")) {
		cell = cell[1:]
	}
	if !strings.Contains(cell, ";'") {
		return cell
	}
	return eachPart(cell, func(part string) string {
		if strings.HasPrefix(part, "'") && startsPart(part) {
			return part[1:]
		}
		return part
	})
}

// eachPart returns the cell with what follows each of its semicolons changed.
func eachPart(cell string, change func(string) string) string {
	parts := strings.Split(cell, ";")
	for i, part := range parts[1:] {
		parts[i+1] = change(part)
	}
	return strings.Join(parts, ";")
}

func starts(cell string) bool {
	return cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0]))
}

// startsPart is starts for what follows a semicolon. Quotes before the sign do not
// count: a program may take them for those of its own cell.
func startsPart(part string) bool { return starts(strings.TrimLeft(part, "'\"")) }
