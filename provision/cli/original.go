package cli

import (
	"errors"
	"fmt"
	"io"
	"os"

	"roomlift/provision/manifest"
)

// original is a copy of the manifest as it was when the run began, for those who
// want their table back: hours later somebody may have changed the file, and
// standard input is gone.
type original struct {
	file     *os.File
	size     int64
	manifest *manifest.Manifest // nil until it was read, and when it could not be relied upon
	faults   manifest.ErrorList
	options  manifest.Options
}

// read copies a manifest and reads the copy. Its errors are those of
// manifest.Load.
func (o *original) read(name string, stdin io.Reader, opts manifest.Options) (*manifest.Manifest, error) {
	source, shown := stdin, "standard input"
	if name != "-" {
		shown = name
		info, err := os.Stat(name)
		_, unknown := manifest.FormatOf(name)
		if err != nil || info.IsDir() || unknown != nil {
			return manifest.Load(name, opts) // which says what is wrong
		}
		file, err := os.Open(name)
		if err != nil {
			return manifest.Load(name, opts)
		}
		defer file.Close() //nolint:errcheck // Nothing is written, so closing can lose nothing.
		source = file
	}
	if err := o.copy(source); err != nil {
		return nil, &fileError{
			fmt.Errorf("a copy of %s, for the sheets that were asked for, cannot be kept: %w", shown, err),
			fmt.Sprintf("make room in %s, or set TMPDIR to another folder", os.TempDir()),
		}
	}
	m, err := manifest.Read(io.NewSectionReader(o.file, 0, o.size), shown, opts)
	o.manifest, o.options = m, opts
	_ = errors.As(err, &o.faults)
	return m, err
}

func (o *original) copy(source io.Reader) (err error) {
	if o.file, err = os.CreateTemp("", "roomlift-*"); err != nil {
		return err
	}
	_ = os.Remove(o.file.Name()) // where an open file needs no name, nothing is left behind however the run ends
	o.size, err = io.Copy(o.file, source)
	return err
}

// close removes the copy.
func (o *original) close() {
	if o != nil && o.file != nil {
		_ = o.file.Close()
		_ = os.Remove(o.file.Name())
	}
}
