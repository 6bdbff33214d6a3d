package page

import (
	"cmp"
	"encoding/json"
	"time"

	"roomlift/provision"
	"roomlift/report"
	"roomlift/report/results"
)

// state is what a page says of a row.
type state = report.State

const (
	created   = report.Created
	adopted   = report.Adopted
	existed   = report.Existed
	failed    = report.Failed
	unsettled = report.Unsettled
	untried   = report.Untried
	states    = report.States
)

// classNames are the names of states in the style sheet.
var classNames = [states]string{"created", "adopted", "existed", "failed", "unsettled", "untried"}

// lacks reports a state without a room.
func lacks(s state) bool { return s >= failed }

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
	Link    string   `json:"link"` // before the id of a space
	States  []string `json:"states"`
	Classes []string `json:"classes"`
	Lacking []bool   `json:"lacking"` // whether rows in a state have no room
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
	x := &reading{list: list{Link: report.SpaceScheme, Classes: classNames[:], Rooms: []*room{}}}
	for s := range states {
		x.list.States = append(x.list.States, s.String())
		x.list.Lacking = append(x.list.Lacking, lacks(s))
	}
	steps := stepsByRef(r.Run)
	unbegun := r.Run != nil && r.Run.Outcome == nil
	for record := range r.Records {
		straighten(&record)
		step := steps[record.Ref]
		s := report.StateOf(&record, step)
		if unbegun && record.Status.HasRoom() {
			s = existed
		}
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
			number: record.Row, title: record.Title, key: record.Key, team: teams.number(report.ShortTeam(record.TeamID)),
			state: s, space: report.SpaceID(record.Server, record.RoomID),
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
	if run == nil || run.Plan == nil {
		return nil
	}
	steps := make(map[string]*provision.Step, len(run.Plan.Steps))
	for i := range run.Plan.Steps {
		steps[run.Plan.Steps[i].Ref()] = &run.Plan.Steps[i]
	}
	return steps
}

// note says of one row what its state does not.
func (x *reading) note(r *results.Record, step *provision.Step, s state) string {
	switch {
	case step == nil || s != existed:
	case step.Action == provision.Move:
		x.moved++
	case step.Changed:
		x.changed++
	}
	return report.Note(r, step, s)
}

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
		why = report.Why(r.Status, r.Error)
	case unsettled, adopted:
		why = report.WhyDoubtful(r)
	default:
		return -1
	}
	trouble := provision.TroubleOf(r)
	n := g.causes[s].Add(why, 1, trouble.Own[:]...)
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
