package ratelimit

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheGateStaysClosedForWhatTheServerAsked(t *testing.T) {
	u := standard()
	for name, c := range map[string]struct {
		retryAfter, until float64
	}{
		"a valid value is kept":                  {194, 294},
		"no value is a second":                   {0, 101},
		"a negative value is none":               {-30, 101},
		"a value of centuries is not overflowed": {math.MaxInt64 / 1e9, 100 + math.MaxInt64/1e9},
	} {
		t.Run(name, func(t *testing.T) {
			var g gate
			assert.True(t, g.refuse(100, 99, c.retryAfter, u))
			assert.InDelta(t, c.until, g.until, 1e-6)
		})
	}
}

func TestRefusalsOfTurnsGivenTogetherAreOneEvent(t *testing.T) {
	u := standard()
	var g gate
	assert.True(t, g.refuse(10, 9.8, 1, u))
	assert.False(t, g.refuse(10.1, 9.9, 5, u), "was in flight already")
	assert.InDelta(t, 15.1, g.until, 1e-9, "and yet its pause is kept")
	assert.False(t, g.refuse(10.2, 9.95, 1, u))
	assert.InDelta(t, 15.1, g.until, 1e-9, "a shorter pause opens nothing")
	assert.True(t, g.refuse(16, 15.5, 1, u))
}

func TestTheGatesOwnPausesDoubleUntilSomethingIsAccepted(t *testing.T) {
	u := standard()
	var g gate
	for _, want := range []float64{1, 2, 4, 8, 16, 32, 60, 60} {
		now := g.until + 1
		g.refuse(now, now-0.1, 0, u)
		assert.InDelta(t, want, g.until-now, 1e-9)
	}
	g.accept()
	now := g.until + 1
	g.refuse(now, now-0.1, 0, u)
	assert.InDelta(t, 1, g.until-now, 1e-9)
}

// climb returns the turns of a climb that begins at a moment with an empty or a full
// bucket, and when the first turn was given that the bucket refused.
func climb(b tokenBucket, at, pace, growth float64) (turns []float64, refused float64) {
	for {
		if ok, _ := b.hit(at); !ok {
			return turns, at
		}
		turns = append(turns, at)
		pace += growth
		at += 1 / pace
	}
}

func TestTwoRefusalsMeasureABucket(t *testing.T) {
	u := standard()
	for name, c := range map[string]struct {
		rate, depth float64
		within      float64 // share: the counts are small
	}{
		"that is deep":               {5, 20, 0.08},
		"that is deeper":             {8, 60, 0.08},
		"slower than the first pace": {4, 20, 0.08},
		"that a pause fills":         {12, 6, 0.3},
		"that a slow climb fills":    {50, 60, 0.15},
	} {
		t.Run(name, func(t *testing.T) {
			e := estimate{saved: u.catchUp}
			search, refused := climb(tokenBucket{rate: c.rate, depth: c.depth}, 0.1, u.startRate, u.growth)
			assert.Equal(t, first, e.refuse(sample{refused: refused, sinceOpen: stretch{float64(len(search)), refused}}, u))

			open := refused + 1
			again := tokenBucket{rate: c.rate, depth: c.depth, tokens: min(c.depth, c.rate), at: open, began: true}
			h := history{sent: search}
			turns, next := climb(again, open, u.firstCut*float64(h.since(refused-1)), u.growth)
			n := float64(len(turns))
			assert.Equal(t, rose, e.refuse(sample{
				refused: next, pace: 1000, climbing: true, search: search, climb: turns, turns: turns,
				sinceEmpty: stretch{n, next - refused}, sinceOpen: stretch{n, next - open}, sinceClimb: stretch{n, next - open},
			}, u))
			assert.InDelta(t, c.rate, e.limit, c.within*c.rate)
			if e.exact {
				assert.InDelta(t, c.depth, e.depth, 3)
			}
		})
	}
}

func TestARefusalAfterAMeasurementTells(t *testing.T) {
	u := standard()
	even := func(n int, from, to float64) (turns []float64) {
		for i := range n {
			turns = append(turns, from+(to-from)*float64(i)/float64(n))
		}
		return turns
	}
	for name, c := range map[string]struct {
		sample sample
		found  finding
		limit  float64
	}{
		"in cruise, that the limit fell":   {sample{pace: 5, sinceEmpty: stretch{200, 50}, sinceOpen: stretch{196, 49}, sinceClimb: stretch{200, 50}}, fell, 4},
		"in a climb, that it is as it was": {sample{pace: 7, climbing: true, refused: 62, turns: even(75, 50, 62), climb: even(75, 50, 62), sinceEmpty: stretch{300, 60.5}, sinceOpen: stretch{295, 59.5}, sinceClimb: stretch{75, 12}}, confirmed, 5},
		"in a climb, that it rose":         {sample{pace: 12, climbing: true, refused: 62, climb: even(140, 50, 62), sinceEmpty: stretch{400, 70}, sinceOpen: stretch{395, 69}, sinceClimb: stretch{140, 12}}, rose, 10},
		"after too few, nothing yet":       {sample{pace: 5, sinceEmpty: stretch{3, 1}, sinceOpen: stretch{3, 1}}, unsettled, 5},
		"after a burst, nothing yet":       {sample{pace: 5, burst: 10, sinceEmpty: stretch{20, 2}, sinceOpen: stretch{20, 1}}, unsettled, 5},
		"after none, nothing of a rate":    {sample{pace: 5, sinceEmpty: stretch{0, 60}, sinceOpen: stretch{0, 60}}, nothing, 5},
	} {
		t.Run(name, func(t *testing.T) {
			e := estimate{limit: 5, depth: 20, empty: 1, exact: true, saved: u.catchUp}
			assert.Equal(t, c.found, e.refuse(c.sample, u))
			assert.InDelta(t, c.limit, e.limit, 0.02)
			assert.Equal(t, c.sample.burst > 0, e.saved < u.catchUp, "a burst that was too long is shorter the next time")
		})
	}
}

func TestTheExcessIsTheDepthThatTheTurnsNeed(t *testing.T) {
	assert.InDelta(t, 1, excess(nil, 5), 0, "a bucket holds one at least")
	assert.InDelta(t, 3, excess([]float64{1, 1, 1}, 5), 1e-9)
	assert.InDelta(t, 2.5, excess([]float64{0, 1, 2, 2, 2, 2.5}, 1), 1e-9+1, "what was not used before is lost")
	assert.InDelta(t, 10, steepest([]float64{0, 1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9}, 2, 0, standard()), 0.01)
	assert.Zero(t, steepest([]float64{0, 1}, 2, 0, standard()), "too few")
}

func TestAWindowIsRecognised(t *testing.T) {
	u := standard()
	fill := func(n int, from, to float64) *history {
		h := &history{keep: 1000}
		for i := range n {
			h.add(from + (to-from)*float64(i)/float64(n))
		}
		return h
	}
	for name, c := range map[string]struct {
		epoch  epoch
		found  verdict
		quota  int
		period float64
	}{
		"by a round time from release to release":           {epoch{began: 100, refused: 120, release: 160.4, pause: 40, accepted: 50}, windowed, 50, 60},
		"by the first turn, where it slides":                {epoch{first: true, began: 100, refused: 113, release: 160.9, pause: 47, accepted: 50}, windowed, 50, 60},
		"by a Retry-After that is always its length":        {epoch{began: 100, refused: 113, release: 173.2, pause: 60, accepted: 50}, windowed, 50, 60},
		"not in the first epoch at an odd time":             {epoch{first: true, began: 100, refused: 113, release: 140, pause: 26, accepted: 50}, windowed, 0, 0},
		"not by a short pause":                              {epoch{began: 100, refused: 120, release: 121.2, pause: 1, accepted: 50}, unexplained, 0, 0},
		"not after too few":                                 {epoch{began: 100, refused: 120, release: 160, pause: 40, accepted: 3}, unexplained, 0, 0},
		"not where turns were given nearly until its end":   {epoch{began: 100, refused: 197, release: 200, pause: 3, accepted: 50}, unexplained, 0, 0},
		"not where two windows of the first epoch look one": {epoch{first: true, began: 100, refused: 115, release: 120, pause: 4, accepted: 50}, windowed, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			var w window
			h := fill(50, c.epoch.began+0.001, c.epoch.refused)
			assert.Equal(t, c.found, w.refuse(c.epoch, h, u))
			assert.Equal(t, c.quota, w.quota)
			assert.InDelta(t, c.period, w.period, 1e-9)
			if c.quota > 0 {
				oldest, ok := h.last(50)
				require.True(t, ok)
				assert.InDelta(t, oldest+60+0.1, w.free(h, 1, 0.2), 1e-9, "the next turn waits for the oldest to leave")
			}
		})
	}
}

// meets sends at a pace that changes each length seconds, and returns what a window is
// known by after each refusal; a pause is a second.
func meets(s server, length float64, paces ...float64) (quota int, period float64) {
	u := standard()
	h, l := &history{keep: u.history}, likeness{}
	for at := 0.0; at < 1000; at += 1 / paces[int(at/length)%len(paces)] {
		if ok, _ := s.hit(at); ok {
			h.add(at)
			continue
		}
		l.add(at, u)
		if quota, period = l.window(h, u); quota > 0 {
			return quota, period
		}
		at++
	}
	return 0, 0
}

func TestASlidingWindowIsKnownByItsRefusals(t *testing.T) {
	quota, period := meets(sliding(300, 60)(0), 25, 2, 14)
	assert.InDelta(t, 300, quota, 3)
	assert.InDelta(t, 60, period, 0)
	quota, period = meets(sliding(120, 10)(0), 7, 5, 30)
	assert.InDelta(t, 120, quota, 2)
	assert.InDelta(t, 10, period, 0)

	quota, _ = meets(sliding(300, 60)(0), 25, 6)
	assert.Zero(t, quota, "an even pace tells it from no bucket")
	for _, depth := range []float64{1, 20, 100} {
		for _, length := range []float64{7, 25, 40, 70} {
			quota, _ = meets(bucket(5, depth)(0), length, 2, 14)
			assert.Zero(t, quota, "a bucket of %.0f, %.0f s", depth, length)
		}
	}
	quota, _ = meets(sliding(30, 10)(0), 7, 2, 14)
	assert.Zero(t, quota, "so few are alike by chance")
}

func TestAWindowThatProvesWrongIsForgotten(t *testing.T) {
	w := window{quota: 50, period: 60, every: 100}
	e := epoch{began: 100, refused: 110, release: 150, pause: 40, accepted: 20}
	assert.Equal(t, unheeded, w.refuse(e, &history{keep: 10}, standard()), "others may have used it up")
	assert.Equal(t, 50, w.quota)
	e.accepted = 0
	assert.Equal(t, unheeded, w.refuse(e, &history{keep: 10}, standard()), "where all is refused, nothing is told")
	e.accepted = 20
	assert.Equal(t, windowed, w.refuse(e, &history{keep: 10}, standard()))
	assert.Zero(t, w.quota)
}

func TestWhatOthersTakeOfASlidingWindowIsLeftToThem(t *testing.T) {
	u := standard()
	h := &history{keep: 1000}
	for i := range 55 {
		h.add(141 + float64(i)) // the oldest turn leaves at 201
	}
	for name, c := range map[string]struct {
		window window
		epoch  epoch
		quota  int
	}{
		"when its oldest turn is about to leave": {window{}, epoch{release: 201.1, pause: 1, accepted: 30}, 52},
		"when an older one of theirs leaves":     {window{}, epoch{release: 198, pause: 2, accepted: 30}, 52},
		"not after all of ours will have left":   {window{}, epoch{release: 205, pause: 5, accepted: 30}, 60},
		"not when it is fixed":                   {window{from: 150}, epoch{release: 201.1, pause: 1, accepted: 30}, 60},
		"not where all is refused":               {window{}, epoch{release: 201.1, pause: 1}, 60},
	} {
		t.Run(name, func(t *testing.T) {
			w := c.window
			w.quota, w.settled, w.period = 60, 60, 60
			c.epoch.refused = c.epoch.release - c.epoch.pause
			_, explained := w.explain(c.epoch, h, u)
			assert.True(t, explained)
			assert.Equal(t, c.quota, w.quota)
			assert.Equal(t, 60, w.settled)
		})
	}
}

func TestAPauseThatIsNoWindowsTeachesNone(t *testing.T) {
	for name, e := range map[string]epoch{
		"of an hour":      {first: true, began: 0, refused: 60, release: 3660, pause: 3600, accepted: 300},
		"of 194 seconds":  {began: 100, refused: 160, release: 354, pause: 194, accepted: 300},
		"of five minutes": {began: 100, refused: 160, release: 460, pause: 300, accepted: 300},
	} {
		var w window
		assert.Equal(t, windowed, w.refuse(e, &history{keep: 10}, standard()), name)
		assert.Zero(t, w.quota, name)
		again := e
		again.first, again.began, again.refused, again.release = false, e.release, e.release+e.refused-e.began, e.release+e.length()
		assert.Equal(t, windowed, w.refuse(again, &history{keep: 10}, standard()), name)
		assert.Equal(t, 300, w.quota, "%s, twice", name)
	}
}

func TestAWindowThatLetsTwiceItsQuotaThroughHasVanished(t *testing.T) {
	u := standard()
	w := window{quota: 50, settled: 50, period: 60, probing: true}
	for i := range 57 {
		w.over = append(w.over, float64(i))
		assert.False(t, w.accept(0, float64(i), u))
	}
	assert.False(t, w.accept(0, 57, u), "one within the quota says nothing")
	w.over = append(w.over, 58)
	assert.True(t, w.accept(0, 58, u))
	assert.Zero(t, w.quota)
}

func TestTheHistoryCountsWhatTookSomethingFromTheQuota(t *testing.T) {
	h := history{keep: 3}
	for i := range 20 {
		h.add(float64(i))
	}
	h.remove(18)
	assert.Equal(t, 2, h.since(16.5))
	assert.Equal(t, 2, h.between(16, 19))
	at, ok := h.last(2)
	assert.True(t, ok)
	assert.InDelta(t, 17, at, 0)
	_, ok = h.last(100)
	assert.False(t, ok)
	assert.LessOrEqual(t, len(h.sent), 6)
}

func TestRoomIsEarnedAndAWindowsFirstTurnGoesAlone(t *testing.T) {
	u := standard()
	f := newFlight(16, u)
	assert.Equal(t, 4, f.room(u))
	f.accepted = 130
	assert.Equal(t, 4, f.room(u))
	f.accepted = 130 + 5*32
	assert.Equal(t, 9, f.room(u))
	f.accepted = 10000
	assert.Equal(t, 16, f.room(u))
	f.restart(50)
	assert.Equal(t, 1, f.room(u))
	f.accept(49)
	assert.Equal(t, 1, f.room(u), "that one was given before")
	f.accept(51)
	assert.Equal(t, 3, f.room(u))
}

func TestProbesComeRarerTheLongerNothingChanges(t *testing.T) {
	u := standard()
	p := rest(u.probeNormal)
	var spacing []int
	for range 4 {
		p.settle(confirmed, 5, false, u)
		spacing = append(spacing, p.every)
	}
	assert.Equal(t, []int{200, 300, 300, 300}, spacing)
	p.settle(fell, 5, false, u)
	assert.Equal(t, u.probeNormal, p.every)
	p.settle(fell, 5, true, u)
	assert.Equal(t, u.probeCareful, p.every)
}

func TestWhatCannotBeBelievedIsDropped(t *testing.T) {
	now, u := time.Now(), standard()
	good := Learned{Rate: 5, Burst: 20, Quota: 300, Period: time.Minute, At: now.Add(-time.Hour)}
	assert.Equal(t, good, good.believable(now, 1, u))
	for name, spoil := range map[string]func(*Learned){
		"too old":            func(l *Learned) { l.At = now.AddDate(0, -2, 0) },
		"from a clock ahead": func(l *Learned) { l.At = now.AddDate(0, 2, 0) },
		"no rate":            func(l *Learned) { l.Rate = math.NaN() },
		"an infinite rate":   func(l *Learned) { l.Rate = math.Inf(1) },
	} {
		l := good
		spoil(&l)
		assert.Zero(t, l.believable(now, 1, u), name)
	}
	odd := good
	odd.Quota, odd.Burst = 1<<40, math.Inf(1)
	assert.Equal(t, Learned{Rate: 5, At: good.At}, odd.believable(now, 1, u))
}

func TestRefusalsOfTurnsOverTheQuotaStopNobody(t *testing.T) {
	c := newController(Config{Workers: 1}, Learned{Rate: 20.0 / 60, Quota: 20, Period: time.Minute}, standard())
	for i := range 20 {
		c.give(float64(i))
		c.accept(float64(i)+0.1, float64(i))
	}
	turns := []struct{ at, retryAfter float64 }{{20, 40}, {60.2, 1}} // the second is the first after the gate opened
	for _, turn := range turns {
		c.window.probing = true
		c.give(turn.at)
		c.refuse(turn.at+0.1, turn.at, turn.retryAfter)
	}
	assert.Positive(t, c.rate)
	assert.Less(t, c.next(82), 100.0)
}
