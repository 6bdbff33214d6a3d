package report

import (
	"cmp"
	"fmt"

	"roomlift/provision"
	"roomlift/report/results"
)

// State is what people are told of a row. It tells the rooms of a run from those
// before, where the run is known.
type State uint8

// The states of a row.
const (
	Created   State = iota
	Adopted         // found to exist, and taken over
	Existed         // before the run
	Failed          // refused, by Webex or for a fault of the manifest
	Unsettled       // the answer was lost
	Untried
	States // their number
)

// String returns the words for it.
func (s State) String() string {
	return [States]string{"created", "adopted", "existed before", "failed", "not settled", "not tried"}[s]
}

// StateOf returns the state of a recorded row. step is what a run had to do for
// it, nil where no run is known.
func StateOf(r *results.Record, step *provision.Step) State {
	switch {
	case r.Status.HasRoom() && step != nil && (step.Action == provision.Keep || step.Action == provision.Move):
		return Existed
	case r.Status == results.Adopted:
		return Adopted
	case r.Status == results.Created:
		return Created
	case r.Status == results.Failed:
		return Failed
	case r.Status.Unsettled():
		return Unsettled
	}
	return Untried
}

// NoteMoved and NoteChanged are said of rooms that are not quite as the manifest has
// them.
const (
	NoteMoved   = "recorded under another key before; the room is the same"
	NoteChanged = "title or team differ from what was created; the room was left as it is"
)

// Note says of one row what its state does not; "" where there is nothing to say.
// step is nil where no run is known.
func Note(r *results.Record, step *provision.Step, s State) string {
	switch {
	case s == Failed:
		return Why(r.Status, r.Error)
	case s == Unsettled || s == Adopted:
		return WhyDoubtful(r)
	case step != nil && step.Action == provision.Move:
		return NoteMoved
	case step != nil && step.Changed:
		return NoteChanged
	case r.Status.HasRoom() && r.Attempts > 1:
		return fmt.Sprintf("created in %d attempts", r.Attempts)
	}
	return r.Error
}

// WhyDoubtful says why a row was adopted, or is not settled. An adopted row that
// was never sent was found by --adopt; one that was sent had lost its answer.
func WhyDoubtful(r *results.Record) string {
	switch {
	case r.Status == results.Adopted && r.Attempts == 0:
		return "this account had created a room of the same title and team before, so none was created"
	case r.Status == results.Adopted && r.HTTPStatus == 0:
		return "the answer to its request was lost, but the room was found in Webex, so no second one was created"
	case r.Status == results.Adopted:
		return fmt.Sprintf("Webex answered %d, but the room was found in Webex, so no second one was created", r.HTTPStatus)
	}
	return Why(r.Status, r.Error)
}

// Why says why a row that was tried has no room, as everybody tells it: what was
// said, then what to do, after a semicolon. text is what is recorded of the row,
// which is "" where the run ended in between.
func Why(status results.Status, text string) string {
	if status.Unsettled() {
		return cmp.Or(text, "the run ended before the answer came; run again to settle it")
	}
	return cmp.Or(text, "no reason is recorded; correct the row, then apply it again")
}
