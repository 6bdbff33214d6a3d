package page

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision"
	"roomlift/ratelimit"
	"roomlift/report/results"
)

func TestAVerdictIsOneSentence(t *testing.T) {
	for want, test := range map[string]struct {
		tally   [states]int
		took    string
		stopped string
		tone    string
	}{
		"All 300 rooms exist, created in 13 s.":                                             {[states]int{created: 300}, "13 s", "", "good"},
		"All 300 rooms exist.":                                                              {[states]int{created: 300}, "", "", "good"},
		"The room exists, created in 1 s.":                                                  {[states]int{created: 1}, "1 s", "", "good"},
		"Nothing to do: all 300 rooms exist already.":                                       {[states]int{existed: 300}, "1 s", "", "good"},
		"Nothing to do: the room exists already.":                                           {[states]int{existed: 1}, "1 s", "", "good"},
		"All 10 rooms exist: 1 was created in 2 s and 9 existed before.":                    {[states]int{created: 1, existed: 9}, "2 s", "", "good"},
		"All 10 rooms exist: 5 were created, 1 was found and adopted and 4 existed before.": {[states]int{created: 5, adopted: 1, existed: 4}, "", "", "good"},
		"4,873 of 5,000 rooms exist; 120 failed and 7 are not settled yet.":                 {[states]int{created: 4873, failed: 120, unsettled: 7}, "9 s", "", "attention"},
		"1 of 2 rooms exists; 1 is not settled yet.":                                        {[states]int{adopted: 1, unsettled: 1}, "", "", "attention"},
		"None of the 12 rooms could be created: every one failed.":                          {[states]int{failed: 12}, "", "", "bad"},
		"The room could not be created.":                                                    {[states]int{failed: 1}, "", "", "bad"},
		"None of the 3 rooms is known to exist; 1 failed and 2 are not settled yet.":        {[states]int{failed: 1, unsettled: 2}, "", "", "bad"},
		"The run stopped early: 0 of 9 rooms exist; 9 were not tried.":                      {[states]int{untried: 9}, "", "SIGTERM", "attention"},
		"Nothing to do: no rooms are listed.":                                               {[states]int{}, "", "", "attention"},
	} {
		t.Run(want, func(t *testing.T) {
			v := judge(test.tally, test.took, test.stopped, false)
			assert.Equal(t, want, v.Sentence)
			assert.Equal(t, test.tone, v.Tone)
			next := nextStep(test.tally, &Report{})
			assert.Equal(t, test.tone == "good" || test.tally == [states]int{}, next == "", "what to do: %q", next)
		})
	}
}

func TestARunThatDidNotBeginIsNeverGood(t *testing.T) {
	v := judge([states]int{created: 3}, "", "the manifest has 1 fault", true)
	assert.Equal(t, "The run did not begin, and created nothing. 3 rooms are recorded from earlier runs.", v.Sentence)
	assert.Equal(t, "bad", v.Tone)
}

func TestThereIsOneInstruction(t *testing.T) {
	mixed := [states]int{created: 1, failed: 1, untried: 1}
	again := "Correct what failed, then run roomlift apply again, with the same manifest and results file; rooms that exist are left alone."
	for name, c := range map[string]struct {
		tally  [states]int
		report Report
		want   string
	}{
		"rows that failed":              {mixed, Report{}, again},
		"a signal, and rows failed":     {mixed, Report{Stopped: "x", Remedy: "run the same command again: it goes on where it stopped"}, again},
		"too many failures":             {mixed, Report{Stopped: "x", Remedy: "see what failed, correct it, and run again: it goes on where it stopped"}, again},
		"a token, and rows failed":      {mixed, Report{Stopped: "x", Remedy: "get a new token, then run again"}, "Get a new token, then run again. " + again},
		"a signal":                      {[states]int{untried: 1}, Report{Stopped: "x", Remedy: "run it again"}, "Run it again."},
		"a faulty manifest, old faults": {mixed, Report{Stopped: "x", Unstarted: true, Remedy: "correct the manifest"}, "Correct the manifest."},
		"the command is known": {
			[states]int{untried: 1},
			Report{Run: &Run{Command: "roomlift apply r.csv"}},
			"Run “roomlift apply r.csv” again, with the same options, to go on; rooms that exist are left alone.",
		},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, nextStep(c.tally, &c.report)) })
	}
}

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func TestAChartCountsEveryRoomOnce(t *testing.T) {
	for name, step := range map[string]time.Duration{
		"at once": 0, "fast": time.Millisecond, "as documented": 200 * time.Millisecond, "slow": time.Minute,
		"nightly": day, "yearly": 365 * day, "for ever": 40 * 365 * day,
	} {
		t.Run(name, func(t *testing.T) {
			var rooms []time.Time
			for i := range 200 {
				rooms = append(rooms, noon.Add(min(step*time.Duration(i), 200*365*day)))
			}
			c := newChart(rooms, nil, []pause{{from: noon, until: noon.Add(time.Second), refused: 1}})
			sum := 0
			for _, b := range c.Bars {
				sum += b.Count
				assert.True(t, b.X >= 0 && b.X+b.Width <= chartWidth+1, "%+v", b)
				assert.True(t, b.Y >= 0 && b.Height > 0 && b.Y+b.Height <= chartHeight+0.1, "%+v", b)
			}
			assert.Equal(t, 200, sum)
			assert.LessOrEqual(t, len(c.Bars), maxBars+1)
			assert.Equal(t, "0", c.Scale[len(c.Scale)-1])
		})
	}
}

func TestAFewRoomsOfAnotherDayDoNotSqueezeTheRun(t *testing.T) {
	spread := func(from time.Time, rooms int, step time.Duration) (times []time.Time) {
		for i := range rooms {
			times = append(times, from.Add(time.Duration(i)*step))
		}
		return times
	}
	run := spread(noon, 95, time.Second)
	assert.Equal(t, run, mainRun(append(spread(noon.Add(day), 5, time.Second), run...)))
	assert.Len(t, mainRun(append(spread(noon.Add(day), 50, time.Second), run...)), 145, "two runs are both drawn")
	assert.Len(t, mainRun(spread(noon, 30, day)), 30, "so is what came night by night")
	assert.Equal(t, run[:1], mainRun(run[:1]))
	assert.Empty(t, mainRun(nil))
}

func TestAChartOfNothingIsNone(t *testing.T) {
	assert.Nil(t, newChart(nil, nil, nil))
	assert.Nil(t, newChart([]time.Time{noon, noon.Add(time.Second)}, nil, nil), "two seconds say nothing")
}

func TestARateFarAboveWhatWasReachedDoesNotFlattenTheChart(t *testing.T) {
	var rooms []time.Time
	for i := range 100 {
		rooms = append(rooms, noon.Add(time.Duration(i)*time.Second))
	}
	c := newChart(rooms, []rateSample{{noon, 5000}, {noon.Add(50 * time.Second), 2}}, nil)
	assert.Equal(t, "2", c.Scale[0])
}

func TestRefusalsThatCameTogetherAreOnePause(t *testing.T) {
	timeline := &Timeline{Limits: func() ratelimit.Stats { return ratelimit.Stats{Limit: 5} }}
	refuse := func(at, wait time.Duration) {
		timeline.Observe(provision.Event{Kind: provision.Refused, Time: noon.Add(at), Until: noon.Add(at + wait), Cause: "429"})
	}
	refuse(0, 10*time.Second)
	refuse(100*time.Millisecond, 10*time.Second) // was in flight
	refuse(9*time.Second, 20*time.Second)        // prolongs it
	refuse(time.Minute, 5*time.Second)
	timeline.Observe(provision.Event{Kind: provision.AnswerLost, Time: noon.Add(2 * time.Minute)})

	require.Len(t, timeline.pauses, 2)
	assert.Equal(t, pause{noon, noon.Add(29 * time.Second), 3, "429"}, timeline.pauses[0])
	assert.Equal(t, 34*time.Second, timeline.paused())
}

func TestATimelineOfDaysStaysSmall(t *testing.T) {
	timeline := &Timeline{Limits: func() ratelimit.Stats { return ratelimit.Stats{Limit: 5} }}
	done := &provision.Result{Record: results.Record{Status: results.Created}}
	for i := range 100_000 {
		timeline.Observe(provision.Event{Kind: provision.RowDone, Time: noon.Add(time.Duration(i) * 5 * time.Second), Result: done})
	}
	assert.Len(t, timeline.created, 100_000)
	assert.Less(t, len(timeline.rates), maxSamples)
	last := timeline.rates[len(timeline.rates)-1].at
	assert.Less(t, timeline.ended.Sub(last), time.Hour, "its end is not forgotten")
}
