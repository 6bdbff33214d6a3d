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
	Closed                            // Webex asks to wait beyond the deadline
	Unreachable                       // no connection to Webex, for minutes
)

// Error says why, on one line.
func (e *StopError) Error() string {
	switch e.Reason {
	case TooManyFailures:
		return fmt.Sprintf("too many rows failed: %v", e.Err)
	case Closed:
		return fmt.Sprintf("Webex accepts nothing before %s; try again after that", e.Until.UTC().Format(time.RFC3339))
	case Unreachable:
		return fmt.Sprintf("no connection: %v", e.Err)
	}
	if e.Unanswered != nil {
		return fmt.Sprintf("stopped: %v, and Webex did not answer: %v", e.Err, e.Unanswered)
	}
	return fmt.Sprintf("stopped: %v", e.Err)
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
		whole := closed.Until.Add(time.Second - 1).Truncate(time.Second)
		until := closed.Until.Add(whole.Sub(closed.Until)) // whole itself has lost the monotonic clock, by which the page tells times
		return &StopError{Reason: Closed, Until: until, Err: err}
	}
	if ctx.Err() != nil {
		return stopped(ctx)
	}
	return err
}
