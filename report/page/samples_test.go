package page_test

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roomlift/provision"
	"roomlift/provision/manifest"
	"roomlift/ratelimit"
	"roomlift/report"
	"roomlift/report/page"
	"roomlift/report/results"
)

// night is when the runs of these tests began.
var night = time.Date(2026, 11, 21, 2, 0, 0, 0, time.UTC)

var titles = []string{
	"Sales %04d", `The "A, B" team %04d`, "Vertrieb München; %04d", "東京営業部 %04d 🚀", "فريق المبيعات %04d",
	"Project Aurora – steering committee and everybody who wants to know about it %04d",
}

// sample is records as runs leave them: n rows, of which one in the given
// numbers failed, was adopted, or is not settled; 0 is none.
type sample struct {
	rows                       int
	failed, adopted, unsettled int
	pendingFrom                int // rows from this number on were not tried; 0 is none
	server                     string
	title                      string // instead of the ordinary ones
	fault                      string // instead of the ordinary ones
	pace                       float64
}

func id(kind string, n int) string {
	return base64.RawStdEncoding.EncodeToString(fmt.Appendf(nil, "ciscospark://us/%s/5a6d0b0e-0000-4000-8000-%012d", kind, n))
}

func (s sample) records() []results.Record {
	chance := rand.New(rand.NewPCG(1, 2))
	if s.server == "" {
		s.server = "webexapis.com"
	}
	if s.pace == 0 {
		s.pace = 4.8
	}
	in := func(one int) bool { return one > 0 && chance.IntN(one) == 0 }
	var records []results.Record
	for i := range s.rows {
		n := i + 1
		at := night.Add(time.Duration(float64(i) / s.pace * float64(time.Second)))
		r := results.Record{
			Ref: (&manifest.Row{Key: fmt.Sprintf("REQ-%05d", n)}).Ref(), Row: n, Key: fmt.Sprintf("REQ-%05d", n), Title: fmt.Sprintf(titles[i%len(titles)], n),
			Status: results.Created, RoomID: id("ROOM", n), Attempts: 1, HTTPStatus: 200,
			TrackingID: fmt.Sprintf("ROUTER_5A6D0B0E-%04d-01BB-00B2-%06d", i%9999, n), CreatorID: id("PEOPLE", 1), Server: s.server,
			StartedAt: at, FinishedAt: at.Add(300 * time.Millisecond),
		}
		if s.title != "" {
			r.Title = s.title
		}
		if i%4 == 1 {
			r.TeamID = id("TEAM", i%3)
		}
		switch {
		case s.pendingFrom > 0 && n >= s.pendingFrom:
			r = results.Record{Ref: r.Ref, Row: n, Key: r.Key, Title: r.Title, TeamID: r.TeamID, Server: s.server}
		case in(s.failed):
			r.Status, r.RoomID, r.HTTPStatus = results.Failed, "", []int{404, 403, 400}[i%3]
			r.Error = []string{
				"Webex answered 404: The team could not be found.; check the teamId: the team must exist and this account must be in it",
				"Webex answered 403: The caller may not create rooms in this team.; check that this account may create such a room, and that its token has the scope spark:rooms_write",
				fmt.Sprintf("Webex answered 400: The classification %q does not exist.; correct the row and run again", id("CLASSIFICATION", n)),
			}[i%3]
			if s.fault != "" {
				r.Error = s.fault
			}
		case in(s.adopted):
			r.Status, r.HTTPStatus = results.Adopted, []int{0, 502}[i%2]
		case in(s.unsettled):
			r.Status, r.RoomID, r.HTTPStatus = results.Unknown, "", 0
			r.Error = fmt.Sprintf("the answer was lost: read tcp 10.0.0.7:%d->170.72.1.1:443: connection reset by peer; "+
				"it is not known whether the room exists; run again to settle it", 40000+i)
		}
		records = append(records, r)
	}
	return records
}

// report is a page of a results file alone.
func (s sample) report() *page.Report {
	return &page.Report{
		File: "rooms.results.csv", Records: slices.Values(s.records()),
		Written: night.Add(6 * time.Hour), Version: "v1.0.0",
	}
}

// run is a page of a run that created the sample; it was refused every so often,
// for 45 seconds.
func (s sample) run(every time.Duration) *page.Report {
	records := s.records()
	timeline, run := &page.Timeline{}, &report.Run{}
	plan := &provision.Plan{Server: records[0].Server}
	outcome := &provision.Outcome{Rows: len(records), Started: night, Requests: map[int]int{}, Statuses: map[results.Status]int{}}
	refuse := night.Add(every)
	shift := time.Duration(0)
	last := night
	for i := range records {
		r := &records[i]
		plan.Steps = append(plan.Steps, provision.Step{Row: &manifest.Row{Number: r.Row, Title: r.Title, TeamID: r.TeamID, Key: r.Key}})
		if r.Status == results.Pending {
			continue
		}
		at := r.FinishedAt.Add(shift)
		if every > 0 && at.After(refuse) {
			for range 3 {
				refusal := provision.Event{
					Kind: provision.Refused, Time: at, Until: at.Add(45 * time.Second),
					Asked: 45 * time.Second, Cause: "Webex answered 429: Too many requests",
				}
				timeline.Observe(refusal)
				run.Observe(refusal)
			}
			outcome.Requests[429] += 3
			shift += 45 * time.Second
			at = at.Add(45 * time.Second)
			refuse = at.Add(every)
		}
		r.FinishedAt = at
		outcome.Requests[r.HTTPStatus]++
		timeline.Observe(provision.Event{
			Kind: provision.RowDone, Time: at, Result: &provision.Result{Row: plan.Steps[i].Row, Record: *r},
		})
		last = at
	}
	outcome.Elapsed = last.Sub(night)
	p := s.report()
	p.Records = slices.Values(records)
	run.Manifest, run.Server, run.Account = "rooms.csv", plan.Server, "Room Bot <rooms@example.com>"
	run.Command = "roomlift apply rooms.csv --html rooms.html --token-file /etc/roomlift/token"
	run.Started, run.Finished, run.Outcome, run.Learned = night, last, outcome, ratelimit.Learned{Rate: 4.9, Burst: 12}
	for i := range records {
		outcome.Statuses[records[i].Status]++
	}
	run.Next = report.Next(outcome, "", report.Again)
	p.Run = &page.Run{
		Run: run, Plan: plan, Timeline: timeline,
		Settings: []page.Setting{{Name: "Manifest", Value: "rooms.csv"}, {Name: "Requests in flight", Value: "at most 16"}},
	}
	return p
}

// faulty are the faults of a manifest.
var faulty = manifest.ErrorList{
	{Pos: manifest.Position{File: "rooms.csv", Line: 2}, Row: 1, Column: "isLocked", Value: "maybe", Reason: "is neither true nor false", Remedy: "write true or false"},
	{Pos: manifest.Position{File: "rooms.csv", Line: 17}, Row: 16, Column: "title", Reason: "is blank", Remedy: "give the room a title"},
	{Pos: manifest.Position{File: "rooms.csv", Line: 200}, Row: 199, Reason: "the row has 3 of the 7 cells of the header", Remedy: "put commas where cells are empty, or quote a value that holds a line break"},
}

// unbegun is the page of a run that ended before it had a plan.
func unbegun(faults manifest.ErrorList, reason, next string) *page.Report {
	p := sample{rows: 250}.report()
	p.Run = &page.Run{
		Run: &report.Run{
			Manifest: "rooms.csv", Started: night, Finished: night, ExitCode: 2, Error: reason, Hint: next, Next: next, Faults: faults,
			Command: "roomlift apply rooms.csv --html rooms.html",
		},
		Settings: []page.Setting{{Name: "Manifest", Value: "rooms.csv"}},
	}
	return p
}

// write writes a page into a folder of the test, and returns its name.
func write(t *testing.T, p *page.Report) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "page.html")
	require.NoError(t, page.WriteFile(path, p))
	return path
}

// windowed is the page of a run on a server that counts in windows.
func windowed() *page.Report {
	p := sample{rows: 900, server: "127.0.0.1:8080"}.run(0)
	timeline := &page.Timeline{}
	for i := range 900 {
		at := night.Add(time.Duration(i/48)*5*time.Second + time.Duration(i%48)*20*time.Millisecond)
		if i == 200 || i == 500 {
			timeline.Observe(provision.Event{Kind: provision.Refused, Time: at, Until: at.Add(3 * time.Second), Asked: 3 * time.Second, Cause: "Webex answered 429: Too many requests"})
		}
		timeline.Observe(provision.Event{Kind: provision.RowDone, Time: at.Add(192 * time.Second), Result: &provision.Result{
			Record: results.Record{Status: results.Created, FinishedAt: at},
		}})
	}
	p.Run.Timeline = timeline
	p.Run.Learned = ratelimit.Learned{Rate: 9.6, Quota: 48, Period: 5 * time.Second}
	return p
}

// TestSamplePages writes pages to look at, and pictures of them on a desk, in the dark,
// on a phone and on paper, into the folder that PAGES names.
func TestSamplePages(t *testing.T) {
	dir := os.Getenv("PAGES")
	if dir == "" {
		t.Skip("PAGES names no folder to write sample pages into")
	}
	stopped := sample{rows: 5000, failed: 60, pendingFrom: 3200}.run(4 * time.Minute)
	stopped.Run.Error = "stopped: the deadline of 15m0s has passed"
	for name, p := range map[string]*page.Report{
		"ten":        sample{rows: 10}.run(0),
		"failures":   sample{rows: 5000, failed: 40, adopted: 300, unsettled: 900}.run(4 * time.Minute),
		"all-failed": sample{rows: 12, failed: 1}.run(0),
		"stopped":    stopped,
		"recalled":   sample{rows: 5000, failed: 40, adopted: 300, unsettled: 900}.report(),
		"large":      sample{rows: 50_000, failed: 400, adopted: 3000, unsettled: 9000}.run(4 * time.Minute),
		"empty":      sample{}.report(),
		"three":      sample{rows: 3}.run(0),
		"faulty":     unbegun(faulty, "the manifest has 3 faults", "nothing was sent; correct the manifest, or create the good rows alone with --skip-invalid"),
		"no-token":   unbegun(nil, "no token", "set WEBEX_ACCESS_TOKEN, or name a file with --token-file; to try without one: --sandbox"),
		"rehearsal":  sample{rows: 120, server: "sandbox"}.run(0),
		"window":     windowed(),
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(dir, name)
			require.NoError(t, page.WriteFile(path+".html", p))
			b := openBrowser(t)
			b.open(path + ".html")
			b.screenshot(path+".png", 1280, false)
			b.call("Emulation.setEmulatedMedia", dark, nil)
			b.screenshot(path+"-dark.png", 1280, false)
			b.call("Emulation.setEmulatedMedia", map[string]any{}, nil)
			b.screenshot(path+"-phone.png", 360, true)
			b.call("Emulation.clearDeviceMetricsOverride", nil, nil)
			b.print(path + ".pdf")
		})
	}
}
