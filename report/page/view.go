package page

import (
	"cmp"
	"fmt"
	"html/template"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"roomlift/report"
)

// view is what the template shows.
type view struct {
	Policy string
	Style  template.CSS
	Script template.JS

	Verdict   verdict
	Stopped   string
	Faults    []string
	Unlisted  int // faults that are not shown
	Rehearsal bool
	Account   string
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
	Plain    []plainRoom // of the list, for those who run no scripts
	More     int         // rooms that are not among them
}

// plainRoom is a room in the list that needs no script.
type plainRoom struct {
	Row                      int
	Title, Key, State, Class string
	Note                     string
	Link                     template.URL
}

// maxPlain is how many rooms the list has that needs no script: as a mail program
// shows it, or a browser that is told to run nothing.
const maxPlain = 500

func (v *view) addPlain(l *list) {
	for _, r := range l.Rooms[:min(len(l.Rooms), maxPlain)] {
		row := plainRoom{Row: r.number, Title: r.title, Key: r.key, State: r.state.String(), Class: classNames[r.state]}
		if r.note >= 0 {
			row.Note = l.Notes[r.note]
		}
		if r.space != "" {
			row.Link = template.URL(l.Link + url.QueryEscape(r.space)) //nolint:gosec // the scheme is ours, and the id is escaped
		}
		v.Plain = append(v.Plain, row)
	}
	v.More = len(l.Rooms) - len(v.Plain)
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

// maxFaults is how many faults of a manifest are listed; roomlift check lists all.
const maxFaults = 200

// minutes is the layout of times to the minute.
const minutes = "2 Jan 2006 15:04"

func newView(r *Report) *view {
	x := read(r)
	v := &view{
		Policy: policy(), Style: template.CSS(style), Script: template.JS(script), //nolint:gosec // both are ours
		Server: x.server, Rehearsal: report.Rehearsal(x.server), File: r.File, Period: period(x.first, x.last),
		Written: r.Written.UTC().Format(minutes + " UTC"), Version: r.Version, List: x.list, Rows: len(x.list.Rooms),
	}
	v.count(x.tally)
	v.addPlain(&x.list)
	v.Failed, v.Doubtful, v.Adopted = x.groups.cards(failed), x.groups.cards(unsettled), x.groups.cards(adopted)
	took := ""
	if r.Run != nil {
		if elapsed := r.Run.Outcome.Elapsed; elapsed > 0 {
			took = report.Duration(elapsed)
		}
		v.addRun(r.Run, x)
	} else {
		drawn := mainRun(x.times)
		if v.Chart = newChart(drawn, nil, nil); v.Chart != nil {
			v.Chart.Others = len(x.times) - len(drawn)
		}
	}
	v.Stopped = strings.TrimPrefix(r.Stopped, "stopped: ")
	if signal, ok := strings.CutSuffix(v.Stopped, " signal received"); ok {
		v.Stopped = "somebody, or the system, told it to stop (" + signal + ")"
	}
	shown := min(len(r.Faults), maxFaults)
	v.Faults, v.Unlisted = r.Faults[:shown], len(r.Faults)-shown
	v.Verdict = judge(x.tally, took, v.Stopped, r.Unstarted)
	v.Verdict.Next = nextStep(x.tally, r)
	if !r.UnderWay.IsZero() {
		v.Verdict = underWay(r.UnderWay)
	}
	return v
}

// addRun adds what only a run knows.
func (v *view) addRun(run *Run, x *reading) {
	v.Live, v.Settings = true, run.Settings
	v.Account = run.Account
	v.Server = run.Plan.Server
	v.Rehearsal = report.Rehearsal(v.Server)
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
