package provision

import (
	"time"

	"roomlift/report/results"
)

// recordDecisions writes down what the plan decided without asking anybody:
// rooms that moved to another row, and rows that are refused.
func (r *run) recordDecisions() error {
	const batch = 1000 // records that share one fsync
	var records []results.Record
	var done []Event
	flush := func() error {
		if len(records) == 0 {
			return nil
		}
		if err := r.Results.Append(records...); err != nil {
			return err
		}
		for _, e := range done {
			r.emit(e)
		}
		records, done = records[:0], done[:0]
		return nil
	}
	for _, ref := range r.plan.outdated {
		records = append(records, r.retired(ref))
	}
	for i := range r.plan.Steps {
		step := &r.plan.Steps[i]
		record, decided := r.decided(step)
		if !decided {
			continue
		}
		records = append(records, record)
		if step.Action == Reconcile {
			records = append(records, r.retired(step.From()))
		}
		if step.Action != Reconcile {
			done = append(done, Event{Kind: RowDone, Result: &Result{Row: step.Row, Action: step.Action, Record: record}})
		}
		if len(records) >= batch {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// decided returns the record that a step needs before anything is sent.
func (r *run) decided(step *Step) (results.Record, bool) {
	if step.From() != "" { // Move, or Reconcile under a new ref
		record, _ := r.Results.Get(step.From()) // with all that others have written beside it
		record.Ref, record.Row = step.Ref(), step.Row.Number
		record.Key, record.Title, record.TeamID = step.Row.Key, step.Row.Title, step.Row.TeamID
		if own, known := r.Results.Get(step.Ref()); known { // which must not outlast this one in the journal
			record.Attempts = max(record.Attempts, own.Attempts+1)
		}
		return record, true
	}
	record := r.plan.pending(step)
	record.FinishedAt = r.clock.now()
	switch step.Action {
	case Refuse:
		record.Status, record.Error = results.Failed, step.Reason()
	case Adopt:
		record.Status, record.RoomID = results.Adopted, step.RoomID()
		record.CreatorID = r.me.ID
	default:
		return results.Record{}, false
	}
	return record, true
}

// retired is the record of a row that has left and whose answer another row has
// taken over: an unsettled one must not be settled a second time, and a refusal
// must not stand for the row any more, should it come back.
func (r *run) retired(ref string) results.Record {
	record, _ := r.Results.Get(ref)
	record.Status, record.StartedAt = results.Pending, time.Time{}
	record.Error = "another row of the same title and team has taken this over"
	record.Attempts++ // this is the last word on it
	return record
}
