package report_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision"
	"roomlift/report"
	"roomlift/report/results"
)

func TestASummaryIsNeverLongerThan15Lines(t *testing.T) {
	o := &provision.Outcome{
		Rows: 100, Moved: 1, Changed: 2, Elapsed: time.Minute,
		Statuses: map[results.Status]int{results.Failed: 100},
		Requests: map[int]int{400: 100, 429: 3},
		Causes:   map[string]int{},
	}
	for i := range 100 {
		o.Causes[fmt.Sprintf("reason %d; remedy", i)] = 1
	}
	var b strings.Builder
	require.NoError(t, report.Summary(&b, o, "rooms.results.csv", ""))
	assert.LessOrEqual(t, strings.Count(b.String(), "\n"), 15, "%s", b.String())
	assert.Contains(t, b.String(), "and 92 other causes\n")
}

func TestAResultsFileRecallsWhatASummarySaid(t *testing.T) {
	records := []results.Record{
		{Status: results.Created},
		{Status: results.Created},
		{Status: results.Adopted},
		{Status: results.Failed, Error: "Webex answered 404: no team; check the teamId"},
		{Status: results.Unknown, Error: "the answer was lost: EOF; run again to settle it"},
	}
	for name, test := range map[string]struct {
		records []results.Record
		want    string
	}{
		"complete": {records[:3], "3 rows: 2 created, 1 adopted\nresults: x.csv\n"},
		"failed": {records, "5 rows: 2 created, 1 adopted, 1 failed, 1 not settled\n" +
			"  1 × Webex answered 404: no team; check the teamId\n" +
			"  1 × the answer was lost: EOF; run again to settle it\n" +
			"results: x.csv\n" +
			"next: correct what failed, then run roomlift apply again, with the same manifest and results file; rooms that exist are left alone\n"},
		"not tried": {[]results.Record{{Status: results.Pending}}, "1 row: 1 not tried\nresults: x.csv\n" +
			"next: run roomlift apply again, with the same manifest and results file, to go on; rooms that exist are left alone\n"},
		"empty": {nil, "0 rows: there is nothing to do\nresults: x.csv\n"},
	} {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			require.NoError(t, report.Recall(&b, slices.Values(test.records), "x.csv"))
			assert.Equal(t, test.want, b.String())
		})
	}
}

func TestWhatOthersSaidCannotMoveTheCursor(t *testing.T) {
	var b strings.Builder
	require.NoError(t, report.Recall(&b, slices.Values([]results.Record{
		{Status: results.Failed, Error: "\x1b[2J\x1b]0;owned\a\u202egnp.exe\u009b31m東京"},
	}), "a\rb.csv"))
	for _, r := range b.String() {
		assert.False(t, r != '\n' && (r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u202e'), "%q in %q", r, b.String())
	}
	assert.Contains(t, b.String(), "東京")
}
