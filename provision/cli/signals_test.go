//go:build unix

package cli_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// impatience is more than any service manager waits between SIGTERM and
// SIGKILL, and four times the bound on requests in flight: a slow machine meets
// it, and a run that waits for a hanging server does not.
const impatience = 20 * time.Second

// TestSignals ends runs of the real program while the server hangs, and holds
// its results file against others.
func TestSignals(t *testing.T) {
	if testing.Short() {
		t.Skip("runs real processes for about 15 seconds")
	}
	t.Parallel()
	program := buildRoomlift(t)

	t.Run("SIGTERM ends a run although the server hangs", func(t *testing.T) {
		t.Parallel()
		h := hang(t, program, 20)
		h.run.signal(syscall.SIGTERM)
		require.Equal(t, end{code: 3}, h.run.wait(impatience), h.run.said(t))
		assert.Contains(t, h.run.said(t), "roomlift: stopped: ")
		assert.Contains(t, h.run.said(t), "next: run the same command again")
		statuses := h.statuses(t)
		assert.GreaterOrEqual(t, statuses["unknown"], flying)
		assert.Equal(t, 20, statuses["unknown"]+statuses["pending"], "what was not sent is pending again")
	})

	t.Run("a second signal ends it at once", func(t *testing.T) {
		t.Parallel()
		h := hang(t, program, 20)
		// How soon the first has been taken in cannot be seen from outside, and two
		// that come at once count as one.
		ended := false
		for deadline := time.Now().Add(patience); !ended && time.Now().Before(deadline); ended = h.run.within(50 * time.Millisecond) {
			h.run.signal(syscall.SIGINT)
		}
		require.True(t, ended)
		assert.Equal(t, end{code: -1, signal: syscall.SIGINT}, h.run.wait(patience),
			"a run that drains ends with an exit code")
		statuses := h.statuses(t)
		assert.GreaterOrEqual(t, statuses["sending"], flying, "the intents are there to be settled")
		assert.Less(t, statuses["sending"], 2*flying+4, "but no more than were about to be sent")
	})

	t.Run("a terminal that goes away ends it like SIGTERM, however often it says so", func(t *testing.T) {
		t.Parallel()
		if signal.Ignored(syscall.SIGHUP) {
			t.Skip("the tests were started with nohup, and so is what they start")
		}
		h := hang(t, program, 20)
		for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
			h.run.signal(syscall.SIGHUP)
			if h.run.within(50 * time.Millisecond) {
				break
			}
		}
		require.Equal(t, end{code: 3}, h.run.wait(impatience), h.run.said(t))
		assert.Contains(t, h.run.said(t), "roomlift: stopped: somebody, or the system, told it to stop (signal: hangup)")
		assert.Equal(t, 20, h.statuses(t)["unknown"]+h.statuses(t)["pending"])
	})

	t.Run("with nohup it goes on", func(t *testing.T) {
		t.Parallel()
		h := ready(t, program, 30)
		h.run = startProcess(t, "sh", filepath.Join(h.dir, "log"), append([]string{"-c", `trap "" HUP && exec "$0" "$@"`, program}, h.command("--max-rate", "20")...)...)
		h.await(t)
		h.run.signal(syscall.SIGHUP)
		require.Equal(t, end{code: 0}, h.run.wait(patience), h.run.said(t))
		assert.Equal(t, map[string]int{"created": 30}, h.statuses(t))
	})

	t.Run("it goes on although nobody hears what it says", func(t *testing.T) {
		t.Parallel()
		h := ready(t, program, 30)
		reader, writer, err := os.Pipe()
		require.NoError(t, err)
		require.NoError(t, reader.Close())
		summary := filepath.Join(h.dir, "summary.json")
		run := exec.Command(program, h.command("--log-level", "debug", "--summary", summary)...)
		run.Env, run.Stdout, run.Stderr = environment(h.dir), writer, writer
		require.NoError(t, errors.Join(run.Run(), writer.Close()))
		assert.Equal(t, map[string]int{"created": 30}, h.statuses(t))
		assert.FileExists(t, summary)
	})

	t.Run("a second run is refused at once and told who holds the file", func(t *testing.T) {
		t.Parallel()
		h := hang(t, program, 20)
		second := h.start(t, "second.log")
		require.Equal(t, end{code: 5}, second.wait(impatience), second.said(t))
		assert.Contains(t, second.said(t), "process "+strconv.Itoa(h.run.cmd.Process.Pid)+" on ")
		assert.Contains(t, second.said(t), "hint: ")
		assert.False(t, h.run.within(0), "the first run goes on")
		assert.GreaterOrEqual(t, h.statuses(t)["sending"], flying)
	})

	t.Run("a killed run leaves no page of an earlier one", func(t *testing.T) {
		t.Parallel()
		h := ready(t, program, flying, "--fault=hang+made=1")
		page := filepath.Join(h.dir, "page.html")
		require.NoError(t, os.WriteFile(page, []byte("All 3 rooms exist"), 0o600))
		h.run = startProcess(t, program, filepath.Join(h.dir, "log"), h.command("--html", page)...)
		h.await(t)
		h.run.signal(syscall.SIGKILL)
		require.Equal(t, end{code: -1, signal: syscall.SIGKILL}, h.run.wait(patience))
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		assert.Contains(t, string(text), "has not ended yet")
		assert.NotContains(t, string(text), "All 3 rooms exist")
	})

	t.Run("what is left of a killed run says that it is not all", func(t *testing.T) {
		t.Parallel()
		h := hang(t, program, 20)
		h.run.signal(syscall.SIGKILL)
		require.Equal(t, end{code: -1, signal: syscall.SIGKILL}, h.run.wait(patience))
		page := filepath.Join(h.dir, "page.html")
		for name, c := range map[string]struct {
			flags []string
			said  string
		}{
			"summary": {nil, "rows that it has not begun are not among these\n"},
			"page":    {[]string{"-o", "-"}, "rooms that it has not come to are not on this page"},
			"log":     {[]string{"-o", page}, "rows that it has not begun are not among these"},
		} {
			told := startProcess(t, program, filepath.Join(h.dir, name), append([]string{"report", h.results}, c.flags...)...)
			require.Equal(t, end{code: 0}, told.wait(patience), told.said(t))
			assert.Equal(t, 1, strings.Count(told.said(t), c.said), told.said(t))
		}
	})

	t.Run("the lock of a killed run holds nobody, and what it had sent is adopted", func(t *testing.T) {
		t.Parallel()
		h := hang(t, program, flying)
		h.run.signal(syscall.SIGKILL)
		require.Equal(t, end{code: -1, signal: syscall.SIGKILL}, h.run.wait(patience))
		require.FileExists(t, h.results+".lock")
		next := h.start(t, "next.log")
		require.Equal(t, end{code: 0}, next.wait(patience), next.said(t))
		assert.Equal(t, map[string]int{"adopted": flying}, h.statuses(t))
	})
}

// hung is a run whose requests are all carried out and never answered.
type hung struct {
	program, dir, results, base string
	run                         *process
}

// flying is how many requests are on their way before any is answered, at least:
// a limiter that knows nothing yet lets few out.
const flying = 3

// hang starts a run of so many rows, at least flying, and waits until as many are
// on their way.
func hang(t *testing.T, program string, rows int) *hung {
	t.Helper()
	h := ready(t, program, rows, "--fault=hang+made=1")
	h.run = h.start(t, "first.log")
	h.await(t)
	return h
}

// ready prepares a run of so many rows.
func ready(t *testing.T, program string, rows int, faults ...string) *hung {
	t.Helper()
	cloud := startCloud(t, program, append([]string{"--limit=none", "--latency=0s"}, faults...)...)
	h := &hung{program: program, dir: t.TempDir(), base: cloud.base}
	h.results = filepath.Join(h.dir, "rooms.results.csv")
	manifest := "title\n"
	for i := range rows {
		manifest += fmt.Sprintf("Room %d\n", i)
	}
	require.NoError(t, os.WriteFile(filepath.Join(h.dir, "rooms.csv"), []byte(manifest), 0o600))
	return h
}

// await waits until requests are on their way.
func (h *hung) await(t *testing.T) {
	t.Helper()
	require.Eventually(t, func() bool {
		rooms, err := listRooms(h.base + "/rooms")
		return err == nil && len(rooms) >= flying
	}, patience, 20*time.Millisecond)
}

func (h *hung) start(t *testing.T, log string) *process {
	t.Helper()
	return startProcess(t, h.program, filepath.Join(h.dir, log), h.command()...)
}

// command is what the program is told.
func (h *hung) command(more ...string) []string {
	return append([]string{"apply", filepath.Join(h.dir, "rooms.csv"), "--base-url", h.base, "--no-progress"}, more...)
}

// statuses counts the rows in the results file by status.
func (h *hung) statuses(t *testing.T) map[string]int {
	t.Helper()
	records, err := readRecords(h.results)
	require.NoError(t, err)
	count := map[string]int{}
	for _, r := range lastOf(records) {
		count[strings.TrimSpace(r["status"])]++
	}
	return count
}
