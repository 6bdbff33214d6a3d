package sheet

import (
	"fmt"
	"regexp"
)

// rewritten are the texts that spreadsheet programs take for a number, a date or a
// time when they open a CSV file, and write otherwise when they save it. What looks
// like a formula has an apostrophe before it, and stays.
var rewritten = regexp.MustCompile(`(?i)^(` +
	`0\d+([.,]\d+)?` + // 0012 becomes 12
	`|\d{12,}` + // shown as 1.23E+14, and saved as it is shown
	`|\d+([.,]\d+)?E[+-]?\d+` + // 3E5 becomes 300000
	`|\d+[.,]\d*0` + // 1.50 becomes 1.5
	`|\d{1,4}[-/.]\d{1,2}([-/.]\d{1,4})?|\d{1,2}[-/.]\d{4}` + // 1-2 becomes a day, and so does 1.5 in German
	`|\d{1,2}:\d\d(:\d\d)?( ?[AP]M)?` +
	`|(0?[1-9]|1[0-2]) [AP]M?` + // 7 pm becomes 19:00:00, and so does 7 p
	`|` + month + `[-/. ]+\d{1,4}` +
	`|\d{1,4}[-/. ]*` + month + `([-/. ]+\d{1,4})?` +
	`)$`)

// month is the name of a month in English or German.
const month = `(jan(uary|uar)?|feb(ruary|ruar)?|mar(ch)?|märz?|apr(il)?|may|mai|june?|juni|july?|juli|aug(ust)?|sept?(ember)?|o[ck]t(ober)?|nov(ember)?|de[cz](ember)?)`

// rewrites are those cells of a CSV file that a spreadsheet program would rewrite.
type rewrites struct {
	count int
	first string
}

// look takes the cells of a row.
func (r *rewrites) look(cells []string) {
	for _, cell := range cells {
		if !rewritten.MatchString(cell) {
			continue
		}
		if r.count++; r.count == 1 {
			r.first = cell
		}
	}
}

// warnings says that there are such cells, and what to do.
func (r *rewrites) warnings() []string {
	if r.count == 0 {
		return nil
	}
	return []string{fmt.Sprintf("a spreadsheet program that saves this file rewrites cells such as %q (such cells: %d); correct it in a text editor, or ask for a workbook with --failures FILE.xlsx", r.first, r.count)}
}
