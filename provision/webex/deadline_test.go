package webex

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestExchangesOfOneMomentShareTheirDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &deadlines{timeout: 64 * time.Second}
		ctx, cancel := context.WithCancel(t.Context())
		began := time.Now()
		first := d.bound(ctx)
		time.Sleep(999 * time.Millisecond)
		second := d.bound(ctx)
		time.Sleep(time.Millisecond)
		third := d.bound(ctx)
		other := d.bound(t.Context())
		assert.Same(t, first, second)
		assert.NotSame(t, second, third)

		for _, end := range []struct {
			of context.Context
			in time.Duration
		}{{first, 64 * time.Second}, {third, 65 * time.Second}} {
			<-end.of.Done()
			synctest.Wait()
			assert.Equal(t, end.in, time.Since(began))
			assert.Equal(t, timeoutError{64 * time.Second}, context.Cause(end.of))
		}
		assert.ErrorIs(t, context.Cause(other), context.DeadlineExceeded)

		fourth := d.bound(ctx)
		reason := errors.New("stopped")
		stopped, stop := context.WithCancelCause(ctx)
		fifth := d.bound(stopped)
		stop(reason)
		assert.Equal(t, reason, context.Cause(fifth), "the caller's reason, at once")
		assert.NoError(t, fourth.Err(), "which is not another caller's")
		cancel()
		assert.ErrorIs(t, context.Cause(d.bound(ctx)), context.Canceled)
	})
}
