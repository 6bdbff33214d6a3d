package provision

import (
	"iter"
	"slices"
	"strconv"

	"roomlift/provision/manifest"
	"roomlift/report/results"
)

// leftovers are records whose refs have left the manifest. People add a key column
// after the first run, and spreadsheet programs turn the key 0012 into 12: then
// the refs change although the rooms exist. And people apply a part of their
// manifest, such as the rows that failed: then the others have left it, and keep
// their rooms.
type leftovers struct {
	byRef   map[string]*leftover
	byPlace map[place][]*leftover
	respelt map[string][]*leftover // those whose title a spreadsheet program may have made, by outline
	// failed are rows that failed, and have left the manifest. A row of a new name
	// may be any of them, renamed.
	failed []string
	// numbered are those of the failed whose key is a number.
	numbered map[keyNumber]results.Record
	// faulty are the places of those that were never sent.
	faulty map[place]bool
	// originals are all whose titles may have been rewritten.
	originals originals
	// renamed are the refs of those that are known to be in the manifest under a new
	// name.
	renamed []string
	// strangers says that a row of a new name is about to get a room.
	strangers bool
	// rivals are the rows whose rooms other rows hold too, because a run was killed
	// after a room had moved, and claimed are those rooms that one of them has.
	rivals  map[string]string
	claimed map[string]bool
}

// leftover is a record that a row may take over.
type leftover struct {
	ref, key string
	place    place
	hasRoom  bool
	taken    bool
}

// keyNumber is a place and a key that is a number.
type keyNumber struct {
	place  place
	number float64
}

func leftRecords(records Records, rows []manifest.Row, refs iter.Seq[string]) *leftovers {
	l := &leftovers{
		byRef: map[string]*leftover{}, byPlace: map[place][]*leftover{}, respelt: map[string][]*leftover{},
		numbered: map[keyNumber]results.Record{}, faulty: map[place]bool{}, originals: newOriginals(rows),
		rivals: map[string]string{}, claimed: map[string]bool{},
	}
	var gone []results.Record
	left := map[string]bool{}
	for r := range records.Others(refs) {
		left[r.Ref] = true
		l.originals.add(r)
		if r.Status != results.Failed {
			gone = append(gone, r)
			continue
		}
		l.failed = append(l.failed, r.Ref)
		if r.Attempts == 0 {
			l.faulty[placeOf(r.Title, r.TeamID)] = true
		}
		if n, err := strconv.ParseFloat(r.Key, 64); err == nil {
			l.numbered[keyNumber{placeOf(r.Title, r.TeamID), n}] = r
		}
	}
	held := map[string]bool{} // rooms of records that left which a row of the manifest has too
	for room, holders := range records.Shared() {
		for _, ref := range holders {
			if !left[ref] {
				held[room], l.rivals[ref] = true, room
			}
		}
	}
	// Rooms before unsettled records: a row that can have a room takes it.
	for _, rooms := range []bool{true, false} {
		for _, r := range gone {
			if r.Status.HasRoom() == rooms && !(rooms && held[r.RoomID]) {
				l.add(r)
			}
		}
	}
	return l
}

func (l *leftovers) add(r results.Record) {
	old := &leftover{ref: r.Ref, key: r.Key, place: placeOf(r.Title, r.TeamID), hasRoom: r.Status.HasRoom()}
	l.byRef[r.Ref] = old
	l.byPlace[old.place] = append(l.byPlace[old.place], old)
	if looksRespelt(old.place.title) && r.Ref != titleRef(r.Title, r.TeamID) {
		o := outline(old.place.title)
		l.respelt[o] = append(l.respelt[o], old)
	}
}

// claim gives a row the room that its record holds, unless another row has it.
func (l *leftovers) claim(ref string) bool {
	room, shared := l.rivals[ref]
	if !shared {
		return true
	}
	mine := !l.claimed[room]
	l.claimed[room] = true
	return mine
}

// take hands out the record left that may be the row's, once. record is the row's
// own, if known. It may be asked for a row that is not to be sent as well: that must
// not make anybody forget its room.
func (l *leftovers) take(row *manifest.Row, record results.Record, known, sent bool) (*leftover, bool) {
	if row.Nameless() { // its ref stands for another row as soon as the lines move
		return nil, false
	}
	p := placeOf(row.Title, row.TeamID)
	if !known {
		record, known = l.formerly(p, row)
	}
	if known && wasRefused(&record) && placeOf(record.Title, record.TeamID) == p {
		return nil, false
	}
	failed := known && record.Status == results.Failed
	l.strangers = l.strangers || sent && !failed
	if len(l.byRef) == 0 {
		return nil, false
	}
	old, ok := l.choose(p, func(old *leftover) bool {
		return !old.taken && (!failed || compatible(old.key, row.Key))
	})
	if ok {
		old.taken = true
	}
	return old, ok
}

// choose returns the oldest record that says this title and team, else the one
// whose ref stands for them, else the oldest that says what a spreadsheet program
// makes of them.
func (l *leftovers) choose(p place, suits func(*leftover) bool) (*leftover, bool) {
	if old, ok := first(l.byPlace, p, suits); ok {
		return old, true
	}
	if old, ok := l.byRef[titleRef(p.title, p.teamID)]; ok && suits(old) {
		return old, true
	}
	return first(l.respelt, outline(p.title), func(old *leftover) bool {
		return suits(old) && old.place.teamID == p.teamID && respelt(p.title, old.place.title)
	})
}

// first returns the first leftover under the key that suits, and forgets those at
// the front that rows have taken.
func first[K comparable](queues map[K][]*leftover, key K, suits func(*leftover) bool) (*leftover, bool) {
	queue := queues[key]
	for len(queue) > 0 && queue[0].taken {
		queue = queue[1:]
	}
	queues[key] = queue
	n := slices.IndexFunc(queue, suits)
	if n < 0 {
		return nil, false
	}
	return queue[n], true
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
