package results

import (
	"fmt"
	"hash/maphash"
	"math"
	"slices"
	"strings"
)

// index says where in a file the record of each ref stands, and what has to be
// known of all records at once. It is small beside the file: a million records
// take less than 100 MB.
type index struct {
	entries []entry          // in the order in which their refs first stood in the file
	places  map[uint64]int32 // of refs among the entries
	last    int32            // the entry that was found last: mostly it, or the one behind it, is asked for next
	untidy  bool             // not one record for each of the rows 1, 2, 3 and so on
	seed    maphash.Seed
	servers []string // entry.server counts into it
}

// entry is one ref. Times and the like stand in the file alone, but for what
// tells the later of two records.
type entry struct {
	ref      uint64 // the 16 hex digits
	room     uint64 // a hash of the room's id
	asked    uint64 // a hash of title and team
	sealed   uint64 // what the room adds to the seal's sum
	offset   int64  // of the line in the file
	finished int64  // Unix milliseconds
	size     int32  // of the line
	attempts int32
	server   uint16
	status   Status
}

// span is where a line stands in a file, without its line end.
type span struct {
	offset int64
	size   int32
}

// newIndex returns an empty index with room for so many refs.
func newIndex(refs int) index {
	return index{
		entries: make([]entry, 0, refs),
		places:  make(map[uint64]int32, refs),
		seed:    maphash.MakeSeed(),
	}
}

// refNumber reads a ref: "r-" and 16 hex digits, in lower case.
func refNumber(ref string) (n uint64, ok bool) {
	if len(ref) != 18 || ref[:2] != "r-" {
		return 0, false
	}
	for i := 2; i < len(ref); i++ {
		digit := hexDigits[ref[i]]
		if digit < 0 {
			return 0, false
		}
		n = n<<4 | uint64(digit)
	}
	return n, true
}

// hexDigits are the values of the digits, and -1 for other bytes. To compare a byte
// with the digits and the letters costs five times as much, since nothing foretells
// which of them it is.
var hexDigits = func() (value [256]int8) {
	for c := range value {
		value[c] = int8(strings.IndexByte("0123456789abcdef", byte(c)))
	}
	return value
}()

// refText spells a ref.
func refText(n uint64) string { return fmt.Sprintf("r-%016x", n) }

// find returns the entry of a ref, nil if there is none.
func (x *index) find(ref string) *entry {
	i, ok := x.place(ref)
	if !ok {
		return nil
	}
	return &x.entries[i]
}

// place returns where among the entries a ref is.
func (x *index) place(ref string) (int32, bool) {
	n, ok := refNumber(ref)
	if !ok {
		return 0, false
	}
	return x.placeOf(n)
}

func (x *index) placeOf(n uint64) (int32, bool) {
	for _, i := range [...]int32{x.last, x.last + 1} {
		if int(i) < len(x.entries) && x.entries[i].ref == n {
			x.last = i
			return i, true
		}
	}
	i, known := x.places[n]
	if known {
		x.last = i
	}
	return i, known
}

// put takes in where a record stands, whatever was known of its ref.
func (x *index) put(r *Record, at span) {
	x.untidy = true
	e := x.entryOf(r, at)
	if i := int(r.slot) - 1; i >= 0 && i < len(x.entries) && x.entries[i].ref == e.ref {
		x.entries[i] = e
		return
	}
	i, known := x.placeOf(e.ref)
	if known {
		x.entries[i] = e
	} else {
		i = x.add(e)
	}
	r.slot = i + 1
}

// offer takes in a record that stands behind those before, unless one of them
// says more of the same row.
func (x *index) offer(r *Record, at span) {
	e := x.entryOf(r, at)
	i, known := x.placeOf(e.ref)
	x.untidy = x.untidy || known || r.Row != len(x.entries)+1
	switch {
	case !known:
		x.add(e)
	case e.supersedes(&x.entries[i]):
		x.entries[i] = e
	}
}

func (x *index) add(e entry) int32 {
	i := int32(len(x.entries))
	x.places[e.ref] = i
	x.entries = append(x.entries, e)
	return i
}

func (x *index) entryOf(r *Record, at span) entry {
	ref, _ := refNumber(r.Ref) // verified
	e := entry{
		ref: ref, offset: at.offset, size: at.size, status: r.Status,
		attempts: int32(min(r.Attempts, math.MaxInt32)), finished: r.FinishedAt.UnixMilli(),
		server: x.serverNumber(r.Server), asked: x.hashOf(r.Title, r.TeamID),
	}
	if r.RoomID != "" {
		e.room = x.hash(r.RoomID)
	}
	if e.status.HasRoom() {
		e.sealed = sealHash(r)
	}
	return e
}

func (x *index) hash(roomID string) uint64 { return maphash.String(x.seed, roomID) }

func (x *index) hashOf(title, teamID string) uint64 {
	return x.hash(strings.TrimSpace(title))*31 + x.hash(teamID)
}

// serverNumber numbers the servers. There is one, in all but curious files; of
// more than can be numbered the last stand for each other.
func (x *index) serverNumber(server string) uint16 {
	if i := slices.Index(x.servers, server); i >= 0 {
		return uint16(i)
	}
	if len(x.servers) < math.MaxUint16 {
		x.servers = append(x.servers, server)
	}
	return uint16(len(x.servers) - 1)
}

// supersedes reports whether e, which stands after old in the file, says more of
// the same row. Somebody may have sorted the lines, so their order decides only
// when nothing else does: a room is never taken away, a later attempt knows more
// than an earlier one, and of one attempt the later outcome. Where another program
// made the attempts unreadable, the row has to be settled.
func (e *entry) supersedes(old *entry) bool {
	uncounted := !e.countsAttempts() || !old.countsAttempts()
	switch {
	case e.status.HasRoom() != old.status.HasRoom():
		return e.status.HasRoom()
	case uncounted && e.status.Unsettled() != old.status.Unsettled():
		return e.status.Unsettled()
	case e.attempts != old.attempts:
		return e.attempts > old.attempts
	case e.finished != old.finished:
		return e.finished > old.finished
	}
	return e.status.Unsettled() || !old.status.Unsettled()
}

// countsAttempts reports whether the number of attempts is known: a row that was
// sent has at least one.
func (e *entry) countsAttempts() bool {
	return e.attempts > 0 || !e.status.Unsettled() && e.status != Failed
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

// refusedTwins returns the places among the entries of rows that Webex refused
// although there is a room of the same title and team.
func (x *index) refusedTwins() map[int32]bool {
	refused := map[uint64][]int32{} // by title and team
	for i := range x.entries {
		if e := &x.entries[i]; e.status == Failed && e.attempts > 0 {
			refused[e.asked] = append(refused[e.asked], int32(i))
		}
	}
	twins := map[int32]bool{}
	for i := range x.entries {
		if !x.entries[i].status.HasRoom() {
			continue
		}
		for _, twin := range refused[x.entries[i].asked] {
			twins[twin] = true
		}
	}
	return twins
}
