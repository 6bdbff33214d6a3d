package report

import (
	"log/slog"
	"strconv"
	"time"

	"roomlift/provision"
)

// rowLine is a line of JSON about a row that is done, as slog's handler would write
// it. At full speed the handler, which can do so much more, would cost a run several
// per cent.
type rowLine struct {
	buf  []byte // kept for its memory
	fits bool   // no text has to be escaped
}

// of makes the line, and reports whether it can be used: the handler has to write
// what must be escaped.
func (l *rowLine) of(r *provision.Result, level slog.Level, at time.Time) bool {
	status := r.Record.Status.String()
	l.fits = true
	l.buf = append(l.buf[:0], `{"time":"`...)
	l.buf = at.AppendFormat(l.buf, time.RFC3339Nano)
	l.text(`","level":"`, level.String())
	l.text(`","msg":"`+rowIs, status)
	l.number(`","row":`, r.Row.Number)
	l.text(`,"ref":"`, r.Record.Ref)
	l.text(`","title":"`, r.Row.Title)
	l.text(`","status":"`, status)
	if r.Record.RoomID != "" {
		l.text(`","roomId":"`, r.Record.RoomID)
	}
	if r.Record.Error != "" {
		l.text(`","error":"`, r.Record.Error)
	}
	l.number(`","attempt":`, r.Record.Attempts)
	l.number(`,"httpStatus":`, r.Record.HTTPStatus)
	l.text(`,"trackingId":"`, r.Record.TrackingID)
	l.buf = append(l.buf, `","duration":`...)
	l.buf = strconv.AppendFloat(l.buf, inSeconds(r.Duration), 'f', -1, 64)
	l.buf = append(l.buf, "}\n"...)
	return l.fits
}

func (l *rowLine) text(before, value string) {
	l.buf = append(append(l.buf, before...), value...)
	for i := range len(value) {
		l.fits = l.fits && standsInJSON[value[i]]
	}
}

func (l *rowLine) number(before string, n int) {
	l.buf = strconv.AppendInt(append(l.buf, before...), int64(n), 10)
}

// standsInJSON is the printable ASCII that stands in JSON as it is.
var standsInJSON = func() (is [256]bool) {
	for c := ' '; c <= '~'; c++ {
		is[c] = c != '"' && c != '\\'
	}
	return is
}()
