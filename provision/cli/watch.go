package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"roomlift/provision"
	"roomlift/report"
	"roomlift/report/atomicfile"
	"roomlift/report/results"
)

// pingVariable stands for --ping-url: a monitor's URL is half a secret, and
// everybody on a machine can read the arguments of a process.
const pingVariable = "ROOMLIFT_PING_URL"

// watchFlags say which programs are told what a run came to.
type watchFlags struct {
	Summary string `placeholder:"FILE" help:"Write a summary for programs, as JSON, when the run begins and when it has ended."`
	Metrics string `placeholder:"FILE" help:"Write metrics for the Prometheus node exporter's textfile collector (FILE.prom), when the run begins and when it has ended."`
	PingURL string `env:"ROOMLIFT_PING_URL" placeholder:"URL" help:"Tell a monitor such as healthchecks.io when the run begins, succeeds or fails."`
}

// watched runs a job and tells those who watch it how it ended, however it
// ended. The job fills in what it learns, and calls begin once it holds the
// results file. wanted are the files to write at the end.
//
// A run that meets another one there tells nobody but the log: the other one goes
// on, and its files and its monitor are about that.
func (f *watchFlags) watched(
	out *output, run *report.Run, wanted []watchFile, claims *outputs, resultsPath string, job func(begin func()) error,
) error {
	run.Started = time.Now()
	run.Version, run.Commit = build()
	log := out.events()
	log.Started(run)
	out.ended, out.last = run, func() { lastWord(out, log, run) }
	ping, err := newPinger(f.PingURL, "roomlift/"+run.Version, out.log)
	files, fault := writable(wanted, claims)
	if err == nil {
		err = fault
	}
	begun := false
	if err == nil {
		err = job(func() {
			begun = true
			ping.start()
			for _, file := range files {
				file.announce(out, run)
			}
		})
	}
	if !begun && (is[*results.LockedError](err) || results.Held(resultsPath)) {
		conclude(run, err)
		return err
	}
	if !begun {
		ping.start()
	}
	err = write(out, files, run, err)
	ping.end(run.ExitCode == exitComplete, fmt.Sprintf("exit code %d: %s\n%s\nin %s\n",
		run.ExitCode, run.Meaning, run.Verdict(), report.Duration(run.Finished.Sub(run.Started))))
	return err
}

// lastWord says how a run ended. With --quiet, lines of single rows are all that was
// said of those that have no room, so that one line sums them up.
func lastWord(out *output, log *report.Log, run *report.Run) {
	troubled := out.Quiet && run.Outcome != nil && !run.Outcome.Complete() && out.log.Enabled(context.Background(), slog.LevelWarn)
	if troubled && !out.json() {
		out.say("roomlift: " + run.Verdict())
		return
	}
	if troubled {
		log.Good = slog.LevelWarn // or it would not be heard
	}
	log.Ended(run)
}

// write writes files and returns what the run ends with: one that cannot be
// written fails a run that was good.
func write(out *output, files []watchFile, run *report.Run, err error) error {
	conclude(run, err)
	for _, file := range files {
		run.Wrote(file.kind, file.path)
		fault := atomicfile.Write(file.path, file.perm, func(w io.Writer) error { return file.fill(w, run) })
		if fault == nil {
			if file.tell {
				out.log.Info("the "+file.what+" is written", "file", file.path)
			}
			continue
		}
		run.Files = run.Files[:len(run.Files)-1]
		if errors.Is(fault, errNoTable) { // what the run ended with says more
			out.log.Warn("the "+file.what+" is not written: "+fault.Error(), "file", file.path)
			continue
		}
		fault = &unwrittenError{file.what, fault}
		if err == nil {
			err = fault
			conclude(run, err)
		} else {
			out.log.Error(fault.Error())
		}
	}
	return err
}

// watchFile is a file that is written when a run ends. One that exists keeps the
// permissions that it has.
type watchFile struct {
	kind  string // as the summary names it
	what  string // as people are told of it
	flag  string
	path  string
	perm  fs.FileMode
	tell  bool  // that it is written
	fault error // why no such file can be written
	fill  func(io.Writer, *report.Run) error
	// early writes what stands there until the run has ended; nil leaves what does.
	early func(io.Writer, *report.Run) error
}

// announce writes what is true while a run goes on, and if it is killed: what an
// earlier run left must not pass for its outcome.
func (w *watchFile) announce(out *output, run *report.Run) {
	info, err := os.Stat(w.path)
	if w.early == nil || err == nil && !info.Mode().IsRegular() { // a pipe is told once
		return
	}
	err = atomicfile.Write(w.path, w.perm, func(to io.Writer) error { return w.early(to, run) })
	if err != nil {
		out.log.Warn("the "+w.what+" cannot be written yet", "file", w.path, "reason", err.Error())
	}
}

// underWay writes of a run that goes on what it comes to if it is killed.
func underWay(fill func(io.Writer, *report.Run) error) func(io.Writer, *report.Run) error {
	return func(w io.Writer, run *report.Run) error {
		early := *run
		early.UnderWay, early.Finished = true, run.Started
		early.ExitCode, early.Meaning = exitStopped, meaningOf(exitStopped)
		early.Error, early.Next = "the run is under way, or was killed", report.NextOpen(nil, report.Again)
		early.Hint = early.Next
		return fill(w, &early)
	}
}

// files are those that were asked for, the summary last: it names the others.
func (f *watchFlags) files() []watchFile {
	var asked []watchFile
	for _, file := range []watchFile{
		{kind: "metrics", what: "metrics", flag: "metrics", path: f.Metrics, perm: 0o644, fill: report.Metrics, early: underWay(report.Metrics)}, // the node exporter is another user
		{kind: "summary", what: "summary", flag: "summary", path: f.Summary, perm: 0o600, fill: report.WriteSummary, early: underWay(report.WriteSummary)},
	} {
		if file.path != "" {
			asked = append(asked, file)
		}
	}
	return asked
}

// writable finds out, before anything is sent, whether the files can be written:
// a monitor that reads yesterday's would believe that all is well. It returns
// those that can, and what is wrong with the first that cannot.
func writable(files []watchFile, claims *outputs) (good []watchFile, err error) {
	for _, file := range files {
		fault := file.fault
		if fault == nil {
			fault = claims.claim(file.path)
		}
		switch {
		case fault == nil:
			good = append(good, file)
		case err == nil:
			err = usage(fmt.Sprintf("the %s cannot be written: %v", file.what, fault),
				"nothing was sent; name another file with --%s, in a folder that this user can write to", file.flag)
		}
	}
	return good, err
}

// conclude notes how a run ended.
func conclude(run *report.Run, err error) {
	run.Finished = time.Now()
	run.ExitCode, run.Error, run.Hint, run.Faults, run.Reopens = exitComplete, "", "", nil, time.Time{}
	next, said := nextOf(err, run)
	run.Next = next
	if err != nil {
		end := endingOf(err)
		run.ExitCode = end.code
		if !is[*incompleteError](err) {
			run.Error, _ = explain(err, end)
		}
		_ = errors.As(err, &run.Faults)
		var stop *provision.StopError
		if errors.As(err, &stop) {
			run.Reopens = stop.Until
		}
	}
	if run.Error != "" && !said {
		run.Hint = run.Next
	}
	run.Meaning = meaningOf(run.ExitCode)
}

// unwrittenError is a file that could not be written although all went well.
type unwrittenError struct {
	what string
	err  error
}

func (e *unwrittenError) Error() string {
	return fmt.Sprintf("the %s could not be written: %v", e.what, e.err)
}
func (e *unwrittenError) Unwrap() error { return e.err }

// Remedy says what to do.
func (e *unwrittenError) Remedy() string {
	return "every row has its room; make the file writable and run again, or make the page and the sheets with roomlift report"
}
