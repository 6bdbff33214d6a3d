package provision

import (
	"fmt"
	"iter"
	"strings"

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
	Action Action
	// Changed says that the room was created from another title or team than
	// the row now has. It is left as it is.
	Changed bool
	// Twin says that the room it takes over may be that of another row: rows of its
	// title and team were refused because they had no key, and have left the manifest.
	Twin bool

	recorded bool  // the results file knows the row, or will
	rare     *rare // nil for most of what may be a million steps
}

// rare is what few steps have.
type rare struct{ from, roomID, reason string }

// From returns the ref whose record the row takes over, empty for most.
func (s *Step) From() string { return s.special().from }

// RoomID returns the room to adopt.
func (s *Step) RoomID() string { return s.special().roomID }

// Reason says why the row is refused, or may not be sent again once it is settled.
func (s *Step) Reason() string { return s.special().reason }

func (s *Step) special() rare {
	if s.rare == nil {
		return rare{}
	}
	return *s.rare
}

// note changes what few steps have.
func (s *Step) note(change func(*rare)) {
	special := s.special()
	change(&special)
	s.rare = &special
}

func (s *Step) takeOver(ref string) {
	s.recorded = true // with what the other record says, before anything is sent
	s.note(func(r *rare) { r.from = ref })
}

func (s *Step) adopt(roomID string)   { s.note(func(r *rare) { r.roomID = roomID }) }
func (s *Step) because(reason string) { s.note(func(r *rare) { r.reason = reason }) }

// Ref is the row's name in the results file.
func (s *Step) Ref() string { return s.Row.Ref() }

// Plan is what a run will do: one step for each row, in manifest order.
type Plan struct {
	Server string // host that the rooms are on, as results files record it
	Steps  []Step

	outdated []string // refs whose failure says nothing any more, see leftovers
}

// Records is what a plan needs of a results file.
type Records interface {
	Get(ref string) (results.Record, bool)
	Status(ref string) (results.Status, bool)
	// Asked reports whether the record of a ref is of that title and team.
	Asked(ref, title, teamID string) bool
	// Others yields the records of all other refs, but for pending ones.
	Others(refs iter.Seq[string]) iter.Seq[results.Record]
	// Shared returns the refs of rooms that several records hold, by the room's id.
	Shared() map[string][]string
	// Recorded returns those of the room ids that records hold.
	Recorded(ids []string) map[string]bool
	// Servers returns the hosts of the records that hold a room or are not settled.
	Servers() []string
	// Err returns why a record could not be read, once that has happened. What the
	// others return is not to be relied upon then.
	Err() error
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
// are refused with the reason. The error is a *ServerError or a *results.Error.
func NewPlan(m *manifest.Manifest, faults manifest.ErrorList, records Records, server string) (*Plan, error) {
	for _, recorded := range records.Servers() {
		if recorded != server {
			return nil, &ServerError{Recorded: recorded, Wanted: server}
		}
	}
	p := &Plan{Server: server, Steps: make([]Step, len(m.Rows))}
	for i := range m.Rows {
		p.Steps[i].Row = &m.Rows[i]
	}
	reasons := faultsByRow(faults)
	left := leftRecords(records, m.Rows, p.Refs())
	for i := range p.Steps {
		decide(&p.Steps[i], records, left, reasons)
	}
	p.outdated = left.outdated()
	return p, records.Err()
}

// Refs yields the ref of every row, in manifest order.
func (p *Plan) Refs() iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range p.Steps {
			if !yield(p.Steps[i].Ref()) {
				return
			}
		}
	}
}

func decide(s *Step, records Records, left *leftovers, reasons map[int]string) {
	ref := s.Ref()
	status, known := records.Status(ref)
	s.recorded = known
	switch {
	case known && status.HasRoom() && left.claim(ref):
		s.Action = Keep
		s.Changed = !records.Asked(ref, s.Row.Title, s.Row.TeamID) && changed(s.Row, records)
		return
	case known && status.Unsettled():
		s.Action = Reconcile
		if reason := reasons[s.Row.Number]; reason != "" {
			s.because(reason)
		}
		return
	}
	var record results.Record
	if known {
		record, _ = records.Get(ref)
	}
	s.Action = Create
	reason := reasons[s.Row.Number]
	if !s.Row.Invalid {
		reason = left.originals.reason(s.Row, record)
	}
	if s.Row.Invalid || reason != "" {
		s.Action = Refuse
		s.because(reason)
	}
	switch old, ok := left.take(s.Row, restored(record, s.Row), known, s.Action == Create); {
	case !ok:
	case old.hasRoom:
		s.takeOver(old.ref)
		s.Action = Move
		s.because("")
		s.Twin = s.Row.Key != "" && old.key == "" && left.faulty[old.place]
	default:
		s.takeOver(old.ref)
		s.Action = Reconcile
	}
}

// changed reports a row that differs from what its room was created from, other
// than by what a spreadsheet program did to the record.
func changed(row *manifest.Row, records Records) bool {
	record, _ := records.Get(row.Ref())
	record = restored(record, row)
	return record.Title != row.Title || record.TeamID != row.TeamID
}

func faultsByRow(faults manifest.ErrorList) map[int]string {
	reasons := make(map[int]string, len(faults))
	for _, f := range faults {
		reason := f.Reason
		if f.Column != "" {
			reason = f.Column + ": " + reason
		}
		if f.Remedy != "" {
			reason += "; " + strings.ReplaceAll(f.Remedy, "; ", ", ") // what stands behind the last semicolon is what to do
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
		if s.Reason() == "" {
			s.because("classificationId: a bot cannot create a room and classify it at once; " +
				"use a person's or a Service App's token, or leave the cell empty")
		}
	}
}

// Final yields the record of every row, in manifest order, as the compacted
// results file keeps them; a row that was not tried is pending.
func (p *Plan) Final(records Records) iter.Seq[results.Record] {
	return func(yield func(results.Record) bool) {
		for i := range p.Steps {
			s := &p.Steps[i]
			r, ok := records.Get(s.Ref())
			if ok {
				r = restored(r, s.Row)
			} else {
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
		Ref:    s.Ref(),
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
