package provision

import (
	"context"
	"errors"
	"fmt"
	"time"

	"roomlift/ratelimit"
)

// StopError says why a run stopped before every row was tried. Nothing is lost:
// running again goes on where it stopped.
type StopError struct {
	Reason StopReason
	Until  time.Time // Closed: the earliest time at which running again makes sense, in whole seconds
	Asked  time.Time // Closed: until when Webex asked to wait, in whole seconds; zero if it named no time
	Err    error     // cause, may be nil
	// Unanswered is why Webex had not answered what was asked when the run was
	// Interrupted; nil if it had, or nothing was asked.
	Unanswered error
}

// StopReason is a reason to stop early.
type StopReason uint8

// The reasons to stop early.
const (
	Interrupted     StopReason = iota // the context was cancelled, for the error's cause
	TooManyFailures                   // Config.MaxFailures rows failed
	Closed                            // the pause after refusals ends after the deadline
	Unreachable                       // no connection to Webex, for minutes
)

// Error says why, on one line.
func (e *StopError) Error() string {
	switch e.Reason {
	case TooManyFailures:
		return fmt.Sprintf("too many rows failed: %v", e.Err)
	case Closed:
		return e.closed()
	case Unreachable:
		return fmt.Sprintf("no connection: %v", e.Err)
	}
	if e.Unanswered != nil {
		return fmt.Sprintf("stopped: %v, and Webex did not answer: %v", e.Err, e.Unanswered)
	}
	return fmt.Sprintf("stopped: %v", e.Err)
}

// closed says who keeps the run from sending: Webex, or the run itself, which waits
// ever longer where Webex goes on refusing.
func (e *StopError) closed() string {
	until := e.Until.UTC().Format(time.RFC3339)
	switch {
	case e.Asked.IsZero():
		return fmt.Sprintf("Webex refuses requests without saying for how long, so nothing is sent before %s; try again after that", until)
	case e.Asked.Before(e.Until):
		return fmt.Sprintf("Webex goes on refusing after the pauses that it asks for, so nothing is sent before %s; try again after that", until)
	}
	return fmt.Sprintf("Webex accepts nothing before %s; try again after that", until)
}

// Unwrap returns the cause.
func (e *StopError) Unwrap() error { return e.Err }

// stopped returns the error of a context that has ended.
func stopped(ctx context.Context) error {
	return &StopError{Reason: Interrupted, Err: context.Cause(ctx)}
}

// stoppedWaiting returns the error of a turn that could not be had.
func stoppedWaiting(ctx context.Context, err error) error {
	var closed *ratelimit.ClosedError
	if errors.As(err, &closed) {
		return &StopError{Reason: Closed, Until: wholeSecond(closed.Until), Asked: wholeSecond(closed.Asked), Err: err}
	}
	if ctx.Err() != nil {
		return stopped(ctx)
	}
	return err
}

// wholeSecond rounds up. It keeps the monotonic clock, by which the page tells times.
func wholeSecond(t time.Time) time.Time {
	whole := t.Add(time.Second - 1).Truncate(time.Second) // has lost it
	return t.Add(whole.Sub(t))
}
