package page

import (
	"bufio"
	"crypto/sha256"
	_ "embed" // the parts of the page
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"iter"
	"time"

	"roomlift/provision"
	"roomlift/ratelimit"
	"roomlift/report"
	"roomlift/report/atomicfile"
	"roomlift/report/results"
)

// Report is what a page is made from.
type Report struct {
	File    string                   // name of the results file
	Records iter.Seq[results.Record] // one for each row; nil where the file cannot be read
	Run     *Run                     // nil where the results file is all that is known
	Written time.Time
	Version string // of the program

	Stopped   string   // why the run ended before every row was tried; empty when it did not
	Remedy    string   // what to do about that
	Faults    []string // what is wrong with the manifest, where that is why
	Unstarted bool     // it ended before any row was looked at

	UnderWay time.Time // when a run began that has not ended yet; zero if it has
}

// Run is what only the run itself knows.
type Run struct {
	Plan     *provision.Plan
	Outcome  *provision.Outcome
	Timeline *Timeline
	Learned  ratelimit.Learned
	Account  string    // whose token it was; empty where that was not asked
	Command  string    // that runs it again, but for options
	Settings []Setting // no secrets
}

// Setting is one thing that the run was told.
type Setting struct{ Name, Value string }

//go:embed page.html
var source string

//go:embed page.css
var style string

//go:embed page.js
var script string

// WriteFile writes the page to the file at path, atomically. A new file can be
// read by its owner alone.
func WriteFile(path string, r *Report) error {
	return atomicfile.Write(path, 0o600, func(w io.Writer) error { return Write(w, r) })
}

// Write writes the page. The error is w's.
func Write(w io.Writer, r *Report) error {
	parsed, err := template.New("page").Funcs(template.FuncMap{
		"number": report.Number,
		"count":  report.Count,
		"bind":   bind,
	}).Parse(source)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriterSize(w, 1<<16)
	if err := parsed.Execute(buffered, newView(r)); err != nil {
		return err
	}
	return buffered.Flush()
}

// policy allows the page its own style sheet and script, and nothing else. The
// list of rooms stands in a script element too, but of a type that is never run
// and so needs no leave.
func policy() string {
	return fmt.Sprintf("default-src 'none'; style-src %s; script-src %s; base-uri 'none'; form-action 'none'",
		hash(style), hash(script))
}

// hash is a part's source expression in a policy.
func hash(part string) string {
	sum := sha256.Sum256([]byte(part))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
