package report

import (
	"context"
	"log/slog"
	"time"

	"roomlift/provision"
	"roomlift/report/results"
)

// Log writes events as log lines with stable keys. Text from the manifest and
// from Webex goes into attributes only, which the handlers escape.
type Log struct {
	*slog.Logger
	Created slog.Level // level of the rows that went well
}

// Observe logs an event.
func (l *Log) Observe(e provision.Event) {
	switch e.Kind {
	case provision.Refused:
		l.Debug("Webex asks to wait", "until", e.Until, "answer", e.Cause)
		return
	case provision.Settling:
		l.Debug("waiting to look for rooms whose answers were lost", "until", e.Until, "rows", e.Rows)
		return
	case provision.AnswerLost:
		l.LogAttrs(context.Background(), slog.LevelDebug, "answer lost", attributes(e.Result)...)
		return
	case provision.RowDone:
	}
	level := l.Created
	switch e.Result.Record.Status {
	case results.Failed, results.Unknown:
		level = slog.LevelWarn
	}
	if !l.Enabled(context.Background(), level) {
		return
	}
	l.LogAttrs(context.Background(), level, "row "+e.Result.Record.Status.String(), attributes(e.Result)...)
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
		slog.Duration("duration", r.Duration.Round(time.Millisecond)),
	)
}
