package provision

import (
	"fmt"
	"iter"

	"roomlift/provision/manifest"
	"roomlift/provision/webex"
	"roomlift/report/results"
)

// Action is what a run has to do for a row.
type Action uint8

// The actions. Only Create and Reconcile cost requests.
const (
	Create    Action = iota // the row has no room yet
	Keep                    // the row has its room
	Move                    // its room is recorded under the ref of a row that left the manifest
	Reconcile               // an earlier request may have made its room: settle that first
	Adopt                   // a room that it can take over exists already
	Refuse                  // the row cannot be sent, for Step.Reason
)

var actionNames = [...]string{"create", "keep", "moved", "reconcile", "adopt", "refuse"}

// String returns the word that plans are printed with.
func (a Action) String() string { return actionNames[a] }

// Step is one row of a plan.
type Step struct {
	Row    *manifest.Row
	Ref    string
	Action Action
	From   string // ref whose record the row takes over; empty for most
	RoomID string // room to adopt
	Reason string // why the row is refused, or may not be sent again once it is settled
	// Changed says that the room was created from another title or team than
	// the row now has. It is left as it is.
	Changed bool
}

// Plan is what a run will do: one step for each row, in manifest order.
type Plan struct {
	Server string // host that the rooms are on, as results files record it
	Steps  []Step

	outdated []string // refs whose failure says nothing any more, see leftovers
}

// Records is what a plan needs of a results file.
type Records interface {
	Get(ref string) (results.Record, bool)
	All() iter.Seq[results.Record]
	// Recorded returns those of the room ids that records hold.
	Recorded(ids []string) map[string]bool
}

// ServerError says that a results file holds the rooms of another server. They
// say nothing about this one.
type ServerError struct {
	Recorded string // server of the results file
	Wanted   string // server of this run
}

// Error names both servers.
func (e *ServerError) Error() string {
	return fmt.Sprintf("the results file holds rooms of %s, this run is for %s", e.Recorded, e.Wanted)
}

// NewPlan decides what to do for each row. Rows that the manifest's faults name
// are refused with the reason. The error is a *ServerError.
func NewPlan(m *manifest.Manifest, faults manifest.ErrorList, records Records, server string) (*Plan, error) {
	for r := range records.All() {
		if (r.Status.HasRoom() || r.Status.Unsettled()) && r.Server != server {
			return nil, &ServerError{Recorded: r.Server, Wanted: server}
		}
	}
	p := &Plan{Server: server, Steps: make([]Step, len(m.Rows))}
	refs := make(map[string]struct{}, len(m.Rows))
	for i := range m.Rows {
		row := &m.Rows[i]
		p.Steps[i] = Step{Row: row, Ref: row.Ref()}
		refs[p.Steps[i].Ref] = struct{}{}
	}
	reasons := faultsByRow(faults)
	left := leftRecords(records, refs)
	for i := range p.Steps {
		decide(&p.Steps[i], records, left, reasons)
	}
	p.outdated = left.outdated()
	return p, nil
}

func decide(s *Step, records Records, left *leftovers, reasons map[int]string) {
	record, known := records.Get(s.Ref)
	switch {
	case known && record.Status.HasRoom() && left.claim(record.RoomID):
		s.Action = Keep
		s.Changed = record.Title != s.Row.Title || record.TeamID != s.Row.TeamID
		return
	case known && record.Status.Unsettled():
		s.Action = Reconcile
		s.Reason = reasons[s.Row.Number]
		return
	}
	s.Action = Create
	if s.Row.Invalid {
		s.Action, s.Reason = Refuse, reasons[s.Row.Number]
	}
	switch old, ok := left.take(s.Row, record, known); {
	case !ok:
	case old.hasRoom:
		s.From, s.Action, s.Reason = old.ref, Move, ""
	default:
		s.From, s.Action = old.ref, Reconcile
	}
}

func faultsByRow(faults manifest.ErrorList) map[int]string {
	reasons := make(map[int]string, len(faults))
	for _, f := range faults {
		reason := f.Reason
		if f.Column != "" {
			reason = f.Column + ": " + reason
		}
		if f.Remedy != "" {
			reason += "; " + f.Remedy
		}
		if earlier := reasons[f.Row]; earlier != "" {
			reason = earlier + " / " + reason
		}
		reasons[f.Row] = reason
	}
	return reasons
}

// Count returns how many rows an action stands for.
func (p *Plan) Count(a Action) int {
	n := 0
	for i := range p.Steps {
		if p.Steps[i].Action == a {
			n++
		}
	}
	return n
}

// CheckIdentity refuses the rows that this identity cannot create: a bot may
// not create a room and classify it at once.
func (p *Plan) CheckIdentity(me webex.Person) {
	if me.Type != "bot" {
		return
	}
	for i := range p.Steps {
		s := &p.Steps[i]
		if s.Row.ClassificationID == "" || s.Action != Create && s.Action != Reconcile {
			continue
		}
		if s.Action == Create {
			s.Action = Refuse
		}
		if s.Reason == "" {
			s.Reason = "classificationId: a bot cannot create a room and classify it at once; " +
				"use a person's or a Service App's token, or leave the cell empty"
		}
	}
}

// Final yields the record of every row, in manifest order, as the compacted
// results file keeps them; a row that was not tried is pending.
func (p *Plan) Final(records Records) iter.Seq[results.Record] {
	return func(yield func(results.Record) bool) {
		for i := range p.Steps {
			s := &p.Steps[i]
			r, ok := records.Get(s.Ref)
			if !ok {
				r = p.pending(s)
			}
			r.Row = s.Row.Number
			if !yield(r) {
				return
			}
		}
	}
}

func (p *Plan) pending(s *Step) results.Record {
	return results.Record{
		Ref:    s.Ref,
		Row:    s.Row.Number,
		Key:    s.Row.Key,
		Title:  s.Row.Title,
		TeamID: s.Row.TeamID,
		Status: results.Pending,
		Server: p.Server,
	}
}

// Asks reports whether anything has to be asked of Webex.
func (p *Plan) Asks() bool {
	return p.Count(Create) > 0 || p.Count(Reconcile) > 0
}
