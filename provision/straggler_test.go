package provision

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/ratelimit"
)

func TestRequestsThatTakeLongStopCounting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limiter := ratelimit.New(ratelimit.Config{Workers: 8, Learned: &ratelimit.Learned{Rate: 100, Burst: 100, At: time.Now()}})
		turn := func() *ratelimit.Turn {
			turn, err := limiter.Wait(t.Context())
			require.NoError(t, err)
			return turn
		}
		for range 100 { // so that several may be out
			turn().Accepted()
		}
		inFlight := func() int { return limiter.Stats().InFlight }
		answered, first, second, third := turn(), turn(), turn(), turn()
		var s stragglers
		began := time.Now()
		s.watch(answered, time.Now())
		s.watch(first, time.Now())
		time.Sleep(together - 1)
		s.watch(second, time.Now())
		time.Sleep(time.Nanosecond)
		s.watch(third, time.Now())
		answered.Accepted()
		require.Equal(t, 3, inFlight())

		sleepUntil := func(d time.Duration) { time.Sleep(d - time.Since(began)) }
		sleepUntil(slowAnswer + together - 1)
		assert.Equal(t, 3, inFlight())
		sleepUntil(slowAnswer + together + 1)
		assert.Equal(t, 1, inFlight(), "the third left a moment later")
		sleepUntil(slowAnswer + 2*together + 1)
		assert.Zero(t, inFlight())

		s.watch(first, time.Now())
		for _, late := range []*ratelimit.Turn{first, second, third} {
			late.Accepted()
		}
		assert.Zero(t, inFlight())
	})
}
