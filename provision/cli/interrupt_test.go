//go:build unix

package cli_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestATokenIsReadFromAFileOrAPipeAndNoFurtherThanATokenGoes(t *testing.T) {
	n := newNight(t, "title\nA\n")
	n.write("token", "A-first-access-token\n")
	n.write("long", strings.Repeat("x", 1<<20))
	require.NoError(t, os.Symlink("token", n.path("link")))
	for name, c := range map[string]struct {
		command string // of the shell
		code    int
		says    string
	}{
		"a file":                  {`roomlift whoami --token-file token`, 0, "Sandbox Admin"},
		"a link to one":           {`roomlift whoami --token-file link`, 0, "Sandbox Admin"},
		"a pipe":                  {`cat token | roomlift whoami --token-file /dev/stdin`, 0, "Sandbox Admin"},
		"a pipe with nothing":     {`true | roomlift whoami --token-file /dev/stdin`, 4, "the token file is empty"},
		"a device without an end": {`roomlift whoami --token-file /dev/zero`, 4, "/dev/zero is neither a file nor a pipe"},
		"a pipe without an end":   {`cat /dev/zero | roomlift whoami --token-file /dev/stdin`, 4, "/dev/stdin is too long for a token"},
		"a file that is too long": {`roomlift whoami --token-file long`, 4, "long is too long for a token"},
		"a folder":                {`roomlift whoami --token-file .`, 4, "neither a file nor a pipe"},
		"no file":                 {`roomlift whoami --token-file nowhere`, 4, "no such file"},
		"credentials of no end":   {`roomlift whoami --credentials /dev/zero`, 4, "not a regular file"},
		"credentials in a pipe":   {`cat webex.json | roomlift whoami --credentials /dev/stdin`, 4, "not a regular file"},
		"results without an end":  {`roomlift report /dev/zero`, 6, "not a regular file"},
	} {
		t.Run(name, func(t *testing.T) {
			code, stdout, stderr := n.start(t.Context(), []string{"sh", "-c", c.command})
			assert.Equal(t, c.code, code)
			assert.Contains(t, stdout+stderr, c.says)
		})
	}
}

func TestAPipeThatBringsNothingHoldsNoRunThatIsToldToStop(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ pipe, args string }{
		"a token":    {"token", "apply rooms.csv --token-file token"},
		"a manifest": {"input.csv", "apply input.csv --credentials webex.json"},
		"a check":    {"input.csv", "check input.csv"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := newNight(t, "title\nA\n")
			pipe := filepath.Join(n.dir, c.pipe)
			require.NoError(t, syscall.Mkfifo(pipe, 0o600))
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			opened := make(chan *os.File, 1)
			go func() {
				writer, _ := os.OpenFile(pipe, os.O_WRONLY, 0) // returns when the run reads
				opened <- writer
				stop()
			}()
			code, stdout, stderr := n.start(ctx, append([]string{"roomlift"}, strings.Fields(c.args)...))
			require.Equal(t, 3, code, stdout+stderr)
			require.NoError(t, (<-opened).Close())
			assert.Contains(t, stderr, "stopped: somebody, or the system, told it to stop (signal: terminated)")
			assert.Zero(t, n.server.Count())
		})
	}
	t.Run("nor beyond its deadline", func(t *testing.T) {
		n := newNight(t, "title\nA\n")
		require.NoError(t, syscall.Mkfifo(n.path("token"), 0o600))
		code, stdout, stderr := n.run("apply", n.path("rooms.csv"), "--token-file", n.path("token"), "--deadline", "200ms")
		assert.Equal(t, 3, code, stdout+stderr)
		assert.Contains(t, stderr, "the deadline of 200ms has passed")
	})
}

func TestADeadlineThatPassesWithoutANetworkSaysThatWebexDidNotAnswer(t *testing.T) {
	t.Parallel()
	n := newNight(t, "title\nA\n")
	n.write("token", "A-first-access-token\n")
	page := n.path("page.html")
	code, stdout, stderr := n.run("apply", n.path("rooms.csv"), "--token-file", n.path("token"),
		"--base-url", "http://127.0.0.1:1/v1", "--deadline", "2s", "--html", page)
	require.Equal(t, 3, code, stdout+stderr)
	const said = "the deadline of 2s has passed, and Webex did not answer: dial tcp 127.0.0.1:1: connect: connection refused"
	assert.Contains(t, stderr, "roomlift: stopped: "+said+"\nhint: check the network and the proxy, then run the same command again")
	assert.Contains(t, n.read("page.html"), "T"+said[1:])
}
