package results

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// FS is what a results file needs of a file system. Its zero replacement is
// the operating system; tests put one in its place that fails or forgets what
// was not synced.
type FS interface {
	// ReadFile returns the whole content, or an error that is fs.ErrNotExist.
	ReadFile(name string) ([]byte, error)
	// OpenFile opens for writing, with the flags of os.OpenFile.
	OpenFile(name string, flag int, perm fs.FileMode) (Handle, error)
	Stat(name string) (fs.FileInfo, error)
	Rename(from, to string) error
	Remove(name string) error
	// SyncDir makes the names in a folder durable.
	SyncDir(dir string) error
}

// Handle is an open file of an FS.
type Handle interface {
	io.Writer
	Sync() error
	Truncate(size int64) error
	Chmod(mode fs.FileMode) error
	Close() error
}

type osFS struct{}

func (osFS) ReadFile(name string) ([]byte, error) { return os.ReadFile(name) }

func (osFS) OpenFile(name string, flag int, perm fs.FileMode) (Handle, error) {
	return os.OpenFile(name, flag, perm)
}

func (osFS) Stat(name string) (fs.FileInfo, error) { return os.Stat(name) }
func (osFS) Rename(from, to string) error          { return os.Rename(from, to) }
func (osFS) Remove(name string) error              { return os.Remove(name) }

func (osFS) SyncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil // a folder cannot be opened for syncing; NTFS journals its names
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// replaceFile writes a file so that, whatever happens, the name holds either
// the old content or the new one: temporary file, fsync, close, rename, fsync
// of the folder. fill writes the content.
func replaceFile(fsys FS, path string, perm fs.FileMode, fill func(io.Writer) error) error {
	temp := path + ".tmp"
	h, err := fsys.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
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
