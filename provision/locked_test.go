package provision

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision/webex/webextest"
	"roomlift/report/results"
)

// lock answers 423 to requests for which when holds, and returns when such
// requests came, locked or not, by method, path and title.
func (w *world) lock(retryAfter string, when func(webextest.FaultRequest) bool) map[string][]time.Time {
	came := map[string][]time.Time{}
	var mu sync.Mutex
	w.server.Faults = func(r webextest.FaultRequest) webextest.Fault {
		mu.Lock()
		defer mu.Unlock()
		path, _, _ := strings.Cut(r.Path, "?")
		what := strings.TrimSpace(r.Method + " " + path + " " + r.Title)
		came[what] = append(came[what], time.Now())
		if when(r) {
			return webextest.Fault{Kind: webextest.ErrorAnswer, Status: http.StatusLocked, RetryAfter: retryAfter}
		}
		return webextest.Fault{}
	}
	return came
}

func TestALockedRowWaitsAsLongAsItWasAskedToAndNobodyElseDoes(t *testing.T) {
	for name, c := range map[string]struct {
		retryAfter string
		wait       time.Duration
	}{
		"as Webex asks":                 {"120", 2 * time.Minute},
		"a second where Webex asks not": {"", time.Second},
		"a second for a wait of none":   {"0", time.Second},
		"a second for nonsense":         {"rand(30),add(30)", time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, numbered(100))
				came := w.lock(c.retryAfter, func(r webextest.FaultRequest) bool { return r.Title == "Room 1" && r.Attempt == 1 })
				began := time.Now()
				var last time.Time // when the last of the others had its room
				w.observe = func(e Event) {
					assert.NotEqual(t, Refused, e.Kind, "the gate stays open")
					if e.Kind == RowDone && e.Result.Record.Title != "Room 1" {
						last = e.Time
					}
				}
				outcome, err := w.run(t.Context())
				require.NoError(t, err)
				assert.True(t, outcome.Complete())
				assert.Equal(t, 1, outcome.Requests[http.StatusLocked])
				assert.Less(t, last.Sub(began), 30*time.Second)
				sent := came["POST /v1/rooms Room 1"]
				require.Len(t, sent, 2)
				assert.InDelta(t, c.wait.Seconds(), sent[1].Sub(sent[0]).Seconds(), 1)
				assert.GreaterOrEqual(t, sent[1].Sub(sent[0]), c.wait)
				w.agree()
			})
		})
	}
}

func TestMoreLockedRowsThanWorkersHoldNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, numbered(100))
		locked := func(title string) bool { return len(title) == len("Room 12") } // 90 of them
		w.lock("120", func(r webextest.FaultRequest) bool { return locked(r.Title) && r.Attempt == 1 })
		began := time.Now()
		w.observe = func(e Event) {
			if e.Kind == RowDone && !locked(e.Result.Record.Title) {
				assert.Less(t, e.Time.Sub(began), time.Minute, e.Result.Record.Title)
			}
		}
		outcome, err := w.run(t.Context())
		require.NoError(t, err)
		assert.True(t, outcome.Complete())
		assert.Equal(t, 90, outcome.Requests[http.StatusLocked])
		assert.Less(t, outcome.Elapsed, 4*time.Minute, "they wait side by side")
		w.agree()
	})
}

func TestARunThatEndsGivesLockedRowsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, numbered(100))
		w.lock("3600", func(r webextest.FaultRequest) bool { return r.Method == http.MethodPost && r.Title != "Room 99" })
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		defer cancel()
		outcome, err := w.run(ctx)
		require.Error(t, err)
		assert.Equal(t, map[results.Status]int{results.Created: 1, results.Pending: 99}, outcome.Statuses)
		w.agree()

		w.server.Faults = nil
		outcome, err = w.run(t.Context())
		require.NoError(t, err)
		assert.True(t, outcome.Complete())
		assert.Equal(t, 100, w.rooms())
		w.agree()
	})
}

func TestLockedRowsTellNothingOfTheRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, numbered(600))
		free, err := w.run(t.Context())
		require.NoError(t, err)

		w = newWorld(t, numbered(600))
		w.lock("", func(r webextest.FaultRequest) bool { return r.Number%33 == 0 })
		outcome, err := w.run(t.Context())
		require.NoError(t, err)
		assert.True(t, outcome.Complete())
		assert.Greater(t, outcome.Requests[http.StatusLocked], 15)
		assert.Less(t, outcome.Elapsed, free.Elapsed+5*time.Second)
		assert.Zero(t, w.limiter.Stats().Refused)
		assert.Zero(t, w.limiter.Learned().Burst, "no limit was measured")
		w.agree()
	})
}

func TestAStopDoesNotWaitForALockedRow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, numbered(3))
		w.lock("3600", func(r webextest.FaultRequest) bool { return r.Title == "Room 1" })
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		began := time.Now()
		outcome, err := w.run(ctx)
		var stop *StopError
		require.ErrorAs(t, err, &stop)
		assert.Equal(t, Interrupted, stop.Reason)
		assert.Equal(t, time.Minute, time.Since(began).Round(time.Second))
		assert.Equal(t, map[results.Status]int{results.Created: 2, results.Pending: 1}, outcome.Statuses)
		w.agree()
	})
}

func TestALockedQuestionIsAskedAgainWhenItWasAskedToAndNobodyElseWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, numbered(100))
		locked := map[string]bool{}
		came := w.lock("30", func(r webextest.FaultRequest) bool {
			first := r.Method == http.MethodGet && !locked[r.Path]
			locked[r.Path] = true
			return first
		})
		faults := w.server.Faults
		w.server.Faults = func(r webextest.FaultRequest) webextest.Fault {
			if fault := faults(r); r.Title != "Room 3" || r.Attempt > 1 {
				return fault
			}
			return webextest.Fault{Kind: webextest.Reset, Made: true}
		}
		outcome, err := w.run(t.Context())
		require.NoError(t, err)
		assert.True(t, outcome.Complete())
		assert.Equal(t, 1, outcome.Done[results.Adopted])
		for _, question := range []string{"GET /v1/people/me", "GET /v1/rooms"} {
			asked := came[question]
			require.GreaterOrEqual(t, len(asked), 2, question)
			assert.InDelta(t, 30, asked[1].Sub(asked[0]).Seconds(), 2, question)
			assert.GreaterOrEqual(t, asked[1].Sub(asked[0]), 30*time.Second, question)
		}
		assert.Zero(t, w.limiter.Stats().Refused)
		w.agree()
	})
}

func TestAListingThatIsLockedForEverLeavesItsRowsUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, numbered(3))
		came := w.lock("2", func(r webextest.FaultRequest) bool { return strings.HasPrefix(r.Path, "/v1/rooms?") })
		faults := w.server.Faults
		w.server.Faults = func(r webextest.FaultRequest) webextest.Fault {
			if fault := faults(r); r.Title != "Room 1" {
				return fault
			}
			return webextest.Fault{Kind: webextest.Reset, Made: true}
		}
		outcome, err := w.run(t.Context())
		require.NoError(t, err)
		assert.Equal(t, map[results.Status]int{results.Created: 2, results.Unknown: 1}, outcome.Statuses)
		assert.Len(t, came["GET /v1/rooms"], maxAsks*maxOutages)

		w.server.Faults = nil
		outcome, err = w.run(t.Context())
		require.NoError(t, err)
		assert.True(t, outcome.Complete())
		assert.Equal(t, 3, w.rooms())
		w.agree()
	})
}
