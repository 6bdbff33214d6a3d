package ratelimit

import (
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

// down refuses everything until a moment.
type down struct {
	until, retryAfter float64
	then              server
}

func (d *down) hit(at float64) (bool, float64) {
	if at < d.until {
		return false, d.retryAfter
	}
	return d.then.hit(at)
}

func configured(cfg Config) func() client {
	return func() client { return adaptiveClient{New(cfg)} }
}

func TestARefusalOfEverythingForTenMinutesIsWaitedOut(t *testing.T) {
	for name, retryAfter := range map[string]float64{
		"each says a second": 1, "each says a minute": 60, "none says how long": 0,
	} {
		t.Run(name, func(t *testing.T) {
			s := &down{until: 600, retryAfter: retryAfter, then: bucket(5, 20)(0)}
			o := simulate(t, s, 200, 1, configured(Config{Workers: workers}))
			assert.Less(t, o.refused, 30, "not one request a second for ten minutes")
			assert.Less(t, o.makespan, 600+60+90.0, "nothing that was learned meanwhile slows it down")
		})
	}
}

func TestALimitOfOneAMinuteIsFound(t *testing.T) {
	o := simulate(t, bucket(1.0/60, 1)(0), 40, 1, configured(Config{Workers: workers}))
	best := omniscient(bucket(1.0/60, 1)(0), 40, usual)
	assert.Less(t, o.refused, 20)
	assert.Less(t, o.makespan, best/0.8)
}

func TestALimitThatVanishesIsNoticed(t *testing.T) {
	o := simulate(t, bucket(5, 20, change{100, 1e6})(0), 8000, 1, configured(Config{Workers: workers}))
	assert.Less(t, o.makespan, 100+60+8000/94*1.5, "within a probe")
	assert.Less(t, o.share(), 0.005)
}

func TestFullSpeedIsReachedWithinTwentySecondsWhateverItIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const crewSize, roundTrip = 64, 10 * time.Millisecond // 6,400 a second
		a := New(Config{Workers: crewSize})
		var mu sync.Mutex
		inLastSecond := 0
		begun := time.Now()
		var crew sync.WaitGroup
		for range crewSize {
			crew.Go(func() {
				for time.Since(begun) < 20*time.Second {
					turn, err := a.Wait(t.Context())
					if !assert.NoError(t, err) {
						return
					}
					time.Sleep(roundTrip)
					turn.Accepted()
					if time.Since(begun) >= 19*time.Second {
						mu.Lock()
						inLastSecond++
						mu.Unlock()
					}
				}
			})
		}
		crew.Wait()
		assert.Greater(t, inLastSecond, 6400*9/10)
	})
}

func TestTwoLimitersShareAnAccount(t *testing.T) {
	const rows = 2000
	for name, c := range map[string]struct {
		server   func(seed int) server
		refused  float64 // share, at most
		smallest int     // rows of the slower one, at least
	}{
		"behind a bucket":         {bucket(5, 20), 0.02, rows / 6},
		"behind a fast bucket":    {bucket(40, 40), 0.02, rows / 6},
		"behind a fixed window":   {fixed(300, 60, 7.3), 0.02, rows / 6},
		"behind a sliding window": {sliding(300, 60), 0.02, rows / 6},
	} {
		for seed := range 8 {
			t.Run(fmt.Sprintf("%s seed %d", name, seed), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := &wire{network: usual, server: c.server(seed), rnd: seeded(seed, 1), begun: time.Now(), second: map[int]int{}}
					var crew sync.WaitGroup
					var mu sync.Mutex
					left, accepted := rows, [2]int{}
					for i := range 2 {
						c := adaptiveClient{New(Config{Workers: 8})}
						for range 8 {
							crew.Go(func() {
								for {
									mu.Lock()
									if left == 0 {
										mu.Unlock()
										return
									}
									left--
									accepted[i]++
									mu.Unlock()
									for !attempt(t, c, w) {
									}
								}
							})
						}
					}
					crew.Wait()
					best := omniscient(c.server(seed), rows, usual)
					t.Logf("efficiency %.2f, refused %.2f %%, shares %v", best/w.out.makespan, 100*w.out.share(), accepted)
					assert.Greater(t, best/w.out.makespan, 0.88)
					assert.Less(t, w.out.share(), c.refused)
					assert.Greater(t, min(accepted[0], accepted[1]), c.smallest, "neither starves")
				})
			})
		}
	}
}

func TestTheReserveIsLeftToOthers(t *testing.T) {
	for name, s := range map[string]func(int) server{
		"bucket": bucket(5, 20), "fixed window": fixed(300, 60, 0), "sliding window": sliding(300, 60),
	} {
		t.Run(name, func(t *testing.T) {
			o := simulate(t, s(1), 4000, 1, configured(Config{Workers: workers, Reserve: 0.2}))
			rate := float64(4000-300) / o.makespan // until the limit is discovered nothing can be kept of it
			assert.LessOrEqual(t, rate, 0.8*5*1.01)
			assert.Greater(t, rate, 0.7*5)
			assert.Less(t, o.refused, 25, "no probes into the reserve")
		})
	}
}

// The fast subset of make bench-check: one seed.
func TestTheClassesAreReached(t *testing.T) {
	const seed = 0
	for _, p := range studied() {
		for _, s := range sizes(p) {
			if must(p, s) == (goal{}) {
				continue
			}
			t.Run(p.name+" "+s.name, func(t *testing.T) {
				t.Parallel()
				var known *Learned
				if s.warm {
					known = learnedBy(t, p, seed, standard())
				}
				o := simulateOver(t, p.network, p.server(seed), s.rows, seed, adaptiveOf(p.workers, known, standard()))
				o.optimum = omniscient(p.server(seed), s.rows, p.network)
				assert.Empty(t, cell{runs: []outcome{o}}.misses(must(p, s)), "must reach %s", must(p, s))
			})
		}
	}
}
