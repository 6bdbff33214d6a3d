package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision"
	"roomlift/provision/manifest"
	"roomlift/provision/webex"
	"roomlift/provision/webex/webextest"
	"roomlift/ratelimit"
	"roomlift/report/results"
)

func TestTheFlagsOfTheRateReachTheLimiter(t *testing.T) {
	f := &jobFlags{Workers: 7, MaxRate: 2.5, Reserve: 20}
	assert.Equal(t, ratelimit.Config{Workers: 7, MaxRate: 2.5, Reserve: 0.2}, f.limits())
	assert.InDelta(t, 2.5, f.newLimiter().Stats().Rate, 1e-9, "the limiter is made of them")
}

// asked is the limiter of a job that has found out whose token it is, when an
// earlier one learned so much of that account's limit.
func asked(t *testing.T, f *jobFlags, learned ratelimit.Learned) *ratelimit.Adaptive {
	t.Helper()
	server := &webextest.Server{Me: webex.Person{ID: "ann"}}
	running := server.Start()
	defer running.Close()
	client, err := running.Client("token")
	require.NoError(t, err)
	defer client.Close()

	f.StateDir = t.TempDir()
	out := newOutput(&streams{err: &bytes.Buffer{}}, outputFlags{LogFormat: "text", LogLevel: "info"})
	to := &target{name: client.Host(), client: client}
	text, err := json.Marshal(learned)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(f.memoryOf(out, to, webex.Person{ID: "ann"}).path, text, 0o600))

	records, err := results.Read(filepath.Join(t.TempDir(), "none.csv"))
	require.NoError(t, err)
	defer records.Close()
	m, err := manifest.Read(strings.NewReader("title\nA\n"), "rooms.csv", manifest.Options{})
	require.NoError(t, err)
	plan, err := newPlan(out, m, nil, records, to.name)
	require.NoError(t, err)
	limiter := f.newLimiter()
	engine := provision.New(provision.Config{Client: client, Limiter: limiter})
	require.NoError(t, (&job{
		jobFlags: f, out: out, to: to, limiter: limiter, engine: engine, plan: plan, records: records,
	}).complete(t.Context()))
	return limiter
}

// given counts the turns that a limiter gives in a time, to requests that are
// accepted at once.
func given(ctx context.Context, limiter *ratelimit.Adaptive, d time.Duration) (n int) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	for ; ; n++ {
		turn, err := limiter.Wait(ctx)
		if err != nil {
			return n
		}
		turn.Accepted()
	}
}

func TestAJobStartsAtTheRateThatAnEarlierOneLearned(t *testing.T) {
	for name, c := range map[string]struct {
		flags jobFlags
		want  float64 // requests in the first second
	}{
		"all of it":              {jobFlags{Workers: 16}, 200},
		"less what is reserved":  {jobFlags{Workers: 16, Reserve: 75}, 50},
		"but not above the most": {jobFlags{Workers: 16, MaxRate: 20}, 20},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				flags := c.flags
				limiter := asked(t, &flags, ratelimit.Learned{Rate: 200, Burst: 1, Sure: true, At: time.Now()})
				assert.InDelta(t, c.want, float64(given(t.Context(), limiter, time.Second)), 0.1*c.want)
			})
		})
	}
}
