package ratelimit

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

// down refuses everything from one moment until another.
type down struct {
	from, until, retryAfter float64
	then                    server
}

func (d *down) hit(at float64) (bool, float64) {
	if at >= d.from && at < d.until {
		return false, d.retryAfter
	}
	return d.then.hit(at)
}

// outage returns servers that refuse everything for a while.
func outage(of func(int) server, from, until, retryAfter float64) func(int) server {
	return func(seed int) server { return &down{from: from, until: until, retryAfter: retryAfter, then: of(seed)} }
}

// remembering begins with what is learned, as if it were of yesterday.
func remembering(l Learned) func() client {
	return func() client {
		l.At = time.Now().Add(-24 * time.Hour)
		return adaptiveClient{New(Config{Workers: workers, Learned: &l})}
	}
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

func TestAnOutageInMidRunCostsNoMoreThanItLasts(t *testing.T) {
	servers := map[string]func() server{
		"bucket":         func() server { return bucket(5, 20)(0) },
		"fast bucket":    func() server { return bucket(50, 50)(0) },
		"fixed window":   func() server { return fixed(300, 60, 0)(0) },
		"sliding window": func() server { return sliding(300, 60)(0) },
		"no limit":       func() server { return unlimited{} },
	}
	for name, s := range servers {
		for _, from := range []float64{5, 20, 59, 150} {
			for _, lasts := range []float64{11, 200, 600, 3600} {
				for _, retryAfter := range []float64{0, 5, 60, 194, lasts} {
					t.Run(fmt.Sprintf("%s, %.0f s from %.0f, Retry-After %.0f", name, lasts, from, retryAfter), func(t *testing.T) {
						t.Parallel()
						d := &down{from: from, until: from + lasts, retryAfter: retryAfter, then: s()}
						o := simulate(t, d, 3000, 1, configured(Config{Workers: workers}))
						best := omniscient(s(), 3000, usual)
						assert.Less(t, o.makespan, best/0.6+lasts+max(retryAfter, 60)+180, "nothing that it taught slows the run down")
						assert.Less(t, o.refused, 150)
					})
				}
			}
		}
	}
}

func TestAWindowThatOthersUsedUpIsRemembered(t *testing.T) {
	known := Learned{Rate: 5, Quota: 300, Period: time.Minute}
	spent := &fixedWindow{quota: 300, period: 60, used: 300}
	o := simulate(t, spent, 1000, 1, remembering(known))
	assert.Less(t, o.makespan, 270.0, "three windows behind the first")
	assert.Less(t, o.refused, 10)

	almost := &fixedWindow{quota: 300, period: 60, used: 299}
	o = simulate(t, almost, 1000, 1, remembering(known))
	assert.Less(t, o.makespan, 270.0)
	assert.Less(t, o.refused, 10)

	o = simulate(t, &down{until: 600, retryAfter: 60, then: fixed(300, 60, 0)(0)}, 1000, 1, remembering(known))
	assert.Less(t, o.makespan, 600+60+270.0)
}

// thief is a fixed window that somebody else fills completely now and then.
type thief struct {
	fixedWindow

	share float64
	rnd   *rand.Rand
	seen  int
}

func (s *thief) hit(at float64) (bool, float64) {
	for ; s.seen <= int(at/s.period); s.seen++ {
		if s.rnd.Float64() < s.share {
			s.index, s.used = float64(s.seen), s.quota
		}
	}
	return s.fixedWindow.hit(at)
}

func TestWindowsThatOthersTakeWholeStopNobody(t *testing.T) {
	for seed := range 20 {
		for _, first := range []func() client{configured(Config{Workers: workers}), remembering(Learned{Rate: 5, Quota: 300, Period: time.Minute})} {
			s := &thief{fixedWindow: fixedWindow{quota: 300, period: 60}, share: 0.3, rnd: seeded(seed, 7)}
			o := simulate(t, s, 8000, seed, first)
			assert.Less(t, o.makespan, 8000/(5*0.7)*1.7, "seed %d", seed)
		}
	}
}

func TestAWrongMemoryOfAWindowCostsLittle(t *testing.T) {
	for _, known := range []Learned{
		{Quota: 1, Period: time.Hour},
		{Quota: 60, Period: 24 * time.Hour},
		{Quota: 100, Period: time.Hour},
		{Quota: 1800, Period: time.Hour},
		{Quota: 30, Period: time.Minute},
		{Quota: 8000, Period: time.Minute},
	} {
		known.Rate = float64(known.Quota) / known.Period.Seconds()
		o := simulate(t, bucket(5, 20)(0), 1000, 1, remembering(known))
		assert.Less(t, o.makespan, 196+90.0, "%d in %s", known.Quota, known.Period)
		assert.Less(t, o.refused, 25, "%d in %s", known.Quota, known.Period)
	}
}

func TestALimitOfOneAMinuteIsFound(t *testing.T) {
	o := simulate(t, bucket(1.0/60, 1)(0), 40, 1, configured(Config{Workers: workers}))
	best := omniscient(bucket(1.0/60, 1)(0), 40, usual)
	assert.Less(t, o.refused, 20)
	assert.Less(t, o.makespan, best/0.75, "now and then it is tried whether more is accepted by now")
}

func TestAnOutageMakesNoWindowOfABucketThatWasMeasured(t *testing.T) {
	for _, lasts := range []float64{11, 65, 130} {
		o := simulate(t, outage(bucket(2, 5), 250, 250+lasts, 60)(1), 2000, 1, configured(Config{Workers: workers}))
		best := omniscient(bucket(2, 5)(1), 2000, usual)
		assert.Less(t, o.makespan, best+lasts+60+30, "%v s", lasts)
		assert.Zero(t, o.learned.Quota, "%v s", lasts)
	}
}

func TestASlidingWindowIsKnownHoweverFarAway(t *testing.T) {
	veryFar := network{workers: workers, least: 0.3, most: 0.7}
	for seed := range 4 {
		o := simulateOver(t, veryFar, sliding(300, 60)(seed), 8000, seed, configured(Config{Workers: workers}))
		best := omniscient(sliding(300, 60)(seed), 8000, veryFar)
		assert.Greater(t, best/o.makespan, 0.9, "seed %d", seed)
		assert.Less(t, o.share(), 0.015, "seed %d", seed)
	}
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

func TestWithAReserveAFloodThatHasPassedSlowsNothing(t *testing.T) {
	reserving := configured(Config{Workers: workers, Reserve: 0.2})
	for seed := range 3 {
		passed := bucket(5, 20, change{120, 1}, change{240, 5})(seed)
		best := omniscient(bucket(5, 20, change{120, 1}, change{240, 5})(seed), 4000, usual) / 0.8
		o := simulate(t, passed, 4000, seed, reserving)
		assert.Less(t, o.makespan, 1.05*best)
		assert.Less(t, o.refused, 12)

		stays := bucket(5, 20, change{120, 1})(seed)
		best = omniscient(bucket(5, 20, change{120, 1})(seed), 4000, usual) / 0.8
		o = simulate(t, stays, 4000, seed, reserving)
		assert.Greater(t, o.makespan, 0.93*best, "once the limit is known, what is reserved is left to others")
		assert.Less(t, o.refused, 20)
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
