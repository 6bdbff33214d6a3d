package page_test

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision"
	"roomlift/report/page"
	"roomlift/report/results"
)

func render(t *testing.T, p *page.Report) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, page.Write(&b, p))
	return b.String()
}

func TestThePolicyNamesThePagesOwnPartsAndNothingElse(t *testing.T) {
	text := render(t, sample{rows: 50, failed: 5}.run(0))
	found := regexp.MustCompile(`http-equiv="Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(text)
	require.NotNil(t, found)
	policy := html.UnescapeString(found[1])
	for element, directive := range map[string]string{"style": "style-src", "script": "script-src"} {
		part := regexp.MustCompile(`(?s)<` + element + `>(.*?)</` + element + `>`).FindStringSubmatch(text)
		require.NotNil(t, part, element)
		sum := sha256.Sum256([]byte(part[1]))
		assert.Contains(t, policy, directive+" 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
	}
	assert.Contains(t, policy, "default-src 'none';")
	assert.NotContains(t, policy, "unsafe")
	assert.NotRegexp(t, ` style="| on[a-z]+="| src=`, text, "nothing that the policy would block")
	assert.Empty(t, regexp.MustCompile(`(?i)https?://[^"'\s<]*`).FindAllString(text, -1), "nothing is loaded")
}

func TestAPageIsForItsOwnersEyes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "page.html")
	require.NoError(t, page.WriteFile(path, sample{rows: 3}.report()))
	info, err := os.Stat(path)
	require.NoError(t, err)
	if runtime.GOOS != "windows" {
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestAWriterThatFailsIsAnError(t *testing.T) {
	require.ErrorContains(t, page.Write(fullDisk{}, sample{rows: 3}.report()), "no space left")
}

func TestAnyRecordCanBeShown(t *testing.T) {
	text := render(t, &page.Report{Records: slices.Values([]results.Record{
		{},
		{Status: results.Sending},
		{Status: results.Failed},
		{Status: results.Unknown},
		{Status: results.Status(99), Title: "\xff\x00", RoomID: "###", Error: "; "},
	})})
	assert.Contains(t, text, "no reason is recorded")
	assert.Contains(t, text, "he run ended before the answer came")
}

func TestAPageOfARunThatWasKilledSaysThatRoomsMayBeMissing(t *testing.T) {
	exist := []results.Record{{Status: results.Created, RoomID: "1"}, {Status: results.Created, RoomID: "2"}}
	for name, c := range map[string]struct {
		records []results.Record
		want    string
	}{
		"where all that is recorded exists": {exist, "The last run has not ended: 2\u00a0rooms are known to exist."},
		"where some was under way": {
			append(slices.Clone(exist[:1]), results.Record{Status: results.Sending}),
			"The last run has not ended: 1\u00a0room is known to exist; 1\u00a0is not settled yet.",
		},
		"where nothing is recorded": {nil, "The last run has not ended: no room is known to exist."},
	} {
		t.Run(name, func(t *testing.T) {
			text := render(t, &page.Report{Records: slices.Values(c.records), Open: true})
			assert.Contains(t, text, "<h1>"+c.want+"</h1>")
			assert.Contains(t, text, "rooms that it has not come to are not on this page")
			assert.Contains(t, text, "If no run is under way any more, run the same command again")
			assert.NotContains(t, text, ">Complete<")
			assert.NotContains(t, text, ">Every room</h2>", "of the manifest")
		})
	}
}

func TestErrorsThatRepeatTheTitleAreOneCard(t *testing.T) {
	text := render(t, &page.Report{Records: slices.Values([]results.Record{
		{Status: results.Failed, Title: "Project 1", Error: "Webex answered 409: Project 1 exists; correct the row"},
		{Status: results.Failed, Title: "Project 2", Error: "Webex answered 409: Project 2 exists; correct the row"},
	})})
	assert.Contains(t, text, "Webex answered 409: … exists")
	assert.Contains(t, text, "Show these 2 rooms")
}

func TestWhatIsAdoptedOrNotSettledSaysWhy(t *testing.T) {
	for name, test := range map[string]struct {
		record results.Record
		want   string
	}{
		"adopted by --adopt":     {results.Record{Status: results.Adopted}, "This account had created a room of the same title and team before"},
		"adopted after a reset":  {results.Record{Status: results.Adopted, Attempts: 1}, "The answer to its request was lost"},
		"adopted after a 502":    {results.Record{Status: results.Adopted, Attempts: 2, HTTPStatus: 502}, "Webex answered 502, but the room was found"},
		"unknown, with a reason": {results.Record{Status: results.Unknown, Error: "because; wait"}, `<bdi>because</bdi>`},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Contains(t, render(t, &page.Report{Records: slices.Values([]results.Record{test.record})}), test.want)
		})
	}
}

func TestARunsPageTellsItsRoomsFromThoseBefore(t *testing.T) {
	p := sample{rows: 10}.run(0)
	for i := range 4 {
		p.Run.Plan.Steps[i].Action = provision.Keep
	}
	p.Run.Plan.Steps[0].Changed = true
	text := render(t, p)
	assert.Contains(t, text, "existed before")
	assert.Contains(t, text, "6 were created in")
	assert.Contains(t, text, "title or team differ from what was created")
}

func BenchmarkFiftyThousandRows(b *testing.B) {
	p := sample{rows: 50_000, failed: 400, adopted: 3000, unsettled: 9000}.run(240e9)
	path := filepath.Join(b.TempDir(), "page.html")
	for b.Loop() {
		require.NoError(b, page.WriteFile(path, p))
	}
	info, err := os.Stat(path)
	require.NoError(b, err)
	b.ReportMetric(float64(info.Size())/1e6, "MB")
}

func TestThePageSaysWhoDidWhatAndWhatToTypeNext(t *testing.T) {
	text := render(t, sample{rows: 12, failed: 3}.run(0))
	assert.Contains(t, text, "by <bdi>Room Bot &lt;rooms@example.com&gt;</bdi>")
	assert.Contains(t, text, "on <bdi>webexapis.com</bdi>")
	assert.Contains(t, text, "<code><bdi><span>roomlift</span> <span>apply</span> <span>rooms.csv</span> <span>--html</span> <span>rooms.html</span> <span>--token-file</span> <span>/etc/roomlift/token</span></bdi></code>")
	assert.Contains(t, text, "creates the Webex rooms of a list, each exactly once")
	assert.Equal(t, 1, strings.Count(text, "What to do next:"))

	text = render(t, sample{rows: 3000}.run(time.Minute))
	assert.Regexp(t, `Webex asked to wait</dt><dd>\d+ times, together for \d+ min \d+ s; the run waited as long</dd>`, text)

	text = render(t, sample{rows: 12}.run(0))
	assert.NotContains(t, text, "What to do next:", "there is nothing to do")
	assert.NotContains(t, text, "<code><bdi><span>roomlift")
}

func TestWhatStoppedARunAndWhatToDoAreSaidOnce(t *testing.T) {
	p := sample{rows: 12, pendingFrom: 5}.run(0)
	p.Run.Error = "rooms.results.csv: cannot be written: no space left on device; make room, then run again"
	p.Run.Next = "make room, then run again"
	p.Fault = func() error { return errors.New("rooms.results.csv: cannot be written: no space left on device") }
	text := render(t, p)
	assert.Contains(t, text, "<bdi>rooms.results.csv: cannot be written: no space left on device.</bdi>")
	assert.Equal(t, 1, strings.Count(text, "no space left"))
	assert.Equal(t, 1, strings.Count(text, "ake room, then run again"))
	assert.Contains(t, text, "The run stopped early")
}

func TestTheTimeToRunAgainIsWrittenAsOtherTimes(t *testing.T) {
	p := sample{rows: 12, pendingFrom: 5}.run(0)
	p.Run.Reopens = night.Add(3601 * time.Second)
	p.Run.Error = "Webex accepts nothing before 2026-11-21T03:00:01Z; try again after that"
	p.Run.Next = "run the same command again after 2026-11-21T03:00:01Z: it goes on where it stopped"
	text := render(t, p)
	assert.Contains(t, text, "<bdi>Webex accepts nothing before 21 Nov 2026 03:01 UTC, and the run was to end before that.</bdi>")
	assert.Contains(t, text, "<bdi>Run the same command again after 21 Nov 2026 03:01 UTC: it goes on where it stopped.</bdi>")
	assert.NotContains(t, text, "2026-11-21T03")
}

func TestALongListOfFaultsIsCut(t *testing.T) {
	text := render(t, unbegun(slices.Repeat(faulty, 200), "the manifest has 600 faults", "correct the manifest"))
	assert.Equal(t, 500, strings.Count(text, "<bdi>rooms.csv, line\u00a0"))
	assert.Contains(t, text, "and 100 more, which <code>roomlift check</code> lists")
}
