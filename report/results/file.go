package results

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"sync"

	"roomlift/report/atomicfile"
)

// Options changes how a results file is kept. The zero value is right for
// everybody but tests.
type Options struct {
	FS FS // nil is the operating system
	// AcceptLoss begins anew where the file is gone although its lock file says
	// that rooms were recorded in it; else that is an error.
	AcceptLoss bool
}

// File is a results file that this process holds. Its methods may be called by
// several goroutines at once.
type File struct {
	path  string
	perm  fs.FileMode
	fsys  FS
	lock  *lockFile
	notes []string

	journal *journal
	fresh   bool  // this process made the file, and has recorded nothing yet
	compact *seal // of the compacted file, nil before Compact
	spoiled bool  // Compact failed: what stands under the name is not certain

	acceptLoss bool
	closed     bool

	mu       sync.RWMutex
	snapshot *Snapshot
}

// Open locks the results file, repairs the torn end that a killed run left,
// reads it, and makes it ready to append to. A file that does not exist is
// created with mode 0600; one that a spreadsheet program saved is written anew
// in the native form, after a copy was put aside.
//
// Errors are *LockedError where another run holds the file, else *Error.
func Open(path string, opts Options) (*File, error) {
	if opts.FS == nil {
		opts.FS = osFS{}
	}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target // the compaction's rename must replace the file, not the link
	}
	l, err := lock(path)
	if err != nil {
		return nil, err
	}
	f := &File{path: path, perm: 0o600, fsys: opts.FS, lock: l, acceptLoss: opts.AcceptLoss}
	if err := f.open(); err != nil {
		return nil, errors.Join(err, l.giveBack())
	}
	return f, nil
}

func (f *File) open() error {
	c, err := load(f.fsys, f.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		c = &content{native: true}
	case err != nil:
		return err
	default:
		if info, err := f.fsys.Stat(f.path); err == nil {
			f.perm = info.Mode().Perm()
		}
	}
	missing := err != nil
	f.snapshot = newSnapshot(c)
	if sealed, ok := parseSeal(f.lock.was); ok {
		switch {
		case !missing:
			err = sealed.check(f.path, f.snapshot)
		case f.acceptLoss:
			err = nil
		default:
			err = sealed.loss(f.path)
		}
		if err != nil {
			return err
		}
	}
	if err := f.repair(c, missing); err != nil {
		return err
	}
	// The run before may have been stopped between a rename and this.
	if err := f.fsys.SyncDir(filepath.Dir(f.path)); err != nil {
		return f.unwritable(err)
	}
	handle, err := f.fsys.OpenFile(f.path, os.O_WRONLY|os.O_APPEND, f.perm)
	if err != nil {
		return f.unwritable(err)
	}
	f.journal = startJournal(handle, len(f.snapshot.extra))
	f.fresh = missing
	return nil
}

func (f *File) note(format string, args ...any) {
	f.notes = append(f.notes, fmt.Sprintf(format, args...))
}

func (f *File) unwritable(err error) error {
	return &Error{
		Path: f.path, Reason: "cannot be written", Err: err,
		Remedy: "nothing that was recorded is lost; make room or make it writable, then run again",
	}
}

// Path returns the file's name.
func (f *File) Path() string { return f.path }

// Notes says what Open had to repair, a sentence each; empty for a healthy
// file.
func (f *File) Notes() []string { return f.notes }

// Get returns the record of a ref.
func (f *File) Get(ref string) (Record, bool) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.snapshot.Get(ref)
}

// Recorded returns those of the room ids that records hold.
func (f *File) Recorded(ids []string) map[string]bool {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.snapshot.Recorded(ids)
}

// All yields every record. The file must not be appended to meanwhile.
func (f *File) All() iter.Seq[Record] { return f.snapshot.All() }

// Append records, and returns when they are on stable storage. An error is an
// *Error and final: every later Append fails too, because what reached the
// disk is not known any more.
func (f *File) Append(records ...Record) error {
	durable := make(chan error, 1)
	f.Go(records, func(err error) { durable <- err })
	return <-durable
}

// Go appends records without waiting. It calls done once, with nil when they
// are on stable storage or with the error that Append would return, from a
// goroutine that must not be held up and must not append. The records belong to
// the file from now on.
func (f *File) Go(records []Record, done func(error)) {
	f.mu.RLock()
	for i := range records {
		if old, ok := f.snapshot.records[records[i].Ref]; ok && records[i].extra == nil {
			records[i].extra = old.extra
		}
	}
	f.mu.RUnlock()
	f.journal.append(records, func(err error) {
		if err != nil {
			done(f.unwritable(err))
			return
		}
		f.mu.Lock()
		f.fresh = false
		for i := range records {
			f.snapshot.put(&records[i])
		}
		f.mu.Unlock()
		done(nil)
	})
}

// Compact replaces the journal, atomically, by one record for each row, in the
// order given, and then those records of other refs that a later run needs:
// every room that is not listed already, every row that is not settled, and
// every row that Webex refused where a room of the same title and team is on
// record, so that the row is not taken for that room's when it comes back.
// Nothing can be appended afterwards. On an error, which is an *Error, the
// journal stands as it was and holds everything.
func (f *File) Compact(rows iter.Seq[Record]) error {
	if err := f.journal.failed(); err != nil {
		return f.unwritable(err)
	}
	if err := f.journal.close(); err != nil {
		return f.unwritable(err)
	}
	f.fresh = false
	var sealed seal
	err := f.rewrite(func(yield func(Record) bool) {
		for r := range f.compacted(rows) {
			sealed.add(&r)
			if !yield(r) {
				return
			}
		}
	})
	if err == nil {
		f.compact = &sealed
	}
	f.spoiled = err != nil
	return err
}

func (f *File) compacted(rows iter.Seq[Record]) iter.Seq[Record] {
	return func(yield func(Record) bool) {
		refs := make(map[string]struct{}, f.snapshot.Len())
		rooms := make(map[string]struct{}, f.snapshot.Len())
		twins := f.snapshot.refusedTwins()
		for r := range rows {
			refs[r.Ref], rooms[r.RoomID] = struct{}{}, struct{}{}
			if old, ok := f.snapshot.records[r.Ref]; ok && r.extra == nil {
				r.extra = old.extra
			}
			if !yield(r) {
				return
			}
		}
		for r := range f.snapshot.All() {
			if _, listed := refs[r.Ref]; listed {
				continue
			}
			if _, listed := rooms[r.RoomID]; listed && r.Status.HasRoom() {
				continue
			}
			_, twin := twins[r.Ref]
			if (r.Status.HasRoom() || r.Status.Unsettled() || twin) && !yield(r) {
				return
			}
		}
	}
}

func (f *File) rewrite(records iter.Seq[Record]) error {
	err := atomicfile.Replace(f.fsys, f.path, f.perm, func(w io.Writer) error {
		buffered := bufio.NewWriterSize(w, 1<<16)
		e := newEncoder(len(f.snapshot.extra))
		e.header(f.snapshot.extra)
		for r := range records {
			e.record(&r)
			if _, err := e.buf.WriteTo(buffered); err != nil {
				return err
			}
		}
		if _, err := e.buf.WriteTo(buffered); err != nil {
			return err
		}
		return buffered.Flush()
	})
	if err != nil {
		return f.unwritable(err)
	}
	return nil
}

// Close ends the journal, if Compact has not, and releases the lock. Everything
// that Append returned for is on disk already. A file that Open made and that
// nothing was recorded in is removed.
func (f *File) Close() error {
	failed := f.journal.failed()
	err := f.journal.close()
	switch {
	case failed != nil || err != nil || f.closed || f.spoiled:
	case f.fresh:
		err = errors.Join(f.fsys.Remove(f.path), f.lock.write(f.lock.was))
	case f.compact != nil:
		_ = f.lock.write(f.compact.String()) // without a seal the file is just as good
	default:
		_ = f.lock.write(sealOf(f.snapshot).String())
	}
	f.closed = true
	return errors.Join(err, f.lock.release())
}
