package results

import (
	"errors"
	"io/fs"
	"iter"
	"strings"
)

// Snapshot is what a results file says: one record for each ref.
type Snapshot struct {
	records map[string]*Record
	order   []string // refs in the order in which they first stood in the file
	extra   []string // names of the columns that are not ours
}

// Get returns the record of a ref.
func (s *Snapshot) Get(ref string) (Record, bool) {
	if r, ok := s.records[ref]; ok {
		return *r, true
	}
	return Record{}, false
}

// All yields every record, in the order in which their refs first stood in the
// file.
func (s *Snapshot) All() iter.Seq[Record] {
	return func(yield func(Record) bool) {
		for _, ref := range s.order {
			if !yield(*s.records[ref]) {
				return
			}
		}
	}
}

// Recorded returns those of the room ids that records hold.
func (s *Snapshot) Recorded(ids []string) map[string]bool {
	asked := make(map[string]bool, len(ids))
	for _, id := range ids {
		asked[id] = true
	}
	held := make(map[string]bool, len(ids))
	for _, r := range s.records {
		if r.Status.HasRoom() && asked[r.RoomID] {
			held[r.RoomID] = true
		}
	}
	return held
}

// refusedTwins returns the refs of rows that Webex refused although there is a
// room of the same title and team.
func (s *Snapshot) refusedTwins() map[string]struct{} {
	type place struct{ title, teamID string }
	rooms := map[place]bool{} // of the places of refused rows, whether there is one
	for _, r := range s.records {
		if r.Status == Failed && r.Attempts > 0 {
			rooms[place{strings.TrimSpace(r.Title), r.TeamID}] = false
		}
	}
	if len(rooms) == 0 {
		return nil
	}
	for _, r := range s.records {
		p := place{strings.TrimSpace(r.Title), r.TeamID}
		if _, wanted := rooms[p]; wanted && r.Status.HasRoom() {
			rooms[p] = true
		}
	}
	twins := map[string]struct{}{}
	for ref, r := range s.records {
		if r.Status == Failed && r.Attempts > 0 && rooms[place{strings.TrimSpace(r.Title), r.TeamID}] {
			twins[ref] = struct{}{}
		}
	}
	return twins
}

// Len returns the number of records.
func (s *Snapshot) Len() int { return len(s.order) }

// Read reads a results file without locking or changing it; the torn end of a
// file that is being written is left out. A file that does not exist is an
// empty Snapshot. Errors are *Error.
func Read(path string) (*Snapshot, error) {
	c, err := load(osFS{}, path)
	if errors.Is(err, fs.ErrNotExist) {
		return newSnapshot(&content{native: true}), nil
	}
	if err != nil {
		return nil, err
	}
	return newSnapshot(c), nil
}

// load reads and parses; its errors are *Error.
func load(fsys FS, path string) (*content, error) {
	data, err := fsys.ReadFile(path)
	if err != nil {
		return nil, &Error{
			Path: path, Reason: "cannot be read", Err: err,
			Remedy: "make it readable for this user, or choose another file with --results",
		}
	}
	c, err := parse(data)
	if err == nil {
		return c, nil
	}
	fault := &Error{
		Path: path, Reason: err.Error(),
		Remedy: "put back the last good copy of the file; without its records rooms would be created twice",
	}
	var d *damage
	switch {
	case errors.As(err, &d):
		fault.Line = d.line
	case errors.Is(err, errNotOurs):
		fault.Remedy = "choose another file with --results"
	}
	return nil, fault
}

func newSnapshot(c *content) *Snapshot {
	s := &Snapshot{records: make(map[string]*Record, len(c.records)), extra: c.extra}
	for i := range c.records {
		r := &c.records[i]
		if old, ok := s.records[r.Ref]; ok && !supersedes(r, old) {
			continue
		}
		s.put(r)
	}
	return s
}

// put takes a record in, whatever was known of its ref.
func (s *Snapshot) put(r *Record) {
	old, known := s.records[r.Ref]
	if !known {
		s.order = append(s.order, r.Ref)
	} else if r.extra == nil {
		r.extra = old.extra
	}
	s.records[r.Ref] = r
}

// supersedes reports whether r, which stands after old in the file, says more of
// the same row. Somebody may have sorted the lines, so their order decides only
// when nothing else does: a room is never taken away, a later attempt knows more
// than an earlier one, and of one attempt the later outcome.
func supersedes(r, old *Record) bool {
	switch {
	case r.Status.HasRoom() != old.Status.HasRoom():
		return r.Status.HasRoom()
	case r.Attempts != old.Attempts:
		return r.Attempts > old.Attempts
	case !r.FinishedAt.Equal(old.FinishedAt):
		return r.FinishedAt.After(old.FinishedAt)
	}
	return r.Status.Unsettled() || !old.Status.Unsettled()
}
