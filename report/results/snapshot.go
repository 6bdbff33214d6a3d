package results

import (
	"errors"
	"io"
	"io/fs"
	"iter"
	"sync"

	"roomlift/report/atomicfile"
)

// Snapshot is what a results file says: one record for each ref. It knows where
// each record stands and reads it when it is asked for. Its methods may be called
// by several goroutines at once.
type Snapshot struct {
	path string
	src  Source // to be closed; nil where nothing has to be

	mu sync.Mutex
	index
	lines  lines
	parser lineParser
	extra  []string // names of the columns that are not ours
	err    error    // why a record could not be read

	changed bool // … which is that another program has written to the file
}

// Read reads a results file without locking or changing it; the torn end of a
// file that is being written is left out. A file that does not exist is an
// empty Snapshot. Errors are *Error. The Snapshot must be closed.
func Read(path string) (*Snapshot, error) {
	c, err := load(osFS{}, path)
	if errors.Is(err, fs.ErrNotExist) {
		return &Snapshot{index: newIndex(0)}, nil
	}
	if err != nil {
		return nil, err
	}
	return c.Snapshot, nil
}

// ReadWhole is Read for somebody who goes by what the file does not hold. A file that
// lost records since a run closed it, or that is gone, is the error that it is to Open;
// of the options, FS means nothing here.
func ReadWhole(path string, opts Options) (*Snapshot, error) {
	if target, err := atomicfile.Follow(path); err == nil {
		path = target
	}
	before, known := sealIn(path)
	s, err := Read(path)
	if err != nil {
		return nil, err
	}
	if after, still := sealIn(path); !known || !still || after != before { // a run is, or was, under way meanwhile
		return s, nil
	}
	switch missing := s.src == nil; {
	case !missing:
		err = before.check(path, s)
	case !opts.AcceptLoss:
		err = before.loss(path)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close lets the file go. Nothing can be read afterwards.
func (s *Snapshot) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.src == nil {
		return nil
	}
	src := s.src
	s.src = nil
	return src.Close()
}

// Get returns the record of a ref. Where the file cannot be read any more, it
// returns what is known all the same, which is the ref and the status, and Err
// says why.
func (s *Snapshot) Get(ref string) (Record, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.find(ref)
	if e == nil {
		return Record{}, false
	}
	return s.record(e), true
}

// Status returns what is known of a ref.
func (s *Snapshot) Status(ref string) (Status, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.find(ref)
	if e == nil {
		return Pending, false
	}
	return e.status, true
}

// Asked reports whether the record of a ref is of that title and team.
func (s *Snapshot) Asked(ref, title, teamID string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.find(ref)
	return e != nil && e.asked == s.hashOf(title, teamID)
}

// Err returns why a record could not be read, an *Error, once that has happened.
func (s *Snapshot) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		return nil
	}
	return &Error{
		Path: s.path, Reason: "cannot be read any more", Err: s.err,
		Remedy: "another program has written to the file under the run, so that records may be missing from it: put back the last good copy, or rooms may be created twice",
	}
}

// appended takes in where records stand that were appended.
func (s *Snapshot) appended(records []*Record, at []span) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, r := range records {
		s.put(r, at[i])
	}
}

// record reads a record, which must be the one that stood there.
func (s *Snapshot) record(e *entry) Record {
	line, err := s.lines.line(span{e.offset, e.size})
	changed := err == nil || errors.Is(err, io.ErrUnexpectedEOF)
	var r Record
	if err == nil {
		r, err = s.parser.record(string(line))
	}
	if ref, _ := refNumber(r.Ref); err == nil && (ref != e.ref || r.Status != e.status) {
		err = errors.New("another program has changed it meanwhile")
	}
	if err == nil {
		return r
	}
	if s.err == nil {
		s.err, s.changed = err, changed
	}
	return Record{Ref: refText(e.ref), Status: e.status, Attempts: int(e.attempts), Server: s.servers[e.server]}
}

// All yields every record, in the order in which their refs first stood in the
// file.
func (s *Snapshot) All() iter.Seq[Record] {
	return s.some(func(int) bool { return true })
}

// Others yields the records of all other refs than these, but for pending ones,
// in the order of All.
func (s *Snapshot) Others(refs iter.Seq[string]) iter.Seq[Record] {
	listed := make([]bool, s.Len())
	for ref := range refs {
		s.tick(listed, ref)
	}
	return s.some(func(i int) bool { return !listed[i] && s.entries[i].status != Pending })
}

// tick notes that a ref is listed.
func (s *Snapshot) tick(listed []bool, ref string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i, ok := s.place(ref); ok {
		listed[i] = true
	}
}

// some yields the records whose places among the entries are wanted.
func (s *Snapshot) some(want func(i int) bool) iter.Seq[Record] {
	return func(yield func(Record) bool) {
		for i := range s.Len() {
			s.mu.Lock()
			wanted := want(i)
			var r Record
			if wanted {
				r = s.record(&s.entries[i])
			}
			s.mu.Unlock()
			if wanted && !yield(r) {
				return
			}
		}
	}
}

// Servers returns the hosts of the records that hold a room or are not settled.
func (s *Snapshot) Servers() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	used := make([]bool, len(s.servers))
	for i := range s.entries {
		if s.entries[i].counts() {
			used[s.entries[i].server] = true
		}
	}
	var servers []string
	for i, server := range s.servers {
		if used[i] {
			servers = append(servers, server)
		}
	}
	return servers
}

// Recorded returns those of the room ids that records hold.
func (s *Snapshot) Recorded(ids []string) map[string]bool {
	asked := make(map[uint64]bool, len(ids))
	for _, id := range ids {
		asked[s.hash(id)] = true
	}
	wanted := make(map[string]bool, len(ids))
	for _, id := range ids {
		wanted[id] = true
	}
	held := map[string]bool{}
	for r := range s.holding(asked) {
		if wanted[r.RoomID] {
			held[r.RoomID] = true
		}
	}
	return held
}

// Shared returns the refs of those rooms that more than one record holds, by the
// room's id.
func (s *Snapshot) Shared() map[string][]string {
	s.mu.Lock()
	hashes := s.sharedRooms()
	s.mu.Unlock()
	shared := map[string][]string{}
	if len(hashes) == 0 {
		return shared
	}
	for r := range s.holding(hashes) {
		shared[r.RoomID] = append(shared[r.RoomID], r.Ref)
	}
	for id, refs := range shared {
		if len(refs) == 1 { // two rooms of one hash
			delete(shared, id)
		}
	}
	return shared
}

// holding yields the records of rooms by the hashes of their ids.
func (s *Snapshot) holding(hashes map[uint64]bool) iter.Seq[Record] {
	return s.some(func(i int) bool { return s.entries[i].status.HasRoom() && hashes[s.entries[i].room] })
}

// Len returns the number of records.
func (s *Snapshot) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.entries)
}
