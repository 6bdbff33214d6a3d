package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"roomlift/provision"
	"roomlift/ratelimit"
	"roomlift/report"
	"roomlift/report/page"
	"roomlift/report/results"
)

// pageFlags say whether a run shall leave a page.
type pageFlags struct {
	HTML string `name:"html" placeholder:"FILE" help:"At the end write a page that anybody can open, with the course of the run."`

	timeline *page.Timeline  // nil without --html
	plan     *provision.Plan // nil until there is one
	manifest string
}

// claimPage refuses a page that could not be written, or that would take the
// place of a file that is needed.
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

// watch notes what a run is about to do, and returns what is told of every event;
// limits is asked for the rate.
func (f *pageFlags) watch(manifest string, plan *provision.Plan, limits func() ratelimit.Stats) func(provision.Event) {
	if f.HTML == "" {
		return func(provision.Event) {}
	}
	f.manifest, f.plan, f.timeline = manifest, plan, &page.Timeline{Limits: limits}
	return f.timeline.Observe
}

// pages are the page, if one was asked for. It is written however a run ends: one
// that still told yesterday's success would be worse than none.
func (f *pageFlags) pages(job *jobFlags, resultsPath string) []watchFile {
	if f.HTML == "" {
		return nil
	}
	return []watchFile{{
		kind: "page", what: "page", flag: "html", path: f.HTML, perm: 0o600,
		fill: func(w io.Writer, run *report.Run) error { return f.fill(w, job, resultsPath, run) },
		early: func(w io.Writer, run *report.Run) error {
			return page.Write(w, &page.Report{File: resultsPath, Written: time.Now(), Version: run.Version, UnderWay: run.Started})
		},
	}}
}

// fill writes the page of a run, as far as it came: what the run left in the
// results file, or where that cannot be read, why.
func (f *pageFlags) fill(w io.Writer, job *jobFlags, resultsPath string, run *report.Run) error {
	r := &page.Report{
		File: resultsPath, Written: time.Now(), Version: run.Version,
		Stopped: run.Error, Remedy: run.Hint, Faults: run.Faults, Unstarted: run.Outcome == nil,
	}
	records, err := results.Read(resultsPath)
	if err != nil { // the run has ended with that
		return page.Write(w, r)
	}
	r.Records = records.All()
	if f.plan != nil {
		r.Records = f.plan.Final(records)
		outcome := run.Outcome
		if outcome == nil {
			outcome = report.Recalled(r.Records)
			outcome.Started = run.Started
		}
		r.Run = &page.Run{
			Plan: f.plan, Outcome: outcome, Timeline: f.timeline, Learned: run.Learned, Account: run.Account,
			Command: "roomlift apply " + f.manifest, Settings: job.settings(resultsPath),
		}
	}
	err = page.Write(w, r)
	return errors.Join(err, records.Err(), records.Close())
}

// settings are the flags of a run, with no secret among them: not even where
// the token came from is said.
func (f *jobFlags) settings(resultsPath string) []page.Setting {
	s := []page.Setting{
		{Name: "Manifest", Value: f.Manifest},
		{Name: "Results file", Value: resultsPath},
		{Name: "Requests in flight", Value: "at most " + strconv.Itoa(f.Workers)},
	}
	add := func(set bool, name, value string, args ...any) {
		if set {
			s = append(s, page.Setting{Name: name, Value: fmt.Sprintf(value, args...)})
		}
	}
	add(f.MaxRate > 0, "Requests a second", "at most %g", f.MaxRate)
	add(f.Reserve > 0, "Left to others", "%g%% of the limit", f.Reserve)
	add(f.Adopt, "Rooms that exist", "adopted, where this account created them")
	add(f.MaxCreate >= 0, "Rooms to create", "at most %d", f.MaxCreate)
	add(f.MaxFailures > 0, "Stop after", "%d failed rows", f.MaxFailures)
	add(f.Deadline > 0, "Deadline", "%s", f.Deadline)
	add(f.SkipInvalid, "Faulty rows", "skipped and recorded as failed")
	return s
}
