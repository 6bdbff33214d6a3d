package ratelimit

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

// bubbleBegins is the time at which a bubble's clock begins.
var bubbleBegins = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// noting notes when a server accepted something.
type noting struct {
	server

	accepted []time.Time
}

func (n *noting) hit(at float64) (bool, float64) {
	ok, retryAfter := n.server.hit(at)
	if ok {
		n.accepted = append(n.accepted, time.Now())
	}
	return ok, retryAfter
}

// using has workers use a server for a while, and returns when it accepted something and
// what was learned.
func using(t *testing.T, s server, cfg Config, seed int, length time.Duration) (accepted []time.Time, learned Learned) {
	synctest.Test(t, func(t *testing.T) {
		noting := &noting{server: s}
		w := &wire{network: usual, server: noting, rnd: seeded(seed, 1), begun: time.Now(), second: map[int]int{}}
		a := New(cfg)
		var crew sync.WaitGroup
		for range cfg.Workers {
			crew.Go(func() {
				for time.Since(w.begun) < length {
					attempt(t, adaptiveClient{a}, w)
				}
			})
		}
		crew.Wait()
		accepted, learned = noting.accepted, a.Learned()
	})
	return accepted, learned
}

// late returns the moments that lie a while after the first.
func late(accepted []time.Time, after time.Duration) []time.Time {
	for i, at := range accepted {
		if at.Sub(accepted[0]) >= after {
			return accepted[i:]
		}
	}
	return nil
}

// limited is a server that a reserve is kept of: it accepts rate requests a second in the
// long run, and depth at once beyond that. A window is met anew by each seed.
type limited struct {
	rate, depth float64
	window      time.Duration
	least       float64 // share of what is ours that is used, at least
	of          func(seed int) server
}

func limits() map[string]limited {
	window := func(quota int, period float64, least float64, of func(int) server) limited {
		return limited{rate: float64(quota) / period, window: duration(period), least: least, of: of}
	}
	return map[string]limited{
		"fixed 300 per 60 s":        window(300, 60, 0.98, fixed(300, 60, 5.1)),
		"fixed 50 per 60 s":         window(50, 60, 0.98, fixed(50, 60, 5.1)),
		"fixed 100 per 10 s":        window(100, 10, 0.75, fixed(100, 10, 1.7)),
		"fixed 120 per 20 s":        window(120, 20, 0.95, fixed(120, 20, 1.7)),
		"fixed 400 per 45 s":        window(400, 45, 0.85, fixed(400, 45, 3.7)),
		"fixed 3000 per 300 s":      window(3000, 300, 0.9, fixed(3000, 300, 47)),
		"sliding 300 per 60 s":      window(300, 60, 0.6, sliding(300, 60)),
		"sliding 100 per 10 s":      window(100, 10, 0.55, sliding(100, 10)),
		"sliding 1000 per 300 s":    window(1000, 300, 0.95, sliding(1000, 300)),
		"Retry-After always 60":     window(300, 60, 0.95, func(int) server { return &slidingWindow{quota: 300, period: 60, always: true} }),
		"bucket 5/s depth 20":       {rate: 5, depth: 20, window: time.Minute, least: 0.95, of: bucket(5, 20)},
		"bucket 50/s depth 50":      {rate: 50, depth: 50, window: time.Minute, least: 0.9, of: bucket(50, 50)},
		"bucket 3/s depth 1":        {rate: 3, depth: 1, window: time.Minute, least: 0.45, of: bucket(3, 1)},
		"bucket 20/s, 600 a minute": {rate: 10, window: time.Minute, least: 0.9, of: layers(20, 600)},
	}
}

// layers returns servers with a bucket and a fixed minute behind it.
func layers(rate float64, quota int) func(int) server {
	return func(seed int) server {
		return &layered{&tokenBucket{rate: rate, depth: rate}, &fixedWindow{quota: quota, period: 60, phase: 7.3 * float64(seed)}}
	}
}

// A run that remembers nothing has to meet the limit before it can leave a share of it;
// from then on the share is left, whatever moment of the window the run began at.
func TestAFirstRunLeavesTheReserveWhateverTheLimit(t *testing.T) {
	for name, l := range limits() {
		for _, reserve := range []float64{0.2, 0.5, 0.7, 0.9} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				discovered := max(5*time.Minute, 4*l.window)
				for seed := range 8 {
					accepted, _ := using(t, l.of(seed), Config{Workers: workers, Reserve: reserve}, seed, discovered+10*time.Minute)
					accepted = late(accepted, discovered)
					ours := 1 - reserve
					assert.LessOrEqual(t, float64(busiest(accepted, l.window)), 1.02*ours*(l.rate*l.window.Seconds()+l.depth)+1, "reserve %v, seed %d", reserve, seed)
					assert.GreaterOrEqual(t, float64(len(accepted)), l.least*ours*l.rate*600, "reserve %v, seed %d", reserve, seed)
				}
			})
		}
	}
}

func TestAReserveIsLeftByTheRunAfterAFirstOneThatLeftNone(t *testing.T) {
	for name, l := range limits() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range 8 {
				for _, rows := range []int{200, 1000} {
					var first *Adaptive
					simulate(t, l.of(seed), rows, seed, func() client {
						first = New(Config{Workers: workers})
						return adaptiveClient{first}
					})
					known := first.control.learned()
					if !known.Sure {
						continue // then it is as if nothing were known
					}
					known.At = bubbleBegins
					accepted, _ := using(t, l.of(seed), Config{Workers: workers, Reserve: 0.7, Learned: &known}, seed, 15*time.Minute)
					assert.LessOrEqual(t, float64(busiest(accepted, l.window)), 1.02*0.3*(l.rate*l.window.Seconds()+l.depth)+1, "%d rows, seed %d, %+v", rows, seed, known)
					assert.GreaterOrEqual(t, float64(len(accepted)), 0.7*0.3*l.rate*900, "%d rows, seed %d, %+v: what is ours is used", rows, seed, known)
				}
			}
		})
	}
}

// A refusal in the first second, with a long pause, tells nothing of the limit.
func TestALongPauseAtTheStartTeachesNoLowLimit(t *testing.T) {
	for _, retryAfter := range []float64{10, 60, 194} {
		for seed := range 4 {
			_, learned := using(t, outage(bucket(5, 20), 0.25, 0.75, retryAfter)(seed), Config{Workers: workers, Reserve: 0.3}, seed, 15*time.Minute)
			assert.InDelta(t, 5, learned.Rate, 0.5, "Retry-After %v, seed %d", retryAfter, seed)
		}
	}
}

func TestAReserveOfASlowLimitIsLeftFromTheFirstWindowOn(t *testing.T) {
	for name, l := range map[string]struct {
		quota  int
		period time.Duration
	}{"10 in half a minute": {10, 30 * time.Second}, "10,000 an hour": {10000, time.Hour}, "100 an hour": {100, time.Hour}} {
		known := Learned{Rate: float64(l.quota) / l.period.Seconds(), Quota: l.quota, Period: l.period, Sure: true, At: bubbleBegins}
		accepted, _ := using(t, fixed(l.quota, l.period.Seconds(), 0)(0), Config{Workers: workers, Reserve: 0.5, Learned: &known}, 1, 2*l.period)
		assert.LessOrEqual(t, busiest(accepted, l.period), l.quota/2, name)
		assert.NotEmpty(t, accepted, name)
	}
}

// The first request of a run may be refused before it is known whose limit it is.
func TestWhatIsRecalledAfterARefusalIsBelieved(t *testing.T) {
	c := newController(Config{Workers: 4, Reserve: 0.5}, Learned{}, standard())
	c.give(0)
	c.refuse(0.1, 0, 10)
	c.recall(10.1, Learned{Rate: 5, Quota: 300, Period: time.Minute, Sure: true})
	assert.Equal(t, 300, c.window.quota)
	assert.True(t, c.window.sure)
	assert.GreaterOrEqual(t, c.next(5), 10.1, "the gate stays closed")
}
