package page

import (
	"cmp"
	"encoding/json"
	"fmt"
	"time"

	"roomlift/provision"
	"roomlift/report"
	"roomlift/report/results"
)

// state is what a page says of a row. It tells the rooms of this run from those
// before, where the run is known.
type state uint8

const (
	created state = iota
	adopted
	existed
	failed
	unsettled
	untried
	states // their number
)

// stateNames are the words of the page, and classNames those of its style sheet.
var (
	stateNames = [states]string{"created", "adopted", "existed before", "failed", "not settled", "not tried"}
	classNames = [states]string{"created", "adopted", "existed", "failed", "unsettled", "untried"}
)

// room is one row of the list.
type room struct {
	number   int
	title    string
	key      string
	team     int // index of list.Teams, -1 for none
	state    state
	space    string // for the link; empty when there is none
	note     int    // index of list.Notes, -1 for none
	group    int    // the cause that it belongs to, -1 for none
	attempts int
	at       int64 // Unix seconds; 0 is not known
	tracking string
}

// MarshalJSON writes a room as a list, since 50,000 of them repeat every name.
func (r *room) MarshalJSON() ([]byte, error) {
	return json.Marshal([...]any{
		r.number, r.title, r.key, r.team, r.state, r.space, r.note, r.group, r.attempts, r.at, r.tracking,
	})
}

// list is what the page's script shows. Texts that many rows share stand once.
type list struct {
	States  []string `json:"states"`
	Classes []string `json:"classes"`
	Teams   []string `json:"teams"`
	Notes   []string `json:"notes"`
	Causes  []string `json:"causes"` // by group
	Keys    bool     `json:"keys"`   // some row has a key
	Rooms   []*room  `json:"rooms"`
}

// words gives each text that is told apart a number.
type words struct {
	list  []string
	index map[string]int
}

func (w *words) number(text string) int {
	if text == "" {
		return -1
	}
	i, ok := w.index[text]
	if !ok {
		if w.index == nil {
			w.index = map[string]int{}
		}
		i = len(w.list)
		w.index[text], w.list = i, append(w.list, text)
	}
	return i
}

// reading is what one walk over the records finds out.
type reading struct {
	list        list
	tally       [states]int
	server      string
	times       []time.Time // when rooms were created
	first, last time.Time   // the earliest and the latest that is recorded
	groups      groups
	changed     int
	moved       int
}

// read walks over the records of a report.
func read(r *Report) *reading {
	var teams, notes words
	x := &reading{list: list{States: stateNames[:], Classes: classNames[:], Rooms: []*room{}}}
	steps := stepsByRef(r.Run)
	for record := range r.Records {
		step := steps[record.Ref]
		s := stateOf(&record, step)
		x.tally[s]++
		x.server = cmp.Or(x.server, record.Server)
		x.span(record.StartedAt)
		x.span(record.FinishedAt)
		if s == created && !record.FinishedAt.IsZero() {
			x.times = append(x.times, record.FinishedAt)
		}
		if record.Key != "" {
			x.list.Keys = true
		}
		row := &room{
			number: record.Row, title: record.Title, key: record.Key, team: teams.number(teamOf(record.TeamID)),
			state: s, space: spaceID(record.Server, record.RoomID),
			note: notes.number(x.note(&record, step, s)), attempts: record.Attempts,
		}
		row.group = x.groups.add(&record, s)
		if !record.FinishedAt.IsZero() {
			row.at = record.FinishedAt.Unix()
		}
		if s == failed || s == unsettled {
			row.tracking = record.TrackingID
		}
		x.list.Rooms = append(x.list.Rooms, row)
	}
	x.list.Teams, x.list.Notes = teams.list, notes.list
	for _, g := range x.groups.list {
		x.list.Causes = append(x.list.Causes, g.cause().Reason)
	}
	return x
}

func (x *reading) span(at time.Time) {
	if at.IsZero() {
		return
	}
	if x.first.IsZero() || at.Before(x.first) {
		x.first = at
	}
	if at.After(x.last) {
		x.last = at
	}
}

func stepsByRef(run *Run) map[string]*provision.Step {
	if run == nil {
		return nil
	}
	steps := make(map[string]*provision.Step, len(run.Plan.Steps))
	for i := range run.Plan.Steps {
		steps[run.Plan.Steps[i].Ref()] = &run.Plan.Steps[i]
	}
	return steps
}

func stateOf(r *results.Record, step *provision.Step) state {
	switch {
	case r.Status.HasRoom() && step != nil && (step.Action == provision.Keep || step.Action == provision.Move):
		return existed
	case r.Status == results.Adopted:
		return adopted
	case r.Status == results.Created:
		return created
	case r.Status == results.Failed:
		return failed
	case r.Status.Unsettled():
		return unsettled
	}
	return untried
}

// note says of one row what its state does not.
func (x *reading) note(r *results.Record, step *provision.Step, s state) string {
	switch {
	case s == failed:
		return r.Error
	case s == unsettled || s == adopted:
		return whyDoubtful(r)
	case step != nil && step.Action == provision.Move:
		x.moved++
		return "recorded under another key before; the room is the same"
	case step != nil && step.Changed:
		x.changed++
		return "title or team differ from what was created; the room was left as it is"
	case r.Status.HasRoom() && r.Attempts > 1:
		return fmt.Sprintf("created in %d attempts", r.Attempts)
	}
	return r.Error
}

// whyDoubtful says why a row was adopted, or is not settled. An adopted row that
// was never sent was found by --adopt; one that was sent had lost its answer.
func whyDoubtful(r *results.Record) string {
	switch {
	case r.Status == results.Adopted && r.Attempts == 0:
		return "this account had created a room of the same title and team before, so none was created"
	case r.Status == results.Adopted && r.HTTPStatus == 0:
		return "the answer to its request was lost, but the room was found in Webex, so no second one was created"
	case r.Status == results.Adopted:
		return fmt.Sprintf("Webex answered %d, but the room was found in Webex, so no second one was created", r.HTTPStatus)
	}
	return cmp.Or(r.Error, "the run ended before the answer came; run again to settle it")
}

func teamOf(id string) string { return cmp.Or(decode(id, "TEAM"), id) }

// groups are rows without a room, and adopted ones, by why.
type groups struct {
	list   []*group
	causes [states]report.Causes
	index  [states][]int // number of the cause → number of the group
}

// group is rows of one state that share a cause.
type group struct {
	id       int
	state    state
	number   int // of the cause
	causes   *report.Causes
	examples []example
}

// example is one row of a group.
type example struct {
	Row   int
	Title string
}

const maxExamples = 3

func (g *group) cause() report.Cause { return g.causes.All()[g.number] }

// add returns the number of the row's group, -1 when it needs none.
func (g *groups) add(r *results.Record, s state) int {
	var why string
	switch s {
	case failed:
		why = cmp.Or(r.Error, "no reason is recorded; run again")
	case unsettled, adopted:
		why = whyDoubtful(r)
	default:
		return -1
	}
	n := g.causes[s].Add(why, 1)
	if n == len(g.index[s]) {
		g.index[s] = append(g.index[s], len(g.list))
		g.list = append(g.list, &group{id: len(g.list), state: s, number: n, causes: &g.causes[s]})
	}
	id := g.index[s][n]
	if found := g.list[id]; len(found.examples) < maxExamples {
		found.examples = append(found.examples, example{r.Row, r.Title})
	}
	return id
}
