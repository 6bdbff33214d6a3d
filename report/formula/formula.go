// Package formula keeps the cells of a CSV file from being run: a spreadsheet
// program takes a text that starts with = + - or @ for a formula, whoever wrote
// it. Every CSV file that Roomlift writes and reads again goes through it.
package formula

import "strings"

// Neutralise puts an apostrophe before a cell that a spreadsheet program would
// run as a formula, and before one that already looks neutralised, so that
// Restore is its exact inverse.
func Neutralise(cell string) string {
	if starts(strings.TrimLeft(cell, "'")) {
		return "'" + cell
	}
	return cell
}

// Restore returns the cell that Neutralise was given. Of what Neutralise never
// returns, such as a cell that was written anew since, it leaves everything but
// an apostrophe before a formula.
func Restore(cell string) string {
	if strings.HasPrefix(cell, "'") && starts(strings.TrimLeft(cell, "'")) {
		return cell[1:]
	}
	return cell
}

func starts(cell string) bool {
	return cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0]))
}
