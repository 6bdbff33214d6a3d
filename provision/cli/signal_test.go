//go:build unix

package cli_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision/webex/webextest"
	"roomlift/report/results"
)

func TestASecondSignalEndsTheProgramAtOnce(t *testing.T) {
	run := startHanging(t)
	require.NoError(t, run.Process.Signal(syscall.SIGINT))
	line, err := bufio.NewReader(run.stderr).ReadString('\n')
	require.NoError(t, err)
	require.Contains(t, line, "stopping")
	require.NoError(t, run.Process.Signal(syscall.SIGINT))

	var exit *exec.ExitError
	require.ErrorAs(t, run.Wait(), &exit)
	status, ok := exit.Sys().(syscall.WaitStatus)
	require.True(t, ok)
	assert.Equal(t, syscall.SIGINT, status.Signal(), "it ended by the signal")
	assert.Equal(t, []results.Status{results.Sending}, run.recorded(t), "the next run settles it")
}

// The bound is the engine's own; a service manager waits no longer than 10 to
// 30 seconds between SIGTERM and SIGKILL.
func TestARunThatHangsEndsByItselfAfterASignal(t *testing.T) {
	t.Parallel()
	run := startHanging(t)
	require.NoError(t, run.Process.Signal(syscall.SIGTERM))
	_, err := io.Copy(io.Discard, run.stderr)
	require.NoError(t, err)

	var exit *exec.ExitError
	require.ErrorAs(t, run.Wait(), &exit)
	assert.Equal(t, 3, exit.ExitCode())
	assert.Equal(t, []results.Status{results.Unknown}, run.recorded(t), "the next run settles it")
}

// hangingRun is a run in a process of its own whose only request is never
// answered.
type hangingRun struct {
	*exec.Cmd
	stderr  io.Reader
	results string
}

// startHanging returns when the request has arrived.
func startHanging(t *testing.T) *hangingRun {
	t.Helper()
	asked := make(chan struct{}, 1)
	server := httptest.NewServer(&webextest.Server{Faults: func(r webextest.FaultRequest) webextest.Fault {
		if r.Method != http.MethodPost {
			return webextest.Fault{}
		}
		asked <- struct{}{}
		return webextest.Fault{Kind: webextest.Hang}
	}})
	t.Cleanup(server.Close)
	manifest := filepath.Join(t.TempDir(), "rooms.csv")
	require.NoError(t, os.WriteFile(manifest, []byte("title\nA\n"), 0o600))

	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	run := &hangingRun{
		Cmd:     exec.CommandContext(ctx, "roomlift", "apply", manifest, "--base-url", server.URL+"/v1"),
		results: strings.TrimSuffix(manifest, ".csv") + ".results.csv",
	}
	run.Env = append(os.Environ(), "WEBEX_ACCESS_TOKEN=any")
	var err error
	run.stderr, err = run.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, run.Start())
	<-asked
	return run
}

// recorded returns what the results file says of the rows.
func (r *hangingRun) recorded(t *testing.T) (statuses []results.Status) {
	t.Helper()
	file, err := results.Open(r.results, results.Options{})
	require.NoError(t, err, "the lock is free, and the file is whole")
	defer func() { assert.NoError(t, file.Close()) }()
	for record := range file.All() {
		statuses = append(statuses, record.Status)
	}
	return statuses
}
