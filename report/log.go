package report

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"roomlift/provision"
	"roomlift/report/results"
)

// Log writes events as log lines with stable keys. Text from the manifest and
// from Webex goes into attributes only, which the handlers escape.
type Log struct {
	*slog.Logger
	Good slog.Level // level of what went well: rows, and that a run begins and ends
	// Screen, unless nil, gets rows that went wrong as one short line each instead:
	// on a terminal a person reads along, and the results file has the rest.
	Screen *Screen
	// JSON, unless nil, is what the logger writes JSON lines to.
	JSON io.Writer
	line rowLine
}

// rowIs begins what is logged of a row; its status follows.
const rowIs = "row "

// Started logs that a run begins.
func (l *Log) Started(r *Run) {
	l.LogAttrs(context.Background(), l.Good, "run started",
		slog.String("manifest", r.Manifest), slog.String("version", r.Version), slog.String("commit", r.Commit))
}

// Ended logs how a run ended, and how many rows of the manifest have which status
// now; no numbers if none was looked at.
func (l *Log) Ended(r *Run) {
	a := []slog.Attr{
		slog.String("manifest", r.Manifest),
		slog.Int("exitCode", r.ExitCode),
		slog.String("meaning", r.Meaning),
		slog.Float64("duration", inSeconds(r.Finished.Sub(r.Started))),
	}
	if o := r.Outcome; o != nil {
		a = append(a, slog.Int("rows", o.Rows))
		for status := results.Pending; status <= results.Unknown; status++ {
			a = append(a, slog.Int(status.String(), o.Statuses[status]))
		}
	}
	l.LogAttrs(context.Background(), l.Good, "run ended", a...)
}

// inSeconds is how a duration is logged, to the millisecond.
func inSeconds(d time.Duration) float64 { return d.Round(time.Millisecond).Seconds() }

// Observe logs an event.
func (l *Log) Observe(e provision.Event) {
	switch e.Kind {
	case provision.Refused:
		message := "Webex asks to wait"
		if e.Asked == 0 {
			message = "Webex refuses, and names no time to wait"
		}
		l.Debug(message, "until", e.Until, "answer", e.Cause)
		return
	case provision.Settling:
		l.Debug("waiting to look for rooms whose answers were lost", "until", e.Until, "rows", e.Rows)
		return
	case provision.AnswerLost:
		l.LogAttrs(context.Background(), slog.LevelDebug, "answer lost", attributes(e.Result)...)
		return
	case provision.Absent:
		l.LogAttrs(context.Background(), slog.LevelDebug, "its room does not exist, so it is sent again", attributes(e.Result)...)
		return
	case provision.RowDone:
	}
	level := l.Good
	switch e.Result.Record.Status {
	case results.Failed, results.Unknown:
		level = slog.LevelWarn
	}
	if !l.Enabled(context.Background(), level) {
		return
	}
	if l.Screen != nil && level == slog.LevelWarn {
		_, _ = l.Screen.Write([]byte(brief(e.Result, l.Screen.Columns()) + "\n"))
		return
	}
	if l.JSON != nil && l.line.of(e.Result, level, time.Now()) {
		_, _ = l.JSON.Write(l.line.buf)
		return
	}
	l.LogAttrs(context.Background(), level, rowIs+e.Result.Record.Status.String(), attributes(e.Result)...)
}

// brief says of a row that went wrong as much as fits on one line.
func brief(r *provision.Result, columns int) string {
	return shorten(Printable(fmt.Sprintf("row %d %s: %s: %s",
		r.Row.Number, r.Record.Status, r.Row.Title, Why(r.Record.Status, r.Record.Error))), columns)
}

func attributes(r *provision.Result) []slog.Attr {
	a := []slog.Attr{
		slog.Int("row", r.Row.Number),
		slog.String("ref", r.Record.Ref),
		slog.String("title", r.Row.Title),
		slog.String("status", r.Record.Status.String()),
	}
	if r.Record.RoomID != "" {
		a = append(a, slog.String("roomId", r.Record.RoomID))
	}
	if r.Record.Error != "" {
		a = append(a, slog.String("error", r.Record.Error))
	}
	return append(a,
		slog.Int("attempt", r.Record.Attempts),
		slog.Int("httpStatus", r.Record.HTTPStatus),
		slog.String("trackingId", r.Record.TrackingID),
		slog.Float64("duration", inSeconds(r.Duration)),
	)
}
