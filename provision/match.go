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
	place place
	since time.Time // its room was created no earlier, by the server's clock; zero is any time
}

// clockMargin is how far a room's time may lie before the intent's although it
// came after: the server's Date, which intents are timed by, and the machine
// that stamps the room need not agree to the second.
const clockMargin = 5 * time.Second

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
		row, candidates := rows[i], byPlace[rows[i].place] // the oldest first
		n := slices.IndexFunc(candidates, func(room webex.Room) bool {
			return room.Created.IsZero() || !room.Created.Before(row.since)
		})
		if n < 0 {
			n = len(candidates) - 1
		}
		if n < 0 || !candidates[n].Created.IsZero() && candidates[n].Created.Before(row.since.Add(-clockMargin)) {
			continue
		}
		fates[i], ids[i] = found, candidates[n].ID
		byPlace[row.place] = slices.Delete(candidates, n, n+1)
	}
	for i, row := range rows {
		if fates[i] == absent && slices.ContainsFunc(doubtful, func(r webex.Room) bool {
			return r.TeamID == row.place.teamID && !r.Created.Before(row.since.Add(-clockMargin))
		}) {
			fates[i] = unclear
		}
	}
	return fates, ids
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
