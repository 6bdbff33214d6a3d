package cli

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"roomlift/provision"
	"roomlift/provision/credentials"
	"roomlift/provision/manifest"
	"roomlift/provision/webex"
	"roomlift/report"
	"roomlift/report/results"
)

// Exit codes, as they are documented; other programs depend on them.
const (
	exitComplete     = 0
	exitIncomplete   = 1
	exitInvalid      = 2
	exitStopped      = 3
	exitUnauthorised = 4
	exitLocked       = 5
	exitUnsafe       = 6
)

var exitMeanings = []struct {
	code    int
	meaning string
}{
	{exitComplete, "every row of the manifest has its room"},
	{exitIncomplete, "some rows failed or stay unresolved: the results file says which"},
	{exitInvalid, "usage error or invalid manifest: nothing was sent"},
	{exitStopped, "stopped early (signal, deadline, --max-failures): run it again to go on"},
	{exitUnauthorised, "no token, or Webex refused it"},
	{exitLocked, "another run holds the results file"},
	{exitUnsafe, "the results file cannot be read or written safely"},
}

func exitCodesHelp() string {
	var b strings.Builder
	for _, e := range exitMeanings {
		fmt.Fprintf(&b, "    %d  %s\n", e.code, e.meaning) // indented: help does not wrap it
	}
	return b.String()
}

func meaningOf(code int) string {
	for _, e := range exitMeanings {
		if e.code == code {
			return e.meaning
		}
	}
	return ""
}

// ending is one way in which a command can fail: how its error is recognised,
// the exit code, and what to tell the person to do.
type ending struct {
	code int
	is   func(error) bool
	hint func(error) string
}

// endings are tried in order: what endangers the record of what exists comes
// first. An error that none of them knows counts as incomplete.
var endings = []ending{
	{exitUnsafe, is[*results.Error], nil},
	{exitLocked, is[*results.LockedError], always("wait until it has ended, or give this run a results file of its own with --results")},
	{exitInvalid, is[manifest.ErrorList], hintOfFaults},
	{exitInvalid, is[*fileError], remedyOf[*fileError]},
	{exitInvalid, is[*provision.ServerError], always("nothing was sent; choose another file with --results, one for each server")},
	{exitInvalid, is[*usageError], remedyOf[*usageError]},
	{exitUnauthorised, is[*tokenError], remedyOf[*tokenError]},
	{exitStopped, isTemporaryCredentials, remedyOf[*credentials.Error]},
	{exitUnauthorised, is[*credentials.Error], remedyOf[*credentials.Error]},
	{exitUnauthorised, is[*webex.TokenError], always("check the token file")},
	{exitUnauthorised, isUnauthorised, always("get a new token (a personal one lives 12 hours), then run again: it goes on where it stopped")},
	{exitStopped, is[*provision.StopError], hintOfStop},
	{exitStopped, is[*webex.TransportError], always("check the network, the proxy and --base-url, then run again; nothing was created twice")},
	{exitStopped, is[*webex.Error], always("nothing was sent; try again later, or check --base-url")},
	{exitStopped, is[*webex.BodyError], always("nothing was sent; check --base-url: this does not answer like Webex")},
	{exitIncomplete, is[*incompleteError], nil},
	{exitIncomplete, is[*unwrittenError], remedyOf[*unwrittenError]},
}

// endingOf finds what an error means.
func endingOf(err error) ending {
	for _, e := range endings {
		if e.is(err) {
			return e
		}
	}
	return ending{code: exitIncomplete}
}

// remedied is an error that knows what to do about it.
type remedied interface {
	error
	Remedy() string
}

func (e *usageError) Remedy() string { return e.remedy }

// fileError is a file that cannot be read.
type fileError struct {
	err    error
	remedy string
}

func (e *fileError) Error() string  { return e.err.Error() }
func (e *fileError) Unwrap() error  { return e.err }
func (e *fileError) Remedy() string { return e.remedy }

// tokenError says that there is no token.
type tokenError struct{ reason, remedy string }

func (e *tokenError) Error() string  { return e.reason }
func (e *tokenError) Remedy() string { return e.remedy }

// incompleteError says that rows have no room although the run went to its end.
// The summary has told which, so it is not printed.
type incompleteError struct{ rows int }

func (e *incompleteError) Error() string {
	return fmt.Sprintf("%d rows have no room", e.rows)
}

func is[T error](err error) bool {
	var target T
	return errors.As(err, &target)
}

func always(hint string) func(error) string {
	return func(error) string { return hint }
}

func remedyOf[T remedied](err error) string {
	var target T
	if errors.As(err, &target) {
		return target.Remedy()
	}
	return ""
}

// isTemporaryCredentials reports a token that cannot be renewed now.
func isTemporaryCredentials(err error) bool {
	var fault *credentials.Error
	return errors.As(err, &fault) && fault.Temporary
}

func isUnauthorised(err error) bool {
	var answer *webex.Error
	return errors.As(err, &answer) &&
		(answer.StatusCode == http.StatusUnauthorized || answer.StatusCode == http.StatusForbidden)
}

// hintOfFaults speaks of good rows only where no fault is one of the whole manifest.
func hintOfFaults(err error) string {
	var faults manifest.ErrorList
	hint := "nothing was sent; correct the manifest"
	if errors.As(err, &faults) && !slices.ContainsFunc(faults, func(f *manifest.Error) bool { return f.Row == 0 }) {
		hint += ", or create the good rows alone with --skip-invalid"
	}
	return hint
}

func hintOfStop(err error) string {
	var stop *provision.StopError
	if errors.As(err, &stop) {
		switch {
		case stop.Reason == provision.Closed:
			return report.Again + " after " + stop.Until.UTC().Format(time.RFC3339) + ": it goes on where it stopped"
		case stop.Reason == provision.Unreachable, stop.Unanswered != nil:
			return "check the network and the proxy, then " + report.Again + ": it goes on where it stopped"
		}
	}
	return report.Again + ": it goes on where it stopped"
}

// nextOf returns what to do after a run that ended with an error, which may be nil,
// and whether the error's own text says so already.
func nextOf(err error, run *report.Run) (next string, said bool) {
	if err == nil {
		return report.Next(run.Outcome, "", report.Again), false
	}
	remedy := ""
	var stop *provision.StopError
	switch errors.As(err, &stop); {
	case is[*results.Error](err):
		_, remedy = report.CutRemedy(err.Error())
		said = true
	case run.Outcome != nil && stop != nil && (stop.Reason == provision.Interrupted || stop.Reason == provision.TooManyFailures):
		// What the rows came to says what to do.
	default:
		_, remedy = explain(err, endingOf(err))
	}
	next = report.Next(run.Outcome, remedy, report.Again)
	return next, said && next == remedy
}

// fail tells the person what went wrong and what to do, and returns the exit
// code.
func fail(out *output, err error) int {
	end := endingOf(err)
	if is[*incompleteError](err) {
		return end.code
	}
	var faults manifest.ErrorList
	if errors.As(err, &faults) {
		for _, fault := range faults {
			out.fault(fault)
		}
	}
	message, hint := explain(err, end)
	if out.ended != nil {
		hint = out.ended.Hint
	}
	out.failure(message, hint)
	return end.code
}

// explain says what went wrong, on one line, and what to do about it.
func explain(err error, end ending) (message, hint string) {
	if end.hint != nil {
		hint = end.hint(err)
	}
	var faults manifest.ErrorList
	switch errors.As(err, &faults); len(faults) {
	case 0:
		return err.Error(), hint
	case 1:
		return "the manifest has 1 fault", hint
	}
	return fmt.Sprintf("the manifest has %d faults", len(faults)), hint
}
