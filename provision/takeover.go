package provision

import (
	"strconv"

	"roomlift/provision/manifest"
	"roomlift/report/results"
)

// leftovers are records whose refs have left the manifest, by title and team.
// People add a key column after the first run, and spreadsheet programs turn
// the key 0012 into 12: then the refs change although the rooms exist. And
// people apply a part of their manifest, such as the rows that failed: then the
// others have left it, and keep their rooms.
type leftovers struct {
	byPlace map[place][]leftover
	// failed are rows that failed, and have left the manifest. A row of a new name
	// may be any of them, renamed.
	failed []string
	// numbered are those of the failed whose key is a number.
	numbered map[keyNumber]results.Record
	// renamed are the refs of those that are known to be in the manifest under a new
	// name.
	renamed []string
	// strangers says that a row of a new name is about to get a room.
	strangers bool
	// shared are rooms that several records hold, because a run was killed after a
	// room had moved, by whether a row has claimed them.
	shared map[string]bool
}

// leftover is a record that a row may take over.
type leftover struct {
	ref, key string
	hasRoom  bool
}

// keyNumber is a place and a key that is a number.
type keyNumber struct {
	place  place
	number float64
}

func leftRecords(records Records, refs map[string]struct{}) *leftovers {
	l := &leftovers{
		byPlace: map[place][]leftover{}, numbered: map[keyNumber]results.Record{}, shared: map[string]bool{},
	}
	held := map[string]struct{}{} // rooms that a row of the manifest already has
	var gone []results.Record
	for r := range records.All() {
		if _, ok := refs[r.Ref]; ok {
			if r.Status.HasRoom() {
				if _, twice := held[r.RoomID]; twice {
					l.shared[r.RoomID] = false
				}
				held[r.RoomID] = struct{}{}
			}
			continue
		}
		switch {
		case r.Status.HasRoom(), r.Status.Unsettled():
			gone = append(gone, r)
		case r.Status == results.Failed:
			l.failed = append(l.failed, r.Ref)
			if n, err := strconv.ParseFloat(r.Key, 64); err == nil {
				l.numbered[keyNumber{placeOf(r.Title, r.TeamID), n}] = r
			}
		}
	}
	// Rooms before unsettled records: a row that can have a room takes it.
	for _, rooms := range []bool{true, false} {
		for _, r := range gone {
			if r.Status.HasRoom() != rooms {
				continue
			}
			if _, taken := held[r.RoomID]; taken && rooms {
				continue
			}
			p := placeOf(r.Title, r.TeamID)
			l.byPlace[p] = append(l.byPlace[p], leftover{r.Ref, r.Key, rooms})
		}
	}
	return l
}

// claim gives a room to a row, unless another row has it.
func (l *leftovers) claim(roomID string) bool {
	claimed, shared := l.shared[roomID]
	if shared {
		l.shared[roomID] = true
	}
	return !claimed
}

// take hands out the oldest record left that may be the row's, once. record is
// the row's own, if known. It may be asked for a faulty row as well: one that
// cannot be sent must not make anybody forget its room.
func (l *leftovers) take(row *manifest.Row, record results.Record, known bool) (leftover, bool) {
	if row.Nameless() { // its ref stands for another row as soon as the lines move
		return leftover{}, false
	}
	p := placeOf(row.Title, row.TeamID)
	if !known {
		record, known = l.formerly(p, row)
	}
	if known && wasRefused(&record) && placeOf(record.Title, record.TeamID) == p {
		return leftover{}, false
	}
	l.strangers = l.strangers || !row.Invalid && !(known && record.Status == results.Failed)
	queue := l.byPlace[p]
	for i, old := range queue {
		if known && record.Status == results.Failed && !compatible(old.key, row.Key) {
			continue
		}
		l.byPlace[p] = append(queue[:i:i], queue[i+1:]...)
		return old, true
	}
	return leftover{}, false
}

// wasRefused reports a row that Webex itself refused: it has no room, and it was
// in a manifest when every record left at its title and team had been handed out.
// What is left there now is of rows that stood beside it, and no concern of it.
// (A row whose title has changed since was not asked about these records, nor, by
// older versions, one that was never sent. One that is pending may be outdated.)
func wasRefused(r *results.Record) bool {
	return r.Status == results.Failed && r.Attempts > 0
}

// compatible reports whether two keys may be those of one row: one of them was
// not there yet, or a spreadsheet program made a number of it.
func compatible(a, b string) bool {
	return a == "" || b == "" || sameNumber(a, b)
}

// sameNumber reports whether two keys are the same number, as 0012 and 12 are.
func sameNumber(a, b string) bool {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	return errX == nil && errY == nil && x == y
}

// formerly returns the record of a failed row whose key a spreadsheet program has
// turned into that of the row.
func (l *leftovers) formerly(p place, row *manifest.Row) (results.Record, bool) {
	n, err := strconv.ParseFloat(row.Key, 64)
	if err != nil {
		return results.Record{}, false
	}
	r, ok := l.numbered[keyNumber{p, n}]
	if ok {
		delete(l.numbered, keyNumber{p, n})
		l.renamed = append(l.renamed, r.Ref)
	}
	return r, ok
}

// outdated returns the refs of failed rows that have left, and that a row of a
// new name, which is about to get a room, may be. Should one of them come back
// under its old name, that room may be its own: what is recorded of it must not
// keep it from taking the room.
func (l *leftovers) outdated() []string {
	if l.strangers {
		return l.failed
	}
	return l.renamed
}
