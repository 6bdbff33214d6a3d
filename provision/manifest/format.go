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
	Template   []string // the extensions that a template may have

	read     func(r io.Reader, b *builder, opts Options) error
	template func(w io.Writer) error
	flags    []string // those of the flags below that have a meaning
}

// The flags that say how to read a manifest, and have a meaning for some formats.
const (
	flagSheet      = "--sheet"
	flagSkipHidden = "--skip-hidden"
	flagDelimiter  = "--delimiter"
	flagEncoding   = "--encoding"
)

// checkOptions returns an error for an option that has no meaning for the format:
// whoever gives it means another file.
func (f *Format) checkOptions(name string, opts Options) error {
	given := []struct {
		flag string
		set  bool
	}{
		{flagSheet, opts.Sheet != ""},
		{flagSkipHidden, opts.SkipHidden},
		{flagDelimiter, opts.Delimiter != 0},
		{flagEncoding, opts.Encoding != ""},
	}
	for _, option := range given {
		if option.set && !slices.Contains(f.flags, option.flag) {
			return unreadable("leave the flag away, or check the file's name",
				"%s has no meaning for %s, which is read as %s", option.flag, escape(name), strings.ToUpper(f.Name))
		}
	}
	return nil
}

// Formats returns every format that a manifest can have, CSV first.
// A new format is one more entry here and a reader in a file of its own.
func Formats() []Format {
	return []Format{
		{
			Name: "csv", Extensions: []string{".csv", ".tsv", ".txt"},
			Help:     "a header and a line for each room, as spreadsheet programs export it",
			Template: []string{".csv", ".txt"},
			read:     readCSV, template: writeCSVTemplate,
			flags: []string{flagDelimiter, flagEncoding},
		},
		{
			Name: "yaml", Extensions: []string{".yaml", ".yml"},
			Help:     "a list of rooms, or a mapping with defaults and rooms",
			Template: []string{".yaml", ".yml"},
			read:     readYAML, template: writeYAMLTemplate,
			flags: []string{flagEncoding},
		},
		{
			Name: "xlsx", Extensions: []string{".xlsx", ".xlsm"},
			Help:     "an Excel workbook; the first sheet, or the one that is named",
			Template: []string{".xlsx"},
			read:     readXLSX, template: writeXLSXTemplate,
			flags: []string{flagSheet, flagSkipHidden},
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

// TemplateFormat returns the format of a template of that name. The error says which
// extensions there are.
func TemplateFormat(path string) (Format, error) {
	formats := Formats()
	var all []string
	for _, f := range formats {
		if slices.Contains(f.Template, strings.ToLower(filepath.Ext(path))) {
			return f, nil
		}
		all = append(all, f.Template...)
	}
	return Format{}, fmt.Errorf("%s: a template has another kind of name: end it in one of %s", path, strings.Join(all, ", "))
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
		return nil, unreadable("use one of "+formatNames(formats), "%s: there is no manifest format %q", path, name)
	}
	if kind, ok := foreignExtension(path); ok {
		return nil, unreadable(kind.remedy+", then name that file", "%s: this is %s by its name, which is not read", path, kind.what)
	}
	return nil, unreadable("end it in one of "+extensions(formats), "%s: the name does not say which format it is", path)
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
