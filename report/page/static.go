package page

import (
	"cmp"
	"html/template"
	"slices"
	"time"

	"roomlift/report"
)

// staticRow is a row of the list for a reader without a script, such as the preview
// of a mail.
type staticRow struct {
	Row                      int
	Title, State, Class, Key string
	Link                     template.URL // "" where there is none
	Note, When               string
}

// maxStatic is how many rows are written without a script. The results file has
// them all.
const maxStatic = 500

// staticRows returns the first rows of the list, and how many it leaves out. Where that
// is any, those without a room come first.
func staticRows(l *list) (rows []staticRow, left int) {
	shown := l.Rooms
	if len(shown) > maxStatic {
		shown = slices.Clone(shown)
		slices.SortStableFunc(shown, func(a, b *room) int { return cmp.Compare(urgency(a.state), urgency(b.state)) })
		shown = shown[:maxStatic]
	}
	for _, r := range shown {
		row := staticRow{Row: r.number, Title: r.title, Key: r.key, State: r.state.String(), Class: classNames[r.state]}
		if r.space != "" {
			row.Link = template.URL(report.SpaceScheme + r.space) //nolint:gosec // a UUID and a scheme of ours
		}
		if r.note >= 0 {
			row.Note = l.Notes[r.note]
		}
		if r.at != 0 {
			row.When = time.Unix(r.at, 0).UTC().Format(time.DateTime)
		}
		rows = append(rows, row)
	}
	return rows, len(l.Rooms) - len(shown)
}

// urgency orders the states: those without a room first, and of these the failed.
func urgency(s state) int {
	if lacks(s) {
		return int(s)
	}
	return int(states)
}
