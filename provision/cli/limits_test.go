//go:build unix

package cli_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision/webex/webextest"
	"roomlift/ratelimit"
)

func TestARetryAfterBeyondTheDeadlineEndsTheRunWith3AndSaysWhenToTryAgain(t *testing.T) {
	t.Parallel()
	n := newNight(t, manifestOf(10))
	n.faults(func(r webextest.FaultRequest) webextest.Fault {
		if r.Method == http.MethodPost && r.Number > 3 {
			return webextest.Fault{Kind: webextest.ErrorAnswer, Status: http.StatusTooManyRequests, RetryAfter: "3600"}
		}
		return webextest.Fault{}
	})
	begun := time.Now()
	code, stdout, stderr := n.run(n.watched("--deadline", "60s")...)
	require.Equal(t, 3, code, stdout+stderr)
	assert.Less(t, time.Since(begun), 30*time.Second, "nobody waits for a deadline in vain")
	assert.Regexp(t, `Webex accepts nothing before \d{4}-\d\d-\d\dT[0-9:]+\S*; try again after that`, stderr)
	assert.Regexp(t, `(?m)^next: run the same command again after \d{4}-\d\d-\d\dT[0-9:]+Z: it goes on where it stopped$`, stdout)
	assert.Positive(t, n.summary().Rows.ByStatus["pending"])
	assert.Regexp(t, `Why it stopped: Webex accepts nothing before \d+ \w+ \d{4} \d\d:\d\d UTC, and the run was to end before that\. What to do next: Run the same command again after \d+ \w+ \d{4} \d\d:\d\d UTC:`, n.page())
	assert.Regexp(t, `Webex asked to wait once, for 1 h 0 min; the run (waited \S+ s of that, then it|did not wait for that, but) ended`, n.page())
}

func TestAPauseThatWebexDidNotAskForIsNotPutDownToIt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ asks, says string }{
		"it names no time":         {"", "Webex refuses requests without saying for how long, so nothing is sent before "},
		"it names what is no time": {"rand(30),add(30)", "Webex refuses requests without saying for how long, so nothing is sent before "},
		"it names less":            {"1", "Webex goes on refusing after the pauses that it asks for, so nothing is sent before "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := newNight(t, manifestOf(10))
			n.faults(func(r webextest.FaultRequest) webextest.Fault {
				if r.Method == http.MethodPost {
					return webextest.Fault{Kind: webextest.ErrorAnswer, Status: http.StatusTooManyRequests, RetryAfter: c.asks}
				}
				return webextest.Fault{}
			})
			code, stdout, stderr := n.run(n.watched("--deadline", "6s")...)
			require.Equal(t, 3, code, stdout+stderr)
			assert.Contains(t, stderr, "roomlift: "+c.says)
			assert.NotContains(t, stderr+n.page(), "accepts nothing before")
			assert.Contains(t, n.page(), c.says)
			assert.Regexp(t, `(?m)^next: run the same command again after `, stdout)
		})
	}
}

// memories returns what is remembered in a night's state folder.
func (n *night) memories() []string {
	n.t.Helper()
	files, err := filepath.Glob(filepath.Join(n.path("state"), "*"))
	require.NoError(n.t, err)
	return files
}

func TestAHostileMemoryCostsAFewRequestsAndNeverTheRun(t *testing.T) {
	t.Parallel()
	n := newNight(t, manifestOf(25))
	code, stdout, stderr := n.run(n.watched()...)
	require.Equal(t, 0, code, stdout+stderr)
	files := n.memories()
	require.Len(t, files, 1)
	now := time.Now().UTC().Format(time.RFC3339)
	n.write("rooms.csv", manifestOf(3))
	for name, text := range map[string]string{
		"empty":            "",
		"cut":              `{"rate":4.9,"bu`,
		"not JSON":         "\x00\xff\xfe",
		"not an object":    `[1,2,3]`,
		"null":             `null`,
		"NaN":              `{"rate":NaN}`,
		"a huge rate":      `{"rate":1e308,"burst":1e308,"at":"` + now + `"}`,
		"beyond a float":   `{"rate":1e999,"at":"` + now + `"}`,
		"negative":         `{"rate":-5,"burst":-20,"quota":-300,"period":-60000000000,"at":"` + now + `"}`,
		"of another type":  `{"rate":"fast","quota":{},"at":7}`,
		"beyond an int":    `{"rate":5,"quota":99999999999999999999,"at":"` + now + `"}`,
		"a quota for ever": `{"rate":1e-300,"quota":1,"period":9223372036854775807,"at":"` + now + `"}`,
		"one an hour":      `{"rate":0.000278,"burst":1,"at":"` + now + `"}`,
		"not a date":       `{"rate":0.001,"burst":1,"at":"yesterday"}`,
	} {
		require.NoError(t, os.WriteFile(files[0], []byte(text), 0o600))
		begun := time.Now()
		code, stdout, stderr := n.run(n.watched("--results", n.path(name+".csv"))...)
		assert.Equal(t, 0, code, "%s: %s%s", name, stdout, stderr)
		assert.Less(t, time.Since(begun), 20*time.Second, name)
	}
}

func TestAStateFolderThatCannotBeUsedIsSaidAndCostsNothing(t *testing.T) {
	t.Parallel()
	n := newNight(t, manifestOf(25))
	n.write("state", "this is a file")
	code, stdout, stderr := n.run(n.watched()...)
	require.Equal(t, 0, code, stdout+stderr)
	assert.Contains(t, stderr, "cannot be kept; name a folder with --state-dir")
}

func TestTwoProcessesThatRememberAtOnceLeaveOneWholeMemory(t *testing.T) {
	t.Parallel()
	n := newNight(t, manifestOf(25))
	n.write("others.csv", manifestOf(25))
	var crew sync.WaitGroup
	for _, rows := range []string{"rooms.csv", "others.csv"} {
		crew.Go(func() {
			code, stdout, stderr := n.run("apply", n.path(rows), "--credentials", n.path("webex.json"), "--state-dir", n.path("state"))
			assert.Equal(t, 0, code, stdout+stderr)
		})
	}
	crew.Wait()
	files := n.memories()
	require.Len(t, files, 1, "and nothing temporary is left")
	text, err := os.ReadFile(files[0])
	require.NoError(t, err)
	var learned ratelimit.Learned
	require.NoError(t, json.Unmarshal(text, &learned))
	assert.Positive(t, learned.Rate)
	assert.WithinDuration(t, time.Now(), learned.At, time.Minute, "it says how old it is")
}

func TestTheNextRunStartsAtTheRateThatIsRemembered(t *testing.T) {
	t.Parallel()
	n := newNight(t, manifestOf(25))
	code, stdout, stderr := n.run(n.watched()...)
	require.Equal(t, 0, code, stdout+stderr)
	files := n.memories()
	require.Len(t, files, 1)
	text, err := json.Marshal(ratelimit.Learned{Rate: 200, Burst: 10, At: time.Now()})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(files[0], text, 0o600))

	n.write("rooms.csv", manifestOf(225))
	code, stdout, stderr = n.run(n.watched()...)
	require.Equal(t, 0, code, stdout+stderr)
	var sent []time.Time
	for _, r := range n.server.Requests() {
		if r.Method == http.MethodPost && r.Path == "/v1/rooms" {
			sent = append(sent, r.At)
		}
	}
	require.Len(t, sent, 225)
	assert.Less(t, sent[75].Sub(sent[25]), 3*time.Second, "without a memory 50 requests take 5 s and more")
}
