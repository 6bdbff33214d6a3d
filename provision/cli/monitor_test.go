package cli_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestAMonitorThatHangsCostsAFewSeconds(t *testing.T) {
	t.Parallel()
	hang := make(chan struct{})
	monitor := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hang }))
	t.Cleanup(monitor.Close)
	t.Cleanup(func() { close(hang) })
	n := newNight(t, "title\nA\n")
	n.run(n.watched()...)
	n.env = append(n.env, "ROOMLIFT_PING_URL="+monitor.URL+"/P-ping-key")
	began := time.Now()
	code, stdout, stderr := n.run(n.watched("--quiet")...)
	assert.Zero(t, code, stdout+stderr)
	assert.Less(t, time.Since(began), 4*time.Second, "1 s for each ping")
	assert.Equal(t, 1, strings.Count(stderr, "\n"), stderr)
}

func TestAMonitorThatFailsOrHangsChangesNothing(t *testing.T) {
	t.Parallel()
	hang := make(chan struct{})
	hanging := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-hang:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(hanging.Close)
	t.Cleanup(func() { close(hang) })
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://elsewhere.example/", http.StatusFound)
	}))
	t.Cleanup(broken.Close)
	for name, c := range map[string]struct {
		url     string
		code    int
		warning string
	}{
		"nobody there":     {"http://127.0.0.1:1/P-ping-key", 0, "the monitor could not be told"},
		"no answer":        {hanging.URL + "/P-ping-key", 0, `of="start, success" reason="no answer in time"`},
		"another place":    {broken.URL + "/P-ping-key", 0, `of="start, success" reason="it answers 302 Found"`},
		"something else":   {"P-ping-key", 2, "the ping URL is not a URL"},
		"a file":           {"file:///P-ping-key", 2, "the ping URL is not a URL"},
		"bad percentages":  {"https://example.com/%zz/P-ping-key", 2, "the ping URL is not a URL"},
		"a bad port":       {"https://example.com:P-ping-key/", 2, "the ping URL is not a URL"},
		"a user, password": {"http://u:P-ping-key@127.0.0.1:1/", 0, "the monitor could not be told"},
	} {
		t.Run(name, func(t *testing.T) {
			n := newNight(t, "title\nA\n")
			n.env = append(n.env, "ROOMLIFT_PING_URL="+c.url)
			code, stdout, stderr := n.run(n.watched("--log-level", "debug")...)
			assert.Equal(t, c.code, code, stdout+stderr)
			assert.Contains(t, stderr, c.warning)
			assert.LessOrEqual(t, strings.Count(stderr, "monitor"), 1, "one warning: %s", stderr)
			assert.NotContains(t, stdout+stderr, "P-ping-key")
		})
	}
}
