package cli

import (
	"errors"
	"fmt"
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

	timeline *page.Timeline // nil without --html
}

// prepare checks, before anything is sent, that the page can be written.
func (f *pageFlags) prepare(claims *outputs) error {
	if f.HTML == "" {
		return nil
	}
	return claimPage(f.HTML, claims)
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

// watch returns what is told of every event; limits is asked for the rate.
func (f *pageFlags) watch(limits func() ratelimit.Stats) func(provision.Event) {
	if f.HTML == "" {
		return func(provision.Event) {}
	}
	f.timeline = &page.Timeline{Limits: limits}
	return f.timeline.Observe
}

// write writes the page of a run that ended with runErr. That it cannot be
// written is not the run's failure: what happened stands in the results file. It
// reports whether there is a page.
func (f *pageFlags) write(
	job *jobFlags, out *output, file *results.File, plan *provision.Plan, outcome *provision.Outcome,
	learned ratelimit.Learned, runErr error,
) (written bool) {
	if f.HTML == "" {
		return false
	}
	version, _ := build()
	stopped, remedy := "", ""
	if runErr != nil {
		stopped = runErr.Error()
		if end := endingOf(runErr); end.hint != nil {
			remedy = end.hint(runErr)
		}
	}
	err := page.WriteFile(f.HTML, &page.Report{
		File: file.Path(), Records: plan.Final(file), Written: time.Now(), Version: version,
		Run: &page.Run{
			Plan: plan, Outcome: outcome, Stopped: stopped, Remedy: remedy,
			Timeline: f.timeline, Learned: learned, Settings: job.settings(file.Path()),
		},
	})
	if err != nil {
		out.log.Error("the page cannot be written; make one with roomlift report", "file", f.HTML, "error", err)
	}
	return err == nil
}

// writeUnstarted writes the page of a run that ended before anything was sent:
// one that told yesterday's success would be worse than none.
func (f *pageFlags) writeUnstarted(
	job *jobFlags, out *output, file *results.File, plan *provision.Plan, err error,
) (written bool) {
	outcome := report.Recalled(plan.Final(file))
	outcome.Started = time.Now()
	return f.write(job, out, file, plan, outcome, ratelimit.Learned{}, err)
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
