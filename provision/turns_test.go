package provision

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

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
