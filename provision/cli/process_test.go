//go:build unix

package cli_test

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// buildRoomlift builds the program as it is shipped and returns its path. The
// file lives as long as the test and its subtests.
func buildRoomlift(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "roomlift")
	output, err := exec.Command("go", "build", "-o", program, "roomlift").CombinedOutput()
	require.NoError(t, err, "%s", output)
	return program
}

// environment is what a process of its own gets: a token, a home that is the
// test's, and nothing of the machine's Webex.
func environment(home string) []string {
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "XDG_CACHE_HOME=" + home,
		"WEBEX_ACCESS_TOKEN=" + token, "GOTRACEBACK=all",
	}
}

// cloudProcess is a sandbox in a process of its own.
type cloudProcess struct {
	base string // base URL
	cmd  *exec.Cmd
	rest chan string // all that it says after its first line
}

// startCloud runs "roomlift sandbox" on a free port of loopback and waits until
// it listens. It is ended with the test, unless stop has ended it.
func startCloud(t testing.TB, program string, flags ...string) *cloudProcess {
	t.Helper()
	c := &cloudProcess{
		cmd:  exec.Command(program, append([]string{"sandbox", "--addr", "127.0.0.1:0"}, flags...)...),
		rest: make(chan string, 1),
	}
	c.cmd.Env = environment(t.TempDir())
	c.cmd.Stderr = os.Stderr
	out, err := c.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, c.cmd.Start())
	t.Cleanup(func() {
		_ = c.cmd.Process.Kill()
		_ = c.cmd.Wait()
	})
	lines := bufio.NewReader(out)
	line, err := lines.ReadString('\n')
	require.NoError(t, err)
	c.base = regexp.MustCompile(`http://127\.0\.0\.1:\d+/v1`).FindString(line)
	require.NotEmpty(t, c.base, "the sandbox does not say where it listens: %q", line)
	go func() {
		text, _ := io.ReadAll(lines)
		c.rest <- string(text)
	}()
	return c
}

// stop ends the sandbox as a person would and returns its last words.
func (c *cloudProcess) stop(t testing.TB) string {
	t.Helper()
	require.NoError(t, c.cmd.Process.Signal(syscall.SIGTERM))
	words := <-c.rest
	require.NoError(t, c.cmd.Wait())
	return words
}

// process is one run of the program.
type process struct {
	cmd   *exec.Cmd
	log   string        // file that holds all it says
	ended chan struct{} // closed when it is gone
	err   error         // of waiting for it
}

// startProcess runs the program; what it says goes to the file log.
func startProcess(t testing.TB, program, log string, args ...string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(program, args...), log: log, ended: make(chan struct{})}
	p.cmd.Env = environment(filepath.Dir(log))
	file, err := os.Create(log)
	require.NoError(t, err)
	p.cmd.Stdout, p.cmd.Stderr = file, file
	err = p.cmd.Start()
	require.NoError(t, errors.Join(err, file.Close()))
	go func() {
		defer close(p.ended)
		p.err = p.cmd.Wait()
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.ended
	})
	return p
}

// signal sends a signal; a process that has just ended by itself takes none.
func (p *process) signal(s syscall.Signal) { _ = p.cmd.Process.Signal(s) }

// within waits until the process has ended, d at most, and reports whether it
// has.
func (p *process) within(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-p.ended:
		return true
	case <-timer.C:
		return false
	}
}

// wait returns how the process ended. One that does not end within the bound
// is made to tell what its goroutines do, and ends with that.
func (p *process) wait(bound time.Duration) end {
	if !p.within(bound) {
		p.signal(syscall.SIGQUIT)
		<-p.ended
		return end{code: -1, overdue: true}
	}
	if status, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return end{code: -1, signal: status.Signal()}
	}
	return end{code: p.cmd.ProcessState.ExitCode()}
}

// said returns all that the process has said so far.
func (p *process) said(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile(p.log)
	require.NoError(t, err)
	return string(text)
}

// end is how a process ended: with an exit code, or by a signal.
type end struct {
	code    int // -1 when there is none
	signal  syscall.Signal
	overdue bool // it had to be ended by the test
}

func (e end) String() string {
	switch {
	case e.overdue:
		return "never"
	case e.signal != 0:
		return "by " + e.signal.String()
	}
	return "with exit code " + strconv.Itoa(e.code)
}
