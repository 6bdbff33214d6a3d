package cli_test

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision/webex/webextest"
)

// jump is added to the package time of a program: a second after it has begun its
// clock on the wall is set by an hour, as NTP or a resumed virtual machine may do.
const jump = `package time

import "syscall"

func jumped(monotonic int64) (seconds int64) {
	if monotonic-startNano < int64(Second) {
		return 0
	}
	switch way, _ := syscall.Getenv("CLOCK_JUMP"); way {
	case "ahead":
		return 3600
	case "back":
		return -3600
	}
	return 0
}
`

// buildJumping builds the program with a clock that jumps as CLOCK_JUMP says.
func buildJumping(t *testing.T) string {
	t.Helper()
	const reads = "sec, nsec, mono := runtimeNow()\n"
	root, err := exec.Command("go", "env", "GOROOT").Output()
	require.NoError(t, err)
	dir, lib := t.TempDir(), filepath.Join(strings.TrimSpace(string(root)), "src", "time")
	source, err := os.ReadFile(filepath.Join(lib, "time.go"))
	if err != nil || !strings.Contains(string(source), "func Now() Time {\n\t"+reads) {
		t.Skip("the clock of this Go cannot be made to jump")
	}
	overlay := map[string]string{}
	for name, text := range map[string]string{
		"time.go": strings.Replace(string(source), reads, reads+"\tsec += jumped(mono)\n", 1),
		"jump.go": jump,
	} {
		overlay[filepath.Join(lib, name)] = filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	replace, err := json.Marshal(map[string]any{"Replace": overlay})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "overlay.json"), replace, 0o600))
	program := filepath.Join(dir, "roomlift")
	output, err := exec.Command("go", "build", "-overlay", filepath.Join(dir, "overlay.json"), "-o", program, "roomlift").CombinedOutput()
	require.NoError(t, err, "%s", output)
	return program
}

func TestARunDoesNotHeedAClockThatJumps(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the standard library")
	}
	t.Parallel()
	program := buildJumping(t)
	for _, way := range []string{"ahead", "back"} {
		t.Run(way+", while it waits and creates", func(t *testing.T) {
			t.Parallel()
			n := newNight(t, manifestOf(60))
			n.server.Change(func(s *webextest.Server) { s.Limit = webextest.FixedWindow{Quota: 20, Period: 2 * time.Second} })
			took, code, stderr := n.jumping(program, way, "--deadline", "2m")
			require.Zero(t, code, stderr)
			assert.Less(t, took, time.Minute, "it waits no longer than it was asked to")
			s := n.summary()
			assert.Equal(t, 60, s.Rows.ByStatus["created"])
			assert.InDelta(t, took.Seconds(), s.DurationSeconds, 2)
			assert.LessOrEqual(t, s.RateLimit.PausedSeconds, s.DurationSeconds)
			assert.Equal(t, 60, n.server.Count())
			assert.Contains(t, n.page(), "All 60 rooms exist, created in")
		})
		t.Run(way+", before its deadline", func(t *testing.T) {
			t.Parallel()
			n := newNight(t, manifestOf(500))
			n.server.Change(func(s *webextest.Server) { s.Limit = webextest.TokenBucket{Rate: 5, Burst: 5} })
			took, code, stderr := n.jumping(program, way, "--deadline", "4s")
			require.Equal(t, 3, code, stderr)
			assert.Contains(t, stderr, "the deadline of 4s has passed")
			assert.GreaterOrEqual(t, took, 4*time.Second)
			assert.Less(t, took, 20*time.Second)
		})
	}
	for _, way := range []string{"ahead", "back"} {
		t.Run(way+", while Webex refuses all, so that the page tells one time", func(t *testing.T) {
			t.Parallel()
			n := newNight(t, manifestOf(60))
			n.faults(func(r webextest.FaultRequest) webextest.Fault {
				if r.Method == http.MethodPost && r.Number > 10 {
					return webextest.Fault{Kind: webextest.ErrorAnswer, Status: http.StatusTooManyRequests, RetryAfter: "1"}
				}
				return webextest.Fault{}
			})
			began := time.Now()
			_, code, stderr := n.jumping(program, way, "--deadline", "5s")
			require.Equal(t, 3, code, stderr)
			times := regexp.MustCompile(`\b\d\d:\d\d(:\d\d)?\b`).FindAllString(n.page(), -1)
			require.NotEmpty(t, times)
			for _, told := range times {
				assert.Less(t, apart(t, told, began), 2*time.Minute, "%s began at %s", told, began.UTC())
			}
		})
	}
	t.Run("ahead, so that its token seems to have expired: it is renewed early, once", func(t *testing.T) {
		t.Parallel()
		n := newNight(t, manifestOf(40))
		n.expiry(30 * time.Minute)
		n.server.Change(func(s *webextest.Server) { s.Limit = webextest.TokenBucket{Rate: 10, Burst: 10} })
		_, code, stderr := n.jumping(program, "ahead")
		require.Zero(t, code, stderr)
		assert.Equal(t, 1, n.server.Renewals())
		assert.Zero(t, n.summary().Requests.Create["401"])
	})
	t.Run("back, so that its token seems to be good: it is renewed when it is refused, once", func(t *testing.T) {
		t.Parallel()
		n := newNight(t, manifestOf(40))
		n.expiry(30 * time.Minute)
		n.server.Change(func(s *webextest.Server) { s.Limit = webextest.TokenBucket{Rate: 10, Burst: 10} })
		n.faults(func(r webextest.FaultRequest) webextest.Fault {
			if r.Method == http.MethodPost && r.Number == 30 {
				n.server.ExpireTokens()
			}
			return webextest.Fault{}
		})
		_, code, stderr := n.jumping(program, "back")
		require.Zero(t, code, stderr)
		assert.Equal(t, 1, n.server.Renewals())
		assert.Positive(t, n.summary().Requests.Create["401"])
	})
}

// jumping runs a job whose clock jumps, and measures it by a clock that does not.
func (n *night) jumping(program, way string, more ...string) (took time.Duration, code int, stderr string) {
	n.env = append(n.env, "CLOCK_JUMP="+way)
	began := time.Now()
	code, _, stderr = n.start(n.t.Context(), append([]string{program}, n.watched(more...)...))
	return time.Since(began), code, stderr
}

// apart is how far a time of day is from another time.
func apart(t *testing.T, told string, at time.Time) time.Duration {
	t.Helper()
	if len(told) == len("15:04") {
		told += ":00"
	}
	clock, err := time.Parse(time.TimeOnly, told)
	require.NoError(t, err)
	of := func(h, m, s int) time.Duration { return time.Duration(h*3600+m*60+s) * time.Second }
	const day = 24 * time.Hour
	passed := (of(clock.Clock()) - of(at.UTC().Clock()) + day) % day
	return min(passed, day-passed)
}

// expiry writes down until when the first token is good.
func (n *night) expiry(left time.Duration) {
	n.write("webex.json", `{"client_id": "C-client-id", "client_secret": "S-client-secret", "refresh_token": "R-first-refresh-token",
		"access_token": "A-first-access-token", "expiry": "`+time.Now().Add(left).Format(time.RFC3339)+`"}`)
}
