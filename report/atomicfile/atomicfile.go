// Package atomicfile replaces files so that, whatever happens, a name holds
// either the old content or the new one, never a part of it.
package atomicfile

import (
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// FS is what replacing a file needs of a file system. Callers that inject
// faults bring their own; Write uses the operating system's.
type FS[H Handle] interface {
	// OpenFile opens for writing, with the flags of os.OpenFile.
	OpenFile(name string, flag int, perm fs.FileMode) (H, error)
	Rename(from, to string) error
	Remove(name string) error
	// SyncDir makes the names in a folder durable.
	SyncDir(dir string) error
}

// Handle is an open file of an FS.
type Handle interface {
	io.Writer
	Sync() error
	Chmod(mode fs.FileMode) error
	Close() error
}

// Replace writes the file at path: temporary file beside it, fsync, close,
// rename, fsync of the folder. The temporary file is path + ".tmp", so only one
// process at a time may replace a path; Write has no such limit. fill writes the
// content. After an error the old content stands.
func Replace[H Handle](fsys FS[H], path string, perm fs.FileMode, fill func(io.Writer) error) error {
	return replace(fsys, path+".tmp", path, os.O_TRUNC, perm, fill)
}

// Write replaces the file at path, as Replace does, in the operating system's
// file system. Where path is a link, the file that it leads to is replaced, or
// made. A new file gets the permissions perm, one that exists keeps its own.
//
// What is no regular file is never replaced. A device such as /dev/null, a pipe
// that somebody reads from, and a descriptor of this process such as /dev/stdout
// are written into; there an error may come after a part was written. Anything
// else is an error.
func Write(path string, perm fs.FileMode, fill func(io.Writer) error) error {
	d, err := find(path)
	if err != nil {
		return err
	}
	if d.open != nil {
		return stream(d, fill)
	}
	if d.exists {
		perm = d.perm
	}
	return replace(system{}, d.path+"."+rand.Text()+".tmp", d.path, os.O_EXCL, perm, fill)
}

// Check returns why Write could not write to path, nil if it probably can. It
// leaves nothing behind, and tells nobody at the other end of a pipe.
func Check(path string) error {
	d, err := find(path)
	if err != nil {
		return err
	}
	if d.open != nil {
		return d.probe()
	}
	probe, err := os.CreateTemp(filepath.Dir(d.path), "."+filepath.Base(d.path)+".*")
	if err != nil {
		return err
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

func replace[H Handle](
	fsys FS[H], temp, path string, flag int, perm fs.FileMode, fill func(io.Writer) error,
) error {
	h, err := fsys.OpenFile(temp, os.O_WRONLY|os.O_CREATE|flag, 0o600)
	if err != nil {
		return err
	}
	err = fill(h)
	if err == nil {
		err = h.Chmod(perm)
	}
	if err == nil {
		err = h.Sync()
	}
	err = errors.Join(err, h.Close())
	if err == nil {
		err = fsys.Rename(temp, path)
	}
	if err != nil {
		_ = fsys.Remove(temp) // the old content stands; a left-over helps nobody
		return err
	}
	return fsys.SyncDir(filepath.Dir(path))
}

// SyncDir makes the names in a folder of the operating system durable.
func SyncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil // a folder cannot be opened for syncing; NTFS journals its names
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// system is the operating system's file system.
type system struct{}

func (system) OpenFile(name string, flag int, perm fs.FileMode) (*os.File, error) {
	return os.OpenFile(name, flag, perm)
}

func (system) Rename(from, to string) error { return os.Rename(from, to) }
func (system) Remove(name string) error     { return os.Remove(name) }
func (system) SyncDir(dir string) error     { return SyncDir(dir) }
