package atomicfile

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

const (
	// maxLinks is how many links are followed, as on Linux.
	maxLinks = 40
	// patience is how long a pipe or a device may take none of what is written.
	patience = 10 * time.Second
)

// destination is where what Write is given goes.
type destination struct {
	path   string // no link any more
	exists bool   // as a regular file, which has the permissions perm
	perm   fs.FileMode

	// open is nil for a file, which is replaced or made; anything else is opened
	// and written into.
	open  func() (*os.File, error)
	probe func() error  // whether open would succeed, as far as can be told without harm
	bound time.Duration // of one write; 0 is none: who was given a descriptor waits as its giver wants
}

// find finds out what a path leads to.
func find(path string) (*destination, error) {
	final, err := Follow(path)
	if err != nil {
		return nil, err
	}
	if fd, ok := descriptor(final); ok {
		return &destination{
			path:  final,
			open:  func() (*os.File, error) { return openDescriptor(final, fd) },
			probe: func() error { _, err := os.Stat(final); return err },
		}, nil
	}
	info, err := os.Stat(final)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &destination{path: final}, nil
	case err != nil:
		return nil, err
	case info.Mode().IsRegular():
		return &destination{path: final, exists: true, perm: info.Mode().Perm()}, nil
	case info.IsDir():
		return nil, &fs.PathError{Op: "write", Path: path, Err: errors.New("is a folder")}
	}
	d := &destination{path: final, bound: patience, open: func() (*os.File, error) { return openSpecial(final) }}
	switch kind := info.Mode().Type(); {
	case kind&fs.ModeNamedPipe != 0:
		d.open = func() (*os.File, error) {
			f, err := openSpecial(final)
			if errors.Is(err, syscall.ENXIO) {
				return nil, &fs.PathError{Op: "write", Path: path, Err: errors.New("is a pipe that nobody reads from")}
			}
			return f, err
		}
		d.probe = func() error { return nil } // a reader would take the probe for all there is
	case kind&fs.ModeCharDevice != 0:
		d.probe = func() error {
			f, err := d.open()
			if err != nil {
				return err
			}
			return f.Close()
		}
	case kind&fs.ModeSocket != 0:
		return nil, &fs.PathError{Op: "write", Path: path, Err: errors.New("is a socket")}
	default:
		return nil, &fs.PathError{Op: "write", Path: path, Err: errors.New("is neither a file nor a device that text can be written to")}
	}
	return d, nil
}

// Follow returns the name of what path leads to, with no link in it: the file
// that Write would replace or make. The last part of it need not exist.
func Follow(path string) (string, error) {
	next := path
	for range maxLinks {
		dir, base := filepath.Split(next)
		if dir == "" {
			dir = "."
		}
		resolved, err := filepath.EvalSymlinks(dir)
		if err != nil {
			if _, missing := os.Stat(dir); missing != nil {
				return "", missing
			}
			resolved = dir // Windows knows folders that it cannot resolve
		}
		name := filepath.Join(resolved, base)
		if _, ok := descriptor(name); ok {
			return name, nil
		}
		target, err := os.Readlink(name)
		if err != nil {
			return name, nil //nolint:nilerr // It is no link, or not there.
		}
		if !filepath.IsAbs(target) {
			target = resolved + string(filepath.Separator) + target // not cleaned: a .. is of what a link leads to
		}
		next = target
	}
	return "", &fs.PathError{Op: "follow", Path: path, Err: syscall.ELOOP}
}

// stream writes into what is not replaced.
func stream(d *destination, fill func(io.Writer) error) error {
	f, err := d.open()
	if err != nil {
		return err
	}
	return errors.Join(fill(&bounded{f, d.bound}), f.Close())
}

// bounded gives each write its time.
type bounded struct {
	file  *os.File
	bound time.Duration // 0 is none
}

// Write writes, within the bound.
func (b *bounded) Write(p []byte) (int, error) {
	if b.bound > 0 {
		_ = b.file.SetWriteDeadline(time.Now().Add(b.bound)) // one that takes no deadline, such as /dev/null, takes all at once
	}
	return b.file.Write(p)
}
