package provision

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision/webex"
	"roomlift/provision/webex/webextest"
	"roomlift/ratelimit"
)

// fuse is a context that ends when it is looked at for the n-th time.
type fuse struct {
	context.Context
	end  context.CancelFunc
	left atomic.Int64
}

func newFuse(ctx context.Context, n int) *fuse {
	f := &fuse{}
	f.Context, f.end = context.WithCancel(ctx)
	f.left.Store(int64(n))
	return f
}

func (f *fuse) Err() error {
	if f.left.Add(-1) == 0 {
		f.end()
	}
	return f.Context.Err()
}

// Half a listing that passes for a whole one says of rooms that they do not exist.
func TestAListingThatIsInterruptedAtAnyMomentIsNeverTakenForWhole(t *testing.T) {
	interrupted := 0
	for n := 1; ; n++ {
		whole := false
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, numbered(30))
			_, err := w.run(t.Context())
			require.NoError(t, err)
			w.server.MaxPage = 10
			w.server.Faults = webextest.Script(http.MethodGet,
				webextest.Fault{Kind: webextest.ErrorAnswer}, webextest.Fault{}, webextest.Fault{Kind: webextest.ErrorAnswer})
			running := w.server.Start()
			defer running.Close()
			client, err := running.Client(w.token)
			require.NoError(t, err)
			defer client.Close()
			limiter := ratelimit.New(ratelimit.Config{Workers: 1})
			ctx := newFuse(t.Context(), n)
			defer ctx.end()
			rooms, err := New(Config{Client: client, Limiter: limiter}).rooms(ctx, func(*webex.Room) bool { return true })
			if err == nil {
				assert.Len(t, rooms, 30)
			} else {
				interrupted++
			}
			assert.Zero(t, limiter.Stats().InFlight)
			whole = ctx.left.Load() > 0
		})
		if whole || t.Failed() {
			break
		}
	}
	assert.Greater(t, interrupted, 5)
}
