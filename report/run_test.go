package report_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision"
	"roomlift/provision/webex"
	"roomlift/ratelimit"
	"roomlift/report"
	"roomlift/report/results"
)

var midnight = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

func at(seconds int) time.Time { return midnight.Add(time.Duration(seconds) * time.Second) }

func TestPausesThatOverlapCountOnceAndEndWithTheRun(t *testing.T) {
	for name, c := range map[string]struct {
		refusals [][2]int // when it came, until when nobody sends
		paused   time.Duration
	}{
		"none":                        {nil, 0},
		"two apart":                   {[][2]int{{0, 4}, {10, 13}}, 7 * time.Second},
		"sixteen that came together":  {[][2]int{{0, 4}, {0, 4}, {1, 4}, {1, 5}}, 5 * time.Second},
		"one that outlasts the run":   {[][2]int{{90, 3690}}, 10 * time.Second},
		"one that is over at once":    {[][2]int{{5, 5}}, 0},
		"a later one that ends first": {[][2]int{{0, 30}, {10, 20}}, 30 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			run := report.Run{Started: midnight, Finished: at(100)}
			for _, r := range c.refusals {
				run.Observe(provision.Event{Kind: provision.Refused, Time: at(r[0]), Until: at(r[1])})
			}
			assert.Equal(t, c.paused, run.Paused())
		})
	}
}

// failed is a run with hostile text in every place.
func failed() *report.Run {
	return &report.Run{
		Version: "v1.0.0", Manifest: "räume\"\n\xff\\.csv", Started: midnight, Finished: at(61),
		ExitCode: 1, Error: "a <b> & \x1b[31m", Outcome: &provision.Outcome{
			Rows: 3, Statuses: map[results.Status]int{results.Created: 2, results.Failed: 1},
			Done:     map[results.Status]int{results.Created: 2, results.Failed: 1},
			Requests: map[int]int{200: 2, 404: 1, 0: 1}, Causes: map[provision.Trouble]int{{Status: results.Failed, Error: "x\n\xff"}: 1},
		},
	}
}

func TestMetricsAreReadByPrometheusWhateverTheManifestIsCalled(t *testing.T) {
	var text bytes.Buffer
	require.NoError(t, report.Metrics(&text, failed()))
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(text.String()))
	require.NoError(t, err)
	for name, family := range families {
		assert.True(t, strings.HasPrefix(name, "roomlift_last_run_"), name)
		assert.NotEmpty(t, family.GetHelp())
		for _, metric := range family.GetMetric() {
			labels := map[string]string{}
			for _, label := range metric.GetLabel() {
				labels[label.GetName()] = label.GetValue()
			}
			assert.Equal(t, "räume\"\n\uFFFD\\.csv", labels["manifest"])
		}
	}
	assert.InDelta(t, 61, families["roomlift_last_run_duration_seconds"].GetMetric()[0].GetGauge().GetValue(), 0)
	assert.Len(t, families["roomlift_last_run_rows"].GetMetric(), 6, "a status that no row has is 0, not absent")
}

func TestMetricsOfARunThatDidNotBeginClaimNoCounts(t *testing.T) {
	var text bytes.Buffer
	require.NoError(t, report.Metrics(&text, &report.Run{Manifest: "rooms.csv", ExitCode: 2}))
	assert.Contains(t, text.String(), `roomlift_last_run_exit_code{manifest="rooms.csv"} 2`)
	assert.NotContains(t, text.String(), "rows")
}

func TestMetricsOfARunThatIsUnderWayClaimNoSuccess(t *testing.T) {
	var text bytes.Buffer
	require.NoError(t, report.Metrics(&text, &report.Run{Manifest: "rooms.csv", Started: midnight, UnderWay: true}))
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(text.String()))
	require.NoError(t, err)
	require.Len(t, families, 4, text.String())
	for name, want := range map[string]float64{"under_way": 1, "success": 0, "start_timestamp_seconds": float64(midnight.Unix())} {
		assert.InDelta(t, want, families["roomlift_last_run_"+name].GetMetric()[0].GetGauge().GetValue(), 0, name)
	}
}

func TestTheSummaryIsOneJSONObjectWhateverWasSaid(t *testing.T) {
	var text bytes.Buffer
	require.NoError(t, report.WriteSummary(&text, failed()))
	var summary map[string]any
	require.NoError(t, json.Unmarshal(text.Bytes(), &summary))
	assert.InDelta(t, report.SummaryVersion, summary["schemaVersion"], 0)
	assert.NotContains(t, text.String(), "\x1b")
	assert.Equal(t, map[string]any{"200": 2.0, "404": 1.0, "none": 1.0}, summary["requests"].(map[string]any)["create"])
}

func TestWhoATokenIsIsToldOneFactALine(t *testing.T) {
	person := webex.Person{ID: "P", DisplayName: "Eve\x1b[31m", Emails: []string{"eve@example.com"}, Type: "person"}
	for name, c := range map[string]struct {
		token report.Token
		line  string
	}{
		"a personal token":        {report.Token{Person: person}, "expires       not known; a personal access token lives 12 hours"},
		"one that renews itself":  {report.Token{Person: person, Expiry: at(7200), Renews: true}, "expires       2026-11-23T02:00:00Z, in 2 h 0 min; it is renewed by itself"},
		"one of two weeks":        {report.Token{Person: person, Expiry: at(13*86400 + 3600)}, "expires       2026-12-06T01:00:00Z, in 13 days\n"},
		"one of a day and a half": {report.Token{Person: person, Expiry: at(36 * 3600)}, "expires       2026-11-24T12:00:00Z, in 36 h 0 min\n"},
		"one that has expired":    {report.Token{Person: person, Expiry: at(-60)}, "expires       2026-11-22T23:59:00Z, which has passed by the clock of this machine\n"},
		"an organisation's UUID": {
			report.Token{Person: webex.Person{OrgID: "Y2lzY29zcGFyazovL3VzL09SR0FOSVpBVElPTi81YTZkMGIwZS0wMDAwLTQwMDAtODAwMC0wMDAwMDAwMDAwMDI"}},
			"organisation  Y2lzY29zcGFyazovL3VzL09SR0FOSVpBVElPTi81YTZkMGIwZS0wMDAwLTQwMDAtODAwMC0wMDAwMDAwMDAwMDI (5a6d0b0e-0000-4000-8000-000000000002)\n",
		},
		"an organisation whose id holds none": {report.Token{Person: webex.Person{OrgID: "org-1"}}, "organisation  org-1\n"},
		"one that was never good":             {report.Token{Person: person, Renews: true}, "expires       not known; it is renewed by itself"},
		"a person's name and mail":            {report.Token{Person: person}, "<eve@example.com>"},
		"what Webex does not tell ":           {report.Token{Person: person}, "organisation  not known"},
	} {
		t.Run(name, func(t *testing.T) {
			var text bytes.Buffer
			require.NoError(t, report.Identity(&text, c.token, midnight))
			assert.Contains(t, text.String(), c.line)
			assert.NotContains(t, text.String(), "\x1b")
		})
	}
}

func TestWhatWebexAcceptsIsToldOnlyWhereItWasMeasured(t *testing.T) {
	for want, learned := range map[float64]ratelimit.Learned{
		0: {Rate: 5}, 4.9: {Rate: 4.9, Burst: 12}, 9.6: {Rate: 9.6, Quota: 48, Period: 5 * time.Second},
	} {
		run := &report.Run{Learned: learned}
		assert.InDelta(t, want, run.Summary().RateLimit.Learned.PerSecond, 0)
		var metrics strings.Builder
		require.NoError(t, report.Metrics(&metrics, run))
		assert.Equal(t, want > 0, strings.Contains(metrics.String(), "learned_requests_per_second"))
	}
}
