package provision

import (
	"regexp"
	"strings"

	"roomlift/provision/manifest"
	"roomlift/report/results"
)

// rewrittenTitles are the titles of rows that failed and have left the manifest.
// People correct such rows in a file that has nothing else, and the spreadsheet
// program that saves it as CSV turns the title 0014 into 14. A room of that name
// cannot be renamed by Roomlift, and the whole manifest would make the right one
// beside it.
type rewrittenTitles map[string][]results.Record // by shape

// rewrittenTitle begins the reason of rows that are refused because of this.
const rewrittenTitle = "title: it is what a spreadsheet program makes of "

func (t rewrittenTitles) add(r results.Record) {
	for _, shape := range shapes(r.Title) {
		t[shape] = append(t[shape], r)
	}
}

// reason says why a row is not sent, empty if it may be: its title is what a
// spreadsheet program makes of the title of a row that failed, whose key was the
// same. record is the row's own, the zero value if there is none.
func (t rewrittenTitles) reason(row *manifest.Row, record results.Record) string {
	if record.Status == results.Failed {
		if strings.HasPrefix(record.Error, rewrittenTitle) && record.Title == row.Title {
			return record.Error
		}
		if rewritten(record.Title, row.Title) {
			return rewrittenReason(record.Title, row.Title)
		}
	}
	if len(t) == 0 {
		return ""
	}
	for _, shape := range shapes(row.Title) {
		for _, r := range t[shape] {
			if (r.Key == row.Key || sameNumber(r.Key, row.Key)) && rewritten(r.Title, row.Title) {
				return rewrittenReason(r.Title, row.Title)
			}
		}
	}
	return ""
}

func rewrittenReason(title, shown string) string {
	return rewrittenTitle + `"` + title + `", which failed before; format the column as text and write "` + title +
		`" again, or give the row a new key if "` + shown + `" is meant`
}

// rewritten reports whether shown is what a spreadsheet program makes of a title,
// and the title cannot be what it makes of shown.
func rewritten(title, shown string) bool {
	return showable(shown) && respelt(title, shown) && !(showable(title) && respelt(shown, title))
}

// shownNumber is how spreadsheet programs show a number in a cell that nobody
// formatted: without zeros in front or at the end, or in powers of ten.
var shownNumber = regexp.MustCompile(`^-?(?:(?:0|[1-9]\d*)(?:[.,]\d*[1-9])?|\d(?:[.,]\d+)?E[+-]\d{2,3})$`)

// shownDigits are as many as they keep.
const shownDigits = 15

// showable reports a text that a spreadsheet program may show in place of another.
func showable(text string) bool {
	if _, number := numberIn(text); !number {
		return true
	}
	digits := strings.Trim(strings.NewReplacer(".", "", ",", "", "-", "").Replace(text), "0")
	return shownNumber.MatchString(text) && (len(digits) <= shownDigits || strings.Contains(text, "E"))
}

// shapes returns what a title shares with all that a spreadsheet program may make
// of it.
func shapes(title string) []string {
	shapes := []string{strings.ToUpper(outline(title))}
	if len(dateNumbers(title)) > 1 {
		shapes = append(shapes, "a date")
	}
	return shapes
}
