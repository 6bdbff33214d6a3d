package manifest

import (
	"regexp"
	"slices"
	"strings"
)

// totalTitle matches what stands in a row of totals: Total, Summe 12, Gesamt: 5 Räume.
var totalTitle = regexp.MustCompile(`(?i)^(` +
	`(grand |sub|sub-)?totals?|sum|count|number of rooms|` +
	`(zwischen|gesamt|end)?summen?|gesamt|insgesamt|(gesamt|teil)?ergebnis|(gesamt)?anzahl|` +
	`(sous-)?total( général)?|somme|totaux|nombre|` +
	`suma|(sub)?total general|soma|totale|somma|totale complessivo|totaal|eindtotaal|subtotaal` +
	`)( (rooms|spaces|räume|salles|salas|stanze|ruimtes))?\s*[:=]?\s*([0-9][0-9.,' ]*( (rooms|spaces|räume|salles|salas|stanze|ruimtes))?)?$`)

// remarkTitle matches what surely is a note: what says that it is one, a sentence.
var remarkTitle = regexp.MustCompile(`(?i)^(\*|(note|remark|hinweis|anmerkung|bemerkung|remarque|nota|opmerking|stand|as of|source|quelle|legend|legende)(s|e|en)?\s*:)|^(\S+\s+){4,}\S+\.$`)

// rowsAbove is how many rows show what a row of the table is like.
const rowsAbove = 2

// reportBelow says what people wrote below their table: rows of totals and, after a
// blank row, notes. Only when the table has ended is it known that no room follows.
func (b *builder) reportBelow() {
	start := b.startOfNotes()
	// Where rooms above have a title alone, too, a note is what reads like one.
	alike := start < len(b.manifest.Rows) && slices.ContainsFunc(b.manifest.Rows[:start], func(row Row) bool {
		return isAlone(&row) && !b.isTotal(&row)
	})
	var notes tally
	over := false // a room follows
	for i := len(b.manifest.Rows) - 1; i >= 0; i-- {
		row := &b.manifest.Rows[i]
		switch total := b.isTotal(row); {
		case total && !over:
			b.reportCell(row, faultTotal, &origin{line: row.Line, cells: b.titleAt(row)}, colTitle, row.Title)
		case i >= start && !total && (!alike || remarkTitle.MatchString(row.Title)):
			notes = tally{notes.count + 1, row.Title, row.Line} // the first of them comes last
		default:
			over = true
		}
		if over && i < start {
			break
		}
	}
	if notes.count > 0 {
		b.warnValue(warnBelow, b.start(&origin{line: notes.line}), notes.first, notes.count)
	}
}

// startOfNotes returns the index of the first row below a blank one from which on there
// are but titles alone, and totals.
func (b *builder) startOfNotes() int {
	start, gaps := len(b.manifest.Rows), b.gaps
	for i := start - 1; i >= rowsAbove && len(gaps) > 0; i-- {
		row := &b.manifest.Rows[i]
		if !isAlone(row) && !b.isTotal(row) {
			break
		}
		if row.Number == int(gaps[len(gaps)-1]) {
			start, gaps = i, gaps[:len(gaps)-1]
		}
	}
	return start
}

// isAlone reports whether the row has a title and nothing else.
func isAlone(row *Row) bool {
	return row.Title != "" && !row.torn && !hasFlag(row) && row.Key == "" && row.TeamID == "" && row.ClassificationID == "" && row.Description == ""
}

// isTotal reports whether the row may be one of totals: it has its name, and nothing
// but numbers beside it.
func (b *builder) isTotal(row *Row) bool {
	beside := row.Key + row.TeamID + row.ClassificationID + row.Description
	return !row.torn && !hasFlag(row) && strings.Trim(beside, "0123456789.,-+ %") == "" && (row.Number > 1 || b.refusals) && totalTitle.MatchString(row.Title)
}

func hasFlag(row *Row) bool {
	return row.IsLocked != Unset || row.IsPublic != Unset || row.IsAnnouncementOnly != Unset
}

// titleAt says where the title of a row stands.
func (b *builder) titleAt(row *Row) (cells [columnCount]mark) {
	cells[colTitle] = mark{int32(row.Line), int32(b.sheetColumns[colTitle])}
	return cells
}
