package cli_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"roomlift/provision/webex/webextest"
)

// night is a machine on which nobody is awake: a Webex whose tokens expire, a
// monitor, a folder, and an environment with nothing in it.
type night struct {
	t      *testing.T
	dir    string
	server *webextest.Server
	base   string
	env    []string
	cwd    string

	mu    sync.Mutex
	pings []ping
}

// ping is what the monitor was told.
type ping struct{ path, query, body string }

func newNight(t *testing.T, rows string) *night {
	t.Helper()
	n := &night{t: t, dir: t.TempDir()}
	n.cwd = n.dir
	n.server = &webextest.Server{Integration: &webextest.Integration{
		ClientID: "C-client-id", ClientSecret: "S-client-secret", AccessToken: "A-first-access-token",
		RefreshToken: "R-first-refresh-token", Rotate: true,
	}}
	cloud := httptest.NewServer(n.server)
	t.Cleanup(cloud.Close)
	monitor := httptest.NewServer(http.HandlerFunc(n.monitor))
	t.Cleanup(monitor.Close)
	n.base = cloud.URL + "/v1"
	n.env = []string{
		"PATH=" + os.Getenv("PATH"), "WEBEX_BASE_URL=" + n.base,
		"ROOMLIFT_PING_URL=" + monitor.URL + "/P-ping-key?tag=nightly",
	}
	n.write("rooms.csv", rows)
	n.write("webex.json", `{"client_id": "C-client-id", "client_secret": "S-client-secret",
		"refresh_token": "R-first-refresh-token", "access_token": "A-first-access-token"}`)
	return n
}

func (n *night) monitor(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.pings = append(n.pings, ping{r.URL.Path, r.URL.RawQuery, string(body)})
	_, _ = w.Write([]byte("OK"))
}

func (n *night) path(name string) string { return filepath.Join(n.dir, name) }

func (n *night) write(name, text string) {
	n.t.Helper()
	require.NoError(n.t, os.WriteFile(n.path(name), []byte(text), 0o600))
}

func (n *night) read(name string) string {
	n.t.Helper()
	text, err := os.ReadFile(n.path(name))
	require.NoError(n.t, err)
	return string(text)
}

// run runs the program in a process of its own and returns its exit code.
func (n *night) run(args ...string) (code int, stdout, stderr string) {
	n.t.Helper()
	return n.start(n.t.Context(), append([]string{"roomlift"}, args...))
}

// start runs a command; it is told to stop when ctx ends.
func (n *night) start(ctx context.Context, command []string) (code int, stdout, stderr string) {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	program := exec.CommandContext(ctx, command[0], command[1:]...)
	var out, err bytes.Buffer
	program.Env, program.Dir, program.Stdout, program.Stderr = n.env, n.cwd, &out, &err
	program.Cancel = func() error { return program.Process.Signal(syscall.SIGTERM) }
	fault := program.Run()
	var exit *exec.ExitError
	if !errors.As(fault, &exit) && ctx.Err() == nil {
		require.NoError(n.t, fault)
	}
	return program.ProcessState.ExitCode(), out.String(), err.String()
}

// kill runs the program until ctx ends, and then kills it.
func (n *night) kill(ctx context.Context, args ...string) {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	program := exec.CommandContext(ctx, "roomlift", args...)
	program.Env, program.Dir = n.env, n.cwd
	require.Error(n.t, program.Run())
}

// watched are the flags of a run that everybody is told of.
func (n *night) watched(more ...string) []string {
	return append([]string{
		"apply", n.path("rooms.csv"), "--credentials", n.path("webex.json"),
		"--summary", n.path("summary.json"), "--metrics", n.path("roomlift.prom"),
		"--html", n.path("page.html"), "--state-dir", n.path("state"),
	}, more...)
}

// faults decides what goes wrong from now on.
func (n *night) faults(plan func(webextest.FaultRequest) webextest.Fault) {
	n.server.Change(func(s *webextest.Server) { s.Faults = plan })
}

// revoke ends all access tokens, and lets nobody renew them unless it is taken
// back.
func (n *night) revoke(revoked bool) {
	n.server.Change(func(s *webextest.Server) {
		integration := *s.Integration
		integration.Revoked = revoked
		s.Integration = &integration
	})
	n.server.ExpireTokens()
}

// told returns what the monitor was told since it was last asked.
func (n *night) told() []ping {
	n.mu.Lock()
	defer n.mu.Unlock()
	told := n.pings
	n.pings = nil
	return told
}

// manifestOf is a manifest of so many rooms.
func manifestOf(rows int) string {
	var b strings.Builder
	b.WriteString("title\n")
	for i := range rows {
		fmt.Fprintf(&b, "Room %d\n", i+1)
	}
	return b.String()
}
