package report

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"roomlift/provision"
	"roomlift/provision/manifest"
	"roomlift/report/results"
)

// Whoever reads the log cannot tell which lines the handler wrote.
func TestARowsLineIsWhatTheHandlerWrites(t *testing.T) {
	text := rapid.StringOf(rapid.OneOf(
		rapid.RuneFrom([]rune("aZ0 <>&'\"\\/\n\x1b\x7f\u2028ä")), rapid.Rune(),
	)).Filter(func(s string) bool { return len(s) < 40 })
	plain := rapid.StringMatching(`[ -!#-\[\]-~]{0,40}`)
	rapid.Check(t, func(t *rapid.T) {
		some := rapid.OneOf(plain, plain, plain, text)
		r := &provision.Result{
			Row: &manifest.Row{Title: some.Draw(t, "title"), Number: rapid.IntRange(1, 1e7).Draw(t, "row")},
			Record: results.Record{
				Ref: "r-0123456789abcdef", RoomID: some.Draw(t, "room"), Error: some.Draw(t, "error"),
				TrackingID: some.Draw(t, "tracking"), Attempts: rapid.IntRange(0, 70000).Draw(t, "attempts"),
				HTTPStatus: rapid.SampledFrom([]int{0, 200, 400, 503}).Draw(t, "status"),
				Status:     results.Status(rapid.IntRange(int(results.Pending), int(results.Unknown)).Draw(t, "outcome")),
			},
			Duration: time.Duration(rapid.Int64Range(0, int64(1000*time.Hour)).Draw(t, "duration")),
		}
		at := time.Unix(0, rapid.Int64Range(0, 4e18).Draw(t, "at")).In(time.FixedZone("", rapid.IntRange(-12, 14).Draw(t, "zone")*3600))
		level := rapid.SampledFrom([]slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelWarn}).Draw(t, "level")

		var want bytes.Buffer
		record := slog.NewRecord(at, level, rowIs+r.Record.Status.String(), 0)
		record.AddAttrs(attributes(r)...)
		handler := slog.NewJSONHandler(&want, &slog.HandlerOptions{Level: slog.LevelDebug})
		require.NoError(t, handler.Handle(t.Context(), record))

		var line rowLine
		if line.of(r, level, at) {
			assert.Equal(t, want.String(), string(line.buf))
		} else {
			assert.True(t, strings.ContainsFunc(r.Row.Title+r.Record.RoomID+r.Record.Error+r.Record.TrackingID,
				func(c rune) bool { return c < ' ' || c > '~' || c == '"' || c == '\\' }), "nothing has to be escaped")
		}
	})
}

func TestRowsAreLoggedWhetherTheirTextsMustBeEscapedOrNot(t *testing.T) {
	var out bytes.Buffer
	log := &Log{Logger: slog.New(slog.NewJSONHandler(&out, nil)), Good: slog.LevelInfo, JSON: &out}
	for _, title := range []string{"plain", `"quoted"`, "Köln"} {
		log.Observe(provision.Event{Kind: provision.RowDone, Result: &provision.Result{
			Row: &manifest.Row{Title: title, Number: 1}, Record: results.Record{Status: results.Created},
		}})
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, 3)
	assert.Contains(t, lines[0], `"msg":"row created","row":1,"ref":"","title":"plain","status":"created"`)
	assert.Contains(t, lines[1], `"title":"\"quoted\""`)
	assert.Contains(t, lines[2], `"title":"Köln"`)
}
