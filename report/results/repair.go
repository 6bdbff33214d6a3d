package results

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"time"

	"roomlift/report/atomicfile"
)

// repair brings the file on disk into the form that appending needs.
func (f *File) repair(c *content, missing bool) error {
	switch {
	case !c.native:
		return f.convert(c)
	case len(c.tail) > 0:
		return f.mendTail(c)
	case missing || f.empty():
		return f.anew()
	}
	return nil
}

// empty reports a file that ends within its header.
func (f *File) empty() bool {
	info, err := f.fsys.Stat(f.path)
	return err == nil && info.Size() <= int64(len(nativeHeader))
}

func (f *File) convert(c *content) error {
	copyName, err := f.putAside("saved", nil)
	if err != nil {
		return err
	}
	f.note("was saved by another program (%s); the original is kept as %s", c.how, copyName)
	if err := f.anew(); err != nil {
		return err
	}
	f.untidy = true // what the program made of titles and keys is not ours
	return nil
}

// anew writes the file in the native form, and reads that.
func (f *File) anew() error {
	if err := f.rewrite(f.All()); err != nil {
		return err
	}
	c, err := load(f.fsys, f.path)
	if err != nil {
		return err
	}
	f.Snapshot = c.Snapshot
	return nil
}

// mendTail deals with a last line that has no LF. A record that is whole but
// for its LF is kept: it may hold the only trace of a room. What is behind it goes.
func (f *File) mendTail(c *content) error {
	copyName, err := f.putAside("torn", c.tail)
	if err != nil {
		return err
	}
	if c.kept > 0 {
		f.note("the last line lacked its line end, which was added; a copy of it is kept as %s", copyName)
	} else {
		f.note("the last line was torn (%d bytes) and is cut off; a copy of it is kept as %s", len(c.tail), copyName)
	}
	info, err := f.fsys.Stat(f.path)
	if err != nil {
		return f.unwritable(err)
	}
	h, err := f.fsys.OpenFile(f.path, os.O_WRONLY|os.O_APPEND, f.perm)
	if err != nil {
		return f.unwritable(err)
	}
	if c.kept < len(c.tail) {
		err = h.Truncate(info.Size() - int64(len(c.tail)-c.kept))
	}
	if err == nil && c.kept > 0 {
		_, err = h.Write([]byte("\n"))
	}
	if err == nil {
		err = h.Sync()
	}
	if err = errors.Join(err, h.Close()); err != nil {
		return f.unwritable(err)
	}
	return nil
}

// putAside makes a durable copy beside the file, of data or else of the whole
// file, and returns its name.
func (f *File) putAside(why string, data []byte) (string, error) {
	if data == nil {
		whole, err := io.ReadAll(io.NewSectionReader(f.src, 0, math.MaxInt64))
		if err != nil {
			return "", f.unwritable(err)
		}
		data = whole
	}
	stamp := time.Now().UTC().Format("20060102T150405.000")
	name := fmt.Sprintf("%s.%s-%s", f.path, why, stamp)
	err := atomicfile.Replace(f.fsys, name, 0o600, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
	if err != nil {
		return "", f.unwritable(err)
	}
	return name, nil
}
