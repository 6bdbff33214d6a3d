package results

import (
	"io"
	"io/fs"
	"os"

	"roomlift/report/atomicfile"
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
func (osFS) SyncDir(dir string) error              { return atomicfile.SyncDir(dir) }
