package results

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"os"
	"strconv"
)

// seal sums up what a results file held when it was last closed: the rooms and
// the rows that are not settled, whatever their order, encoding or columns. It
// stands in the lock file, so that a file that lost its end, or had a byte
// changed, is noticed even though every line of it looks healthy.
type seal struct {
	rooms, unsettled int
	sum              uint64 // of a hash of each of these records
}

// sealFormat is the line in the lock file.
const sealFormat = "closed with %d rooms and %d unsettled rows, checksum %016x.\n"

func sealOf(s *Snapshot) seal {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out seal
	for i := range s.entries {
		e := &s.entries[i]
		hash := e.sealed
		if e.status.Unsettled() {
			hash = sealHash(&Record{Ref: refText(e.ref), Status: e.status})
		}
		out.count(e.status, hash)
	}
	return out
}

// add counts a record in, once for each ref.
func (s *seal) add(r *Record) { s.count(r.Status, sealHash(r)) }

func (s *seal) count(status Status, hash uint64) {
	switch {
	case status.HasRoom():
		s.rooms++
	case status.Unsettled():
		s.unsettled++
	default:
		return
	}
	s.sum += hash
}

// sealHash is what a record adds to the sum. Sending and Unknown count as one:
// either has to be settled.
func sealHash(r *Record) uint64 {
	var line [128]byte // on the stack; a room's id is about 80 characters
	text := append(append(line[:0], r.Ref...), ' ')
	text = append(strconv.AppendBool(text, r.Status.HasRoom()), ' ')
	hash := sha256.Sum256(append(text, r.RoomID...))
	return binary.BigEndian.Uint64(hash[:])
}

func (s seal) String() string { return fmt.Sprintf(sealFormat, s.rooms, s.unsettled, s.sum) }

// parseSeal reads the line back; anything else, such as what a killed run left,
// is no seal.
func parseSeal(text string) (s seal, ok bool) {
	_, err := fmt.Sscanf(text, sealFormat, &s.rooms, &s.unsettled, &s.sum)
	return s, err == nil && text == s.String()
}

// sealIn returns the seal that stands in the lock file of a results file. There is
// none while a run is under way, or after one that was killed.
func sealIn(path string) (s seal, ok bool) {
	text, err := os.ReadFile(LockName(path))
	if err != nil {
		return seal{}, false
	}
	return parseSeal(string(text))
}

// check compares a file with its seal.
func (s seal) check(path string, snapshot *Snapshot) error {
	now := sealOf(snapshot)
	if now == s {
		return nil
	}
	return &Error{
		Path: path,
		Reason: fmt.Sprintf("does not hold what it held when roomlift closed it (%d rooms and %d unsettled rows then, %d and %d now, or others)",
			s.rooms, s.unsettled, now.rooms, now.unsettled),
		Remedy: "put back the last good copy, or rooms may be created twice; if the change is meant, delete " + path + ".lock and run again",
	}
}

// loss is the error of a file that is gone.
func (s seal) loss(path string) error {
	if s.rooms == 0 && s.unsettled == 0 {
		return nil
	}
	return &Error{
		Path:   path,
		Reason: fmt.Sprintf("is gone, although it held %d rooms and %d unsettled rows", s.rooms, s.unsettled),
		Remedy: "put it back, or rooms will be created twice; to take over the rooms that exist, use --adopt; to begin anew, delete " + path + ".lock",
	}
}
