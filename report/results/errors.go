package results

import (
	"fmt"
	"strings"
)

// ElsewhereRemedy is what an Error's Remedy ends with where another file may be meant.
// A command without that flag says it in its own words.
const ElsewhereRemedy = "choose another file with --results"

// Error says why a results file cannot be read or written safely. The file is
// untouched when Open or Read return one.
type Error struct {
	Path   string
	Line   int    // line of the file, 0 when the fault has none
	Reason string // what is wrong
	Remedy string // what to do about it
	Err    error  // cause, may be nil
}

// Error returns place, reason, cause and remedy on one line.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Path)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d", e.Line)
	}
	b.WriteString(": " + e.Reason)
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	if e.Remedy != "" {
		b.WriteString("; " + e.Remedy)
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// LockedError says that another run holds the results file.
type LockedError struct {
	Path   string
	Holder string // who holds it, empty when that is not known
}

// Error names the file and who holds it.
func (e *LockedError) Error() string {
	if e.Holder == "" {
		return e.Path + ": another run holds this results file"
	}
	return fmt.Sprintf("%s: another run holds this results file (%s)", e.Path, e.Holder)
}
