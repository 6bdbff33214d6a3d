package ratelimit

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestNoTurnIsFreeALittleBeforeItIsDue(t *testing.T) {
	p := newPacer(1e6, 0.5, standard())
	p.take(0)
	given := 0
	for at := 2 - 1e-6; given < 100 && p.next(at) <= at; given++ {
		p.take(at)
	}
	assert.LessOrEqual(t, given, 1)
}

func TestWaitEndsWhenItIsCancelledHoweverLongTheGateIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := New(Config{Workers: 4})
		turn, err := a.Wait(t.Context())
		require.NoError(t, err)
		turn.Refused(time.Hour)
		ctx, cancel := context.WithCancel(t.Context())
		began := time.Now()
		var crew sync.WaitGroup
		for range 8 { // one is next, the others queue
			crew.Go(func() {
				_, err := a.Wait(ctx)
				assert.ErrorIs(t, err, context.Canceled)
				assert.Equal(t, 10*time.Second, time.Since(began))
			})
		}
		time.Sleep(10 * time.Second)
		cancel()
		crew.Wait()
	})
}

func TestADeepFallIsNotBelievedForHours(t *testing.T) {
	for name, s := range map[string]server{
		"to 3 a minute": bucket(5, 20, change{100, 0.05}, change{700, 5})(0),
		"to 1 a minute": bucket(5, 20, change{100, 0.02}, change{700, 5})(0),
		"from 50":       bucket(50, 50, change{100, 0.1}, change{700, 50})(0),
	} {
		o := simulate(t, s, 9000, 1, configured(Config{Workers: workers}))
		best := omniscient(bucket(5, 20)(0), 9000, usual)
		assert.Less(t, o.makespan, best+600+600, name)
		assert.Less(t, o.share(), 0.012, name)
	}
}

func TestAFallIsNotRememberedWhereAReserveKeepsItFromBeingCorrected(t *testing.T) {
	for _, reserve := range []float64{0, 0.2} {
		var a *Adaptive
		simulate(t, bucket(5, 20, change{120, 1}, change{600, 1})(0), 900, 1, func() client {
			a = New(Config{Workers: workers, Reserve: reserve})
			return adaptiveClient{a}
		})
		if learned := a.control.learned(); reserve > 0 {
			assert.InDelta(t, 5, learned.Rate, 1)
		} else {
			assert.InDelta(t, 1, learned.Rate, 0.2)
		}
	}
}
