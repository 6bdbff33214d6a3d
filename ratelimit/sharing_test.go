package ratelimit

import (
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

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

func TestOneWhoComesLateNeitherStarvesNorStarvesTheFirst(t *testing.T) {
	const late, length = 130, 2400
	for name, c := range map[string]struct {
		server func(seed int) server
		rate   float64 // accepted a second
	}{
		"slow bucket":            {bucket(1, 5), 1},
		"bucket":                 {bucket(5, 20), 5},
		"fast bucket":            {bucket(40, 40), 40},
		"fixed window":           {fixed(300, 60, 7.3), 5},
		"small fixed window":     {fixed(50, 60, 7.3), 50.0 / 60},
		"large fixed window":     {fixed(600, 60, 7.3), 10},
		"sliding window":         {sliding(300, 60), 5},
		"large sliding window":   {sliding(600, 60), 10},
		"sliding window of 10 s": {sliding(100, 10), 10},
	} {
		for seed := range 4 {
			t.Run(fmt.Sprintf("%s seed %d", name, seed), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					w := &wire{network: usual, server: c.server(seed), rnd: seeded(seed, 1), begun: time.Now(), second: map[int]int{}}
					var crew sync.WaitGroup
					var mu sync.Mutex
					accepted := [2]int{} // in the last 20 minutes
					for i := range 2 {
						c := adaptiveClient{New(Config{Workers: 8})}
						for range 8 {
							crew.Go(func() {
								time.Sleep(time.Duration(i) * late * time.Second)
								for time.Since(w.begun).Seconds() < length {
									ok := attempt(t, c, w)
									mu.Lock()
									if ok && time.Since(w.begun).Seconds() > length-1200 {
										accepted[i]++
									}
									mu.Unlock()
								}
							})
						}
					}
					crew.Wait()
					both := accepted[0] + accepted[1]
					assert.Greater(t, float64(both), 0.88*1200*c.rate)
					assert.Greater(t, float64(min(accepted[0], accepted[1])), 0.04*float64(both), "neither starves")
					assert.Less(t, w.out.share(), 0.035)
				})
			})
		}
	}
}

func TestASlidingWindowIsSharedWithWhoeverComes(t *testing.T) {
	for name, c := range map[string]struct {
		rate, on, off float64
		fair          float64 // share of the limit that is left in the mean
	}{
		"all the time":      {1.5, 1e9, 0, 0.7},
		"now and then":      {2, 60, 60, 0.8},
		"a minute in six":   {2, 60, 300, 0.93},
		"most, in a minute": {4, 30, 300, 0.93},
	} {
		for seed := range 4 {
			o := simulate(t, sharing(sliding(300, 60), c.rate, c.on, c.off)(seed), 8000, seed, configured(Config{Workers: workers}))
			assert.Greater(t, 8000/(5*o.makespan), 0.9*c.fair, "%s, seed %d", name, seed)
			assert.Less(t, o.share(), 0.012, "%s, seed %d", name, seed)
		}
	}
}
