package provision

import (
	"context"
	"time"

	"roomlift/provision/webex"
)

// FindExisting turns rows to create into rows to adopt where this identity has
// created a room of the same title and team already, one room for one row, the
// oldest first. Rooms that rows have, or that unsettled rows may have, are left
// to them. As long as rows are without a room it looks a second time, after the
// settling time: rooms that were made a moment ago are listed late. A row whose
// room may be one that Webex could not decrypt the title of is refused.
//
// Identify must come first. The error is one of Run's, or says that rooms cannot
// be listed now.
func (e *Engine) FindExisting(ctx context.Context, plan *Plan, records Records) error {
	again, err := e.findExisting(ctx, plan, records)
	if err != nil || !again {
		return err
	}
	if err := sleep(ctx, e.Settle); err != nil {
		return err
	}
	_, err = e.findExisting(ctx, plan, records)
	return err
}

// findExisting looks once. It reports whether rows are still without a room.
func (e *Engine) findExisting(ctx context.Context, plan *Plan, records Records) (missing bool, err error) {
	var rows []wanted
	var steps []*Step
	places := map[place]bool{}
	for i := range plan.Steps {
		step := &plan.Steps[i]
		w := wanted{places: []place{placeOf(step.Row.Title, step.Row.TeamID)}, margin: laterMargin}
		switch step.Action {
		case Reconcile:
			w.since = unsettledSince(records, step)
		case Create, Adopt: // what was found before may be assigned anew
		default:
			continue
		}
		rows, steps = append(rows, w), append(steps, step)
		places[w.places[0]] = true
	}
	rooms, err := e.rooms(ctx, func(room *webex.Room) bool {
		return places[placeOf(room.Title, room.TeamID)] || room.TitleUnreadable() || room.CreatorID == ""
	})
	if err != nil {
		return false, err
	}
	fates, ids := match(rows, unrecorded(rooms, records), e.me.ID)
	for i, step := range steps {
		if step.Action == Reconcile {
			continue
		}
		step.Action = Create
		switch fates[i] {
		case found:
			step.Action = Adopt
			step.adopt(ids[i])
		case unclear:
			step.Action = Refuse
			step.because("a room whose title Webex could not decrypt may be this row's; " +
				"look for it in Webex, or run without --adopt to create another")
		case absent:
			missing = true
		}
	}
	return missing, nil
}

func unsettledSince(records Records, step *Step) time.Time {
	ref := step.Ref()
	if step.From() != "" {
		ref = step.From()
	}
	record, _ := records.Get(ref)
	return record.StartedAt
}
