package cli

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strconv"

	"roomlift/provision"
	"roomlift/provision/manifest"
	"roomlift/report"
	"roomlift/report/page"
	"roomlift/report/results"
)

// pageFlags say whether a run shall leave a page.
type pageFlags struct {
	HTML string `name:"html" placeholder:"FILE" help:"At the end write a page that anybody can open, however the run ends."`

	manifest *manifest.Manifest // nil until it was read, and where it has faults that are not skipped
	faults   manifest.ErrorList // that are skipped
	plan     *provision.Plan    // nil until there is one
	timeline *page.Timeline     // nil until the run has begun
}

// pages are the file that was asked for, or none. It is written at the end of every
// run: one that told yesterday's success would be worse than none.
func (f *pageFlags) pages(job *jobFlags, resultsPath string) []watchFile {
	if f.HTML == "" {
		return nil
	}
	return []watchFile{{
		kind: "page", what: "page", flag: "html", path: f.HTML, perm: 0o600,
		fill: func(w io.Writer, run *report.Run) error { return f.fill(w, job, resultsPath, run) },
		early: func(w io.Writer, run *report.Run) error {
			return page.Write(w, &page.Report{
				File: resultsPath, Written: run.Started, Version: run.Version, Records: none,
				Run: &page.Run{Run: run, Settings: job.settings(resultsPath), UnderWay: true},
			})
		},
	}}
}

// watch returns what is told of every event.
func (f *pageFlags) watch() func(provision.Event) {
	if f.HTML == "" {
		return func(provision.Event) {}
	}
	f.timeline = &page.Timeline{}
	return f.timeline.Observe
}

func none(func(results.Record) bool) {}

// fill writes the page of a run, with what the results file holds now. Where that
// cannot be read, the page says so.
func (f *pageFlags) fill(w io.Writer, job *jobFlags, resultsPath string, run *report.Run) error {
	p := &page.Report{
		File: resultsPath, Written: run.Ended(), Version: run.Version,
		Records: none,
		Run:     &page.Run{Run: run, Plan: f.plan, Timeline: f.timeline, Settings: job.settings(resultsPath)},
	}
	if resultsPath == "" {
		return page.Write(w, p)
	}
	records, err := results.Read(resultsPath)
	if err != nil {
		p.Fault = func() error { return err }
		return page.Write(w, p)
	}
	defer func() { _ = records.Close() }() // nothing was written
	p.Fault = records.Err
	if p.Run.Plan == nil && f.manifest != nil {
		p.Run.Plan = planOf(f.manifest, f.faults, records)
	}
	p.Records = records.All()
	if p.Run.Plan != nil {
		p.Records = rowsOf(p.Run.Plan, records)
	}
	return page.Write(w, p)
}

// planOf returns what a run would have to do, nil where that cannot be said.
func planOf(m *manifest.Manifest, faults manifest.ErrorList, records *results.Snapshot) *provision.Plan {
	server := ""
	if servers := records.Servers(); len(servers) > 0 {
		server = servers[0]
	}
	plan, err := provision.NewPlan(m, faults, records, server)
	if err != nil {
		return nil
	}
	return plan
}

// rowsOf yields what is recorded of each row of a plan, as Plan.Final does. A room
// that the run did not come to move stands under its old ref.
func rowsOf(plan *provision.Plan, records *results.Snapshot) iter.Seq[results.Record] {
	return func(yield func(results.Record) bool) {
		i := 0
		for record := range plan.Final(records) {
			step := &plan.Steps[i]
			i++
			if record.Status == results.Pending && step.From() != "" {
				if old, known := records.Get(step.From()); known {
					old.Ref, old.Row, old.Key = record.Ref, record.Row, record.Key
					record = old
				}
			}
			if !yield(record) {
				return
			}
		}
	}
}

// claimPage refuses a page of a results file that could not be written, or that
// would take the place of a file that is needed.
func claimPage(path string, claims *outputs) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return usage(path+" is a folder, not a file to write the page to", "name a file in it")
	}
	if info, err := os.Stat(filepath.Dir(path)); err != nil || !info.IsDir() {
		return usage("there is no folder "+filepath.Dir(path)+" to write the page to", "make it, or choose another file for the page")
	}
	err := claims.claim(path)
	var taken *takenError
	switch {
	case errors.As(err, &taken):
		return usage("the page would overwrite "+taken.path, "choose another file for it")
	case err != nil:
		return usage("the page cannot be written: "+err.Error(), "choose a file in a folder that this user can write to")
	}
	return nil
}

// settings are the flags of a run, with no secret among them: not even where
// the token came from is said.
func (f *jobFlags) settings(resultsPath string) []page.Setting {
	s := []page.Setting{{Name: "Manifest", Value: f.Manifest}}
	add := func(set bool, name, value string, args ...any) {
		if set {
			s = append(s, page.Setting{Name: name, Value: fmt.Sprintf(value, args...)})
		}
	}
	folder, err := os.Getwd()
	add(resultsPath != "", "Results file", "%s", resultsPath)
	add(err == nil, "Folder", "%s", folder)
	add(true, "Requests in flight", "at most %s", strconv.Itoa(f.Workers))
	add(f.MaxRate > 0, "Requests a second", "at most %g", f.MaxRate)
	add(f.Reserve > 0, "Left to others", "%g%% of the limit", f.Reserve)
	add(f.Adopt, "Rooms that exist", "adopted, where this account created them")
	if f.MaxCreate != nil {
		add(true, "Rooms to create", "at most %d", *f.MaxCreate)
	}
	add(f.MaxFailures > 0, "Stop after", "%d failed rows", f.MaxFailures)
	add(f.Deadline > 0, "Deadline", "%s", f.Deadline)
	add(f.SkipInvalid, "Faulty rows", "skipped and recorded as failed")
	return s
}
