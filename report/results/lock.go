package results

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"roomlift/report/atomicfile"
)

// lockFile is RESULTS.lock, which one run at a time holds. The operating system
// releases it when the process dies, however it dies, so a lock file that was
// left behind holds nobody. It is never removed, because removing it would let
// two runs hold two different files of the same name.
//
// Its text says who holds it, or with which seal the results file was closed.
type lockFile struct {
	name  string
	flock *flock.Flock
	was   string // text that the last holder left
}

// LockName returns the name of the lock file of a results file.
func LockName(path string) string { return path + ".lock" }

// lock takes the lock. Errors are *LockedError or *Error.
func lock(path string) (*lockFile, error) {
	l := &lockFile{name: LockName(path)}
	l.flock = flock.New(l.name, flock.SetPermissions(0o600))
	held, err := l.flock.TryLock()
	if err != nil {
		return nil, &Error{
			Path: l.name, Reason: "cannot be locked", Err: err,
			Remedy: "choose a results file in a folder that this user can write to, with --results",
		}
	}
	text, err := os.ReadFile(l.name)
	if !held {
		line, _, _ := strings.Cut(string(text), "\n")
		return nil, &LockedError{Path: path, Holder: oneLine(strings.TrimSpace(line))}
	}
	if err == nil {
		l.was = string(text)
	}
	if err := l.sign(); err != nil && runtime.GOOS != "windows" { // where nobody can write to a locked file
		return nil, errors.Join(&Error{
			Path: l.name, Reason: "cannot be written", Err: err,
			Remedy: "make room or make it writable, then run again",
		}, l.release())
	}
	return l, nil
}

// Held reports whether another run holds the results file. It is for a run that
// has ended before it would have opened the file: to take the lock, even for a
// moment, could turn away a run that begins. So a file that was closed in order is
// not held.
func Held(path string) bool {
	if target, err := atomicfile.Follow(path); err == nil {
		path = target
	}
	text, err := os.ReadFile(LockName(path))
	if errors.Is(err, fs.ErrNotExist) {
		return false
	}
	if _, closed := parseSeal(string(text)); closed || err == nil && len(text) == 0 {
		return false
	}
	lock := flock.New(LockName(path), flock.SetPermissions(0o600))
	held, err := lock.TryLock()
	return errors.Join(err, lock.Close()) == nil && !held
}

// Closed reports whether the last run closed the results file in order. One that
// was killed, or that is still under way, has not: then rows of its manifest that it
// had not begun are not in the file. Where there is no lock file, nothing is known
// against it.
func Closed(path string) bool {
	if target, err := atomicfile.Follow(path); err == nil {
		path = target
	}
	text, err := os.ReadFile(LockName(path))
	if err != nil || len(text) == 0 {
		return true
	}
	_, closed := parseSeal(string(text))
	return closed
}

// giveBack lets others have the lock, as it was found.
func (l *lockFile) giveBack() error {
	return errors.Join(l.write(l.was), l.release())
}

// sign says who holds the lock, durably: a seal that outlived the power would
// not fit what is recorded from now on.
func (l *lockFile) sign() error {
	host, err := os.Hostname()
	if err != nil {
		host = "this machine"
	}
	return l.write(fmt.Sprintf("process %d on %s, since %s\n", os.Getpid(), host, time.Now().UTC().Format(time.RFC3339)))
}

func (l *lockFile) write(text string) error {
	f, err := os.OpenFile(l.name, os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// release lets others have the lock.
func (l *lockFile) release() error { return l.flock.Close() }
