package cli_test

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision/cli"
)

// TestNoOutputTakesThePlaceOfAFileThatIsNeeded names, with each flag that writes
// a file, each file that a run needs, under each name that leads to it.
func TestNoOutputTakesThePlaceOfAFileThatIsNeeded(t *testing.T) {
	n := newNight(t, "title\nA\n")
	code, stdout, stderr := n.run(n.watched()...)
	require.Zero(t, code, stdout+stderr)
	require.NoError(t, os.MkdirAll(n.path("state"), 0o700))
	n.write("state/limit-0123456789abcdef.json", "{}")
	n.write("rooms.results.csv.torn-20260102T030405.678", "what was cut off")
	n.write("webex.json.lock", "")
	n.write("fresh.csv", "title\nB\n")
	require.NoError(t, os.Symlink("rooms.results.csv", n.path("latest.csv")))

	forReport := map[string]string{
		"the results file":           "rooms.results.csv",
		"its lock, with the seal":    "rooms.results.csv.lock",
		"its next version":           "rooms.results.csv.tmp",
		"a copy of what was torn":    "rooms.results.csv.torn-20260102T030405.678",
		"a roundabout name of it":    "state/../rooms.results.csv.lock",
		"the name of a link's lock":  "latest.csv.lock",
		"what a link to it leads to": "latest.csv",
	}
	forApply := map[string]string{
		"the manifest":             "rooms.csv",
		"the credentials":          "webex.json",
		"the credentials' lock":    "webex.json.lock",
		"what was learned":         "state/limit-0123456789abcdef.json",
		"what may be learned":      "state/limit-fedcba9876543210.json",
		"a lock that is not there": "fresh.results.csv.lock",
	}
	before := map[string]string{}
	for _, files := range []map[string]string{forReport, forApply} {
		for what, name := range maps.Clone(files) {
			path := n.path(name)
			if text, err := os.ReadFile(path); err == nil {
				before[path] = string(text)
				entry, err := os.Lstat(path)
				require.NoError(t, err)
				// To replace another name of a copy or of a state loses neither.
				if entry.Mode().IsRegular() && !strings.Contains(what, "torn") && !strings.Contains(what, "learned") {
					hard := n.path(strings.ReplaceAll(what, " ", "-") + ".hard")
					require.NoError(t, os.Link(path, hard))
					files["a hard link to "+what] = filepath.Base(hard)
				}
			}
			for _, extension := range []string{".csv", ".xlsx"} {
				soft := n.path(strings.ReplaceAll(what, " ", "-") + ".soft" + extension)
				require.NoError(t, os.Symlink(path, soft))
				files["a link, "+extension+", to "+what] = filepath.Base(soft)
			}
		}
	}

	refuse := func(t *testing.T, args ...string) {
		t.Helper()
		var stdout, stderr bytes.Buffer
		code := cli.Main(args, strings.NewReader(""), &stdout, &stderr)
		assert.Equal(t, 2, code, "%s%s", &stdout, &stderr)
		assert.Regexp(t, "it would replace|would overwrite", stderr.String())
	}
	apply := func(manifest, flag, name string) []string {
		return []string{
			"apply", manifest, "--base-url", n.base, "--state-dir", n.path("state"),
			"--credentials", n.path("webex.json"), flag, n.path(name),
		}
	}
	for what, name := range forReport {
		t.Run("report -o "+what, func(t *testing.T) { refuse(t, "report", n.path("latest.csv"), "-o", n.path(name)) })
	}
	t.Run("report -o the manifest, though nobody named it", func(t *testing.T) {
		refuse(t, "report", n.path("rooms.results.csv"), "-o", n.path("rooms.csv"))
	})
	for flag, extension := range map[string]string{
		"--summary": "", "--metrics": "", "--html": "", "--annotate": ".xlsx", "--failures": ".csv",
	} {
		for what, name := range forReport {
			if !strings.HasSuffix(name, extension) {
				continue
			}
			if extension != "" {
				t.Run("report "+flag+" "+what, func(t *testing.T) {
					refuse(t, "report", n.path("latest.csv"), "--manifest", n.path("rooms.csv"), flag, n.path(name))
				})
			}
			t.Run(flag+" "+what, func(t *testing.T) {
				refuse(t, append(apply(n.path("rooms.csv"), flag, name), "--results", n.path("latest.csv"))...)
			})
		}
		for what, name := range forApply {
			if !strings.HasSuffix(name, extension) {
				continue
			}
			manifest := n.path("rooms.csv")
			if strings.Contains(what, "not there") {
				manifest = n.path("fresh.csv")
			}
			t.Run(flag+" "+what, func(t *testing.T) { refuse(t, apply(manifest, flag, name)...) })
		}
	}
	for path, text := range before {
		now, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, text, string(now), path)
	}
	assert.NoFileExists(t, n.path("fresh.results.csv.lock"))
	assert.Equal(t, 1, n.server.Count())
}

func TestTwoOutputsAreTwoFilesUnlessNothingIsReplaced(t *testing.T) {
	n := newNight(t, "title\nA\n")
	for _, flags := range [][]string{
		{"--summary", n.path("one"), "--metrics", n.path("one")},
		{"--summary", n.path("one"), "--html", filepath.Join(n.dir, ".", "one")},
		{"--metrics", n.path("one"), "--html", n.path("one")},
	} {
		code, _, stderr := n.run(append([]string{"apply", n.path("rooms.csv"), "--credentials", n.path("webex.json")}, flags...)...)
		assert.Equal(t, 2, code)
		assert.Contains(t, stderr, n.path("one"))
	}
	assert.Zero(t, n.server.Count())
}
