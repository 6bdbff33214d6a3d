package results

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// A results file is native, exactly as this package writes it, or foreign: the
// same table after a spreadsheet program opened and saved it, with another
// encoding, delimiter, line ending, quoting or order of rows and columns.

// nativeHeader is the first line of a native file, without its LF. Columns
// that are not ours may follow.
var nativeHeader = strings.Join(Columns(), ",")

// isNative reports whether the first line of data is as we write it. A file
// that ends within the header is native: its creation was cut short.
func isNative(data []byte) bool {
	line, _, whole := bytes.Cut(data, []byte("\n"))
	if !whole {
		return strings.HasPrefix(nativeHeader, string(line))
	}
	rest, ok := strings.CutPrefix(string(line), nativeHeader)
	return ok && (rest == "" || rest[0] == ',') && !strings.HasSuffix(rest, "\r")
}

// decode returns the content as UTF-8, without a byte-order mark, and the name
// of its encoding.
func decode(data []byte) (text []byte, name string, err error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xEF\xBB\xBF")):
		data = data[3:]
	case bytes.HasPrefix(data, []byte("\xFF\xFE")), bytes.HasPrefix(data, []byte("\xFE\xFF")):
		return transform(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), data, "UTF-16")
	case len(data) >= 2 && data[0] != 0 && data[1] == 0:
		return transform(unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), data, "UTF-16")
	case len(data) >= 2 && data[0] == 0 && data[1] != 0:
		return transform(unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), data, "UTF-16")
	}
	if at := bytes.IndexByte(data, 0); at >= 0 {
		return nil, "", &damage{line: lineAt(data, at), reason: "holds a NUL byte"}
	}
	if utf8.Valid(data) {
		return data, "UTF-8", nil
	}
	if at, mixed := invalidAmongUTF8(data); mixed {
		return nil, "", &damage{line: lineAt(data, at), reason: "holds bytes that are not UTF-8"}
	}
	return transform(charmap.Windows1252, data, "windows-1252")
}

func transform(e encoding.Encoding, data []byte, name string) ([]byte, string, error) {
	text, err := e.NewDecoder().Bytes(data)
	if err != nil {
		return nil, "", fmt.Errorf("cannot be read as %s: %w", name, err)
	}
	return text, name, nil
}

// invalidAmongUTF8 returns the place of the first byte that is not UTF-8, and
// whether so many other characters beyond ASCII are valid that this is damage. Text
// in a one-byte encoding is valid by chance at most where a capital letter stands
// before a sign, such as the Ü“ of windows-1252, mostly as a letter that is rare: so
// one that is not counts twice.
func invalidAmongUTF8(data []byte) (at int, mixed bool) {
	valid, invalid := 0, 0
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			if invalid++; invalid == 1 {
				at = i
			}
		case size == 2 && (r < 0x180 || r > 0x370 && r < 0x460): // Latin, Greek, Cyrillic
			valid += 2
		case size > 1:
			valid++
		}
		i += size
	}
	return at, valid > invalid
}

// parseNotes reads a file that another program saved in a form like ours, with
// cells of several lines in columns that are not ours, or with lines in one cell each.
// Anything else that is not native is damage.
func parseNotes(data []byte) (*foreignTable, bool) {
	if !isNative(data) || !bytes.HasSuffix(data, []byte("\n")) {
		return nil, false
	}
	c, err := parseForeign(data)
	if err != nil {
		return nil, false
	}
	breaks := func(cell string) bool { return strings.ContainsAny(cell, "\r\n") }
	noted := c.rejoined || slices.ContainsFunc(c.extra, breaks)
	for i := range c.records {
		for _, column := range columns {
			if breaks(string(column.append(nil, &c.records[i]))) {
				return nil, false
			}
		}
		noted = noted || slices.ContainsFunc(c.records[i].extra, breaks)
	}
	return c, noted
}

// otherFormat is a kind of file that spreadsheet programs write and that is not
// CSV, by its first bytes.
type otherFormat struct{ start, name string }

var otherFormats = []otherFormat{
	{"PK\x03\x04", "a workbook (.xlsx or .ods)"},
	{"\xD0\xCF\x11\xE0", "an old workbook (.xls)"},
	{"<?xml", "an XML file"},
	{"<!DOCTYPE", "a web page"},
	{"<html", "a web page"},
	{"{\\rtf", "an RTF document"},
	{"\x1F\x8B", "a compressed file"},
}

// formatError says that the file is not CSV although it may hold every record.
type formatError struct{ name string }

func (e *formatError) Error() string { return "is " + e.name + " and not CSV" }

func (e *formatError) remedy() string {
	return "put back the file as it was; or open this one in the program that saved it and save it as CSV (UTF-8) under the same name"
}

// checkFormat returns a *formatError for a file that is not text.
func checkFormat(data []byte) error {
	data = bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))
	for _, f := range otherFormats {
		if len(data) >= len(f.start) && strings.EqualFold(string(data[:len(f.start)]), f.start) {
			return &formatError{f.name}
		}
	}
	return nil
}

// damage is a fault at a line of the file.
type damage struct {
	line   int
	reason string
	remedy string // "" is the usual one
}

func (d *damage) Error() string { return d.reason }

func lineAt(data []byte, offset int) int {
	return 1 + bytes.Count(data[:offset], []byte("\n"))
}

// delimiters are those that spreadsheet programs write.
var delimiters = []rune{',', ';', '\t', '|', ':', ' '}

// sniffDelimiter returns the delimiter under which the first record holds our
// columns, and the text without a "sep=" line.
func sniffDelimiter(text []byte) (rune, []byte, bool) {
	first, rest, _ := bytes.Cut(text, []byte("\n"))
	if sep, ok := bytes.CutPrefix(bytes.TrimSpace(first), []byte("sep=")); ok && len(sep) == 1 {
		text = rest
	}
	for _, d := range delimiters {
		r := csv.NewReader(bytes.NewReader(text)) // a header may have line breaks in it
		r.Comma = d
		if cells, err := r.Read(); err == nil && len(missingColumns(cells)) == 0 {
			return d, text, true
		}
	}
	return 0, text, false
}

// rejoined undoes what a program does that opens the file with another delimiter
// than the comma, and saves it with that: each line is one cell then, or several
// where the line itself holds the delimiter, and filled up to the longest. Where no
// line holds it, commas seem to divide the file still, and lines that hold quotes are
// one cell, which parseForeign divides.
func rejoined(text []byte) ([]byte, rune, bool) {
	for _, d := range delimiters[1:] {
		r := csv.NewReader(bytes.NewReader(text))
		r.Comma, r.FieldsPerRecord = d, -1
		rows, err := r.ReadAll()
		if err != nil {
			continue
		}
		var lines bytes.Buffer
		for _, cells := range rows {
			lines.WriteString(strings.TrimRight(strings.Join(cells, string(d)), string(d)) + "\n")
		}
		if delimiter, _, ok := sniffDelimiter(lines.Bytes()); ok && delimiter == ',' {
			return lines.Bytes(), d, true
		}
	}
	return nil, 0, false
}

func missingColumns(header []string) []string {
	var missing []string
	for _, c := range columns {
		if columnIndex(header, c.name) < 0 {
			missing = append(missing, c.name)
		}
	}
	return missing
}

func columnIndex(header []string, name string) int {
	for i, cell := range header {
		if strings.EqualFold(strings.TrimSpace(cell), name) {
			return i
		}
	}
	return -1
}
