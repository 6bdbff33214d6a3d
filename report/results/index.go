package results

import (
	"encoding/hex"
	"hash/maphash"
	"slices"
	"time"
)

// index says where in a file the record of each ref stands, and what has to be
// known of all records at once. It is small beside the file: a million records
// take less than 100 MB.
type index struct {
	entries []entry // in the order in which their refs first stood in the file
	places  map[uint64]int32
	seed    maphash.Seed
	servers []string // entry.server counts into it
}

// entry is one ref. Times and the like stand in the file alone, but for what
// tells the later of two records.
type entry struct {
	ref      uint64 // the 16 hex digits
	room     uint64 // a hash of the room's id
	at       span
	finished int64 // Unix milliseconds
	attempts int32
	server   int32
	status   Status
}

// span is where a line stands in a file, without its line end.
type span struct {
	offset int64
	size   int32
}

func newIndex() index {
	return index{places: map[uint64]int32{}, seed: maphash.MakeSeed()}
}

// refNumber reads a ref, which is known to be one.
func refNumber(ref string) uint64 {
	var digits [8]byte
	_, _ = hex.Decode(digits[:], []byte(ref[2:]))
	n := uint64(0)
	for _, b := range digits {
		n = n<<8 | uint64(b)
	}
	return n
}

// find returns the entry of a ref, nil if there is none.
func (x *index) find(ref string) *entry {
	if !validRef(ref) {
		return nil
	}
	i, ok := x.places[refNumber(ref)]
	if !ok {
		return nil
	}
	return &x.entries[i]
}

// put takes in where a record stands, whatever was known of its ref.
func (x *index) put(r *Record, at span) {
	ref := refNumber(r.Ref)
	i, known := x.places[ref]
	if !known {
		i = int32(len(x.entries))
		x.places[ref] = i
		x.entries = append(x.entries, entry{})
	}
	x.entries[i] = x.entryOf(ref, r, at)
}

// offer takes in a record that stands behind those before, unless one of them
// says more of the same row.
func (x *index) offer(r *Record, at span) {
	if old := x.find(r.Ref); old != nil {
		if later := x.entryOf(old.ref, r, at); later.supersedes(old) {
			*old = later
		}
		return
	}
	x.put(r, at)
}

func (x *index) entryOf(ref uint64, r *Record, at span) entry {
	e := entry{ref: ref, at: at, attempts: int32(r.Attempts), server: x.serverNumber(r.Server), status: r.Status}
	if r.RoomID != "" {
		e.room = x.hash(r.RoomID)
	}
	if !r.FinishedAt.IsZero() {
		e.finished = r.FinishedAt.UnixMilli()
	} else {
		e.finished = time.Time{}.UnixMilli()
	}
	return e
}

func (x *index) hash(roomID string) uint64 { return maphash.String(x.seed, roomID) }

// serverNumber numbers the servers; there is one, in all but curious files.
func (x *index) serverNumber(server string) int32 {
	if n := len(x.servers); n > 0 && x.servers[n-1] == server {
		return int32(n - 1)
	}
	if i := slices.Index(x.servers, server); i >= 0 {
		return int32(i)
	}
	x.servers = append(x.servers, server)
	return int32(len(x.servers) - 1)
}

// supersedes reports whether e, which stands after old in the file, says more of
// the same row. Somebody may have sorted the lines, so their order decides only
// when nothing else does: a room is never taken away, a later attempt knows more
// than an earlier one, and of one attempt the later outcome.
func (e *entry) supersedes(old *entry) bool {
	switch {
	case e.status.HasRoom() != old.status.HasRoom():
		return e.status.HasRoom()
	case e.attempts != old.attempts:
		return e.attempts > old.attempts
	case e.finished != old.finished:
		return e.finished > old.finished
	}
	return e.status.Unsettled() || !old.status.Unsettled()
}

// counts reports a record that a rerun must know of: of a room, or of a row that
// is not settled.
func (e *entry) counts() bool { return e.status.HasRoom() || e.status.Unsettled() }

// sharedRooms returns the hashes of rooms that more than one record holds.
func (x *index) sharedRooms() map[uint64]bool {
	rooms := make([]uint64, 0, len(x.entries))
	for i := range x.entries {
		if x.entries[i].status.HasRoom() {
			rooms = append(rooms, x.entries[i].room)
		}
	}
	slices.Sort(rooms)
	shared := map[uint64]bool{}
	for i := 1; i < len(rooms); i++ {
		if rooms[i] == rooms[i-1] {
			shared[rooms[i]] = true
		}
	}
	return shared
}
