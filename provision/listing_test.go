package provision

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

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

func TestListingsThatFailThemselvesAreAskedForAgain(t *testing.T) {
	lost := webextest.Chance{Fault: webextest.Fault{Kind: webextest.Drop, Made: true}, Rate: 0.3}
	for name, trouble := range map[string]webextest.Chance{
		"500 now and then":    {Method: http.MethodGet, Rate: 0.3, Fault: webextest.Fault{Kind: webextest.ErrorAnswer, Status: 500}},
		"429":                 {Method: http.MethodGet, Rate: 0.3, Fault: webextest.Fault{Kind: webextest.ErrorAnswer, Status: 429, RetryAfter: "5"}},
		"cut pages":           {Method: http.MethodGet, Rate: 0.3, Fault: webextest.Fault{Kind: webextest.Cut}},
		"dropped connections": {Method: http.MethodGet, Rate: 0.3, Fault: webextest.Fault{Kind: webextest.Drop}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, numbered(30))
				w.server.MaxPage = 7
				w.server.Faults = webextest.RandomFaults(11, lost, trouble)
				outcome, err := w.run(t.Context())
				require.NoError(t, err)
				assert.True(t, outcome.Complete(), "%v %v", outcome.Statuses, outcome.Causes)
				w.agree()
			})
		})
	}
}

func TestAGatewayTimeoutOnAListingAsksForSmallerPages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, numbered(30))
		w.server.Faults = func(r webextest.FaultRequest) webextest.Fault {
			switch {
			case r.Method == http.MethodPost && r.Number == 5:
				return webextest.Fault{Kind: webextest.Drop, Made: true}
			case strings.Contains(r.Path, "max=1000") || strings.Contains(r.Path, "max=500"):
				return webextest.Fault{Kind: webextest.ErrorAnswer, Status: 504}
			}
			return webextest.Fault{}
		}
		outcome, err := w.run(t.Context())
		require.NoError(t, err)
		assert.True(t, outcome.Complete())
		assert.Equal(t, 3, w.server.Counts().Listings)
		w.agree()
	})
}

func TestThousandsOfRoomsArePagedThrough(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, numbered(10))
		me := w.whoami()
		for i := range 5000 {
			w.server.AddRoom(webex.Room{
				Title: fmt.Sprintf("Old %d", i), CreatorID: me.ID, Created: time.Now().Add(-time.Duration(i) * time.Hour),
			}, me.ID)
		}
		w.server.Faults = webextest.RandomFaults(2,
			webextest.Chance{Fault: webextest.Fault{Kind: webextest.Drop, Made: true}, Rate: 0.5})
		outcome, err := w.run(t.Context())
		require.NoError(t, err)
		assert.True(t, outcome.Complete())
		assert.Equal(t, 5010, w.rooms())
	})
}
