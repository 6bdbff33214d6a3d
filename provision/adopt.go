package provision

import (
	"context"
	"time"

	"roomlift/provision/webex"
)

// FindExisting turns rows to create into rows to adopt where this identity has
// created a room of the same title and team already, one room for one row, the
// oldest first. Rooms that rows have, or that unsettled rows may have, are left
// to them. It returns how many rooms could not be told apart, because Webex
// could not decrypt their titles. Identify must come first.
//
// The error is one of Run's, or says that rooms cannot be listed now.
func (e *Engine) FindExisting(ctx context.Context, plan *Plan, records Records) (unreadable int, err error) {
	var rows []wanted
	var steps []*Step
	places := map[place]bool{}
	for i := range plan.Steps {
		step := &plan.Steps[i]
		if step.Action != Create && step.Action != Reconcile {
			continue
		}
		w := wanted{place: placeOf(step.Row.Title, step.Row.TeamID)}
		if step.Action == Reconcile {
			w.since = unsettledSince(records, step)
		}
		rows, steps = append(rows, w), append(steps, step)
		places[w.place] = true
	}
	rooms, err := e.rooms(ctx, func(room *webex.Room) bool {
		if room.TitleUnreadable() && room.CreatorID == e.me.ID {
			unreadable++
		}
		return places[placeOf(room.Title, room.TeamID)]
	})
	if err != nil {
		return 0, err
	}
	fates, ids := match(rows, unrecorded(rooms, records), e.me.ID)
	for i, step := range steps {
		if fates[i] == found && step.Action == Create {
			step.Action, step.RoomID = Adopt, ids[i]
		}
	}
	return unreadable, nil
}

func unsettledSince(records Records, step *Step) time.Time {
	ref := step.Ref
	if step.From != "" {
		ref = step.From
	}
	record, _ := records.Get(ref)
	return record.StartedAt
}
