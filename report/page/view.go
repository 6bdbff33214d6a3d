package page

import (
	"cmp"
	"fmt"
	"html/template"
	"regexp"
	"slices"
	"strings"
	"time"

	"roomlift/provision"
	"roomlift/provision/manifest"
	"roomlift/report"
	"roomlift/report/results"
)

// view is what the template shows.
type view struct {
	Policy string
	Style  template.CSS
	Script template.JS

	Verdict  verdict
	Stopped  string   // why the run did not go on; "" if it did
	Remark   string   // on what the rows are; "" where there is nothing to be said
	Next     string   // what to do next; "" where there is nothing
	Command  []string // that does it, by words; none where it is not known
	NotWebex string   // what is to be said of a server that is not Webex itself
	Server   string
	Account  string
	File     string
	Period   string
	Live     bool // this is the page of a run, not only of a results file
	Planned  bool // the rows are those of the manifest

	Unread  string // that the results file could not be read, and why if nothing else says so
	Faults  []fault
	Faulty  int // faults that are not shown
	Rows    int
	Counts  []count
	Share   []segment
	Failed  []card
	Doubted []card
	Adopted []card

	Chart   *chart
	Facts   []Setting
	Pauses  []pauseRow
	Omitted int // pauses that are not shown

	Settings []Setting
	Written  string
	Version  string
	List     list
	Static   []staticRow // for who has no script
	Unlisted int         // rows that are not in Static
}

// fault is one fault of the manifest.
type fault struct{ Place, Reason, Remedy string }

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
type pauseRow struct{ At, Asked, Refused, Cause string }

const (
	// maxPauses is how many refusals the table lists; the chart marks them all.
	maxPauses = 2000
	// maxFaults is how many faults of the manifest are listed.
	maxFaults = 500
)

// minutes is the layout of times to the minute.
const minutes = "2 Jan 2006 15:04"

func newView(r *Report) *view {
	x := read(r)
	v := &view{
		Policy: policy(), Style: template.CSS(style), Script: template.JS(script), //nolint:gosec // both are ours
		Server: x.server, File: r.File, Period: period(x.first, x.last),
		Written: r.Written.UTC().Format(minutes + " UTC"), Version: r.Version, List: x.list, Rows: len(x.list.Rooms),
	}
	if r.Fault != nil {
		if err := r.Fault(); err != nil {
			v.Unread = "The results file cannot be read, so this page does not list the rooms"
			if r.Run == nil || !strings.Contains(r.Run.Error, err.Error()) {
				v.Unread += ": " + err.Error()
			}
		}
	}
	v.count(x.tally)
	v.Failed, v.Doubted, v.Adopted = x.groups.cards(failed), x.groups.cards(unsettled), x.groups.cards(adopted)
	v.Static, v.Unlisted = staticRows(&x.list)
	if r.Run != nil {
		v.addRun(r.Run, x)
	} else {
		v.addFile(r, x)
	}
	v.NotWebex = upper(report.NotWebex(v.Server))
	return v
}

// addFile adds what is said where a results file is all that is known.
func (v *view) addFile(r *Report, x *reading) {
	o, again := outcomeOf(x.tally), cmp.Or(r.Again, report.Again)
	if r.Open {
		v.Verdict, v.Next = unfinished(x.tally, o.Rows), sentenceOf(report.NextOpen(o, again))
		v.Remark = "It was killed, or is still under way: rooms that it has not come to are not on this page."
	} else {
		v.Verdict, v.Next = judge(x.tally, "", ending{}), sentenceOf(report.Next(o, "", again))
	}
	drawn := mainRun(x.times)
	if v.Chart = newChart(drawn, nil, nil); v.Chart != nil {
		v.Chart.Others = len(x.times) - len(drawn)
	}
}

// outcomeOf is as much of an outcome as counts tell.
func outcomeOf(tally [states]int) *provision.Outcome {
	o := &provision.Outcome{Statuses: map[results.Status]int{
		results.Created: tally[created] + tally[adopted] + tally[existed],
		results.Failed:  tally[failed], results.Unknown: tally[unsettled], results.Pending: tally[untried],
	}}
	for _, n := range o.Statuses {
		o.Rows += n
	}
	return o
}

// addRun adds what only a run knows.
func (v *view) addRun(run *Run, x *reading) {
	v.Live, v.Planned, v.Settings = true, run.Plan != nil, run.Settings
	v.Server, v.Account = cmp.Or(run.Server, x.server), run.Account
	v.Period = period(run.Started, run.Ended())
	v.Stopped, v.Next = whyStopped(run.Run), sentenceOf(told(run.Run, strings.TrimPrefix(run.Next, "nothing was sent; ")))
	if v.Next != "" {
		v.Command = commandWords(run.Command)
	}
	if run.UnderWay {
		v.Verdict, v.Next = underWay(run.Started)
		v.Period, v.Command = "", commandWords(run.Command)
		return
	}
	v.addFaults(run.Faults)
	took := ""
	if run.Outcome != nil && run.Outcome.Elapsed > 0 {
		took = report.Duration(run.Outcome.Elapsed)
	}
	v.Verdict = judge(x.tally, took, ending{unbegun: run.Outcome == nil, fault: run.Error != "", planned: v.Planned})
	if run.Outcome == nil || run.Timeline == nil {
		return
	}
	t := run.Timeline
	v.Chart = newChart(t.times(), &run.Learned, t.pauses)
	v.Facts = facts(run, x)
	for i, p := range t.pauses {
		if i == maxPauses {
			v.Omitted = len(t.pauses) - i
			break
		}
		asked := "not said"
		if wait := p.asked.Sub(p.from); wait > 0 {
			asked = report.Duration(wait)
		}
		v.Pauses = append(v.Pauses, pauseRow{
			p.from.UTC().Format("15:04:05"), asked, report.Number(p.refused), p.cause,
		})
	}
}

// whyStopped says why a run did not go on, without what to do about it, which is
// said elsewhere.
func whyStopped(run *report.Run) string {
	why := strings.TrimPrefix(run.Error, "stopped: ")
	if reason, remedy := report.CutRemedy(why); remedy != "" && strings.Contains(run.Next, remedy) {
		why = reason
	}
	if !run.Reopens.IsZero() {
		why, _ = report.CutRemedy(why)
		why += ", and the run was to end before that"
	}
	return sentenceOf(told(run, why))
}

// told returns what is said of a run with times as the page has them: by the clock as it
// was when the run began, and the minute not too early.
func told(run *report.Run, text string) string {
	reopens := run.Started.Add(run.Reopens.Sub(run.Started))
	return run.Spoken(text, reopens.Add(time.Minute-1).UTC().Format(minutes+" UTC"))
}

func (v *view) addFaults(faults manifest.ErrorList) {
	for i, f := range faults {
		if i == maxFaults {
			v.Faulty = len(faults) - i
			break
		}
		v.Faults = append(v.Faults, fault{placeOf(f.Pos), upper(f.Complaint()), upper(f.Remedy)})
	}
}

// placeOf says where a fault is: "rooms.csv, line 14" or "rooms.xlsx: Sheet1!C14".
func placeOf(p manifest.Position) string {
	if p.Sheet != "" || p.Line == 0 {
		return p.String()
	}
	return fmt.Sprintf("%s, line\u00a0%d", manifest.Position{File: p.File}, p.Line)
}

func (v *view) count(tally [states]int) {
	x := 0.0
	for s, n := range tally {
		if n == 0 {
			continue
		}
		v.Counts = append(v.Counts, count{n, state(s).String(), classNames[s], s})
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

// sentenceOf makes a sentence of a message, which has neither a capital nor a full
// stop.
func sentenceOf(message string) string {
	if message == "" || strings.HasSuffix(message, ".") {
		return upper(message)
	}
	return upper(message) + "."
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

// commandWords are those of a command, each of which stands on one line.
func commandWords(command string) []string {
	if command == "" {
		return nil
	}
	return strings.Split(command, " ")
}
