package ratelimit

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestALimitThatIsLowAtFirstIsFollowedWhenItRises(t *testing.T) {
	for low, depth := range map[float64]float64{0.02: 1, 0.1: 5, 0.5: 5} {
		for seed := range 4 {
			o := simulate(t, bucket(low, depth, change{420, 5})(seed), 2000, seed, configured(Config{Workers: workers}))
			best := omniscient(bucket(low, depth, change{420, 5})(seed), 2000, usual)
			assert.Less(t, o.makespan, best+480, "%v, seed %d: as long again as it lasted, and a minute", low, seed)
			assert.Less(t, o.refused, 30, "%v, seed %d", low, seed)
		}
	}
}

func TestALimitThatVanishesIsNoticed(t *testing.T) {
	o := simulate(t, bucket(5, 20, change{100, 1e6})(0), 8000, 1, configured(Config{Workers: workers}))
	assert.Less(t, o.makespan, 100+60+8000/94*1.5, "within a probe")
	assert.Less(t, o.share(), 0.005)
}

func TestAWindowThatHasGoneOrRisenIsNoticedAtAnyRate(t *testing.T) {
	none := func(int) server { return unlimited{} }
	for name, c := range map[string]struct {
		known Learned
		now   func(seed int) server
		rows  int
		least float64 // share of the best possible time
	}{
		"5 a second, none now":                {Learned{Quota: 300, Period: time.Minute}, none, 3000, 0.55},
		"10 a second, none now":               {Learned{Quota: 600, Period: time.Minute}, none, 3000, 0.55},
		"30 a second, none now":               {Learned{Quota: 300, Period: 10 * time.Second}, none, 6000, 0.5},
		"10 a second, twice now":              {Learned{Quota: 600, Period: time.Minute}, fixed(1200, 60, 7.3), 6000, 0.85},
		"30 a second, sliding, twice now":     {Learned{Quota: 300, Period: 10 * time.Second}, sliding(600, 10), 8000, 0.8},
		"5 a second, a bucket of 20/s now":    {Learned{Quota: 300, Period: time.Minute}, bucket(20, 20), 3000, 0.9},
		"1 a second, a bucket of 5/s now":     {Learned{Quota: 60, Period: time.Minute}, bucket(5, 20), 2000, 0.9},
		"10 a second, half as much again now": {Learned{Quota: 600, Period: time.Minute}, fixed(900, 60, 7.3), 6000, 0.9},
	} {
		c.known.Rate = float64(c.known.Quota) / c.known.Period.Seconds()
		for seed := range 4 {
			o := simulate(t, c.now(seed), c.rows, seed, remembering(c.known))
			best := omniscient(c.now(seed), c.rows, usual)
			assert.Greater(t, best/o.makespan, c.least, "%s, seed %d", name, seed)
			assert.Less(t, o.share(), 0.006, "%s, seed %d", name, seed)
		}
	}
}

func TestAMemoryFarAboveAShallowBucketIsNotKept(t *testing.T) {
	for rate, known := range map[float64]Learned{3: {Rate: 50, Burst: 50}, 5: {Rate: 20, Burst: 10}} {
		for seed := range 4 {
			o := simulate(t, bucket(rate, 1)(seed), 1000, seed, remembering(known))
			assert.Less(t, o.learned.Rate, 1.3*rate, "%v, seed %d", known, seed)
			assert.Less(t, o.refused, 30, "%v, seed %d", known, seed)
		}
	}
}

func TestAWindowThatIsShorterThanBelievedIsNoticed(t *testing.T) {
	for name, c := range map[string]struct {
		server func(seed int) server
		known  Learned
		rows   int
		lost   float64 // seconds, at most
	}{
		"a fixed minute that is 20 s now":        {fixed(100, 20, 3.3), Learned{Quota: 50, Period: time.Minute}, 8000, 300},
		"a fixed minute that is 10 s now":        {fixed(300, 10, 0), Learned{Quota: 300, Period: time.Minute}, 8000, 240},
		"a fixed minute that is sliding 10 s":    {sliding(100, 10), Learned{Quota: 300, Period: time.Minute}, 8000, 240},
		"half a minute, and an outage said more": {outage(fixed(120, 30, 4.1), 31, 42, 60), Learned{}, 4000, 300},
	} {
		if c.known.Quota > 0 {
			c.known.Rate = float64(c.known.Quota) / c.known.Period.Seconds()
		}
		for seed := range 4 {
			o := simulate(t, c.server(seed), c.rows, seed, remembering(c.known))
			assert.Less(t, o.makespan, omniscient(c.server(seed), c.rows, usual)+c.lost, "%s, seed %d", name, seed)
			assert.Less(t, o.share(), 0.007, "%s, seed %d", name, seed)
		}
	}
}

func TestAWindowThatBecomesABucketIsNotTakenForSharedWithOthers(t *testing.T) {
	for name, c := range map[string]struct {
		server func(seed int) server
		rows   int
		least  float64 // share of the best possible speed
	}{
		"sliding":     {replacing(sliding(300, 60), 300, bucket(5, 20)), 8000, 0.95},
		"fixed":       {replacing(fixed(300, 60, 7.3), 200, bucket(5, 20)), 4000, 0.88},
		"small fixed": {replacing(fixed(50, 60, 7.3), 200, bucket(1, 10)), 4000, 0.92},
	} {
		for seed := range 6 {
			o := simulate(t, c.server(seed), c.rows, seed, configured(Config{Workers: workers}))
			assert.Greater(t, omniscient(c.server(seed), c.rows, usual)/o.makespan, c.least, "%s, seed %d", name, seed)
			assert.Less(t, o.share(), 0.017, "%s, seed %d", name, seed)
		}
	}
}

func TestAWindowWhoseTurnsFollowOneAnotherEvenlyIsSeenToHaveGone(t *testing.T) {
	none := func(int) server { return unlimited{} }
	for seed := range 4 {
		s := replacing(sliding(300, 10), 100, none)
		o := simulate(t, s(seed), 30000, seed, configured(Config{Workers: workers}))
		assert.Less(t, o.makespan, omniscient(s(seed), 30000, usual)+300, "seed %d", seed)
	}
}
