package page

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	_ "embed" // the parts of the page
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"iter"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	"roomlift/provision"
	"roomlift/ratelimit"
	"roomlift/report"
	"roomlift/report/atomicfile"
	"roomlift/report/results"
)

// Report is what a page is made from.
type Report struct {
	File    string                   // name of the results file
	Records iter.Seq[results.Record] // one for each row
	Run     *Run                     // nil where the results file is all that is known
	Written time.Time
	Version string // of the program
}

// Run is what only the run itself knows.
type Run struct {
	Plan     *provision.Plan
	Outcome  *provision.Outcome
	Stopped  string // why it ended before every row was tried; empty when it did not
	Remedy   string // what to do about that
	Timeline *Timeline
	Learned  ratelimit.Learned
	Settings []Setting // no secrets
}

// Setting is one thing that the run was told.
type Setting struct{ Name, Value string }

//go:embed page.html
var source string

//go:embed page.css
var style string

//go:embed page.js
var script string

// WriteFile writes the page to the file at path, atomically. A new file can be
// read by its owner alone.
func WriteFile(path string, r *Report) error {
	return atomicfile.Write(path, 0o600, func(w io.Writer) error { return Write(w, r) })
}

// Write writes the page. The error is w's.
func Write(w io.Writer, r *Report) error {
	parsed, err := template.New("page").Funcs(template.FuncMap{
		"number": report.Number,
		"count":  report.Count,
		"bind":   bind,
	}).Parse(source)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriterSize(w, 1<<16)
	if err := parsed.Execute(buffered, newView(r)); err != nil {
		return err
	}
	return buffered.Flush()
}

// policy allows the page its own style sheet and script, and nothing else. The
// list of rooms stands in a script element too, but of a type that is never run
// and so needs no leave.
func policy() string {
	return fmt.Sprintf("default-src 'none'; style-src %s; script-src %s; base-uri 'none'; form-action 'none'",
		hash(style), hash(script))
}

// hash is a part's source expression in a policy.
func hash(part string) string {
	sum := sha256.Sum256([]byte(part))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// view is what the template shows.
type view struct {
	Policy string
	Style  template.CSS
	Script template.JS

	Verdict   verdict
	Stopped   string
	Remedy    string // what to do about that
	Rehearsal bool
	Server    string
	File      string
	Period    string
	Live      bool // this is the page of a run, not only of a results file

	Rows     int
	Counts   []count
	Share    []segment
	Failed   []card
	Doubtful []card
	Adopted  []card

	Chart   *chart
	Facts   []Setting
	Pauses  []pauseRow
	Omitted int // pauses that are not shown

	Settings []Setting
	Written  string
	Version  string
	List     list
}

// count is how many rows are in one state.
type count struct {
	Rows        int
	Name, Class string
	State       int
}

// segment is a state's share of the bar, in per cent.
type segment struct{ X, Width, Class string }

// card is a cause, and the rows that share it.
type card struct {
	Group    int
	Rows     int
	Reason   string
	Remedy   string
	Examples []example
	More     int // rows beyond the examples
}

// pauseRow is one refusal in the table.
type pauseRow struct{ At, Wait, Refused, Cause string }

// maxPauses is how many refusals the table lists; the chart marks them all.
const maxPauses = 200

// minutes is the layout of times to the minute.
const minutes = "2 Jan 2006 15:04"

func newView(r *Report) *view {
	x := read(r)
	v := &view{
		Policy: policy(), Style: template.CSS(style), Script: template.JS(script), //nolint:gosec // both are ours
		Server: x.server, Rehearsal: rehearsal(x.server), File: r.File, Period: period(x.first, x.last),
		Written: r.Written.UTC().Format(minutes + " UTC"), Version: r.Version, List: x.list, Rows: len(x.list.Rooms),
	}
	v.count(x.tally)
	v.Failed, v.Doubtful, v.Adopted = x.groups.cards(failed), x.groups.cards(unsettled), x.groups.cards(adopted)
	took := ""
	if r.Run != nil {
		if elapsed := r.Run.Outcome.Elapsed; elapsed > 0 {
			took = report.Duration(elapsed)
		}
		v.addRun(r.Run, x)
	} else {
		v.Chart = newChart(x.times, nil, nil)
	}
	v.Verdict = judge(x.tally, took, v.Stopped)
	if v.Remedy != "" && x.tally[failed] == 0 { // nothing else is to be done
		v.Verdict.Next, v.Remedy = v.Remedy+".", ""
	}
	return v
}

// addRun adds what only a run knows.
func (v *view) addRun(run *Run, x *reading) {
	v.Live, v.Settings = true, run.Settings
	v.Stopped, v.Remedy = strings.TrimPrefix(run.Stopped, "stopped: "), upper(run.Remedy)
	v.Server = run.Plan.Server
	v.Rehearsal = rehearsal(v.Server)
	started := run.Outcome.Started
	v.Period = period(started, started.Add(run.Outcome.Elapsed))
	t := run.Timeline
	var times []time.Time
	for _, after := range t.created {
		times = append(times, t.began.Add(after))
	}
	v.Chart = newChart(times, t.rates, t.pauses)
	v.Facts = facts(run, x)
	for i, p := range t.pauses {
		if i == maxPauses {
			v.Omitted = len(t.pauses) - i
			break
		}
		v.Pauses = append(v.Pauses, pauseRow{
			p.from.UTC().Format("15:04:05"), report.Duration(p.until.Sub(p.from)), report.Number(p.refused), p.cause,
		})
	}
}

func (v *view) count(tally [states]int) {
	x := 0.0
	for s, n := range tally {
		if n == 0 {
			continue
		}
		v.Counts = append(v.Counts, count{n, stateNames[s], classNames[s], s})
		width := 100 * float64(n) / float64(v.Rows)
		v.Share = append(v.Share, segment{fmt.Sprintf("%.3f%%", x), fmt.Sprintf("%.3f%%", width), classNames[s]})
		x += width
	}
}

// cards returns the groups of a state, the largest first.
func (g *groups) cards(s state) []card {
	var cards []card
	for _, found := range g.list {
		if found.state != s {
			continue
		}
		cause := found.cause()
		cards = append(cards, card{
			Group: found.id, Rows: cause.Rows, Reason: upper(cause.Reason), Remedy: upper(cause.Remedy),
			Examples: found.examples, More: cause.Rows - len(found.examples),
		})
	}
	slices.SortStableFunc(cards, func(a, b card) int { return cmp.Compare(b.Rows, a.Rows) })
	return cards
}

// upper begins a sentence, unless its first word is a name such as isLocked.
func upper(text string) string {
	if !ordinary.MatchString(text) {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

var ordinary = regexp.MustCompile(`^[a-z]+[ ,]`)

// bind keeps a number and its noun on one line.
func bind(text string) string { return numbers.ReplaceAllString(text, "$1\u00a0") }

var numbers = regexp.MustCompile(`(\d) `)

// facts are the figures of a run.
func facts(run *Run, x *reading) []Setting {
	o, t := run.Outcome, run.Timeline
	var f []Setting
	add := func(name, value string) { f = append(f, Setting{name, value}) }
	if o.Elapsed > 0 {
		add("Duration", report.Duration(o.Elapsed))
	}
	if sent := requests(o); sent != "" {
		add("Requests to create", sent)
	}
	if len(t.pauses) > 0 {
		add("Webex asked to wait", fmt.Sprintf("%s, %s in all", report.Count(len(t.pauses), "time", "times"), report.Duration(t.paused())))
	} else if len(t.created) > 0 {
		add("Webex asked to wait", "never")
	}
	if len(t.created) > 0 {
		add("Limit that was learned", learned(run.Learned))
	}
	if t.lost > 0 {
		add("Lost answers", fmt.Sprintf("%s; the rooms were listed %s to settle them",
			report.Number(t.lost), report.Count(o.Listings, "time", "times")))
	}
	if x.moved > 0 {
		add("Moved to another key", report.Count(x.moved, "row", "rows"))
	}
	if x.changed > 0 {
		add("Changed in the manifest, left as they are", report.Count(x.changed, "room", "rooms"))
	}
	return f
}

// requests counts answers: "312: 300 × 200, 12 × 429".
func requests(o *provision.Outcome) string {
	var parts []string
	sum := 0
	codes := make([]int, 0, len(o.Requests))
	for code, n := range o.Requests {
		codes, sum = append(codes, code), sum+n
	}
	slices.Sort(codes)
	for _, code := range codes {
		what := fmt.Sprintf("answered %d", code)
		if code == 0 {
			what = "without an answer"
		}
		parts = append(parts, report.Number(o.Requests[code])+" "+what)
	}
	switch len(parts) {
	case 0:
		return ""
	case 1:
		return parts[0]
	}
	return report.Number(sum) + ": " + listing(parts)
}

// learned says what the run found out about Webex's limit.
func learned(l ratelimit.Learned) string {
	switch {
	case l.Quota > 0:
		return fmt.Sprintf("%s in each %s", report.Count(l.Quota, "request", "requests"), report.Duration(l.Period))
	case l.Burst > 0:
		return fmt.Sprintf("about %s requests a minute, and up to %.0f at once after a rest", perMinute(l), l.Burst)
	}
	return "the limit was not reached; " + perMinute(l) + " requests a minute were not too many"
}

func perMinute(l ratelimit.Learned) string { return report.Number(int(math.Round(60 * l.Rate))) }

// period writes a span of time.
func period(from, to time.Time) string {
	from, to = from.UTC(), to.UTC()
	switch {
	case from.IsZero():
		return ""
	case from.Format(minutes) == to.Format(minutes):
		return from.Format(minutes) + " UTC"
	case from.Format("2 Jan 2006") == to.Format("2 Jan 2006"):
		return from.Format(minutes) + " to " + to.Format("15:04") + " UTC"
	}
	return from.Format(minutes) + " to " + to.Format(minutes) + " UTC"
}
