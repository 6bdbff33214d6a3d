package ratelimit_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/ratelimit"
)

func TestARetryAfterBeyondTheDeadlineEndsTheWaitAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := ratelimit.New(ratelimit.Config{Workers: 16})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()

		turn, err := a.Wait(ctx)
		require.NoError(t, err)
		closedAt := time.Now()
		turn.Refused(time.Hour)
		_, err = a.Wait(ctx)

		var closed *ratelimit.ClosedError
		require.ErrorAs(t, err, &closed)
		assert.Equal(t, closedAt.Add(time.Hour), closed.Until)
		assert.Equal(t, closedAt, time.Now(), "the wait ends at once")
	})
}
