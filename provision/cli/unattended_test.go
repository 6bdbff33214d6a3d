package cli_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision/webex/webextest"
	"roomlift/report/results"
)

func TestEverybodyWhoWatchesIsToldHoweverARunEnds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rows    string
		prepare func(*night)
		flags   []string
		code    int
		unbegun bool // no row was looked at
	}{
		"well":                                    {rows: "title\nA\n"},
		"well, with nothing to do":                {rows: "title\nA\n", prepare: func(n *night) { n.run(n.watched()...); n.told() }},
		"with a row that failed":                  {rows: "title,teamId\nA,\nB,no-such-team\n", code: 1},
		"with a faulty manifest":                  {rows: "title\nA\nA\n", code: 2, unbegun: true},
		"with more rooms than were allowed":       {rows: "title\nA\nB\n", flags: []string{"--max-create", "1"}, code: 2, unbegun: true},
		"at its deadline":                         {rows: "title\nA\n", flags: []string{"--deadline", "1ns"}, code: 3, unbegun: true},
		"with too many failures":                  {rows: "title,teamId\nA,no-such-team\nB,\n", flags: []string{"--max-failures", "1", "--workers", "1"}, code: 3},
		"with a token that is refused":            {rows: "title\nA\n", prepare: func(n *night) { n.revoke(true) }, code: 4, unbegun: true},
		"with a token that cannot be renewed now": {rows: "title\nA\n", prepare: (*night).tireRenewal, code: 3, unbegun: true},
		"without a place for its results":         {rows: "title\nA\n", flags: []string{"--results", "no/such/folder.csv"}, code: 6, unbegun: true},
		"with a results file that is damaged":     {rows: "title\nA\n", prepare: func(n *night) { n.write("rooms.results.csv", "not,ours\n1,2\n") }, code: 6, unbegun: true},
	} {
		t.Run(name, func(t *testing.T) {
			n := newNight(t, c.rows)
			if c.prepare != nil {
				c.prepare(n)
			}
			code, stdout, stderr := n.run(n.watched(c.flags...)...)
			require.Equal(t, c.code, code, stdout+stderr)

			s := n.summary()
			assert.Equal(t, 1, s.SchemaVersion)
			assert.Equal(t, c.code, s.ExitCode)
			assert.NotEmpty(t, s.Meaning)
			assert.Equal(t, c.code == 0, s.Complete)
			assert.Equal(t, c.code > 1, s.Error != "", "the reason: %q", s.Error)
			assert.Equal(t, c.unbegun, s.Rows == nil)

			success := map[bool]string{true: "1", false: "0"}[c.code == 0]
			assert.Contains(t, n.read("roomlift.prom"), `roomlift_last_run_success{manifest="`+n.path("rooms.csv")+`"} `+success+"\n")

			pings := n.told()
			require.Len(t, pings, 2)
			assert.Equal(t, "/P-ping-key/start", pings[0].path)
			assert.Equal(t, map[bool]string{true: "/P-ping-key", false: "/P-ping-key/fail"}[c.code == 0], pings[1].path)
			assert.Equal(t, pings[0].query, pings[1].query, "both belong to one run")
			assert.Regexp(t, `^rid=[0-9a-f-]{36}&tag=nightly$`, pings[0].query)
			assert.Contains(t, pings[1].body, "exit code ")
			assert.NotContains(t, pings[1].body, "no-such-team", "counts alone leave the house")
		})
	}
}

func TestWhatAnEarlierRunLeftDoesNotPassForTheOutcomeOfOneThatIsKilled(t *testing.T) {
	t.Parallel()
	n := newNight(t, "title\nA\n")
	code, _, stderr := n.run(n.watched()...)
	require.Zero(t, code, stderr)
	yesterday := n.summary()
	assert.False(t, yesterday.UnderWay)
	assert.True(t, yesterday.Complete)
	assert.Contains(t, n.read("roomlift.prom"), `roomlift_last_run_under_way{manifest="`+n.path("rooms.csv")+`"} 0`+"\n")

	n.write("rooms.csv", "title\nA\nB\n")
	ctx, kill := context.WithCancel(t.Context())
	defer kill()
	n.faults(func(r webextest.FaultRequest) webextest.Fault {
		if r.Method == http.MethodPost {
			kill()
		}
		return webextest.Fault{}
	})
	n.server.Change(func(s *webextest.Server) { s.Latency = webextest.Latency{Min: time.Second} })
	n.kill(ctx, n.watched()...)
	s := n.summary()
	assert.True(t, s.UnderWay)
	assert.False(t, s.Complete)
	assert.Equal(t, 3, s.ExitCode)
	assert.Nil(t, s.Rows)
	assert.Contains(t, s.Next, "if no run is under way any more, run the same command again")
	metrics := n.read("roomlift.prom")
	assert.Contains(t, metrics, `roomlift_last_run_under_way{manifest="`+n.path("rooms.csv")+`"} 1`+"\n")
	assert.Contains(t, metrics, `roomlift_last_run_success{manifest="`+n.path("rooms.csv")+`"} 0`+"\n")
}

func TestARunThatMeetsAnotherOneLeavesItsFilesAndItsMonitorAlone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rows string
		code int
	}{
		"at the results file":                {"title\nA\n", 5},
		"with a manifest that became faulty": {"title\nA\nA\n", 2},
	} {
		t.Run(name, func(t *testing.T) {
			n := newNight(t, c.rows)
			n.lockResults()
			for _, name := range []string{"summary.json", "roomlift.prom", "page.html"} {
				n.write(name, "of the first run")
			}
			code, stdout, stderr := n.run(n.watched("--log-format", "json")...)
			require.Equal(t, c.code, code, stdout+stderr)
			for _, name := range []string{"summary.json", "roomlift.prom", "page.html"} {
				assert.Equal(t, "of the first run", n.read(name))
			}
			assert.Empty(t, n.told())
			assert.Contains(t, stderr, fmt.Sprintf(`"msg":"run ended","manifest":%q,"exitCode":%d`, n.path("rooms.csv"), c.code))
		})
	}
}

// lockResults holds the results file as a run that overlaps would.
func (n *night) lockResults() {
	file, err := results.Open(n.path("rooms.results.csv"), results.Options{})
	require.NoError(n.t, err)
	n.t.Cleanup(func() { assert.NoError(n.t, file.Close()) })
}

func TestARunThatIsToldToStopTellsItOn(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("signals are for unix")
	}
	t.Parallel()
	n := newNight(t, manifestOf(40))
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	n.faults(func(r webextest.FaultRequest) webextest.Fault {
		if r.Method == http.MethodPost && r.Number == 10 {
			stop()
		}
		return webextest.Fault{}
	})
	code, stdout, stderr := n.start(ctx, append([]string{"roomlift"}, n.watched()...))
	require.Equal(t, 3, code, stdout+stderr)
	s := n.summary()
	assert.Equal(t, 3, s.ExitCode)
	require.NotNil(t, s.Rows)
	assert.Positive(t, s.Rows.ByStatus["pending"])
	pings := n.told()
	require.Len(t, pings, 2)
	assert.Equal(t, "/P-ping-key/fail", pings[1].path)
}

func TestAReportThatCannotBeWrittenIsFoundOutBeforeAnythingIsSent(t *testing.T) {
	n := newNight(t, "title\nA\n")
	for _, flags := range [][]string{
		{"--summary", n.path("no/such/folder.json")},
		{"--metrics", n.dir},
		{"--metrics", n.path("rooms.csv")},
		{"--summary", n.path("rooms.results.csv")},
		{"--summary", n.path("webex.json")},
		{"--summary", n.path("one"), "--metrics", n.path("one")},
	} {
		code, _, stderr := n.run(append([]string{"apply", n.path("rooms.csv"), "--credentials", n.path("webex.json")}, flags...)...)
		assert.Equal(t, 2, code)
		assert.Contains(t, stderr, "cannot be written")
		assert.Contains(t, stderr, "hint: nothing was sent")
	}
	assert.Zero(t, n.server.Counts().Requests)
	assert.Equal(t, "title\nA\n", n.read("rooms.csv"))
	assert.Contains(t, n.read("webex.json"), "S-client-secret")
}

func TestWhatKeepsAManifestFromBeingReadIsToldApartFromWhatToDo(t *testing.T) {
	t.Parallel()
	n := newNight(t, "title\nA\n")
	require.NoError(t, os.Mkdir(n.path("folder.csv"), 0o700))
	for _, c := range []struct {
		manifest, reason, next string
		flags                  []string
	}{
		{"none.csv", "none.csv does not exist", "check the name, or write a new manifest with", nil},
		{"folder.csv", "is a folder, not a manifest", "name a file in it", nil},
		{"rooms.csv", `there is no encoding "foo"`, "use utf-8, ", []string{"--encoding", "foo"}},
		{"rooms.csv", "which is read as CSV", "leave the flag away", []string{"--sheet", "X"}},
	} {
		args := n.watched(c.flags...)
		args[1] = n.path(c.manifest)
		code, _, stderr := n.run(args...)
		require.Equal(t, 2, code, stderr)
		s := n.summary()
		assert.True(t, strings.HasSuffix(s.Error, c.reason), s.Error)
		assert.Contains(t, s.Hint, c.next)
		assert.Equal(t, s.Hint, s.Next)
		assert.Contains(t, n.read("page.html"), "What to do next:", "the page says it, too")
		assert.Contains(t, stderr, "\nhint: "+s.Hint+"\n")
	}
	code, _, stderr := n.run("whoami", "--credentials", n.path("none.json"))
	assert.Equal(t, 4, code)
	assert.Contains(t, stderr, "none.json: the credentials file does not exist\nhint: check the name")
}

func TestTheExitCodeTellsOfTheRoomsWhereNothingCanBePrinted(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("/dev/full is Linux's")
	}
	t.Parallel()
	for rows, want := range map[string]int{"title,teamId\nA,\n": 0, "title,teamId\nA,\nB,no-such-team\n": 1} {
		n := newNight(t, rows)
		onto := []string{"sh", "-c", `exec "$@" > /dev/full`, "sh", "roomlift"}
		code, _, stderr := n.start(t.Context(), append(onto, n.watched()...))
		assert.Equal(t, want, code, stderr)
		assert.Contains(t, stderr, "the summary cannot be printed")
		assert.Contains(t, stderr, "1 created")
		assert.Equal(t, want, n.summary().ExitCode)
		code, _, _ = n.start(t.Context(), append(onto, "check", n.path("rooms.csv")))
		assert.Equal(t, 1, code, "there was nothing else to do")
	}
}

func TestAMinimalEnvironmentIsEnough(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("it is made of Linux's parts")
	}
	t.Parallel()
	n := newNight(t, "title\nA\nVertrieb München\n東京営業部 🚀\n"+strings.TrimPrefix(manifestOf(30), "title\n"))
	n.env = []string{"PATH=" + os.Getenv("PATH"), "WEBEX_BASE_URL=" + n.base, "LANG=C"} // no HOME, no TERM
	n.cwd = "/proc"                                                                     // nobody can write there, not even root
	out := filepath.Join(n.dir, "out")
	require.NoError(t, os.Mkdir(out, 0o700))
	command := append(
		[]string{"sh", "-c", `ulimit -n 64 && exec "$@"`, "sh", "roomlift"},
		n.watched("--results", filepath.Join(out, "rooms.csv"))...,
	)
	code, stdout, stderr := n.start(t.Context(), command)
	require.Equal(t, 0, code, stdout+stderr)
	assert.Empty(t, stderr, "nothing to warn of")
	assert.NotContains(t, stdout, "\x1b")
	assert.Equal(t, 33, n.server.Count())

	before := n.server.Counts().Requests
	began := time.Now()
	code, stdout, stderr = n.start(t.Context(), append(command, "--quiet"))
	assert.Equal(t, 0, code)
	assert.Empty(t, stdout+stderr, "a run with nothing to do is quiet")
	assert.Equal(t, before, n.server.Counts().Requests, "and asks nobody")
	t.Logf("a run with nothing to do took %s", time.Since(began))
}

func TestAPlanSaysWhichFlagsItLeavesOut(t *testing.T) {
	n := newNight(t, "title\nA\n")
	for _, args := range [][]string{
		append([]string{"plan"}, n.watched()[1:]...),
		n.watched("--dry-run"),
		n.watched("--dry-run", "--quiet"),
	} {
		code, stdout, stderr := n.run(args...)
		require.Zero(t, code, stdout+stderr)
		assert.Equal(t, 1, strings.Count(stderr, "\n"), stderr)
		assert.Contains(t, stderr, `left out flags="--summary --metrics --html"`)
	}
	for _, name := range []string{"summary.json", "roomlift.prom", "page.html"} {
		assert.NoFileExists(t, n.path(name))
	}
	code, _, stderr := n.run("plan", n.path("rooms.csv"), "--credentials", n.path("webex.json"), "--ping-url", "https://hc.example/P-ping-key")
	require.Zero(t, code)
	assert.Contains(t, stderr, "left out flags=--ping-url")
	assert.NotContains(t, stderr, "P-ping-key")
	code, _, stderr = n.run("plan", n.path("rooms.csv"), "--credentials", n.path("webex.json"))
	require.Zero(t, code)
	assert.Empty(t, stderr, "the environment's URL is not this command's")
	assert.Empty(t, n.told())
}
