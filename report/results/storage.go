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
	// Open opens for reading; the error may be fs.ErrNotExist.
	Open(name string) (Source, error)
	// OpenFile opens for writing, with the flags of os.OpenFile.
	OpenFile(name string, flag int, perm fs.FileMode) (Handle, error)
	Stat(name string) (fs.FileInfo, error)
	Rename(from, to string) error
	Remove(name string) error
	// SyncDir makes the names in a folder durable.
	SyncDir(dir string) error
}

// Source is a file of an FS that is open for reading.
type Source interface {
	io.ReaderAt
	Stat() (fs.FileInfo, error)
	Close() error
}

// Handle is a file of an FS that is open for writing.
type Handle interface {
	io.Writer
	Sync() error
	Truncate(size int64) error
	Chmod(mode fs.FileMode) error
	Close() error
}

type osFS struct{}

func (osFS) Open(name string) (Source, error) { return os.Open(name) }

func (osFS) OpenFile(name string, flag int, perm fs.FileMode) (Handle, error) {
	return os.OpenFile(name, flag, perm)
}

func (osFS) Stat(name string) (fs.FileInfo, error) { return os.Stat(name) }
func (osFS) Rename(from, to string) error          { return os.Rename(from, to) }
func (osFS) Remove(name string) error              { return os.Remove(name) }
func (osFS) SyncDir(dir string) error              { return atomicfile.SyncDir(dir) }
