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
	"roomlift/report"
	"roomlift/report/atomicfile"
	"roomlift/report/results"
)

// Report is what a page is made from.
type Report struct {
	File    string                   // name of the results file
	Records iter.Seq[results.Record] // one for each row
	Fault   func() error             // what kept Records from being read, once they were; nil where nothing can
	Again   string                   // how to run again, where Run is nil, such as report.Again
	Open    bool                     // the last run on the file has not ended, or was killed; where Run is nil
	Run     *Run                     // nil where the results file is all that is known
	Written time.Time
	Version string // of the program
}

// Run is what only the run itself knows.
type Run struct {
	*report.Run
	Plan     *provision.Plan // nil: it ended before there was one, and Records are all that there are
	Timeline *Timeline       // nil: it ended before anything was sent
	Settings []Setting       // no secrets
	UnderWay bool            // it has not ended: this page stands if it is killed
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
