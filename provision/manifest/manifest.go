// Package manifest turns the bytes of a manifest into rows with positions,
// and reports every fault at once. It reads the formats that [Formats] lists,
// knows the columns that [Columns] lists, and imports none of the project's
// other packages.
package manifest

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// Manifest is what was read: the rows in the order of the file, and what the
// admin should know although it stops nothing.
type Manifest struct {
	Name     string   // the file's name as given, "-" for standard input
	Format   string   // a name from [Formats], "csv"
	Rows     []Row    // faulty rows included; their Invalid is true
	Warnings []*Error // unknown columns, for example; sorted by place
}

// Options say how to read a manifest where its name and bytes do not.
// The zero value reads every ordinary manifest.
type Options struct {
	Format     string // a name from [Formats]; "" is chosen by the file's extension
	Sheet      string // the sheet of a workbook; "" is the first that is not hidden
	SkipHidden bool   // leave out the rows that a workbook hides or filters away
	Delimiter  rune   // between the cells of a CSV file; 0 is detected
	Encoding   string // of the text of a CSV or YAML file, "windows-1252"; "" is detected, or UTF-8 in YAML
}

// Load reads the manifest in the file at path.
//
// The error is nil; or an [ErrorList], found with errors.As, with every fault
// of the content; or an [InputError] when the file cannot be opened or read.
// With an ErrorList the Manifest is nil unless the file was read to its end and
// its header and defaults could be relied upon. Then all of its rows are in
// Rows, and those that a fault names are marked Invalid.
func Load(path string, opts Options) (*Manifest, error) {
	format, err := chooseFormat(path, opts.Format)
	if err != nil {
		return nil, err
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, openError(path, err)
	}
	defer file.Close() //nolint:errcheck // Nothing is written, so closing can lose nothing.
	info, err := file.Stat()
	if err != nil {
		return nil, openError(path, err)
	}
	if info.IsDir() {
		return nil, unreadable("name a file in it", "%s is a folder, not a manifest", path)
	}
	return read(file, path, info.Size(), format, opts)
}

// Read reads a manifest from r. The name stands in the positions of faults and,
// unless opts names a format, chooses it by its extension; without an extension,
// as in "-", it is CSV. The errors are those of [Load].
func Read(r io.Reader, name string, opts Options) (*Manifest, error) {
	format, err := chooseStreamFormat(name, opts.Format)
	if err != nil {
		return nil, err
	}
	return read(r, name, 0, format, opts)
}

func read(r io.Reader, name string, size int64, format *Format, opts Options) (*Manifest, error) {
	if _, err := findEncoding(opts.Encoding); err != nil {
		return nil, err
	}
	if err := checkDelimiter(opts.Delimiter); err != nil {
		return nil, err
	}
	if err := format.checkOptions(name, opts); err != nil {
		return nil, err
	}
	b := newBuilder(name, format.Name)
	b.size = size
	if err := format.read(r, b, opts); err != nil {
		return nil, &InputError{fmt.Sprintf("%s could not be read to its end: %v", name, err), "check the file and the disk, then try again", err}
	}
	return b.finish()
}

func openError(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &InputError{path + " does not exist", fmt.Sprintf("check the name, or write a new manifest with \"roomlift template %s\"", path), err}
	case errors.Is(err, fs.ErrPermission):
		return &InputError{path + " may not be read", "give this user the right to read it", err}
	}
	cause := err
	var at *fs.PathError
	if errors.As(err, &at) {
		cause = at.Err // the path is named
	}
	return &InputError{fmt.Sprintf("%s cannot be opened: %v", path, cause), "check the name and the disk", err}
}
