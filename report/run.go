package report

import (
	"net/http"
	"strings"
	"time"

	"roomlift/provision"
	"roomlift/provision/manifest"
	"roomlift/ratelimit"
)

// Run is all that is known of one run of apply: the summary on the terminal and
// in JSON, the page, the metrics and the monitor that is pinged read it. It holds no
// secret. What is not known when a run ends before it has begun stays zero.
type Run struct {
	Version  string // of the program
	Commit   string
	Manifest string // as it was named
	Server   string // host that the rooms are on
	Account  string // whose token it is, as people know them
	Command  string // that runs it again; it holds no secret

	Started  time.Time
	UnderWay bool      // it has not ended; what follows is what it comes to if it is killed
	Finished time.Time // while it is under way, the time for which this is told
	ExitCode int
	Meaning  string             // of the exit code
	Error    string             // why the run did not succeed, on one line; "" for rows that failed
	Hint     string             // what to do about it, which is Next
	Next     string             // what to do next; "" where every row has its room
	Faults   manifest.ErrorList // of the manifest, if they are why it did not go on
	Reopens  time.Time          // when Webex accepts requests again, if that is why it did not go on

	Outcome *provision.Outcome // nil: the run ended before any row was looked at
	Asked   provision.Asked    // requests that changed nothing, whether the run came to its rows or not
	Limits  ratelimit.Stats
	Learned ratelimit.Learned
	Files   []WrittenFile

	answersLost int
	paused      time.Duration
	pausedUntil time.Time
}

// WrittenFile is a file that a run wrote, or was writing when this was told.
type WrittenFile struct {
	Kind string `json:"kind"` // "results", "page", "annotated", "failures", "metrics" or "summary"
	Path string `json:"path"`
}

// Wrote adds a file.
func (r *Run) Wrote(kind, path string) { r.Files = append(r.Files, WrittenFile{kind, path}) }

// Observe counts what no Outcome counts: answers that were lost, and the time in
// which Webex let nobody send. Pauses that overlap are counted once.
func (r *Run) Observe(e provision.Event) {
	switch e.Kind {
	case provision.AnswerLost:
		r.answersLost++
	case provision.Refused:
		from := e.Time
		if from.Before(r.pausedUntil) {
			from = r.pausedUntil
		}
		if e.Until.After(from) {
			r.paused += e.Until.Sub(from)
			r.pausedUntil = e.Until
		}
	default:
	}
}

// requestsOfKind is how many requests of a kind were sent, and refused for the rate.
type requestsOfKind struct {
	kind string // "create", "list" or "people"
	provision.Questions
}

// requestsByKind counts the run's requests.
func (r *Run) requestsByKind() []requestsOfKind {
	create := provision.Questions{}
	if r.Outcome != nil {
		create = provision.Questions{Sent: requestCount(r.Outcome), Refused: r.Outcome.Requests[http.StatusTooManyRequests]}
	}
	return []requestsOfKind{{"create", create}, {"list", r.Asked.Listings}, {"people", r.Asked.People}}
}

// Ended is when the run ended by the clock as it was when it began, whatever has set
// it since.
func (r *Run) Ended() time.Time { return r.Started.Add(r.Finished.Sub(r.Started)) }

// measured reports whether refusals, in this run or one that is remembered, told the
// limit. Else the rate is what is tried next, and nothing that Webex is known to accept.
func (r *Run) measured() bool { return r.Learned.Quota > 0 || r.Learned.Burst > 0 }

// Paused returns how long Webex let nobody send, as far as the run lasted.
func (r *Run) Paused() time.Duration {
	paused := r.paused
	if r.pausedUntil.After(r.Finished) {
		paused -= r.pausedUntil.Sub(r.Finished)
	}
	return max(paused, 0)
}

// Spoken returns what is said of the run in Error, Hint or Next, for people: with the
// time at which Webex accepts requests again as they are told it. There it stands in
// RFC 3339, for programs.
func (r *Run) Spoken(text, reopens string) string {
	if r.Reopens.IsZero() {
		return text
	}
	return strings.ReplaceAll(text, r.Reopens.UTC().Format(time.RFC3339), reopens)
}

// OnScreen returns what is said of the run, for the terminal of who started it.
func (r *Run) OnScreen(text string) string { return r.Spoken(text, clock(r.Reopens, r.Finished)) }

// Verdict says in one line, by counts alone, what the run came to.
func (r *Run) Verdict() string {
	if r.Outcome == nil {
		return r.Meaning
	}
	return Count(r.Outcome.Rows, "row", "rows") + ": " + verdict(r.Outcome)
}
