package manifest

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Position is a place in a manifest.
type Position struct {
	File  string
	Sheet string // of a workbook
	Cell  string // of a workbook: "C14", or a range
	Line  int    // from 1; the sheet row of a workbook; 0 is the file as a whole
	Col   int    // column in the line, from 1, where the format has one (YAML); else 0
}

// String returns the position as people look it up: "rooms.csv:14",
// "rooms.yaml:14:5" or "rooms.xlsx: Sheet1!C14".
func (p Position) String() string {
	file := escape(p.File)
	if file == "-" {
		file = "standard input"
	}
	switch {
	case p.Sheet != "" && p.Cell != "":
		return file + ": " + escape(p.Sheet) + "!" + p.Cell
	case p.Sheet != "":
		return file + ": " + escape(p.Sheet)
	case p.Line == 0:
		return file
	case p.Col == 0:
		return fmt.Sprintf("%s:%d", file, p.Line)
	default:
		return fmt.Sprintf("%s:%d:%d", file, p.Line, p.Col)
	}
}

// Error is one fault of a manifest: where, what, why, and what to do.
type Error struct {
	Pos    Position
	Row    int    // the Number of the Row it concerns, 0 if none
	Column string // the canonical name of the column, "" if none
	Value  string // the value at fault as it was read, "" if none
	Reason string // what is wrong, without a full stop
	Remedy string // what to do, without a full stop

	fault fault // whose words these are
	rank  int   // order among faults at one place: that of the columns
}

// Error returns one line: place, column, value (quoted, shortened, its control
// characters escaped), reason; remedy.
func (e *Error) Error() string {
	return e.Pos.String() + ": " + e.Complaint() + "; " + e.Remedy
}

// Complaint returns what is wrong, without place and remedy: column, value (quoted,
// shortened, its control characters escaped), reason.
func (e *Error) Complaint() string {
	var b strings.Builder
	if e.Column != "" {
		b.WriteString(e.Column)
		b.WriteByte(' ')
	}
	if e.Value != "" {
		b.WriteString(quote(e.Value))
		b.WriteByte(' ')
	}
	b.WriteString(e.Reason)
	return b.String()
}

// ErrorList is every fault of one manifest, sorted by place. It is never empty
// when it is returned as an error.
type ErrorList []*Error

// Error returns the faults, one a line.
func (l ErrorList) Error() string {
	lines := make([]string, len(l))
	for i, e := range l {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the faults, for errors.Is and errors.As.
func (l ErrorList) Unwrap() []error {
	errs := make([]error, len(l))
	for i, e := range l {
		errs[i] = e
	}
	return errs
}

// InputError says why a manifest cannot be read at all: the file, or what was said of
// it, and not what stands in it.
type InputError struct {
	Reason string // what is wrong, without a full stop
	Remedy string // what to do, without a full stop
	Err    error  // cause, may be nil; Reason tells it
}

// Error returns reason and remedy on one line.
func (e *InputError) Error() string { return e.Reason + "; " + e.Remedy }

// Unwrap returns the cause.
func (e *InputError) Unwrap() error { return e.Err }

// unreadable returns an InputError without a cause.
func unreadable(remedy, reason string, args ...any) *InputError {
	return &InputError{Reason: fmt.Sprintf(reason, args...), Remedy: remedy}
}

// sortByPlace orders faults from the top of the file to its end, and from left
// to right in a line. Faults at the same place keep their order.
func sortByPlace(list []*Error) {
	slices.SortStableFunc(list, func(a, b *Error) int {
		return cmp.Or(
			cmp.Compare(a.Pos.Line, b.Pos.Line),
			cmp.Compare(a.Pos.Col, b.Pos.Col),
			cmp.Compare(a.rank, b.rank),
		)
	})
}

// maxShown is the number of characters of a value that a message repeats: enough
// to recognise a cell by, and short enough for a line of a terminal.
const maxShown = 60

// quote returns the value in quotes, shortened, with everything escaped that
// could move a terminal's cursor or hide itself.
func quote(value string) string {
	if short, cut := shorten(value); cut {
		return strconv.Quote(short + "…")
	}
	return strconv.Quote(value)
}

func shorten(value string) (short string, cut bool) {
	shown := 0
	for i := range value {
		if shown == maxShown {
			return value[:i], true
		}
		shown++
	}
	return value, false
}

// escape returns text for a message without quotes, its unprintable characters escaped.
func escape(text string) string {
	for _, r := range text {
		if !strconv.IsPrint(r) || r == utf8.RuneError {
			quoted := strconv.Quote(text)
			return quoted[1 : len(quoted)-1]
		}
	}
	return text
}

// mostListed is how many items a message lists.
const mostListed = 12

// listSome joins items for a message, the first few of very many; total is how
// many there are.
func listSome(items []string, total int) string {
	shown := items[:min(len(items), mostListed)]
	text := strings.Join(shown, ", ")
	if total > len(shown) {
		text += fmt.Sprintf(" and %d more", total-len(shown))
	}
	return text
}

func quoteAll(values []string) []string {
	quoted := make([]string, min(len(values), mostListed))
	for i := range quoted {
		quoted[i] = quote(values[i])
	}
	return quoted
}
