package ratelimit

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// known is a memory that makes a limiter cruise at a rate at once.
func known(rate float64) *Learned { return &Learned{Rate: rate, Burst: 1, At: time.Now()} }

func TestNoneOfThoseWhoWaitLeavesEarlyWhenTheRateFalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := New(Config{Workers: 16, Learned: known(10)})
		var mu sync.Mutex
		var left []time.Time
		var crew sync.WaitGroup
		for range 16 {
			crew.Go(func() {
				turn, err := a.Wait(t.Context())
				if assert.NoError(t, err) {
					mu.Lock()
					left = append(left, time.Now())
					mu.Unlock()
					turn.Done()
				}
			})
		}
		time.Sleep(300 * time.Millisecond)
		a.mu.Lock()
		a.control.rate = 0.1
		a.control.pacer.set(a.seconds(time.Now()), 0.1)
		a.mu.Unlock()
		fell := time.Now()
		crew.Wait()

		n := 0
		for _, at := range left {
			if at.After(fell) {
				assert.GreaterOrEqual(t, at.Sub(fell), time.Duration(n)*10*time.Second, "one turn each 10 s, after the one that was saved up")
				n++
			}
		}
		assert.Greater(t, n, 10)
	})
}

func TestNobodySendsBetweenARefusalAndItsRetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := New(Config{Workers: 16, Learned: known(10)})
		turn, err := a.Wait(t.Context())
		require.NoError(t, err)
		var crew sync.WaitGroup
		refused := make(chan time.Time, 1)
		for range 15 {
			crew.Go(func() {
				turn, err := a.Wait(t.Context())
				if assert.NoError(t, err) {
					assert.GreaterOrEqual(t, time.Since(<-refused), 194*time.Second)
					refused <- time.Now().Add(-194 * time.Second)
					turn.Done()
				}
			})
		}
		time.Sleep(time.Millisecond)
		turn.Refused(194 * time.Second)
		refused <- time.Now()
		assert.Equal(t, time.Now().Add(194*time.Second), a.Stats().ClosedUntil)
		crew.Wait()
	})
}

func TestARetryAfterBeyondTheDeadlineEndsTheWaitAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := New(Config{Workers: 16})
		patient, stop := context.WithCancel(t.Context())
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		turn, err := a.Wait(ctx)
		require.NoError(t, err)
		var crew sync.WaitGroup
		crew.Go(func() { // is next, before those with a deadline
			if turn, err := a.Wait(patient); err == nil {
				turn.Done()
				turn, err = a.Wait(patient)
				assert.Nil(t, turn)
				assert.ErrorIs(t, err, context.Canceled)
			}
		})
		time.Sleep(300 * time.Millisecond)
		closedAt := time.Now()
		turn.Refused(time.Hour)
		synctest.Wait()
		for range 15 {
			crew.Go(func() {
				_, err := a.Wait(ctx)
				var closed *ClosedError
				if assert.ErrorAs(t, err, &closed) {
					assert.Equal(t, closedAt.Add(time.Hour), closed.Until)
				}
				assert.Equal(t, closedAt, time.Now(), "at once")
			})
		}
		synctest.Wait()
		stop()
		crew.Wait()
	})
}

func TestAGateThatClosesIsSeenByThoseWhoQueueBehindAPatientCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := New(Config{Workers: 16, Learned: known(0.5)})
		first, err := a.Wait(t.Context())
		require.NoError(t, err)
		patient, stop := context.WithCancel(t.Context())
		hurried, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var crew sync.WaitGroup
		crew.Go(func() { _, _ = a.Wait(patient) })
		synctest.Wait()
		begun := time.Now()
		crew.Go(func() {
			_, err := a.Wait(hurried)
			var closed *ClosedError
			assert.ErrorAs(t, err, &closed)
			assert.Equal(t, begun, time.Now())
		})
		synctest.Wait()
		first.Refused(time.Hour)
		synctest.Wait()
		stop()
		crew.Wait()
	})
}

func TestAPauseIsTheServersAsFarAsItAskedForIt(t *testing.T) {
	for name, c := range map[string]struct {
		asked    []time.Duration // by each refusal, one after another
		theirs   time.Duration   // of the last pause
		lastsFor time.Duration
	}{
		"it names a pause":                    {[]time.Duration{time.Hour}, time.Hour, time.Hour},
		"it names none":                       {[]time.Duration{0}, 0, time.Second},
		"it names none any more":              {[]time.Duration{time.Minute, 0}, 0, 2 * time.Second},
		"it refuses after each that it names": {[]time.Duration{time.Second, time.Second, time.Second}, time.Second, 4 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := New(Config{})
				for _, asked := range c.asked {
					turn, err := a.Wait(t.Context())
					require.NoError(t, err)
					turn.Refused(asked)
				}
				now, theirs := time.Now(), time.Time{}
				if c.theirs > 0 {
					theirs = now.Add(c.theirs)
				}
				stats := a.Stats()
				assert.Equal(t, now.Add(c.lastsFor), stats.ClosedUntil)
				assert.Equal(t, theirs, stats.AskedUntil)
				hurried, cancel := context.WithTimeout(t.Context(), c.lastsFor/2)
				defer cancel()
				_, err := a.Wait(hurried)
				var closed *ClosedError
				require.ErrorAs(t, err, &closed)
				assert.Equal(t, theirs, closed.Asked)
			})
		})
	}
}

func TestOnlyTheFirstVerdictOfATurnCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := New(Config{Workers: 2})
		turn, err := a.Wait(t.Context())
		require.NoError(t, err)
		turn.Accepted()
		turn.Refused(time.Hour)
		turn.Done()
		assert.Equal(t, Stats{Rate: 5.2, Limit: 5.2, Turns: 1}, a.Stats())
	})
}

func TestAtMostSoManyTurnsAreOutAsThereAreWorkers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := New(Config{Workers: 3, Learned: known(1000)})
		var turns []*Turn
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		for {
			turn, err := a.Wait(ctx)
			if err != nil {
				assert.ErrorIs(t, err, context.DeadlineExceeded)
				break
			}
			turns = append(turns, turn)
		}
		assert.Len(t, turns, 3)
		assert.Equal(t, 3, a.Stats().InFlight)
		for _, turn := range turns {
			turn.Done()
		}
		assert.Zero(t, a.Stats().InFlight)
	})
}

func TestCancelAtAnyMomentLeavesNothingInFlight(t *testing.T) {
	for _, after := range []time.Duration{0, 1, 50 * time.Millisecond, 170 * time.Millisecond, time.Second, 6 * time.Second, 7 * time.Second, 20 * time.Second} {
		t.Run("after "+after.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := New(Config{Workers: workers})
				w := &wire{network: usual, server: bucket(5, 20)(0), rnd: seeded(1, 1), begun: time.Now(), second: map[int]int{}}
				ctx, cancel := context.WithTimeout(t.Context(), after)
				defer cancel()
				var crew sync.WaitGroup
				for range workers {
					crew.Go(func() {
						for {
							turn, err := a.Wait(ctx)
							if err != nil {
								var closed *ClosedError
								assert.True(t, errors.Is(err, context.DeadlineExceeded) || errors.As(err, &closed), "%v", err)
								return
							}
							ok, retryAfter := w.post()
							switch {
							case ctx.Err() != nil:
								turn.Done()
							case ok:
								turn.Accepted()
							default:
								turn.Refused(retryAfter)
							}
						}
					})
				}
				crew.Wait()
				assert.Zero(t, a.Stats().InFlight)
				assert.Zero(t, a.control.flight.out)
				assert.Empty(t, a.queue)
				turn, err := a.Wait(t.Context())
				require.NoError(t, err, "the limiter still works")
				turn.Done()
			})
		})
	}
}

func TestTheCeilingHoldsInEverySecond(t *testing.T) {
	for _, most := range []float64{0.5, 3, 40, 2000} {
		synctest.Test(t, func(t *testing.T) {
			a := New(Config{Workers: 64, MaxRate: most, Learned: known(1e5)})
			var given []time.Time
			for begun := time.Now(); time.Since(begun) < 10*time.Second; {
				turn, err := a.Wait(t.Context())
				require.NoError(t, err)
				given = append(given, time.Now())
				turn.Accepted()
			}
			for i, at := range given {
				n := 0
				for _, later := range given[i:] {
					if later.Sub(at) < time.Second {
						n++
					}
				}
				require.LessOrEqual(t, float64(n), max(1, most))
			}
			assert.Greater(t, float64(len(given)), 0.9*10*most, "and it is used")
		})
	}
}

func TestAMemoryThatIsWrongCostsAFewRequests(t *testing.T) {
	fresh := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // when a bubble begins
	for name, l := range map[string]Learned{
		"far too high":         {Rate: 500, Burst: 500, At: fresh},
		"far too low":          {Rate: 0.01, Burst: 1, At: fresh},
		"too low":              {Rate: 1, Burst: 3, At: fresh},
		"of another window":    {Rate: 1, Quota: 60, Period: time.Minute, At: fresh},
		"of a huge window":     {Rate: 100, Quota: 6000, Period: time.Minute, At: fresh},
		"absurd":               {Rate: -1, Burst: 1e300, Quota: -5, Period: -1, At: fresh},
		"as fast as memory":    {Rate: 1e308, At: fresh},
		"of the distant past":  {Rate: 0.001, Burst: 1, At: fresh.AddDate(-1, 0, 0)},
		"of a clock set ahead": {Rate: 0.001, Burst: 1, At: fresh.AddDate(1, 0, 0)},
		"without a date":       {Rate: 0.001, Burst: 1},
	} {
		t.Run(name, func(t *testing.T) {
			o := simulate(t, bucket(5, 20)(0), 1000, 1, configured(Config{Workers: workers, Learned: &l}))
			best := omniscient(bucket(5, 20)(0), 1000, usual)
			assert.Less(t, o.refused, 30)
			assert.Less(t, o.makespan, best/0.9+60)
		})
	}
}

func TestWhatIsLearnedComesBackFromJSON(t *testing.T) {
	o := simulate(t, bucket(5, 20)(0), 1000, 1, configured(Config{Workers: workers}))
	assert.InDelta(t, 5, o.learned.Rate, 0.2)
	assert.Greater(t, o.learned.Burst, 5.0)
	o = simulate(t, fixed(300, 60, 0)(0), 1000, 1, configured(Config{Workers: workers}))
	assert.Equal(t, 300, o.learned.Quota)
	assert.Equal(t, time.Minute, o.learned.Period)

	text, err := json.Marshal(o.learned)
	require.NoError(t, err)
	var back Learned
	require.NoError(t, json.Unmarshal(text, &back))
	assert.Equal(t, o.learned, back)
}

// A bubble's clock cannot be set, so this looks at what makes a limiter immune to it.
func TestTheLimitersTimeIsMonotonic(t *testing.T) {
	a := New(Config{Workers: 1})
	assert.Contains(t, a.begun.String(), " m=", "the reading of the monotonic clock is kept")
	assert.InDelta(t, 3600, a.seconds(a.begun.Add(time.Hour)), 1e-6)
}

func BenchmarkTurnstile(b *testing.B) {
	a := New(Config{Workers: 64, Learned: &Learned{Rate: 1e6, At: time.Now()}})
	b.SetParallelism(32) // 64 goroutines on 2 cores
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			turn, err := a.Wait(b.Context())
			if err != nil {
				b.Error(err)
				return
			}
			turn.Accepted()
		}
	})
	b.ReportMetric(a.Stats().Rate, "turns/s-allowed")
}

func TestASlowAnswerHoldsNobodyUpAndItsVerdictStillCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := New(Config{Workers: 1})
		first, err := a.Wait(t.Context())
		require.NoError(t, err)
		first.Slow()
		first.Slow()
		second, err := a.Wait(t.Context())
		require.NoError(t, err, "the one place in flight is free")
		assert.Equal(t, 1, a.Stats().InFlight)

		first.Refused(time.Minute)
		assert.Equal(t, 1, a.Stats().InFlight)
		assert.Equal(t, time.Now().Add(time.Minute), a.Stats().ClosedUntil, "a late refusal closes the gate")
		second.Accepted()
		second.Slow()
		assert.Zero(t, a.Stats().InFlight)
	})
}
