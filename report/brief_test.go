package report_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/rivo/uniseg"
	"github.com/stretchr/testify/assert"

	"roomlift/provision"
	"roomlift/provision/manifest"
	"roomlift/report"
	"roomlift/report/results"
)

func TestARowThatWentWrongIsOneLineOfATerminal(t *testing.T) {
	for name, c := range map[string]struct {
		status      results.Status
		title, text string
		level       slog.Level
		want        string
	}{
		"a short one":             {results.Failed, "HR", "Webex answered 403; ask", slog.LevelInfo, "row 7 failed: HR: Webex answered 403; ask\n"},
		"a long one":              {results.Failed, "HR", strings.Repeat("long ", 40), slog.LevelInfo, "row 7 failed: HR: long long long long long long long long long long long long l…\n"},
		"wide characters":         {results.Failed, strings.Repeat("東京", 30), "x", slog.LevelInfo, "row 7 failed: 東京東京東京東京東京東京東京東京東京東京東京東京東京東京東京東京…\n"},
		"what moves the cursor":   {results.Unknown, "a\x1b[2Jb\nc", "x", slog.LevelInfo, "row 7 unknown: a\\x1b[2Jb\\nc: x\n"},
		"no reason":               {results.Unknown, "HR", "", slog.LevelInfo, "row 7 unknown: HR: the run ended before the answer came; run again to settle it\n"},
		"one that went well":      {results.Created, "HR", "", slog.LevelInfo, ""},
		"one that nobody is told": {results.Failed, "HR", "x", slog.LevelError, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var screen bytes.Buffer
			log := &report.Log{
				Logger: slog.New(slog.NewTextHandler(&bytes.Buffer{}, &slog.HandlerOptions{Level: c.level})),
				Good:   slog.LevelDebug, Screen: report.NewScreen(&screen),
			}
			log.Observe(provision.Event{Kind: provision.RowDone, Result: &provision.Result{
				Row: &manifest.Row{Number: 7, Title: c.title}, Record: results.Record{Status: c.status, Error: c.text},
			}})
			assert.Equal(t, c.want, screen.String())
			assert.LessOrEqual(t, uniseg.StringWidth(strings.TrimSuffix(screen.String(), "\n")), 80)
		})
	}
}
