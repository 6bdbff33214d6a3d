package results

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"

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
// several goroutines at once. What its Snapshot says includes what was appended.
type File struct {
	*Snapshot

	path  string
	perm  fs.FileMode
	fsys  FS
	lock  *lockFile
	notes []string

	journal *journal
	fresh   atomic.Bool // this process made the file, and has recorded nothing yet
	compact *seal       // of the compacted file, nil before Compact
	spoiled bool        // Compact failed: what stands under the name is not certain

	acceptLoss bool
	closed     bool
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
	if target, err := atomicfile.Follow(path); err == nil {
		path = target // the compaction's rename must replace the file, not the link
	}
	if err := regular(opts.FS, path); err != nil {
		return nil, err
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
	missing := errors.Is(err, fs.ErrNotExist)
	switch {
	case missing:
		c = &content{Snapshot: &Snapshot{index: newIndex(0)}, native: true}
	case err != nil:
		return err
	default:
		if info, err := c.src.Stat(); err == nil {
			f.perm = info.Mode().Perm()
		}
	}
	f.Snapshot = c.Snapshot
	if err := f.ready(c, missing); err != nil {
		return errors.Join(err, f.Snapshot.Close())
	}
	return nil
}

// ready checks what was read against the seal, repairs what is not whole, and
// opens the file for appending.
func (f *File) ready(c *content, missing bool) error {
	if sealed, ok := parseSeal(f.lock.was); ok {
		var err error
		switch {
		case !missing:
			err = sealed.check(f.path, f.Snapshot)
		case !f.acceptLoss:
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
	info, err := f.fsys.Stat(f.path)
	if err != nil {
		return f.unwritable(err)
	}
	handle, err := f.fsys.OpenFile(f.path, os.O_WRONLY|os.O_APPEND, f.perm)
	if err != nil {
		return f.unwritable(err)
	}
	f.journal = startJournal(handle, info.Size(), len(f.extra))
	f.fresh.Store(missing)
	return nil
}

func (f *File) note(format string, args ...any) {
	f.notes = append(f.notes, fmt.Sprintf(format, args...))
}

func (f *File) unwritable(err error) error {
	remedy := "make room or make it writable"
	if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
		remedy = "let programs open more files (ulimit -n)"
	}
	return &Error{
		Path: f.path, Reason: "cannot be written", Err: err,
		Remedy: "nothing that was recorded is lost; " + remedy + ", then run again",
	}
}

// Path returns the file's name.
func (f *File) Path() string { return f.path }

// Notes says what Open had to repair, a sentence each; empty for a healthy
// file.
func (f *File) Notes() []string { return f.notes }

// Append records, and returns when they are on stable storage. An error is an
// *Error and final: every later Append fails too, because what reached the
// disk is not known any more.
func (f *File) Append(records ...Record) error {
	durable := make(chan error, 1)
	each := make([]*Record, len(records))
	for i := range records {
		each[i] = &records[i]
	}
	f.Go(each, func(err error) { durable <- err })
	return <-durable
}

// Go appends records without waiting. It calls done once, with nil when they
// are on stable storage or with the error that Append would return, from a
// goroutine that must not be held up and must not append. Until then the records
// belong to the file.
func (f *File) Go(records []*Record, done func(error)) {
	f.keepExtra(records)
	if err := f.Err(); err != nil {
		done(err)
		return
	}
	f.journal.append(records, func(at []span, err error) {
		if err != nil {
			done(f.unwritable(err))
			return
		}
		f.fresh.Store(false)
		f.appended(records, at)
		done(nil)
	})
}

// keepExtra gives records those cells of columns that are not ours which their
// refs have.
func (f *File) keepExtra(records []*Record) {
	if len(f.extra) == 0 {
		return
	}
	for _, r := range records {
		if old, ok := f.Get(r.Ref); ok && r.extra == nil {
			r.extra = old.extra
		}
	}
}

// Tidy reports whether the file is what Compact would make of it: the records of
// these refs, in their order, and nothing else. Then there is nothing to write.
func (f *File) Tidy(refs iter.Seq[string]) bool {
	f.Snapshot.mu.Lock()
	defer f.Snapshot.mu.Unlock()
	next := 0
	for ref := range refs {
		i, known := f.place(ref)
		if !known || int(i) != next {
			return false
		}
		next++
	}
	return !f.untidy && next == len(f.entries)
}

// Compact replaces the journal, atomically, by one record for each row, in the
// order given, and then those records of other refs that a later run needs:
// every room that is not listed already, every row that is not settled, and
// every row that Webex refused where a room of the same title and team is on
// record, so that the row is not taken for that room's when it comes back.
// Nothing can be appended or read afterwards. On an error, which is an *Error, the
// journal stands as it was and holds everything.
func (f *File) Compact(rows iter.Seq[Record]) error {
	if err := f.journal.failed(); err != nil {
		return f.unwritable(err)
	}
	if err := f.journal.close(); err != nil {
		return f.unwritable(err)
	}
	f.fresh.Store(false)
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
		listed := make([]bool, f.Len())
		for r := range rows {
			f.tick(listed, r.Ref)
			if len(f.extra) > 0 {
				whole := r
				f.keepExtra([]*Record{&whole})
				r = whole
			}
			if !yield(r) {
				return
			}
		}
		moved, twins := f.moved(listed), f.refusedTwins()
		for r := range f.some(func(i int) bool { return !listed[i] && (f.entries[i].counts() || twins[int32(i)]) }) {
			if r.Status.HasRoom() && moved[r.RoomID] {
				continue
			}
			if !yield(r) {
				return
			}
		}
	}
}

// moved returns the rooms that a listed record and another one hold.
func (f *File) moved(listed []bool) map[string]bool {
	moved := map[string]bool{}
	shared := f.Shared()
	f.Snapshot.mu.Lock()
	defer f.Snapshot.mu.Unlock()
	for room, refs := range shared {
		for _, ref := range refs {
			if i, ok := f.place(ref); ok && listed[i] {
				moved[room] = true
			}
		}
	}
	return moved
}

// writeSize is how much is written at once: large beside a line, small beside the
// memory of any machine.
const writeSize = 64 << 10

// rewrite replaces the file. It cannot be read afterwards, even if it still stands:
// Windows replaces no file that is open.
func (f *File) rewrite(records iter.Seq[Record]) error {
	err := atomicfile.Replace(f.fsys, f.path, f.perm, func(w io.Writer) error {
		e := newEncoder(len(f.extra))
		e.header(f.extra)
		for r := range records {
			e.record(&r)
			if len(e.buf) < writeSize {
				continue
			}
			if _, err := w.Write(e.buf); err != nil {
				return err
			}
			e.reset()
		}
		if _, err := w.Write(e.buf); err != nil {
			return err
		}
		return errors.Join(f.Err(), f.Snapshot.Close())
	})
	var unread *Error
	switch {
	case errors.As(err, &unread):
		return unread
	case err != nil:
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
	case f.closed:
	case f.Err() != nil && f.changed: // the next run must see that records are missing
		err = errors.Join(err, f.lock.write(sealOf(f.Snapshot).String()))
	case failed != nil || err != nil || f.spoiled || f.Err() != nil:
	case f.fresh.Load():
		err = errors.Join(f.fsys.Remove(f.path), f.lock.write(f.lock.was))
	case f.compact != nil:
		_ = f.lock.write(f.compact.String()) // without a seal the file is just as good
	default:
		_ = f.lock.write(sealOf(f.Snapshot).String())
	}
	f.closed = true
	return errors.Join(err, f.Snapshot.Close(), f.lock.release())
}
