package report

import (
	"context"
	"log/slog"

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
	if e.Kind == provision.Refused {
		l.Debug("Webex asks to wait", "until", e.Until, "answer", e.Cause)
		return
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
		slog.Duration("duration", r.Duration),
	)
}
