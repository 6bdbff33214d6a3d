package cli_test

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision/webex/webextest"
)

// logged reads the JSON lines of stderr.
func logged(t *testing.T, stderr string) []map[string]any {
	t.Helper()
	var lines []map[string]any
	for line := range strings.Lines(stderr) {
		fields := map[string]any{}
		require.NoError(t, json.Unmarshal([]byte(line), &fields), line)
		lines = append(lines, fields)
	}
	return lines
}

func TestTheKeysOfTheLogAreStableAndDocumented(t *testing.T) {
	t.Parallel()
	n := newNight(t, "title,teamId\nA,\nB,no-such-team\nC,\n")
	n.server.Change(func(s *webextest.Server) { s.Latency = webextest.Latency{Min: 5 * time.Millisecond} })
	n.faults(func(r webextest.FaultRequest) webextest.Fault {
		if r.Title == "C" && r.Attempt == 1 {
			return webextest.Fault{Kind: webextest.Reset}
		}
		return webextest.Fault{}
	})
	code, _, stderr := n.run(n.watched("--log-format", "json", "--log-level", "debug", "--deadline", "2s")...)
	require.Equal(t, 3, code, stderr)

	row := []string{"attempt", "duration", "httpStatus", "ref", "row", "status", "title", "trackingId"}
	ended := []string{
		"adopted", "created", "duration", "exitCode", "failed", "manifest", "meaning", "pending", "rows", "sending", "unknown",
	}
	want := map[string][]string{
		"run started": {"commit", "manifest", "version"},
		"row created": append(row, "roomId"),
		"row failed":  append(row, "error"),
		"answer lost": append(row, "error"),
		"row unknown": append(row, "error"),
		"run ended":   ended,
		"failed":      {"error", "hint"},
	}
	documented, err := os.ReadFile("../../samples/README.md")
	require.NoError(t, err)
	seen := map[string]bool{}
	for _, fields := range logged(t, stderr) {
		message, _ := fields["msg"].(string)
		keys, ours := want[message]
		if !ours {
			continue
		}
		seen[message] = true
		got := slices.DeleteFunc(slices.Sorted(maps.Keys(fields)), func(key string) bool {
			return key == "time" || key == "level" || key == "msg"
		})
		slices.Sort(keys)
		assert.Equal(t, keys, got, message)
		for _, key := range got {
			assert.Contains(t, string(documented), "`"+key+"`")
		}
		assert.Contains(t, string(documented), "`"+message+"`")
		if duration, ok := fields["duration"]; ok {
			assert.IsType(t, 0.0, duration)
			assert.Less(t, duration, 60.0, "in seconds")
			assert.Positive(t, duration, message)
		}
	}
	assert.Len(t, seen, len(want), "%v in %s", seen, stderr)
}

func TestARunWithNothingToDoIsMuteOnlyIfAsked(t *testing.T) {
	t.Parallel()
	n := newNight(t, "title\nA\n")
	code, _, stderr := n.run(n.watched("--log-format", "json")...)
	require.Zero(t, code, stderr)

	code, _, stderr = n.run(n.watched("--log-format", "json")...)
	require.Zero(t, code, stderr)
	lines := logged(t, stderr)
	require.Len(t, lines, 2, stderr)
	assert.Equal(t, "run started", lines[0]["msg"])
	assert.Equal(t, "run ended", lines[1]["msg"])
	assert.EqualValues(t, 0, lines[1]["exitCode"])
	assert.EqualValues(t, 1, lines[1]["rows"])
	assert.EqualValues(t, 1, lines[1]["created"])

	code, stdout, stderr := n.run(n.watched("--log-format", "json", "--quiet")...)
	require.Zero(t, code)
	assert.Empty(t, stdout+stderr)
	code, _, stderr = n.run(n.watched()...)
	require.Zero(t, code)
	assert.Empty(t, stderr, "a person has the summary")

	n.write("rooms.csv", "title,teamId\nA,\nB,no-such-team\nC,no-such-team\n")
	code, stdout, stderr = n.run(n.watched("--quiet")...)
	require.Equal(t, 1, code)
	assert.Empty(t, stdout)
	said := strings.Split(strings.TrimSpace(stderr), "\n")
	require.Len(t, said, 3, stderr)
	assert.Equal(t, "roomlift: 3 rows: 1 had their room already, 2 failed", said[2], "one line sums up")
	_, _, stderr = n.run(n.watched("--quiet", "--log-format", "json")...)
	lines = logged(t, stderr)
	require.Len(t, lines, 3, stderr)
	assert.Equal(t, "run ended", lines[2]["msg"])
	assert.EqualValues(t, 2, lines[2]["failed"])

	n.write("rooms.csv", "title\nA\nB\nB\n")
	_, _, stderr = n.run(n.watched("--log-format", "json")...)
	lines = logged(t, stderr)
	assert.Equal(t, "run ended", lines[len(lines)-1]["msg"], "the last word: %s", stderr)
	assert.EqualValues(t, 2, lines[len(lines)-1]["exitCode"])
}
