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

func TestAGateThatClosesTurnsBackAtOnceThoseWhoQueueWithADeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := New(Config{Workers: 16, Learned: known(0.5)})
		first, err := a.Wait(t.Context())
		require.NoError(t, err)
		patient, stop := context.WithCancel(t.Context())
		defer stop()
		hurried, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var crew sync.WaitGroup
		crew.Go(func() { _, _ = a.Wait(patient) }) // is next
		synctest.Wait()
		var closed *ClosedError
		var turnedBack time.Time
		crew.Go(func() {
			_, err := a.Wait(hurried)
			assert.ErrorAs(t, err, &closed)
			turnedBack = time.Now()
		})
		synctest.Wait()
		time.Sleep(time.Second)
		begun := time.Now()
		first.Refused(time.Hour)
		time.Sleep(time.Second) // while the patient one still stands there
		stop()
		crew.Wait()
		assert.Equal(t, begun, turnedBack)
	})
}

// standIn takes the first place in the queue, as a caller does who has not yet looked at
// what has changed.
func standIn(a *Adaptive) (leave func()) {
	c := &caller{woken: make(chan struct{}, 1)}
	a.mu.Lock()
	a.queue = append(a.queue, c)
	a.mu.Unlock()
	return func() { a.leave(c) }
}

func TestCallersAreServedInTheOrderInWhichTheyCame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := New(Config{Workers: 16, Learned: known(10)})
		early, err := a.Wait(t.Context())
		require.NoError(t, err)
		leave := standIn(a)
		var mu sync.Mutex
		var served []int
		var crew sync.WaitGroup
		for n := range 10 {
			crew.Go(func() {
				turn, err := a.Wait(t.Context())
				if !assert.NoError(t, err) {
					return
				}
				turn.Done()
				mu.Lock()
				defer mu.Unlock()
				served = append(served, n)
			})
			synctest.Wait()
			time.Sleep(10 * time.Second) // a turn is due, and yet nobody may overtake
			synctest.Wait()
		}
		early.Refused(time.Minute) // all look whether they can wait so long, and keep their places
		synctest.Wait()
		mu.Lock()
		assert.Empty(t, served)
		mu.Unlock()
		leave()
		crew.Wait()
		assert.Equal(t, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, served)
	})
}
