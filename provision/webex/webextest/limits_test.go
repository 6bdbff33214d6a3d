package webextest_test

import (
	"net/http"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision/webex"
	"roomlift/provision/webex/webextest"
)

// passed makes n requests at once and returns how many were within the limit.
func passed(t *testing.T, s *webextest.Server, n int) (ok int) {
	t.Helper()
	for range n {
		w := call(s, "GET", "/people/me", "")
		if w.Code == http.StatusOK {
			ok++
			continue
		}
		require.Equal(t, http.StatusTooManyRequests, w.Code)
		seconds, err := strconv.Atoi(w.Header().Get("Retry-After"))
		require.NoError(t, err)
		require.GreaterOrEqual(t, seconds, 1)
	}
	return ok
}

func TestLimits(t *testing.T) {
	type step struct {
		wait time.Duration
		send int
		pass int
	}
	for name, tc := range map[string]struct {
		limit webextest.Limit
		steps []step
	}{
		"no limit": {nil, []step{{0, 1000, 1000}}},
		"a bucket fills up at its rate": {
			webextest.TokenBucket{Rate: 5, Burst: 10},
			[]step{{0, 20, 10}, {200 * time.Millisecond, 5, 1}, {time.Second, 20, 5}, {time.Hour, 20, 10}},
		},
		"a bucket without a burst has one of 1": {webextest.TokenBucket{Rate: 1}, []step{{0, 3, 1}, {time.Second, 3, 1}}},
		"a bucket may stay empty":               {webextest.TokenBucket{Burst: 1}, []step{{0, 2, 1}, {time.Hour, 2, 0}}},
		"a fixed window opens all at once": {
			webextest.FixedWindow{Quota: 3, Period: time.Minute},
			[]step{{0, 5, 3}, {time.Minute - 1, 5, 0}, {1, 5, 3}, {150 * time.Second, 5, 3}, {30 * time.Second, 5, 3}},
		},
		"a sliding window opens one by one": {
			webextest.SlidingWindow{Quota: 2, Period: time.Minute},
			[]step{{0, 1, 1}, {30 * time.Second, 2, 1}, {30*time.Second - 1, 1, 0}, {1, 2, 1}, {30 * time.Second, 2, 1}},
		},
		"a window of none lets none pass": {webextest.FixedWindow{Period: time.Second}, []step{{0, 3, 0}, {time.Hour, 1, 0}}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := &webextest.Server{Limit: tc.limit}
				for i, step := range tc.steps {
					time.Sleep(step.wait)
					assert.Equal(t, step.pass, passed(t, server, step.send), "step %d", i+1)
				}
			})
		})
	}
}

func TestARetryAfterIsAlwaysLongEnough(t *testing.T) {
	for name, limit := range map[string]webextest.Limit{
		"bucket":  webextest.TokenBucket{Rate: 0.7, Burst: 3},
		"fixed":   webextest.FixedWindow{Quota: 3, Period: 2500 * time.Millisecond},
		"sliding": webextest.SlidingWindow{Quota: 3, Period: 2500 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := &webextest.Server{Limit: limit}
				for range 20 {
					w := call(server, "GET", "/people/me", "")
					for w.Code != http.StatusOK {
						seconds, err := strconv.Atoi(w.Header().Get("Retry-After"))
						require.NoError(t, err)
						time.Sleep(time.Duration(seconds) * time.Second)
						w = call(server, "GET", "/people/me", "")
						require.Equal(t, http.StatusOK, w.Code)
					}
				}
				assert.Zero(t, server.EarlyRequests())
			})
		})
	}
}

func TestALimitIsEachPersonsOwnAndMayChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &webextest.Server{
			Identities: map[string]webex.Person{"token": {ID: "one"}, "other": {ID: "two"}},
			Limit:      webextest.FixedWindow{Quota: 1, Period: time.Hour},
		}
		assert.Equal(t, 1, passed(t, server, 2))
		assert.Equal(t, http.StatusOK, call(server, "GET", "/people/me", "", "Authorization", "Bearer other").Code)
		server.Change(func(s *webextest.Server) { s.Limit = nil })
		assert.Equal(t, 100, passed(t, server, 100))
		server.Change(func(s *webextest.Server) { s.Limit = webextest.FixedWindow{Quota: 2, Period: time.Hour} })
		assert.Equal(t, 2, passed(t, server, 3))
	})
}

func TestARequestInsideAnAnnouncedWaitIsEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &webextest.Server{Limit: webextest.FixedWindow{Quota: 1, Period: 10 * time.Second}}
		assert.Equal(t, 1, passed(t, server, 2))
		assert.Zero(t, server.EarlyRequests())
		time.Sleep(10*time.Second - 1)
		call(server, "POST", "/rooms", `{"title":"t"}`)
		assert.Equal(t, 1, server.EarlyRequests())
		time.Sleep(time.Second)
		call(server, "POST", "/rooms", `{"title":"t"}`)
		assert.Equal(t, 1, server.EarlyRequests(), "the second refusal asked for one more second")

		log := server.Requests()
		require.Len(t, log, 4)
		assert.Equal(t, []bool{false, false, true, false}, []bool{log[0].Early, log[1].Early, log[2].Early, log[3].Early})
		assert.Equal(t, []int{200, 429, 429, 200}, []int{log[0].Status, log[1].Status, log[2].Status, log[3].Status})
	})
}

func TestAFaultsRetryAfterIsAWaitToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &webextest.Server{Faults: webextest.Script("POST",
			webextest.Fault{Kind: webextest.ErrorAnswer, Status: 423, RetryAfter: "2"},
			webextest.Fault{Kind: webextest.ErrorAnswer, Status: 429, RetryAfter: "rand(30),add(30)"},
		)}
		w := call(server, "POST", "/rooms", `{"title":"t"}`)
		assert.Equal(t, http.StatusLocked, w.Code)
		time.Sleep(time.Second)
		w = call(server, "POST", "/rooms", `{"title":"t"}`)
		assert.Equal(t, "rand(30),add(30)", w.Header().Get("Retry-After"))
		assert.Equal(t, 1, server.EarlyRequests())
		time.Sleep(time.Second)
		assert.Equal(t, http.StatusOK, call(server, "POST", "/rooms", `{"title":"t"}`).Code)
		assert.Equal(t, 1, server.EarlyRequests(), "a malformed wait is none")
		assert.Equal(t, 1, server.Counts().Refused)
	})
}
