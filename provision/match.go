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
// not before the row was sent. Several rows and rooms of one place are a
// multiset: k rows and m rooms give min(k, m) pairs as far as their times allow,
// the oldest row with the oldest room. It returns, for each row, its fate and
// the room's id.
//
// Rooms must hold no room that already belongs to a row.
func match(rows []wanted, rooms []webex.Room, me string) ([]fate, []string) {
	fates, ids := make([]fate, len(rows)), make([]string, len(rows))
	roomsAt, doubtful := sortRooms(rooms, me)
	rowsAt := map[place][]int{}
	for i, row := range rows {
		rowsAt[row.place] = append(rowsAt[row.place], i)
	}
	for here, group := range rowsAt {
		slices.SortStableFunc(group, func(a, b int) int { return rows[a].since.Compare(rows[b].since) })
		earliest := make([]time.Time, len(group))
		for n, i := range group {
			earliest[n] = rows[i].since
		}
		for n, room := range pair(earliest, roomsAt[here]) {
			fates[group[n]], ids[group[n]] = found, room.ID
		}
	}
	for i, row := range rows {
		if fates[i] == absent && slices.ContainsFunc(doubtful, func(r webex.Room) bool {
			return r.TeamID == row.place.teamID && !precedes(r, row.since)
		}) {
			fates[i] = unclear
		}
	}
	return fates, ids
}

// pair chooses rooms for rows that were sent at these times, in order of time,
// so that the n-th room returned is the n-th row's. As many rows as possible get
// one. Where there are more rooms than rows, those from within the margin before
// the first row was sent are the last choice, the youngest of them first, so
// that a look-alike made just before the run is not mistaken for a row's own.
func pair(since []time.Time, rooms []webex.Room) []webex.Room {
	if len(since) == 0 {
		return nil
	}
	before := slices.IndexFunc(rooms, func(r webex.Room) bool { return !r.Created.Before(since[0]) })
	if before < 0 {
		before = len(rooms)
	}
	choice := slices.Clone(rooms[before:])
	for _, r := range slices.Backward(rooms[:before]) {
		choice = append(choice, r)
	}
	var chosen []webex.Room
	for _, room := range choice {
		if len(chosen) == len(since) {
			break
		}
		if with := insert(chosen, room); fits(since, with) {
			chosen = with
		}
	}
	return chosen
}

// fits reports whether rooms, in order of time, can each go to a row of its own:
// every row takes any room but those before its time, so the n-th room needs n
// rows that were sent by then.
func fits(since []time.Time, rooms []webex.Room) bool {
	for n, room := range rooms {
		if precedes(room, since[n]) {
			return false
		}
	}
	return true
}

// precedes reports a room that is certainly older than the time. One whose time
// cannot be read may be any age.
func precedes(room webex.Room, since time.Time) bool {
	return !room.Created.IsZero() && room.Created.Before(since.Add(-clockMargin))
}

// insert returns rooms with one more, in order of time.
func insert(rooms []webex.Room, room webex.Room) []webex.Room {
	at, _ := slices.BinarySearchFunc(rooms, room, byAge)
	return slices.Insert(slices.Clone(rooms), at, room)
}

func byAge(a, b webex.Room) int {
	return cmp.Or(a.Created.Compare(b.Created), strings.Compare(a.ID, b.ID))
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
		slices.SortFunc(group, byAge)
	}
	return byPlace, doubtful
}
