package provision

import (
	"regexp"
	"strconv"
	"strings"
	"sync"

	"roomlift/provision/manifest"
	"roomlift/report/results"
)

// originals are the records that have left the manifest and whose titles a spreadsheet
// program may have rewritten there. People save their manifest, or correct rows in a
// file that has nothing else, and the program turns the title 0014 into 14: a second
// room, of a name that nobody wanted and that Roomlift cannot change.
type originals struct {
	shown   func() map[string]bool // see shownShapes; most runs find no such record, and need not know
	byShape map[string][]results.Record
}

// rewrittenTitle begins the reason of rows that are refused because of this.
const rewrittenTitle = "title: it is what a spreadsheet program makes of "

func newOriginals(rows []manifest.Row) originals {
	shown := sync.OnceValue(func() map[string]bool { return shownShapes(rows) })
	return originals{shown, map[string][]results.Record{}}
}

// shownShapes returns the shapes of those titles that a spreadsheet program may have
// made.
func shownShapes(rows []manifest.Row) map[string]bool {
	shown := map[string]bool{}
	for i := range rows {
		if title := rows[i].Title; mayBeShown(title) {
			for _, shape := range shapes(title) {
				shown[shape] = true
			}
		}
	}
	return shown
}

// add takes a record that has left the manifest.
func (o *originals) add(r results.Record) {
	shown := o.shown()
	if len(shown) == 0 {
		return
	}
	for _, shape := range shapes(r.Title) {
		if shown[shape] {
			o.byShape[shape] = append(o.byShape[shape], r)
		}
	}
}

// reason says why a row is not sent, empty if it may be: its title is what a
// spreadsheet program makes of that of a record with the same key. record is the
// row's own, the zero value if there is none.
func (o *originals) reason(row *manifest.Row, record results.Record) string {
	if record.Status == results.Failed {
		if strings.HasPrefix(record.Error, rewrittenTitle) && record.Title == row.Title {
			return record.Error
		}
		if rewritten(record.Title, row.Title) {
			return rewrittenReason(&record, row.Title)
		}
	}
	if len(o.byShape) == 0 || !mayBeShown(row.Title) {
		return ""
	}
	for _, shape := range shapes(row.Title) {
		for _, r := range o.byShape[shape] {
			if (r.Key == row.Key || sameNumber(r.Key, row.Key)) && mayBe(r.Title, row.Title) {
				return rewrittenReason(&r, row.Title)
			}
		}
	}
	return ""
}

func rewrittenReason(r *results.Record, shown string) string {
	was := "which failed before"
	switch {
	case r.Status.HasRoom():
		was = "which has its room"
	case r.Status.Unsettled():
		was = "which may have its room"
	}
	return rewrittenTitle + `"` + r.Title + `", ` + was + `; format the column as text and write "` + r.Title +
		`" again, or give the row a new key if "` + shown + `" is meant`
}

// mayBeShown reports a title that a spreadsheet program may have made of another.
func mayBeShown(title string) bool {
	switch {
	case title == "":
		return false
	case strings.ContainsAny(title, "?\uFFFD"):
		return true
	}
	if _, truth := truthWords[title]; truth {
		return true
	}
	if !strings.ContainsAny(title, "0123456789") {
		return false
	}
	_, number := numberIn(title)
	_, currency, figure := figureIn(title)
	_, time := secondsIn(title)
	return number && showable(title) || figure && currency != "" || len(dateNumbers(title)) > 1 || time
}

// mayBe reports whether shown may be what a spreadsheet program makes of a title that
// has left the manifest, though it could be the other way round as well. Two dates or
// numbers in one notation are two rooms.
func mayBe(title, shown string) bool {
	return showable(shown) && (respelt(title, shown) || sameFigure(title, shown) || lostFormat(title, shown)) && notation(title) != notation(shown)
}

// notation is a text with every digit alike.
func notation(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return '0'
		}
		return r
	}, text)
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
	if _, number := numberIn(text); !number || strings.HasSuffix(text, "%") {
		return true
	}
	digits := strings.Trim(strings.NewReplacer(".", "", ",", "", "-", "").Replace(text), "0")
	return shownNumber.MatchString(text) && (len(digits) <= shownDigits || strings.Contains(text, "E"))
}

// shapes returns what a title shares with all that a spreadsheet program may make
// of it.
func shapes(title string) []string {
	shapes := []string{strings.ToUpper(outline(title))}
	if value, truth := truthWords[strings.ToUpper(title)]; truth {
		shapes = append(shapes, "a truth value "+strconv.FormatBool(value))
	}
	if n, _, ok := figureIn(title); ok && n != shapes[0] {
		shapes = append(shapes, n)
	}
	if n, ok := numberBelow(title); ok {
		shapes = append(shapes, n)
	}
	if _, time := secondsIn(title); time || len(dateNumbers(title)) > 1 {
		shapes = append(shapes, "a date")
	}
	return shapes
}
