package page

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision"
	"roomlift/ratelimit"
	"roomlift/report"
	"roomlift/report/results"
)

func TestAVerdictIsOneSentence(t *testing.T) {
	for want, test := range map[string]struct {
		tally [states]int
		took  string
		end   ending
		tone  string
	}{
		"All 300 rooms exist, created in 13 s.":                                                                {[states]int{created: 300}, "13 s", ending{}, "good"},
		"All 300 rooms exist.":                                                                                 {[states]int{created: 300}, "", ending{}, "good"},
		"The room exists, created in 1 s.":                                                                     {[states]int{created: 1}, "1 s", ending{}, "good"},
		"Nothing to do: all 300 rooms exist already.":                                                          {[states]int{existed: 300}, "1 s", ending{}, "good"},
		"Nothing to do: the room exists already.":                                                              {[states]int{existed: 1}, "1 s", ending{}, "good"},
		"All 10 rooms exist: 1 was created in 2 s and 9 existed before.":                                       {[states]int{created: 1, existed: 9}, "2 s", ending{}, "good"},
		"All 10 rooms exist: 5 were created, 1 was found and adopted and 4 existed before.":                    {[states]int{created: 5, adopted: 1, existed: 4}, "", ending{}, "good"},
		"4,873 of 5,000 rooms exist; 120 failed and 7 are not settled yet.":                                    {[states]int{created: 4873, failed: 120, unsettled: 7}, "9 s", ending{}, "attention"},
		"1 of 2 rooms exists; 1 is not settled yet.":                                                           {[states]int{adopted: 1, unsettled: 1}, "", ending{}, "attention"},
		"None of the 12 rooms could be created: every one failed.":                                             {[states]int{failed: 12}, "", ending{}, "bad"},
		"The room could not be created.":                                                                       {[states]int{failed: 1}, "", ending{}, "bad"},
		"None of the 3 rooms is known to exist; 1 failed and 2 are not settled yet.":                           {[states]int{failed: 1, unsettled: 2}, "", ending{}, "bad"},
		"The run stopped early: 0 of 9 rooms exist; 9 were not tried.":                                         {[states]int{untried: 9}, "", ending{fault: true}, "attention"},
		"All 3 rooms exist, but the run ended with a fault.":                                                   {[states]int{created: 3}, "1 s", ending{fault: true}, "attention"},
		"The run could not begin, and no room was created.":                                                    {[states]int{untried: 20}, "", ending{fault: true, unbegun: true, planned: true}, "bad"},
		"The run could not begin, and no room was created; earlier runs left 3 rooms.":                         {[states]int{existed: 3, failed: 1}, "", ending{fault: true, unbegun: true}, "bad"},
		"The run could not begin, and no room was created; 3 of 3 rooms exist from before.":                    {[states]int{existed: 3}, "", ending{fault: true, unbegun: true, planned: true}, "bad"},
		"The run could not begin, and no room was created; 1 of 3 rooms exists from before, 2 were not tried.": {[states]int{existed: 1, untried: 2}, "", ending{fault: true, unbegun: true, planned: true}, "bad"},
		"Nothing to do: no rooms are listed.":                                                                  {[states]int{}, "", ending{}, "attention"},
	} {
		t.Run(want, func(t *testing.T) {
			v := judge(test.tally, test.took, test.end)
			assert.Equal(t, want, v.Sentence)
			assert.Equal(t, test.tone, v.Tone)
		})
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
}

func TestAFewRoomsAreALineEach(t *testing.T) {
	c := newChart([]time.Time{noon, noon.Add(300 * time.Millisecond), noon.Add(1200 * time.Millisecond)}, nil, nil)
	require.NotNil(t, c)
	assert.Empty(t, c.Bars)
	assert.Equal(t, []mark{{5, 0, "12:00:00.0"}, {252.5, 0, "12:00:00.3"}, {995, 0, "12:00:01.2"}}, c.Ticks)
	assert.Equal(t, "3 rooms within 1.2 s, from 21 Nov 2026 12:00:00 UTC", c.Summary)
	assert.Equal(t, []string{"12:00:00", "1.2 s later"}, c.Times)

	c = newChart([]time.Time{noon}, nil, nil)
	assert.Equal(t, []mark{{500, 0, "12:00:00.0"}}, c.Ticks)
	assert.Equal(t, "1 room at 21 Nov 2026 12:00:00 UTC", c.Summary)
}

// every returns so many times, one for each step.
func every(step time.Duration, n int) (times []time.Time) {
	for i := range n {
		times = append(times, noon.Add(time.Duration(i)*step))
	}
	return times
}

func TestTheLineOfTheLimitAgreesWithTheBars(t *testing.T) {
	bursts := func(quota int, period time.Duration, windows int) (times []time.Time) { // all at the beginning of each window
		for w := range windows {
			for i := range quota {
				times = append(times, noon.Add(time.Duration(w)*period+time.Duration(i)*10*time.Millisecond))
			}
		}
		return times
	}
	for name, test := range map[string]struct {
		rooms []time.Time
		limit ratelimit.Learned
		each  string
		line  float64
		text  string
	}{
		"a window of seconds": {
			bursts(48, 5*time.Second, 12),
			ratelimit.Learned{Rate: 9.6, Quota: 48, Period: 5 * time.Second},
			"5 seconds", 9.6,
			"Webex accepts 48 requests in each 5 s, that is 9.6 a second in the long run; a bar above the line has parts of two such spans.",
		},
		"a window of a minute": {
			bursts(300, time.Minute, 20),
			ratelimit.Learned{Rate: 5, Quota: 300, Period: time.Minute},
			"1 minute", 40,
			"Webex accepts 300 requests in each 1 min 0 s, that is 5 a second in the long run; a bar above the line has parts of two such spans.",
		},
		"a bucket": {
			every(200*time.Millisecond, 500),
			ratelimit.Learned{Rate: 5, Burst: 20},
			"1 second", 40,
			"In the long run Webex accepts 5 a second; after a rest it takes up to 20 at once, so that a bar may rise above the line.",
		},
		"one far above what was reached": {
			every(time.Second, 100),
			ratelimit.Learned{Rate: 5000, Burst: 1},
			"1 second", 0,
			"In the long run Webex accepts 5,000 a second, which is above this picture; after a rest it takes up to 1 at once, so that a bar may rise above the line.",
		},
		"one that was not reached": {
			every(time.Second, 100),
			ratelimit.Learned{Rate: 1},
			"1 second", 0,
			"There is no line for Webex’s limit, because it was not reached.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newChart(test.rooms, &test.limit, nil)
			require.NotNil(t, c)
			assert.Equal(t, test.each, c.Each)
			assert.Equal(t, test.text, c.LimitText)
			assert.InDelta(t, test.line, c.Limit, 8)
			for _, b := range c.Bars[1 : len(c.Bars)-1] {
				if c.Limit > 0 {
					assert.InDelta(t, c.Limit, b.Y, chartHeight/8, "a run at the limit fills its bars up to the line: %+v", b)
				}
			}
		})
	}
}

func TestRefusalsThatCameTogetherAreOnePause(t *testing.T) {
	timeline := &Timeline{}
	refuse := func(at, wait time.Duration) {
		timeline.Observe(provision.Event{Kind: provision.Refused, Time: noon.Add(at), Until: noon.Add(at + wait), Asked: wait - time.Second, Cause: "429"})
	}
	refuse(0, 10*time.Second)
	refuse(100*time.Millisecond, 10*time.Second) // was in flight
	refuse(9*time.Second, 20*time.Second)        // prolongs it
	refuse(time.Minute, 5*time.Second)
	timeline.Observe(provision.Event{Kind: provision.AnswerLost, Time: noon.Add(2 * time.Minute), Result: &provision.Result{}})

	require.Len(t, timeline.pauses, 2)
	assert.Equal(t, pause{noon, noon.Add(29 * time.Second), noon.Add(28 * time.Second), 3, "429"}, timeline.pauses[0])
}

func TestClocksThatAreApartAreToldOf(t *testing.T) {
	for want, ahead := range map[string]time.Duration{
		"":                             2 * time.Second,
		"3 min 12 s ahead of Webex;":   3*time.Minute + 12*time.Second,
		"1 h 0 min behind Webex; the ": -time.Hour,
	} {
		timeline := &Timeline{}
		for i := range 3 {
			at := noon.Add(time.Duration(i) * time.Minute)
			late := time.Duration(i) * time.Second // between the answer and the disk
			timeline.Observe(provision.Event{Kind: provision.RowDone, Time: at.Add(ahead + late), Result: &provision.Result{
				Record: results.Record{Status: results.Created, FinishedAt: at},
			}})
		}
		if want == "" {
			assert.Empty(t, timeline.clocks())
		} else {
			assert.Contains(t, timeline.clocks(), want)
		}
	}
}

func TestRequestsAreToldByWhatCameOfThem(t *testing.T) {
	for want, counts := range map[string]map[int]int{
		"":                     {},
		"1 made a room":        {200: 1},
		"300: all made a room": {200: 200, 201: 100},
		"12: 5 made a room, 3 were refused for good, 1 was put off for the rate limit, 1 met a fault at Webex and 2 got no answer": {
			200: 5, 400: 1, 403: 1, 404: 1, 429: 1, 502: 1, 0: 2,
		},
		"2: 1 was refused for good and 1 met a fault at Webex":              {400: 1, 408: 1},
		"3: 1 came with a token that was no longer good and 2 were put off": {401: 1, 423: 2},
	} {
		assert.Equal(t, want, requests(&provision.Outcome{Requests: counts}, 0))
	}
}

func TestAnAnswerThatCannotBeUsedMadeNoRoomThatIsKnown(t *testing.T) {
	timeline := &Timeline{}
	for _, status := range []int{200, 200, 502, 0} {
		timeline.Observe(provision.Event{Kind: provision.AnswerLost, Time: noon, Result: &provision.Result{
			Record: results.Record{Status: results.Unknown, HTTPStatus: status},
		}})
	}
	assert.Equal(t, "12: 8 made a room, 1 met a fault at Webex, 2 got an answer that was cut or named no room and 1 got no answer",
		requests(&provision.Outcome{Requests: map[int]int{200: 10, 502: 1, 0: 1}}, timeline.unusable))
}

func TestTimesStandOnWhatIsWrittenOfThem(t *testing.T) {
	for name, test := range map[string]struct {
		bars  int
		width time.Duration
		want  int // bars with those that are added
		parts int
	}{
		"as many as fit":                 {8, time.Second, 8, 4},
		"a number that nothing divides":  {53, 5 * time.Second, 54, 3},
		"minutes of a quarter":           {82, 15 * time.Second, 84, 3},
		"one alone":                      {1, time.Second, 3, 3},
		"bars that do not fill a minute": {50, 35 * time.Second, 50, 5},
		"days":                           {30, day, 30, 5},
	} {
		t.Run(name, func(t *testing.T) {
			bars, parts := divide(test.bars, test.width)
			assert.Equal(t, test.want, bars)
			assert.Equal(t, test.parts, parts)
		})
	}
}

func TestALimitThatRefusedSomethingWasReached(t *testing.T) {
	pauses := []pause{{from: noon.Add(time.Second), until: noon.Add(4 * time.Second), refused: 1}}
	c := newChart(every(time.Second, 20), &ratelimit.Learned{Rate: 3}, pauses)
	assert.Equal(t, "There is no line for Webex’s limit, because too little was refused to measure it.", c.LimitText)
	assert.Zero(t, c.Limit)
	run := &Run{Run: &report.Run{Learned: ratelimit.Learned{Rate: 3}}, Timeline: &Timeline{pauses: pauses}}
	assert.Equal(t, "not measured yet; 180 requests a minute are tried next", learned(run))
}

func TestARateIsToldOnlyWhereItWasKeptUpForAMinute(t *testing.T) {
	for want, step := range map[string]time.Duration{
		"the limit was not reached by 24 requests in 2.9 s":                   125 * time.Millisecond,
		"the limit was not reached by 24 requests in 58 s":                    2500 * time.Millisecond,
		"the limit was not reached; 15 rooms in one minute were not too many": 4 * time.Second,
	} {
		run := &Run{Run: &report.Run{Learned: ratelimit.Learned{Rate: 30}}, Timeline: &Timeline{}}
		for i := range 24 {
			run.Timeline.created = append(run.Timeline.created, time.Duration(i)*step)
		}
		run.Outcome = &provision.Outcome{Requests: map[int]int{200: 24}, Elapsed: 23 * step}
		assert.Equal(t, want, learned(run))
	}
}

func TestWhatWebexAskedToWaitIsToldBesideWhatTheRunWaited(t *testing.T) {
	for want, test := range map[string]struct {
		asked  []time.Duration
		waited time.Duration
	}{
		"once, for 45 s; the run waited as long":                          {[]time.Duration{45 * time.Second}, 45 * time.Second},
		"2 times, together for 1 min 30 s; the run waited as long":        {[]time.Duration{60 * time.Second, 30 * time.Second}, 90 * time.Second},
		"once, for 1 h 0 min; the run waited 12 s of that, then it ended": {[]time.Duration{time.Hour}, 12 * time.Second},
		"once, for 59 min 57 s; the run did not wait for that, but ended": {[]time.Duration{3597 * time.Second}, 10 * time.Millisecond},
		"2 times, together for 2 s; the run waited 9 s, to be safe":       {[]time.Duration{time.Second, time.Second}, 9 * time.Second},
		"without saying how long; the run waited 4 s":                     {[]time.Duration{0}, 4 * time.Second},
	} {
		var pauses []pause
		for i, asked := range test.asked {
			from := noon.Add(time.Duration(i) * time.Hour)
			pauses = append(pauses, pause{from: from, asked: from.Add(asked)})
		}
		assert.Equal(t, want, waits(pauses, test.waited))
	}
}
