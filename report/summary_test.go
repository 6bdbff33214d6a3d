package report_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rivo/uniseg"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision"
	"roomlift/report"
	"roomlift/report/results"
)

// troubled is a run with everything in it that makes a summary long.
func troubled(causes int) *report.Run {
	o := &provision.Outcome{
		Rows: 1_000_000, Kept: 300_000, Moved: 1, Changed: 2, Elapsed: 100 * time.Minute,
		Statuses: map[results.Status]int{results.Failed: 100_000, results.Pending: 300_000, results.Unknown: 20_000, results.Sending: 10_000},
		Done:     map[results.Status]int{results.Created: 123_456, results.Adopted: 45_678},
		Requests: map[int]int{200: 123_456, 400: 100_000, 429: 3456},
		Causes:   map[provision.Trouble]int{},
	}
	for i := range causes {
		text := strings.Repeat(fmt.Sprint("Grund ", string(rune('A'+i)), " 東京営業部は存在しません "), 5) + "; check the teamId: the team must exist and this account must be in it"
		o.Causes[provision.Trouble{Status: results.Failed, Error: text}] = 100 - i
	}
	return &report.Run{Outcome: o, Next: report.Next(o, "get a new token (a personal one lives 12 hours), then run again: it goes on where it stopped", report.Again)}
}

func TestASummaryIsNeverLongerThan15Lines(t *testing.T) {
	for _, columns := range []int{0, 40, 60, 80, 200} {
		for _, causes := range []int{0, 1, 3, 8, 26} {
			t.Run(fmt.Sprint(causes, " causes, ", columns, " columns"), func(t *testing.T) {
				var b strings.Builder
				require.NoError(t, report.Summary(&b, troubled(causes), "/srv/roomlift/2026/rooms.results.csv", columns))
				lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
				shown := len(lines)
				for _, l := range lines {
					switch width := uniseg.StringWidth(l); {
					case columns == 0:
					case strings.HasPrefix(l, "results: "): // is to be copied
						shown += (width - 1) / columns
					default:
						assert.LessOrEqual(t, width, columns, "a terminal breaks this line anywhere: %q", l)
					}
				}
				assert.LessOrEqual(t, shown, 15, "%s", b.String())
				all := strings.Join(strings.Fields(b.String()), " ")
				assert.Contains(t, all, "next: get a new token (a personal one lives 12 hours), then run again: it goes on where it stopped; correct what failed, too")
				assert.Contains(t, all, "results: /srv/roomlift/2026/rooms.results.csv next:")
				assert.Contains(t, all, "100,000 failed, 30,000 not settled, 300,000 not tried")
				switch {
				case causes == 26:
					assert.Regexp(t, `and \d+ other causes`, all)
				case causes > 0:
					assert.Contains(t, all, "100 × Grund A 東京")
				}
			})
		}
	}
}

func TestWhatDoesNotFitOnALineIsBrokenBetweenWords(t *testing.T) {
	run := troubled(1)
	run.Outcome.Causes = map[provision.Trouble]int{{Status: results.Failed, Error: "Webex answered 404: The team could not be found.; check the teamId"}: 2}
	run.Outcome.Moved, run.Outcome.Changed, run.Next = 0, 0, "run the same command again to go on; rooms that exist are left alone"
	var b strings.Builder
	require.NoError(t, report.Summary(&b, run, "x.csv", 40))
	assert.Equal(t, `1,000,000 rows: 123,456 created, 45,678
  adopted, 300,000 had their room
  already, 100,000 failed, 30,000 not
  settled, 300,000 not tried
226,912 requests in 1 h 40 min, 3,456 of
  them refused for the rate limit
  2 × Webex answered 404: The team could
    not be found.; check the teamId
results: x.csv
next: run the same command again to go
  on; rooms that exist are left alone
`, b.String())
}

func TestAMessageIsFoldedBetweenWordsAndNeverWithinOne(t *testing.T) {
	for name, c := range map[string]struct {
		columns    int
		text, want string
	}{
		"in a pipe":                   {0, "hint: " + strings.Repeat("word ", 100), "hint: " + strings.Repeat("word ", 100)},
		"a word too many":             {14, "hint: run again", "hint: run\n  again"},
		"to the last column":          {15, "hint: run again", "hint: run again"},
		"a path that is wider":        {10, "see a/b/c/d/e/f/g/h/rooms.csv there", "see\n  a/b/c/d/e/f/g/h/rooms.csv\n  there"},
		"characters of two columns":   {12, "no 東京営業 部", "no 東京営業\n  部"},
		"a terminal that has no room": {1, "a b", "a\n  b"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, report.Fold(c.text, c.columns))
		})
	}
}

func TestRowsThatARunLeftUnderWaySayWhy(t *testing.T) {
	o := report.Recalled(slices.Values([]results.Record{{Status: results.Sending}, {Status: results.Sending}}))
	var b strings.Builder
	require.NoError(t, report.Summary(&b, &report.Run{Outcome: o}, "x.csv", 0))
	assert.Contains(t, b.String(), "  2 × the run ended before the answer came; run again to settle it\n")
	summary := (&report.Run{Outcome: o}).Summary()
	assert.Equal(t, "the run ended before the answer came; run again to settle it", summary.Rows.Causes[0].Cause)
	assert.NotContains(t, b.String(), "no reason is recorded")
}

func TestThereIsOneNextStep(t *testing.T) {
	outcome := func(failed, unsettled, untried int) *provision.Outcome {
		return &provision.Outcome{Rows: 1 + failed + unsettled + untried, Statuses: map[results.Status]int{
			results.Created: 1, results.Failed: failed, results.Unknown: unsettled, results.Pending: untried,
		}}
	}
	const token = "get a new token, then run again"
	for name, c := range map[string]struct {
		o            *provision.Outcome
		remedy, want string
	}{
		"all is well":                            {outcome(0, 0, 0), "", ""},
		"failures, and rows that were not tried": {outcome(2, 0, 3), "", "correct what failed and run the same command again; rooms that exist are left alone"},
		"rows that were not tried":               {outcome(0, 1, 3), "", "run the same command again to go on; rooms that exist are left alone"},
		"rows that are not settled":              {outcome(0, 1, 0), "", "run the same command again to settle what is not known"},
		"an error":                               {outcome(0, 0, 3), token, token},
		"an error, and failures":                 {outcome(1, 0, 3), token, token + "; correct what failed, too"},
		"an error before any row":                {nil, token, token},
		"nothing known":                          {nil, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, report.Next(c.o, c.remedy, report.Again))
		})
	}
}

func TestTheTimeToRunAgainIsTheClocksOnATerminalAndExactElsewhere(t *testing.T) {
	begun := time.Date(2026, time.March, 4, 22, 10, 0, 0, time.Local)
	for shown, wait := range map[string]time.Duration{"after 22:40:00": 30 * time.Minute, "after 5 Mar 00:10:00": 2 * time.Hour} {
		run := &report.Run{Started: begun, Finished: begun, Reopens: begun.Add(wait), Outcome: &provision.Outcome{Rows: 1}}
		exact := "after " + run.Reopens.UTC().Format(time.RFC3339)
		run.Next = "run the same command again " + exact
		for columns, want := range map[int]string{0: exact, 80: shown} {
			var text strings.Builder
			require.NoError(t, report.Summary(&text, run, "rooms.results.csv", columns))
			assert.Contains(t, text.String(), "next: run the same command again "+want+"\n")
		}
	}
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
		open    bool // the last run has not ended
		want    string
	}{
		"complete": {records[:3], false, "3 rows: 2 created, 1 adopted\nresults: x.csv\n"},
		"failed": {records, false, "5 rows: 2 created, 1 adopted, 1 failed, 1 not settled\n" +
			"  1 × Webex answered 404: no team; check the teamId\n" +
			"  1 × the answer was lost: EOF; run again to settle it\n" +
			"results: x.csv\n" +
			"next: correct what failed and run roomlift apply again, with the same manifest and results file; rooms that exist are left alone\n"},
		"not tried": {[]results.Record{{Status: results.Pending}}, false, "1 row: 1 not tried\nresults: x.csv\n" +
			"next: run roomlift apply again, with the same manifest and results file, to go on; rooms that exist are left alone\n"},
		"all that is there exists, but there may be more": {records[:3], true, "3 rows: 2 created, 1 adopted\n" +
			"the last run was killed, or is under way: rows that it has not begun are not among these\n" +
			"results: x.csv\n" +
			"next: if no run is under way any more, run roomlift apply again, with the same manifest and results file, to go on; " +
			"rooms that exist are left alone\n"},
		"empty": {nil, false, "0 rows: there is nothing to do\nresults: x.csv\n"},
	} {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			require.NoError(t, report.Recall(&b, slices.Values(test.records), "x.csv", "run roomlift apply again, with the same manifest and results file,", test.open, 0))
			assert.Equal(t, test.want, b.String())
		})
	}
}

func TestWhatOthersSaidCannotMoveTheCursor(t *testing.T) {
	var b strings.Builder
	require.NoError(t, report.Recall(&b, slices.Values([]results.Record{
		{Status: results.Failed, Error: "\x1b[2J\x1b]0;owned\a\u202egnp.exe\u009b31m東京"},
	}), "a\rb.csv", report.Again, false, 0))
	for _, r := range b.String() {
		assert.False(t, r != '\n' && (r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u202e'), "%q in %q", r, b.String())
	}
	assert.Contains(t, b.String(), "東京")
}
