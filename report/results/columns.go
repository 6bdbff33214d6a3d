package results

import (
	"math"
	"strconv"
	"time"
)

// column is one column of the file. The order of the table is the order in the
// file; new columns go at its end.
type column struct {
	name string
	get  func(*Record) string
	set  func(*Record, string) error
}

var columns = []column{
	text("ref", func(r *Record) *string { return &r.Ref }),
	number("row", func(r *Record) *int { return &r.Row }),
	text("key", func(r *Record) *string { return &r.Key }),
	text("title", func(r *Record) *string { return &r.Title }),
	text("teamId", func(r *Record) *string { return &r.TeamID }),
	{
		"status",
		func(r *Record) string { return r.Status.String() },
		func(r *Record, cell string) (err error) {
			r.Status, err = parseStatus(cell)
			return err
		},
	},
	text("roomId", func(r *Record) *string { return &r.RoomID }),
	number("attempts", func(r *Record) *int { return &r.Attempts }),
	number("httpStatus", func(r *Record) *int { return &r.HTTPStatus }),
	text("error", func(r *Record) *string { return &r.Error }),
	text("trackingId", func(r *Record) *string { return &r.TrackingID }),
	text("creatorId", func(r *Record) *string { return &r.CreatorID }),
	text("server", func(r *Record) *string { return &r.Server }),
	moment("startedAt", func(r *Record) *time.Time { return &r.StartedAt }),
	moment("finishedAt", func(r *Record) *time.Time { return &r.FinishedAt }),
}

// Columns returns the names of the file's columns, in file order.
func Columns() []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.name
	}
	return names
}

func text(name string, field func(*Record) *string) column {
	return column{
		name,
		func(r *Record) string { return *field(r) },
		func(r *Record, cell string) error {
			*field(r) = cell
			return nil
		},
	}
}

// number reads leniently: a cell that a spreadsheet program rewrote beyond
// recognition counts as not known, because nothing that prevents a duplicate
// hangs on it. So does moment.
func number(name string, field func(*Record) *int) column {
	return column{
		name,
		func(r *Record) string {
			if *field(r) == 0 {
				return ""
			}
			return strconv.Itoa(*field(r))
		},
		func(r *Record, cell string) error {
			if n, err := strconv.ParseFloat(cell, 64); err == nil && n >= 0 && n <= math.MaxInt32 {
				*field(r) = int(n)
			}
			return nil
		},
	}
}

// timeLayout is RFC 3339 with milliseconds, the precision of Webex's own times.
const timeLayout = "2006-01-02T15:04:05.000Z"

// timeLayouts are those that are read: ours, and what spreadsheet programs make
// of it where day and month cannot be confused.
var timeLayouts = [...]string{
	time.RFC3339,
	"2006-01-02T15:04:05",
	"2006-01-02 15:04:05",
	"2006-01-02 15:04",
	"02.01.2006 15:04:05",
	"02.01.2006 15:04",
}

func moment(name string, field func(*Record) *time.Time) column {
	return column{
		name,
		func(r *Record) string {
			if field(r).IsZero() {
				return ""
			}
			return field(r).UTC().Format(timeLayout)
		},
		func(r *Record, cell string) error {
			for _, layout := range timeLayouts {
				if t, err := time.Parse(layout, cell); err == nil {
					*field(r) = t.UTC()
					break
				}
			}
			return nil
		},
	}
}
