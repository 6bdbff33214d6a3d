package cli_test

import (
	"archive/zip"
	"errors"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision/webex/webextest"
)

func TestNothingThatARunWritesHoldsASecret(t *testing.T) {
	t.Parallel()
	n := newNight(t, "title,teamId\n"+strings.TrimPrefix(strings.ReplaceAll(manifestOf(30), "\n", ",\n"), "title,\n")+"B,no-such-team\n")
	n.faults(func(r webextest.FaultRequest) webextest.Fault {
		if r.Method == http.MethodPost && r.Number == 10 {
			n.server.ExpireTokens()
		}
		return webextest.Fault{}
	})
	n.env = append(n.env, "WEBEX_ACCESS_TOKEN=W-token-of-the-environment")
	n.write("token", "F-token-of-the-file\n")

	var said strings.Builder
	for _, args := range [][]string{
		n.watched("--log-format", "json", "--log-level", "debug", "--adopt",
			"--annotate", n.path("annotated.xlsx"), "--failures", n.path("failures.csv")),
		n.watched("--log-level", "debug", "--results", n.path("again.csv")),
		{"plan", n.path("rooms.csv"), "--credentials", n.path("webex.json"), "--rows", "--log-level", "debug"},
		{"whoami", "--credentials", n.path("webex.json"), "--log-level", "debug"},
		{"whoami", "--token-file", n.path("token")}, // refused
		{"whoami"}, // refused
		{"--help"},
		{"apply", "--help"},
		{"plan", "--help"},
		{"whoami", "--help"},
		{"sandbox", "--help"},
		{"apply", n.path("rooms.csv"), "--no-such-flag"},
	} {
		_, stdout, stderr := n.run(args...)
		said.WriteString(strings.Join(args, " ") + "\n" + stdout + stderr) // the arguments of the process, too
	}
	n.revoke(true)
	_, stdout, stderr := n.run(n.watched("--results", n.path("revoked.csv"), "--log-level", "debug")...)
	said.WriteString(stdout + stderr)
	require.Contains(t, stderr, "does not renew")

	secrets := []string{
		"W-token-of-the-environment", "F-token-of-the-file", "S-client-secret", "R-first-refresh-token",
		"A-first-access-token", "access-1-", "access-2-", "refresh-1-", "refresh-2-", "P-ping-key",
	}
	require.Contains(t, n.read("webex.json"), "refresh-1-", "the test looks for what there is")
	files := n.written("webex.json", "token")
	files["what was said"] = said.String()
	require.Greater(t, len(files), 7, "state and page are there, too: %v", slices.Collect(maps.Keys(files)))
	require.Contains(t, files, "page.html")
	require.Contains(t, files, "summary.json")
	require.Contains(t, files, "roomlift.prom")
	require.Contains(t, files, "rooms.results.csv")
	for _, p := range n.told() {
		files["a ping's body"] += p.body
	}
	assertNoneIn(t, secrets, files)
}

// written returns what stands in the files of a night's folder, but for some.
func (n *night) written(but ...string) map[string]string {
	n.t.Helper()
	files := map[string]string{}
	require.NoError(n.t, filepath.WalkDir(n.dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() && !slices.Contains(but, entry.Name()) {
			name, _ := filepath.Rel(n.dir, path)
			files[name] = n.read(name)
			if filepath.Ext(name) == ".xlsx" {
				files[name] = unzipped(n.t, path)
			}
		}
		return err
	}))
	return files
}

// unzipped returns all the text that a workbook holds.
func unzipped(t *testing.T, path string) string {
	t.Helper()
	book, err := zip.OpenReader(path)
	require.NoError(t, err)
	defer book.Close()
	var all strings.Builder
	for _, part := range book.File {
		all.WriteString(part.Name + "\n")
		content, err := part.Open()
		require.NoError(t, err)
		_, err = io.Copy(&all, io.LimitReader(content, 1<<24))
		require.NoError(t, errors.Join(err, content.Close()))
	}
	return all.String()
}

func assertNoneIn(t *testing.T, secrets []string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		for _, secret := range secrets {
			assert.NotContains(t, text, secret, name)
		}
	}
}

func TestABaseURLThatIsRefusedIsNotRepeatedWithItsSecret(t *testing.T) {
	t.Parallel()
	n := newNight(t, "title\nA\n")
	for _, address := range []string{
		"https://bob:hunter44@127.0.0.1:7702/v1",
		"http://bob:pa/sswordhunter44@127.0.0.1:7702/v1",
		"http://bob:hunter44 x@127.0.0.1:7702/v1",
		"bob:hunter44@127.0.0.1:7702/v1",
		"https://127.0.0.1:hunter44/v1",
		"https://webexapis.com/v1?access_token=hunter44",
		"https://webexapis.com/v1#hunter44",
	} {
		code, stdout, stderr := n.run(n.watched("--base-url", address, "--log-level", "debug")...)
		require.Equal(t, 2, code, address)
		files := n.written("webex.json")
		files["what was said"] = stdout + stderr
		require.Contains(t, files, "page.html")
		require.Contains(t, files, "summary.json")
		assertNoneIn(t, []string{"hunter44"}, files)
	}
}

func TestATokenInPlaceOfAFilesNameIsNotRepeated(t *testing.T) {
	t.Parallel()
	n := newNight(t, "title\nA\n")
	const token, monitor = "Y2lzY29zcGFyazovL3Vz_PF84_hunter44", "https://hc.example/hunter44"
	watched := slices.Clip(slices.DeleteFunc(n.watched(), func(arg string) bool { return arg == "--credentials" || arg == n.path("webex.json") }))
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{append(watched, "--token-file", token), 4, "does not exist\nhint: it takes the name of a file, not the token itself"},
		{append(watched, "--token-file="+token), 4, "the file named with --token-file does not exist"},
		{append(watched, "--credentials", token), 4, "the file named with --credentials does not exist"},
		{append(watched, "--token", token), 2, "hint: a token goes into WEBEX_ACCESS_TOKEN, or into a file that --token-file names"},
		{append(watched, "--access-token="+token), 2, "there is no flag --access-token\n"},
		{append(watched, token), 2, "unexpected argument …"},
		{append(watched, monitor), 2, "unexpected argument …"},
		{append(watched, "--log-level", token), 2, "--log-level must be one of"},
		{[]string{"apply", token, "--html", n.path("page.html")}, 2, "no file has the name that stands for MANIFEST"},
		{[]string{"check", monitor}, 2, "no file has the name that stands for MANIFEST"},
		{[]string{"report", token}, 2, "no file has the name that stands for RESULTS"},
		{[]string{"whoami", "--token-file", token}, 4, "does not exist"},
	} {
		code, stdout, stderr := n.run(append([]string{"--log-level", "debug"}, c.args...)...)
		assert.Equal(t, c.code, code, stderr)
		assert.Contains(t, stderr, c.says)
		files := n.written("webex.json")
		files["what was said"] = stdout + stderr
		assertNoneIn(t, []string{"hunter44"}, files)
	}
	require.FileExists(t, n.path("page.html"))
}

func TestNoSecretIsWrittenThatTheServerRepeats(t *testing.T) {
	t.Parallel()
	n := newNight(t, "title\ntold in JSON\ntold on a page\ntold by a redirect\ntold to wait\ntold in an id\ntold in a lost answer\nquiet\n")
	gossip := &echo{webex: n.server}
	cloud := httptest.NewServer(gossip)
	t.Cleanup(cloud.Close)
	n.env[1] = "WEBEX_BASE_URL=" + cloud.URL + "/v1"
	n.server.ExpireTokens() // so that all of it is heard before the first room

	var said strings.Builder
	for _, args := range [][]string{
		n.watched("--log-format", "json", "--log-level", "debug", "--deadline", "3s"),
		n.watched("--log-level", "debug", "--deadline", "3s",
			"--annotate", n.path("annotated.xlsx"), "--failures", n.path("failures.csv")),
		{"plan", n.path("rooms.csv"), "--credentials", n.path("webex.json"), "--rows", "--log-level", "debug"},
		{"report", n.path("rooms.results.csv")},
		{"report", n.path("rooms.results.csv"), "-o", n.path("report.html"), "--failures", n.path("failures.xlsx")},
		{"whoami", "--credentials", n.path("webex.json"), "--log-level", "debug"},
	} {
		gossip.forget()
		_, stdout, stderr := n.run(args...)
		said.WriteString(strings.Join(args, " ") + "\n" + stdout + stderr)
	}
	require.Contains(t, said.String(), "told in an id")
	require.Contains(t, said.String(), "Admin [redacted]")
	n.revoke(true)
	gossip.forget()
	code, stdout, stderr := n.run(n.watched("--results", n.path("revoked.csv"), "--log-level", "debug")...)
	require.Equal(t, 4, code)
	require.Contains(t, stderr, "no: [redacted]")
	said.WriteString(stdout + stderr)

	require.Subset(t, gossip.ever, []string{"S-client-secret", "R-first-refresh-token", "A-first-access-token"})
	require.Greater(t, len(gossip.ever), 3, "and what renewals brought")
	files := n.written("webex.json")
	files["what was said"] = said.String()
	for _, p := range n.told() {
		files["a ping's body"] += p.body
	}
	for _, name := range []string{
		"rooms.results.csv", "page.html", "report.html", "summary.json", "annotated.xlsx", "failures.csv", "failures.xlsx",
	} {
		require.Contains(t, files[name], "[redacted]", name)
	}
	assertNoneIn(t, gossip.ever, files)
}
