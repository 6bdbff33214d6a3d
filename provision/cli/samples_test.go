package cli_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"

	"roomlift/provision/cli"
	"roomlift/report"
)

func sample(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../../samples", name))
	require.NoError(t, err)
	return string(text)
}

// runSample runs the command of a sample, with its folders being a night's, and
// asserts that it leaves what its users look for.
func runSample(t *testing.T, n *night, args []string) {
	t.Helper()
	code, stdout, stderr := n.run(args...)
	require.Zero(t, code, stdout+stderr)
	assert.Equal(t, 3, n.server.Count())
	assert.Equal(t, 3, n.summary().Rows.ByStatus["created"])
	assert.Contains(t, n.read("page.html"), "<h1>")
	assert.FileExists(t, n.path("rooms.results.csv"))
	before := n.server.Counts().Requests
	code, stdout, stderr = n.run(args...)
	assert.Zero(t, code, stdout+stderr)
	assert.Equal(t, before, n.server.Counts().Requests, "the next night")
}

func TestTheCrontabRuns(t *testing.T) {
	t.Parallel()
	n := newNight(t, manifestOf(3))
	jobs := 0
	for line := range strings.Lines(sample(t, "crontab")) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || regexp.MustCompile(`^[A-Z_]+=\S+$`).MatchString(line) {
			continue
		}
		jobs++
		fields := strings.Fields(line)
		require.Greater(t, len(fields), 6, line)
		for i, bounds := range [][2]int{{0, 59}, {0, 23}, {1, 31}, {1, 12}, {0, 7}} {
			if fields[i] == "*" {
				continue
			}
			value, err := strconv.Atoi(fields[i])
			require.NoError(t, err, line)
			assert.True(t, bounds[0] <= value && value <= bounds[1], line)
		}
		assert.NotContains(t, line, "%", "cron would take it for the end of the line")
		require.Equal(t, "/usr/local/bin/roomlift", fields[5])
		assert.Contains(t, fields, "--quiet", "cron mails what is said")
		runSample(t, n, strings.Fields(strings.ReplaceAll(strings.Join(fields[6:], " "), "/srv/roomlift", n.dir)))
	}
	assert.Equal(t, 1, jobs)
}

// unit reads the settings of a unit file; a line that ends in a backslash goes on.
func unit(t *testing.T, name string) map[string][]string {
	t.Helper()
	settings := map[string][]string{}
	for line := range strings.Lines(strings.ReplaceAll(sample(t, name), "\\\n", " ")) {
		if key, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && key[0] != '#' {
			settings[key] = append(settings[key], value)
		}
	}
	return settings
}

func TestTheServiceRuns(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no sh here")
	}
	t.Parallel()
	n := newNight(t, manifestOf(3))
	service := unit(t, "systemd/roomlift.service")
	require.NoError(t, os.MkdirAll(n.path("given"), 0o700))
	require.NoError(t, os.Rename(n.path("webex.json"), n.path("given/webex.json")))

	require.Len(t, service["ExecStartPre"], 1)
	script := regexp.MustCompile(`^/bin/sh -c '(.*)'$`).FindStringSubmatch(service["ExecStartPre"][0])
	require.Len(t, script, 2)
	prepare := func() {
		t.Helper()
		command := exec.Command("sh", "-c", script[1])
		command.Env = []string{"PATH=" + os.Getenv("PATH"), "STATE_DIRECTORY=" + n.dir, "CREDENTIALS_DIRECTORY=" + n.path("given")}
		said, err := command.CombinedOutput()
		require.NoError(t, err, "%s", said)
	}
	n.write("webex.json.new", "a copy that was c")
	prepare()
	given := n.read("given/webex.json")
	assert.Equal(t, given, n.read("webex.json"))
	assert.NoFileExists(t, n.path("webex.json.new"))

	require.Len(t, service["ExecStart"], 1)
	command := strings.NewReplacer("${STATE_DIRECTORY}", n.dir, "/etc/roomlift", n.dir).Replace(service["ExecStart"][0])
	fields := strings.Fields(command)
	require.Equal(t, "/usr/local/bin/roomlift", fields[0])
	n.server.ExpireTokens()
	runSample(t, n, fields[1:])
	renewed := n.read("webex.json")
	assert.NotEqual(t, given, renewed)
	prepare()
	assert.Equal(t, renewed, n.read("webex.json"), "what was renewed stays")
}

// TestSystemdTakesTheUnits lets systemd's own tool look at the units.
func TestSystemdTakesTheUnits(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("there is no systemd-analyze here; CI installs it")
	}
	program, err := os.Executable()
	require.NoError(t, err)
	dir := t.TempDir()
	for _, name := range []string{"roomlift.service", "roomlift.timer"} {
		text := strings.ReplaceAll(sample(t, "systemd/"+name), "/usr/local/bin/roomlift", program)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	said, err := exec.Command(analyze, "verify", "--man=no", filepath.Join(dir, "roomlift.service"), filepath.Join(dir, "roomlift.timer")).CombinedOutput()
	require.NoError(t, err, "%s", said)
	assert.Empty(t, string(said), "nothing to remark")
	said, err = exec.Command(analyze, "security", "--offline=true", "--threshold=20", filepath.Join(dir, "roomlift.service")).CombinedOutput()
	if strings.Contains(string(said), "unrecognized option") {
		t.Log("this systemd-analyze cannot tell how confined a unit is")
		return
	}
	assert.NoError(t, err, "the service is exposed more than 2.0 of 10: %s", said)
}

func TestTheCronJobRuns(t *testing.T) {
	t.Parallel()
	n := newNight(t, manifestOf(3))
	n.write("token", "A-first-access-token")
	documents := yaml.NewDecoder(strings.NewReader(sample(t, "kubernetes/cronjob.yaml")))
	kinds := map[string]map[string]any{}
	for range 3 {
		var document map[string]any
		require.NoError(t, documents.Decode(&document))
		kind, _ := document["kind"].(string)
		kinds[kind] = document
	}
	assert.Equal(t, []any{"ReadWriteOnce"}, at(t, kinds["PersistentVolumeClaim"], "spec", "accessModes"))
	job := kinds["CronJob"]
	assert.Equal(t, "Forbid", at(t, job, "spec", "concurrencyPolicy"))
	container := at(t, job, "spec", "jobTemplate", "spec", "template", "spec", "containers", 0)
	assert.Equal(t, true, at(t, container, "securityContext", "readOnlyRootFilesystem"))
	mounts := map[string]bool{}
	list, _ := at(t, container, "volumeMounts").([]any)
	for _, mount := range list {
		path, _ := at(t, mount, "mountPath").(string)
		mounts[path] = true
	}
	var args []string
	list, _ = at(t, container, "args").([]any)
	for _, arg := range list {
		text, _ := arg.(string)
		if _, path, ok := strings.Cut(text, "/"); ok {
			assert.True(t, mounts["/"+strings.Split(path, "/")[0]], "%s is on no volume", text)
		}
		args = append(args, regexp.MustCompile(`/(data|manifest|secrets)\b`).ReplaceAllLiteralString(text, n.dir))
	}
	require.True(t, slices.Contains(args, "--quiet"), "a line that is no JSON is not for a log collector")
	runSample(t, n, args)
}

// at follows keys and indexes into a decoded document.
func at(t *testing.T, value any, path ...any) any {
	t.Helper()
	for _, step := range path {
		switch key := step.(type) {
		case string:
			object, ok := value.(map[string]any)
			require.True(t, ok, "%v of %v", step, path)
			value = object[key]
		case int:
			list, ok := value.([]any)
			require.True(t, ok && key < len(list), "%v of %v", step, path)
			value = list[key]
		}
	}
	return value
}

func TestWhatIsWrittenOfTheSamplesNamesNoFlagThatThereIsNot(t *testing.T) {
	var help bytes.Buffer
	require.Zero(t, cli.Main([]string{"apply", "--help"}, strings.NewReader(""), &help, &help))
	for _, name := range []string{"README.md", "crontab", "systemd/roomlift.service", "kubernetes/cronjob.yaml"} {
		for _, flag := range regexp.MustCompile(`[ `+"`"+`](--[a-z]+(-[a-z]+)*)`).FindAllStringSubmatch(sample(t, name), -1) {
			if strings.Contains("--from-file --namespace --now", flag[1]) {
				continue // kubectl's and systemctl's
			}
			assert.Contains(t, help.String(), flag[1], name)
		}
	}
}

func TestEveryFieldOfTheSummaryIsDocumented(t *testing.T) {
	var written bytes.Buffer
	require.NoError(t, report.WriteSummary(&written, &report.Run{}))
	for _, field := range regexp.MustCompile(`"([a-zA-Z]+)":`).FindAllStringSubmatch(written.String(), -1) {
		assert.Contains(t, sample(t, "README.md"), field[1])
	}
}
