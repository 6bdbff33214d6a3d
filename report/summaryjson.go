package report

import (
	"encoding/json"
	"io"
	"strconv"
	"time"

	"roomlift/provision"
	"roomlift/report/results"
)

// SummaryVersion is the version of RunSummary's schema. It grows when a field
// changes its meaning or goes away; a field that is added leaves it as it is.
const SummaryVersion = 1

// RunSummary is the JSON summary of a run:
//
//	schemaVersion                 1
//	program                       version and commit
//	manifest, server              what was to be created, and where; server is "" if the run ended before that was known
//	underWay                      the run has not ended, or was killed; the rest is what it comes to if it was
//	startedAt, finishedAt         RFC 3339, UTC, this machine's clock
//	durationSeconds               how long it took, whatever the clock did meanwhile
//	exitCode, meaning             as the command line documents them
//	complete                      every row of the manifest has its room
//	error, hint                   why the run did not go on and what to do; "" if it did
//	next                          what to do next, which hint is, too, if there is an error; "" if every row has its room
//	rows                          absent if the run ended before any row was looked at:
//	  total                       rows of the manifest
//	  byStatus                    all rows by their status at the end; every status is there
//	  doneByStatus                rows that this run dealt with, by what it did; every status is there
//	  kept, moved, changed        had their room before; took over a recorded room; differ from what was created
//	  causes                      failed and unsettled rows by what was said, most frequent first
//	requests.create               requests to create a room, by HTTP status; "none" is no answer
//	requests.other                requests that changed nothing
//	requests.byKind               sent and refused for the rate (429), for each kind: create, list (pages of rooms), people (whose token it is)
//	rateLimit.refused             requests refused for the rate (429)
//	rateLimit.pausedSeconds       time in which Webex let nobody send
//	rateLimit.waitedSeconds       time that requests waited for their turn, summed over all workers
//	rateLimit.learned             what is known of the limit: perSecond, burst, quota and periodSeconds, each 0 if not known
//	reconciliation.answersLost    requests to create whose answer was lost
//	reconciliation.listings       times that the rooms were listed to settle them
//	reconciliation.adopted        rows whose room was found
//	files                         kind and path of each file that was written
type RunSummary struct {
	SchemaVersion   int                   `json:"schemaVersion"`
	Program         programSummary        `json:"program"`
	Manifest        string                `json:"manifest"`
	Server          string                `json:"server"`
	UnderWay        bool                  `json:"underWay"`
	StartedAt       time.Time             `json:"startedAt"`
	FinishedAt      time.Time             `json:"finishedAt"`
	DurationSeconds float64               `json:"durationSeconds"`
	ExitCode        int                   `json:"exitCode"`
	Meaning         string                `json:"meaning"`
	Complete        bool                  `json:"complete"`
	Error           string                `json:"error"`
	Hint            string                `json:"hint"`
	Next            string                `json:"next"`
	Rows            *rowsSummary          `json:"rows,omitempty"`
	Requests        requestsSummary       `json:"requests"`
	RateLimit       rateLimitSummary      `json:"rateLimit"`
	Reconciliation  reconciliationSummary `json:"reconciliation"`
	Files           []WrittenFile         `json:"files"`
}

type programSummary struct {
	Version string `json:"version"`
	Commit  string `json:"commit"`
}

type rowsSummary struct {
	Total        int            `json:"total"`
	ByStatus     map[string]int `json:"byStatus"`
	DoneByStatus map[string]int `json:"doneByStatus"`
	Kept         int            `json:"kept"`
	Moved        int            `json:"moved"`
	Changed      int            `json:"changed"`
	Causes       []causeSummary `json:"causes"`
}

type causeSummary struct {
	Cause string `json:"cause"`
	Rows  int    `json:"rows"`
}

type requestsSummary struct {
	Create map[string]int         `json:"create"`
	Other  int                    `json:"other"`
	ByKind map[string]kindSummary `json:"byKind"`
}

type kindSummary struct {
	Sent    int `json:"sent"`
	Refused int `json:"refused"`
}

type rateLimitSummary struct {
	Refused       int            `json:"refused"`
	PausedSeconds float64        `json:"pausedSeconds"`
	WaitedSeconds float64        `json:"waitedSeconds"`
	Learned       learnedSummary `json:"learned"`
}

type learnedSummary struct {
	PerSecond     float64 `json:"perSecond"`
	Burst         float64 `json:"burst"`
	Quota         int     `json:"quota"`
	PeriodSeconds float64 `json:"periodSeconds"`
}

type reconciliationSummary struct {
	AnswersLost int `json:"answersLost"`
	Listings    int `json:"listings"`
	Adopted     int `json:"adopted"`
}

// Summary returns the run's JSON summary.
func (r *Run) Summary() RunSummary {
	s := RunSummary{
		SchemaVersion: SummaryVersion,
		Program:       programSummary{r.Version, r.Commit},
		Manifest:      r.Manifest, Server: r.Server, UnderWay: r.UnderWay,
		StartedAt: r.Started.UTC(), FinishedAt: r.Finished.UTC(),
		DurationSeconds: r.Finished.Sub(r.Started).Seconds(),
		ExitCode:        r.ExitCode, Meaning: r.Meaning, Error: r.Error, Hint: r.Hint, Next: r.Next,
		Requests: requestsSummary{map[string]int{}, r.Asked.Sum().Sent, map[string]kindSummary{}},
		RateLimit: rateLimitSummary{
			Refused: r.Limits.Refused, PausedSeconds: r.Paused().Seconds(), WaitedSeconds: r.Limits.Waited.Seconds(),
			Learned: r.summarizeLearned(),
		},
		Reconciliation: reconciliationSummary{AnswersLost: r.answersLost},
		Files:          append([]WrittenFile{}, r.Files...),
	}
	for _, k := range r.requestsByKind() {
		s.Requests.ByKind[k.kind] = kindSummary{k.Sent, k.Refused}
	}
	if o := r.Outcome; o != nil {
		s.Complete = o.Complete()
		s.Rows = summarizeRows(o)
		s.Requests.Create = requestsByStatus(o)
		s.Reconciliation.Listings, s.Reconciliation.Adopted = o.Listings, o.Done[results.Adopted]
	}
	return s
}

func (r *Run) summarizeLearned() learnedSummary {
	if !r.measured() {
		return learnedSummary{}
	}
	return learnedSummary{r.Learned.Rate, r.Learned.Burst, r.Learned.Quota, r.Learned.Period.Seconds()}
}

func summarizeRows(o *provision.Outcome) *rowsSummary {
	rows := &rowsSummary{
		Total: o.Rows, Kept: o.Kept, Moved: o.Moved, Changed: o.Changed,
		ByStatus: byName(o.Statuses), DoneByStatus: byName(o.Done), Causes: []causeSummary{},
	}
	for _, cause := range causesOf(o) {
		rows.Causes = append(rows.Causes, causeSummary{cause.String(), cause.Rows})
	}
	return rows
}

// byName counts by the words of the results file; every status is there.
func byName(counts map[results.Status]int) map[string]int {
	named := map[string]int{}
	for status := results.Pending; status <= results.Unknown; status++ {
		named[status.String()] = counts[status]
	}
	return named
}

// requestsByStatus counts requests to create by HTTP status; "none" is no answer.
func requestsByStatus(o *provision.Outcome) map[string]int {
	named := map[string]int{}
	for status, n := range o.Requests {
		if status == 0 {
			named["none"] = n
			continue
		}
		named[strconv.Itoa(status)] = n
	}
	return named
}

// WriteSummary writes the run's JSON summary. The error is w's.
func WriteSummary(w io.Writer, r *Run) error {
	lines := json.NewEncoder(w)
	lines.SetIndent("", "  ")
	lines.SetEscapeHTML(false)
	return lines.Encode(r.Summary())
}
