package provision

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"roomlift/provision/webex"
)

// place is where rooms can be mistaken for each other: Webex gives rooms of the
// same title and team nothing else that a row knows of.
type place struct{ title, teamID string }

func placeOf(title, teamID string) place {
	return place{strings.TrimSpace(title), teamID} // Webex trims titles
}

// wanted is a row that may have a room.
type wanted struct {
	// places are where its room may be: what was recorded of the row, and what it
	// is now, which differ when the manifest was edited or when a spreadsheet
	// program rewrote the record.
	places []place
	since  time.Time     // its room was created no earlier, by the server's clock; zero is any time
	margin time.Duration // how far since may be off, see clockMargin
}

// clockMargin is how far a room's time may lie before the intent's although it
// came after: the server's Date, which intents are timed by, and the machine
// that stamps the room need not agree to the second. What a run has found out of
// their difference comes on top; of an earlier run's intents, which cannot be
// asked any more, laterMargin is believed.
const (
	clockMargin = 5 * time.Second
	laterMargin = time.Minute
)

// fate is what a listing says of a wanted row.
type fate uint8

const (
	absent  fate = iota // no room of its own is listed
	found               // matched with a room
	unclear             // not matched, but a listed room cannot be told from its own
)

// match assigns rooms to rows, one to one: same title and team, created by me,
// not before the row was sent. It returns, for each row, its fate and the
// room's id.
//
// Several rows and rooms of one place are a multiset, and as many rows as can be
// get a room: what suits a later row suits every earlier one too, so the latest
// row chooses first. It takes the oldest room made after it was sent, and only
// where there is none the latest one from within the margin, so that a
// look-alike made just before the run is not mistaken for the row's.
//
// Rooms must hold no room that already belongs to a row.
func match(rows []wanted, rooms []webex.Room, me string) ([]fate, []string) {
	fates, ids := make([]fate, len(rows)), make([]string, len(rows))
	byPlace, doubtful := sortRooms(rooms, me)
	order := make([]int, len(rows))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return rows[b].since.Compare(rows[a].since) })

	for _, i := range order {
		for _, here := range rows[i].places {
			candidates := byPlace[here]
			if n, ok := rows[i].choose(candidates); ok {
				fates[i], ids[i] = found, candidates[n].ID
				byPlace[here] = slices.Delete(candidates, n, n+1)
				break
			}
		}
	}
	for i, row := range rows {
		if fates[i] == absent && slices.ContainsFunc(doubtful, row.mayOwn) {
			fates[i] = unclear
		}
	}
	return fates, ids
}

// choose returns which of the rooms, the oldest first, suits the row best.
func (w wanted) choose(rooms []webex.Room) (int, bool) {
	n := slices.IndexFunc(rooms, func(room webex.Room) bool {
		return room.Created.IsZero() || !room.Created.Before(w.since)
	})
	if n < 0 {
		n = len(rooms) - 1
	}
	return n, n >= 0 && !w.precedes(rooms[n])
}

// precedes reports a room that is too old to be the row's. One whose time cannot
// be read may be any age.
func (w wanted) precedes(room webex.Room) bool {
	return !room.Created.IsZero() && room.Created.Before(w.since.Add(-w.margin))
}

// mayOwn reports a room of unknown title that may be the row's.
func (w wanted) mayOwn(room webex.Room) bool {
	return !w.precedes(room) && slices.ContainsFunc(w.places, func(p place) bool { return p.teamID == room.TeamID })
}

// sortRooms groups the rooms that I created by place, oldest first, and sets
// those apart whose title or creator cannot be read.
func sortRooms(rooms []webex.Room, me string) (map[place][]webex.Room, []webex.Room) {
	byPlace := map[place][]webex.Room{}
	var doubtful []webex.Room
	for _, room := range rooms {
		switch {
		case room.CreatorID != me && room.CreatorID != "":
		case room.TitleUnreadable() || room.CreatorID == "":
			doubtful = append(doubtful, room)
		default:
			p := placeOf(room.Title, room.TeamID)
			byPlace[p] = append(byPlace[p], room)
		}
	}
	for _, group := range byPlace {
		slices.SortFunc(group, func(a, b webex.Room) int {
			return cmp.Or(a.Created.Compare(b.Created), strings.Compare(a.ID, b.ID))
		})
	}
	return byPlace, doubtful
}
