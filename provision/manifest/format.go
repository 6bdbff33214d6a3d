package manifest

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
)

// Format is one kind of file that a manifest can be.
type Format struct {
	Name       string   // as in Options.Format and Manifest.Format
	Extensions []string // lower case, with the dot; the first is the usual one
	Help       string   // one line for the command line's help

	read     func(r io.Reader, b *builder, opts Options) error
	template func(w io.Writer) error
}

// Formats returns every format that a manifest can have, CSV first.
// A new format is one more entry here and a reader in a file of its own.
func Formats() []Format {
	return []Format{
		{
			Name: "csv", Extensions: []string{".csv", ".tsv", ".txt"},
			Help: "a header and a line for each room, as spreadsheet programs export it",
			read: readCSV, template: writeCSVTemplate,
		},
		{
			Name: "yaml", Extensions: []string{".yaml", ".yml"},
			Help: "a list of rooms, or a mapping with defaults and rooms",
			read: readYAML, template: writeYAMLTemplate,
		},
		{
			Name: "xlsx", Extensions: []string{".xlsx", ".xlsm"},
			Help: "an Excel workbook; the first sheet, or the one that is named",
			read: readXLSX, template: writeXLSXTemplate,
		},
	}
}

// FormatOf returns the format that a file of that name has by its extension. The
// error says which extensions there are.
func FormatOf(path string) (Format, error) {
	format, err := chooseFormat(path, "")
	if err != nil {
		return Format{}, err
	}
	return *format, nil
}

// chooseFormat finds the format by its name, or else by the extension of path.
func chooseFormat(path, name string) (*Format, error) {
	formats := Formats()
	for i := range formats {
		if name != "" && formats[i].Name == strings.ToLower(name) {
			return &formats[i], nil
		}
		if name == "" && slices.Contains(formats[i].Extensions, strings.ToLower(filepath.Ext(path))) {
			return &formats[i], nil
		}
	}
	if name != "" {
		return nil, fmt.Errorf("%s: there is no manifest format %q: use one of %s", path, name, formatNames(formats))
	}
	return nil, fmt.Errorf("%s: the name does not say which format it is: end it in one of %s", path, extensions(formats))
}

// chooseStreamFormat is chooseFormat for input whose name may be no file name.
func chooseStreamFormat(name, format string) (*Format, error) {
	if format == "" && filepath.Ext(name) == "" {
		format = "csv"
	}
	return chooseFormat(name, format)
}

func formatNames(formats []Format) string {
	var names []string
	for _, f := range formats {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

func extensions(formats []Format) string {
	var all []string
	for _, f := range formats {
		all = append(all, f.Extensions...)
	}
	return strings.Join(all, ", ")
}
