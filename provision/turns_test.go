package provision

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision/webex/webextest"
)

// Webex counts every call on the same account.
func TestEveryCallTakesATurnFromTheOneLimiter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, numbered(30))
		asked := map[string]int{}
		w.server.Faults = func(r webextest.FaultRequest) webextest.Fault {
			path, _, _ := strings.Cut(r.Path, "?")
			call := r.Method + " " + path
			asked[call]++
			switch {
			case r.Title == "Room 3" && r.Attempt == 1:
				return webextest.Fault{Kind: webextest.Reset, Made: true}
			case r.Method == http.MethodGet && asked[call] == 1:
				return webextest.Fault{Kind: webextest.ErrorAnswer, Status: http.StatusTooManyRequests, RetryAfter: "2"}
			}
			return webextest.Fault{}
		}
		outcome, err := w.run(t.Context())
		require.NoError(t, err)
		require.True(t, outcome.Complete())
		assert.GreaterOrEqual(t, asked["GET /v1/people/me"], 2, "refused once, and asked again")
		assert.GreaterOrEqual(t, asked["GET /v1/rooms"], 2)
		assert.GreaterOrEqual(t, asked["POST /v1/rooms"], 30)

		stats := w.limiter.Stats()
		assert.Equal(t, w.server.Counts().Requests, stats.Turns, "every request took a turn")
		assert.Equal(t, 2, stats.Refused, "a question that is refused closes the gate, too")
	})
}

// A turn that is forgotten takes one worker's place for ever.
func TestHoweverARequestEndsItsTurnIsGivenBack(t *testing.T) {
	answer := func(status int, retryAfter string) webextest.Fault {
		return webextest.Fault{Kind: webextest.ErrorAnswer, Status: status, RetryAfter: retryAfter}
	}
	for name, c := range map[string]struct {
		method string
		fault  webextest.Fault
		before time.Duration // the run's deadline; 0 is none
		ends   bool          // the run, with an error
	}{
		"made":                              {"POST", webextest.Fault{}, 0, false},
		"refused for its rate":              {"POST", answer(429, "1"), 0, false},
		"locked":                            {"POST", answer(423, "1"), 0, false},
		"refused for good":                  {"POST", answer(400, ""), 0, false},
		"refused for its token":             {"POST", answer(401, ""), 0, true},
		"sent elsewhere":                    {"POST", answer(302, ""), 0, true},
		"lost":                              {"POST", webextest.Fault{Kind: webextest.Reset, Made: true}, 0, false},
		"answered by a gateway":             {"POST", answer(504, ""), 0, false},
		"given up":                          {"POST", webextest.Fault{Kind: webextest.Hang}, 3 * time.Second, true},
		"a question refused for its rate":   {"GET", answer(429, "1"), 0, false},
		"a locked question":                 {"GET", answer(423, "1"), 0, false},
		"a question refused for its token":  {"GET", answer(401, ""), 0, true},
		"a question answered by a gateway":  {"GET", answer(504, ""), 0, false},
		"a question whose answer is lost":   {"GET", webextest.Fault{Kind: webextest.Reset}, 0, false},
		"a question refused for good":       {"GET", answer(403, ""), 0, true},
		"a question that is given up":       {"GET", webextest.Fault{Kind: webextest.Hang}, 3 * time.Second, true},
		"a question that is sent elsewhere": {"GET", answer(302, ""), 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, numbered(10))
				w.server.Faults = webextest.Script(c.method, c.fault, c.fault)
				ctx, cancel := t.Context(), context.CancelFunc(func() {})
				if c.before > 0 {
					ctx, cancel = context.WithTimeout(ctx, c.before)
				}
				defer cancel()
				_, err := w.run(ctx)
				assert.Equal(t, c.ends, err != nil, "%v", err)
				assert.Zero(t, w.limiter.Stats().InFlight)
				assert.Positive(t, w.server.Counts().ByFault[c.fault.Name()]+w.rooms())
			})
		})
	}
}

func TestAListingThatTakesTooLongGivesItsTurnsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, numbered(10))
		w.server.Faults = webextest.Script(http.MethodPost, webextest.Fault{Kind: webextest.Reset, Made: true})
		w.server.SlowPage = 100
		outcome, err := w.run(t.Context())
		require.NoError(t, err)
		assert.True(t, outcome.Complete())
		assert.Positive(t, w.server.Counts().ByStatus[http.StatusGatewayTimeout])
		assert.Zero(t, w.limiter.Stats().InFlight)
	})
}

func TestARowWhoseTokenIsRenewedGivesItsTurnBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := renewable(t, 20, time.Hour)
		w.server.Faults = func(r webextest.FaultRequest) webextest.Fault {
			if r.Method == http.MethodPost && r.Number == 10 {
				w.server.ExpireTokens()
			}
			return webextest.Fault{}
		}
		outcome, err := w.runRenewing(t.Context(), 24*time.Hour)
		require.NoError(t, err)
		assert.True(t, outcome.Complete())
		assert.Positive(t, outcome.Requests[http.StatusUnauthorized])
		assert.Zero(t, w.limiter.Stats().InFlight)
	})
}
