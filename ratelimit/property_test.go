package ratelimit

import (
	"context"
	"math"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// someServer draws a server of any kind, and what a run would have learned of it.
func someServer(t *rapid.T) (server, Learned) {
	quota := rapid.IntRange(1, 400).Draw(t, "quota")
	period := rapid.SampledFrom([]float64{1, 5, 10, 30, 60}).Draw(t, "period")
	window := Learned{Rate: float64(quota) / period, Quota: quota, Period: time.Duration(period) * time.Second, At: time.Now()}
	switch rapid.IntRange(0, 4).Draw(t, "kind") {
	case 0:
		return &fixedWindow{quota: quota, period: period, phase: rapid.Float64Range(0, period).Draw(t, "phase")}, window
	case 1:
		return &slidingWindow{quota: quota, period: period, always: rapid.Bool().Draw(t, "always")}, window
	case 2:
		return unlimited{}, Learned{Rate: rapid.Float64Range(5, 1e5).Draw(t, "rate"), At: time.Now()}
	}
	rate := rapid.Float64Range(0.05, 200).Draw(t, "rate")
	depth := rapid.Float64Range(1, 200).Draw(t, "depth")
	b := &tokenBucket{rate: rate, depth: depth, inflated: float64(rapid.IntRange(0, 3).Draw(t, "inflated"))}
	if rapid.Bool().Draw(t, "steps") {
		b.changes = []change{{rapid.Float64Range(1, 60).Draw(t, "at"), rapid.Float64Range(0.05, 200).Draw(t, "to")}}
	}
	return b, Learned{Rate: rate, Burst: depth, At: time.Now()}
}

// turnsOf runs workers for a while and returns when each turn was given. Some requests
// end without a verdict, and what is remembered comes at the start or in mid-run.
func turnsOf(t *testing.T, s server, a *Adaptive, late *Learned, n int, long time.Duration) (given []time.Time) {
	ctx, cancel := context.WithTimeout(t.Context(), long)
	defer cancel()
	w := &wire{network: usual, server: s, rnd: seeded(1, 1), begun: time.Now(), second: map[int]int{}}
	var mu sync.Mutex
	var crew sync.WaitGroup
	for range n {
		crew.Go(func() {
			for {
				turn, err := a.Wait(ctx)
				if err != nil {
					return
				}
				mu.Lock()
				given = append(given, time.Now())
				number := len(given)
				mu.Unlock()
				ok, retryAfter := w.post()
				switch {
				case ok && number%7 == 0:
					turn.Done()
				case ok:
					turn.Accepted()
				default:
					turn.Refused(retryAfter)
				}
				if late != nil && number == 3 {
					a.Recall(*late)
				}
			}
		})
	}
	crew.Wait()
	require.Zero(t, w.out.early, "sent inside a Retry-After")
	require.Zero(t, a.Stats().InFlight)
	return given
}

// busiest returns the most turns that were given in any stretch of a length.
func busiest(given []time.Time, length time.Duration) (most int) {
	first := 0
	for i, at := range given {
		for at.Sub(given[first]) >= length {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}

func TestTheCeilingHoldsInEverySecondWhateverTheServerAndTheMemory(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		most := rapid.OneOf(rapid.Float64Range(0.1, 10), rapid.Float64Range(10, 500)).Draw(r, "max rate")
		remembered := rapid.IntRange(0, 2).Draw(r, "memory: none, at the start, in mid-run")
		n := rapid.IntRange(1, 64).Draw(r, "workers")
		synctest.Test(t, func(t *testing.T) {
			s, known := someServer(r)
			cfg, late := Config{Workers: n, MaxRate: most}, (*Learned)(nil)
			switch remembered {
			case 1:
				cfg.Learned = &known
			case 2:
				late = &known
			}
			given := turnsOf(t, s, New(cfg), late, n, 90*time.Second)
			require.LessOrEqual(t, busiest(given, time.Second), int(math.Ceil(most)))
			require.LessOrEqual(t, float64(busiest(given, 20*time.Second)), math.Ceil(20*most))
		})
	})
}

func TestTheReserveIsLeftAtAllTimesWhenTheLimitIsRemembered(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		reserve := rapid.Float64Range(0.05, 0.9).Draw(r, "reserve")
		n := rapid.IntRange(1, 32).Draw(r, "workers")
		late := rapid.Bool().Draw(r, "late")
		synctest.Test(t, func(t *testing.T) {
			s, known := someServer(r)
			if known.Quota > 0 {
				known.Rate = float64(known.Quota) / known.Period.Seconds()
			}
			known.Sure = true
			a := New(Config{Workers: n, Reserve: reserve, Learned: &known})
			if late {
				a.Recall(known)
			}
			share := 1 - reserve
			given := turnsOf(t, s, a, nil, n, 120*time.Second)
			for _, length := range []time.Duration{time.Second, 5 * time.Second, 20 * time.Second, time.Minute} {
				var allowed float64
				switch {
				case known.Quota > 0:
					periods := math.Ceil(length.Seconds() / known.Period.Seconds())
					allowed = periods * max(1, share*float64(known.Quota))
				case known.Burst > 0:
					allowed = share*(known.Burst+known.Rate*length.Seconds()) + 2
				default:
					continue // nothing that limits was discovered
				}
				require.LessOrEqual(t, float64(busiest(given, length)), allowed+1e-6, "in %s", length)
			}
		})
	})
}

func TestAtWhateverMomentARunIsCancelledNothingIsLeftInFlight(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		after := time.Duration(rapid.Int64Range(0, int64(90*time.Second)).Draw(r, "after"))
		n := rapid.IntRange(1, 32).Draw(r, "workers")
		synctest.Test(t, func(t *testing.T) {
			s, _ := someServer(r)
			a := New(Config{Workers: n})
			turnsOf(t, s, a, nil, n, after)
			require.Zero(t, a.control.flight.out)
			require.Empty(t, a.queue)
			turn, err := a.Wait(t.Context())
			require.NoError(t, err, "the limiter still works")
			turn.Done()
		})
	})
}

// troubled is a server that is of another kind from a moment on, that refuses everything
// for a while, or whose Retry-After is always the same.
func troubled(t *rapid.T) server {
	s, _ := someServer(t)
	if rapid.Bool().Draw(t, "becomes another") {
		then, _ := someServer(t)
		s = &replaced{server: s, at: rapid.Float64Range(0, 300).Draw(t, "at"), then: then}
	}
	pauses := rapid.SampledFrom([]float64{0, 1, 5, 30, 60, 200})
	if rapid.Bool().Draw(t, "is down") {
		from := rapid.Float64Range(0, 300).Draw(t, "from")
		s = &down{from: from, until: from + rapid.Float64Range(1, 900).Draw(t, "lasts"), retryAfter: pauses.Draw(t, "asks for"), then: s}
	}
	if rapid.Bool().Draw(t, "always asks for the same") {
		s = &saying{server: s, retryAfter: pauses.Draw(t, "always asks for")}
	}
	return s
}

// Where no turn is ever due again the bubble is deadlocked, which fails the test.
func TestWhateverTheServerDoesTheRunEnds(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		cfg := Config{Workers: rapid.IntRange(1, 32).Draw(r, "workers")}
		if rapid.Bool().Draw(r, "reserving") {
			cfg.Reserve = rapid.Float64Range(0.05, 0.9).Draw(r, "reserve")
		}
		if rapid.Bool().Draw(r, "remembering") {
			_, known := someServer(r)
			known.At, known.Sure = bubbleBegins, rapid.Bool().Draw(r, "sure")
			if known.Quota > 0 {
				known.Rate = float64(known.Quota) / known.Period.Seconds()
			}
			cfg.Learned = &known
		}
		s := troubled(r)
		rows := rapid.IntRange(1, 1000).Draw(r, "rows")
		o := simulate(t, s, rows, 1, configured(cfg))
		require.Less(t, o.makespan, 14*24*3600.0)
	})
}
