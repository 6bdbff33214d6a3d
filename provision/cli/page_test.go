package cli_test

import (
	"html"
	"net/http"
	"os"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision/webex/webextest"
)

// page is the text of the page as it is read, and nothing but what a run left there.
func (n *night) page() string {
	n.t.Helper()
	text := n.read("page.html")
	text, _, _ = strings.Cut(text, `<script type="application/json"`)
	_, text, _ = strings.Cut(text, "</style>")
	text = regexp.MustCompile(`<[^>]*>`).ReplaceAllString(text, " ")
	return strings.Join(strings.Fields(html.UnescapeString(text)), " ")
}

// sunday is what stands in the page that a good run of the night before left.
const sunday = "All 3 rooms exist, created in"

func TestEveryEndingWritesThePage(t *testing.T) {
	const rows = "title,isLocked,teamId\nA,,\nB,,\nC,,\n"
	for name, c := range map[string]struct {
		prepare func(*night)
		flags   []string
		code    int
		want    []string
		not     []string
	}{
		"0, with nothing to do": {
			want: []string{"Nothing to do: all 3 rooms exist already."},
			not:  []string{"What to do next", "The command, for whoever runs Roomlift:"},
		},
		"1, with a row that failed": {
			prepare: func(n *night) { n.write("rooms.csv", rows+"D,,no-such-team\n") },
			code:    1,
			want: []string{
				"3 of 4 rooms exist; 1 failed.", "What to do next: Correct what failed and run the same command again; rooms that exist are left alone.",
				"The command, for whoever runs Roomlift: roomlift apply ", "What failed, and what to do", "row 4",
			},
		},
		"2, with a faulty manifest": {
			prepare: func(n *night) { n.write("rooms.csv", "title,isLocked\nA,maybe\nB,perhaps\nC,\n") },
			code:    2,
			want: []string{
				"The run could not begin, and no room was created; earlier runs left 3 rooms.", "Why: The manifest has 2 faults.",
				"What to do next: Correct the manifest, or create the good rows alone with --skip-invalid.",
				"rooms.csv, line 2 isLocked \"maybe\" is neither true nor false", "rooms.csv, line 3 isLocked \"perhaps\"", "Write true or false",
				"3 rooms in the results file", "3 existed before",
			},
		},
		"2, with more rooms than were allowed": {
			prepare: func(n *night) { n.write("rooms.csv", rows+"D,,\n") },
			flags:   []string{"--max-create", "0"}, code: 2,
			want: []string{"3 of 4 rooms exist from before, 1 was not tried.", "1 room would be created, --max-create allows 0", "See what would be created with roomlift plan"},
		},
		"2, with a flag that makes no sense": {
			flags: []string{"--workers", "0"}, code: 2,
			want: []string{"The run could not begin", "workers: \"0\" is not a whole number from 1 to 10,000", "What to do next: Correct the flag"},
		},
		"2, with files that cannot be written": {
			flags: []string{"--summary", "no/such/folder"}, code: 2,
			want: []string{"The run could not begin", "Why: The summary cannot be written", "Name another file with --summary"},
		},
		"3, at its deadline": {
			prepare: func(n *night) { n.write("rooms.csv", rows+"D,,\n") },
			flags:   []string{"--deadline", "1ns"}, code: 3,
			want: []string{"The run could not begin", "he deadline of 1ns has passed", "What to do next: Run the same command again"},
		},
		"3, with too many failures": {
			prepare: func(n *night) { n.write("rooms.csv", "title,teamId\nA,\nD,no-such-team\nE,\n") },
			flags:   []string{"--max-failures", "1", "--workers", "1"}, code: 3,
			want: []string{
				"The run stopped early: 1 of 3 rooms exists; 1 failed and 1 was not tried.", "Why it stopped: Too many rows failed: 1, and at 1 the run was to stop.",
				"What to do next: Correct what failed and run the same command again",
			},
		},
		"4, without a token": {
			prepare: func(n *night) { n.write("webex.json", "{}") },
			code:    4,
			want:    []string{"The run could not begin, and no room was created; 3 of 3 rooms exist from before.", "the credentials file cannot be used", "3 rooms in the manifest"},
		},
		"4, with a token that is refused": {
			prepare: func(n *night) { n.write("rooms.csv", rows+"D,,\n"); n.revoke(true) },
			code:    4,
			want:    []string{"3 of 4 rooms exist from before, 1 was not tried", "Webex does not renew the token", "What to do next: The refresh token has expired or was revoked: authorise the integration"},
		},
		"4, in mid-run": {
			prepare: func(n *night) {
				n.write("rooms.csv", rows+strings.TrimPrefix(manifestOf(0), "title\n")+"D,,\nE,,\n")
				n.faults(func(r webextest.FaultRequest) webextest.Fault {
					if r.Title == "E" {
						n.revoke(true)
						return webextest.Fault{Kind: webextest.ErrorAnswer, Status: http.StatusUnauthorized}
					}
					return webextest.Fault{}
				})
			},
			flags: []string{"--workers", "1"}, code: 4,
			want: []string{"The run stopped early: 4 of 5 rooms exist; 1 was not tried.", "Why it stopped: ", "authorise the integration"},
		},
		"6, with a damaged results file": {
			prepare: func(n *night) { n.write("rooms.results.csv", "not,ours\n1,2\n") },
			code:    6,
			want:    []string{"The run could not begin, and no room was created.", "rooms.results.csv", "The results file cannot be read, so this page does not list the rooms."},
			not:     []string{"3 of 3"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := newNight(t, rows)
			code, stdout, stderr := n.run(n.watched()...)
			require.Zero(t, code, stdout+stderr)
			require.Contains(t, n.page(), sunday)
			if c.prepare != nil {
				c.prepare(n)
			}
			code, stdout, stderr = n.run(n.watched(c.flags...)...)
			require.Equal(t, c.code, code, stdout+stderr)
			text := n.page()
			assert.NotContains(t, text, sunday, "yesterday's page is gone")
			for _, want := range c.want {
				assert.Contains(t, text, want)
			}
			for _, not := range c.not {
				assert.NotContains(t, text, not)
			}
			assert.NotContains(t, text, "P-ping-key")
		})
	}
}

func TestAPageThatCannotBeWrittenIsFoundOutBeforeAnythingIsSent(t *testing.T) {
	n := newNight(t, "title\nA\n")
	require.NoError(t, os.WriteFile(n.path("file"), nil, 0o600))
	for _, path := range []string{n.path("no/such/page.html"), n.path("file/page.html"), n.dir, n.path("rooms.results.csv")} {
		code, stdout, stderr := n.run("apply", n.path("rooms.csv"), "--credentials", n.path("webex.json"), "--html", path)
		assert.Equal(t, 2, code, stdout)
		assert.Contains(t, stderr, "the page cannot be written")
		assert.Contains(t, stderr, "hint: nothing was sent; name another file with --html")
	}
	assert.Zero(t, n.server.Counts().Requests)
}

func TestAPageThatCannotBeWrittenAtTheEndFailsTheRun(t *testing.T) {
	n := newNight(t, "title\nA\n")
	require.NoError(t, os.Mkdir(n.path("pages"), 0o700))
	n.faults(func(r webextest.FaultRequest) webextest.Fault {
		if r.Method == http.MethodPost {
			_ = os.RemoveAll(n.path("pages"))
		}
		return webextest.Fault{}
	})
	args := n.watched()
	for i, arg := range args {
		if arg == n.path("page.html") {
			args[i] = n.path("pages/page.html")
		}
	}
	code, stdout, stderr := n.run(args...)
	assert.Equal(t, 1, code, stdout)
	assert.Contains(t, stderr, "roomlift: the page could not be written: ")
	assert.Equal(t, 1, n.summary().ExitCode)
	assert.Equal(t, 1, n.server.Count(), "the room is there, and recorded")
	for _, file := range n.summary().Files {
		assert.NotEqual(t, "page", file.Kind)
	}
}

func TestTheTruthIsTheSameEverywhere(t *testing.T) {
	n := newNight(t, "title,teamId\nA,\nB,no-such-team\nC,\nD,\n")
	code, stdout, stderr := n.run(n.watched("--max-failures", "1", "--workers", "1")...)
	require.Equal(t, 3, code)
	const next = "correct what failed and run the same command again; rooms that exist are left alone"
	assert.Contains(t, stdout, "4 rows: 1 created, 1 failed, 2 not tried\n")
	assert.Contains(t, stdout, "\nnext: "+next+"\n")
	assert.Contains(t, stderr, "roomlift: too many rows failed: 1, and at 1 the run was to stop\n")
	assert.NotContains(t, stderr, "hint:", "it was said")
	assert.Contains(t, n.page(), "What to do next: C"+next[1:]+".")
	s := n.summary()
	assert.Equal(t, next, s.Next)
	assert.Equal(t, next, s.Hint)

	code, stdout, stderr = n.run(n.watched("--max-failures", "1", "--workers", "1", "--quiet")...)
	require.Equal(t, 3, code)
	assert.Empty(t, stdout)
	assert.Contains(t, stderr, "hint: "+next+"\n", "it was not said elsewhere")

	n.env = append(n.env, "TZ=UTC")
	code, stdout, _ = n.run("report", n.path("rooms.results.csv"))
	require.Zero(t, code)
	assert.Contains(t, stdout, "4 rows: 1 created, 1 failed, 2 not tried\n")
	assert.Contains(t, stdout, s.Rows.Causes[0].Cause)
	assert.Contains(t, stdout, "next: correct what failed and run roomlift apply again, with the same manifest and results file;")
}

func TestThePageOfARunThatIsKilledDoesNotTellOfTheOneBefore(t *testing.T) {
	n := newNight(t, "title\nA\nB\nC\n")
	code, stdout, stderr := n.run(n.watched()...)
	require.Zero(t, code, stdout+stderr)
	require.Contains(t, n.page(), sunday)

	n.write("rooms.csv", "title\nA\nB\nC\nD\n")
	var meanwhile string
	n.faults(func(r webextest.FaultRequest) webextest.Fault {
		if r.Method == http.MethodPost {
			meanwhile = n.page()
		}
		return webextest.Fault{}
	})
	code, stdout, stderr = n.run(n.watched()...)
	require.Zero(t, code, stdout+stderr)
	assert.Regexp(t, `A run began on \d+ \w+ \d{4} \d\d:\d\d UTC, and has not ended yet\.`, meanwhile)
	assert.Contains(t, meanwhile, "run the same command again; no room is created twice")
	assert.NotContains(t, meanwhile, sunday)
	assert.Contains(t, n.page(), "All 4 rooms exist: 1 was created")
}

func TestAPageThatGoesIntoAPipeIsWrittenOnce(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("/dev/stdout is of Unix")
	}
	n := newNight(t, "title\nA\n")
	code, stdout, stderr := n.run("apply", n.path("rooms.csv"), "--credentials", n.path("webex.json"), "--html", "/dev/stdout", "--quiet")
	require.Zero(t, code, stderr)
	assert.Equal(t, 1, strings.Count(stdout, "<!doctype html>"))
	assert.Contains(t, stdout, "The room exists, created in")
}
