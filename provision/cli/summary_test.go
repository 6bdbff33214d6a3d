package cli_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision/webex/webextest"
)

// summary is what tests look at of the JSON summary.
type summary struct {
	SchemaVersion   int
	ExitCode        int
	Meaning         string
	Error, Hint     string
	Next            string
	Complete        bool
	UnderWay        bool
	DurationSeconds float64
	Rows            *struct {
		Total                  int
		ByStatus, DoneByStatus map[string]int
		Causes                 []struct {
			Cause string
			Rows  int
		}
	}
	Requests struct {
		Create map[string]int
		Other  int
		ByKind map[string]struct{ Sent, Refused int }
	}
	RateLimit struct {
		Refused       int
		PausedSeconds float64
		Learned       map[string]float64
	}
	Reconciliation struct{ AnswersLost, Listings, Adopted int }
	Files          []struct{ Kind, Path string }
}

func (n *night) summary() summary {
	n.t.Helper()
	var s summary
	require.NoError(n.t, json.Unmarshal([]byte(n.read("summary.json")), &s))
	return s
}

func TestARequestThatIsRefusedForItsTokenIsCounted(t *testing.T) {
	t.Parallel()
	n := newNight(t, "title\nA\n")
	n.env = append(n.env, "WEBEX_ACCESS_TOKEN=W-token-of-the-environment")
	code, _, stderr := n.run("apply", n.path("rooms.csv"), "--summary", n.path("summary.json"), "--metrics", n.path("roomlift.prom"))
	require.Equal(t, 4, code, stderr)
	assert.Equal(t, 1, n.server.Counts().Requests)
	assert.Equal(t, 1, n.summary().Requests.Other)
	assert.Regexp(t, `(?m)^roomlift_last_run_other_requests\{.*\} 1$`, n.read("roomlift.prom"))
}

func TestTheSummaryCountsWhatHappened(t *testing.T) {
	t.Parallel()
	n := newNight(t, "title,teamId\nA,\nB,no-such-team\nC,\nD,\n")
	lost, listed := false, false
	n.faults(func(r webextest.FaultRequest) webextest.Fault {
		switch {
		case r.Method == http.MethodGet && strings.Contains(r.Path, "/rooms") && !listed:
			listed = true
			return webextest.Fault{Kind: webextest.ErrorAnswer, Status: 429, RetryAfter: "1"}
		case r.Title == "C" && r.Attempt == 1:
			return webextest.Fault{Kind: webextest.ErrorAnswer, Status: 429, RetryAfter: "1"}
		case r.Title == "D" && !lost:
			lost = true
			return webextest.Fault{Kind: webextest.Reset, Made: true}
		}
		return webextest.Fault{}
	})
	code, stdout, stderr := n.run(n.watched("--workers", "1")...)
	require.Equal(t, 1, code, stdout+stderr)
	s := n.summary()
	require.NotNil(t, s.Rows)
	assert.Equal(t, 4, s.Rows.Total)
	assert.Equal(t, map[string]int{"created": 2, "adopted": 1, "failed": 1, "pending": 0, "sending": 0, "unknown": 0}, s.Rows.ByStatus)
	assert.Equal(t, map[string]int{"200": 2, "404": 1, "429": 1, "none": 1}, s.Requests.Create)
	assert.Equal(t, 2, s.RateLimit.Refused)
	assert.Equal(t, map[string]struct{ Sent, Refused int }{"create": {5, 1}, "list": {2, 1}, "people": {1, 0}}, s.Requests.ByKind)
	assert.Equal(t, 3, s.Requests.Other)
	assert.Equal(t, 1, s.Reconciliation.AnswersLost)
	assert.Equal(t, 1, s.Reconciliation.Adopted)
	assert.Positive(t, s.Reconciliation.Listings)
	assert.Len(t, s.Rows.Causes, 1)
	var kinds []string
	for _, file := range s.Files {
		kinds = append(kinds, file.Kind)
		assert.FileExists(t, file.Path)
	}
	assert.Equal(t, []string{"results", "page", "metrics", "summary"}, kinds)
	metrics := n.read("roomlift.prom")
	assert.Contains(t, metrics, `status="adopted"} 1`)
	assert.Contains(t, metrics, `code="none"`)
	for _, line := range []string{`requests{kind="create",M} 5`, `requests{kind="list",M} 2`, `requests_refused{kind="list",M} 1`, `requests_refused{kind="people",M} 0`} {
		assert.Contains(t, metrics, "roomlift_last_run_"+strings.Replace(line, "M", `manifest="`+n.path("rooms.csv")+`"`, 1)+"\n")
	}
	assert.Contains(t, n.page(), "Other requests 3: 2 listed rooms and 1 asked whose token it is; 1 of them was put off for the rate limit")
	assert.Contains(t, n.page(), "Webex asked to wait 2 times")
	assert.Equal(t, map[string]float64{"perSecond": 0, "burst": 0, "quota": 0, "periodSeconds": 0}, s.RateLimit.Learned, "one refusal tells no limit")
	assert.NotContains(t, metrics, "learned_requests_per_second")
	assert.Regexp(t, `roomlift_last_run_paused_seconds\{[^}]*\} (1\.[5-9]|2)`, metrics)
}
