package results

import (
	"math"
	"strconv"
	"time"
)

// column is one column of the file. The order of the table is the order in the
// file; new columns go at its end.
type column struct {
	name   string
	append func([]byte, *Record) []byte // the cell's text, before anything in it is quoted
	set    func(*Record, string) error
}

var columns = []column{
	text("ref", func(r *Record) *string { return &r.Ref }),
	number("row", func(r *Record) *int { return &r.Row }),
	text("key", func(r *Record) *string { return &r.Key }),
	text("title", func(r *Record) *string { return &r.Title }),
	text("teamId", func(r *Record) *string { return &r.TeamID }),
	{
		"status",
		func(b []byte, r *Record) []byte { return append(b, r.Status.String()...) },
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
		func(b []byte, r *Record) []byte { return append(b, *field(r)...) },
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
		func(b []byte, r *Record) []byte {
			if *field(r) == 0 {
				return b
			}
			return strconv.AppendInt(b, int64(*field(r)), 10)
		},
		func(r *Record, cell string) error {
			if n, err := strconv.ParseFloat(cell, 64); err == nil && n >= 0 && n <= math.MaxInt32 {
				*field(r) = int(n)
			}
			return nil
		},
	}
}

// moment is a time. Where an unsettled row's room is looked for hangs on it, and
// how long: so that a time which was rewritten never hides a room, the intent is
// then taken to be as early as it can have been, and the outcome as not timed.
// The status must have been set before.
func moment(name string, field func(*Record) *time.Time) column {
	return column{
		name,
		func(b []byte, r *Record) []byte {
			if field(r).IsZero() {
				return b
			}
			return appendTime(b, *field(r))
		},
		func(r *Record, cell string) error {
			switch shown := readTime(cell); {
			case !r.Status.Unsettled() || shown.exact:
				*field(r) = shown.likely()
			case field(r) == &r.StartedAt:
				*field(r) = shown.bound()
			}
			return nil
		},
	}
}
