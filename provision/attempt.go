package provision

import (
	"context"
	"errors"
	"time"

	"roomlift/provision/webex"
	"roomlift/report/results"
)

const (
	// maxLocked is how often a row that Webex calls locked (423) is sent. The
	// room does not exist and so cannot be in use; it is the team or the account
	// that is, and rarely for long.
	maxLocked = 10
	// maxUnreachable is how often one row looks for a connection before the run
	// stops: with unreachableWait, about two minutes.
	maxUnreachable = 8
)

// unreachableWait is how long to wait after the n-th failed connection, n from 1.
func unreachableWait(n int) time.Duration {
	return min(time.Second<<(n-1), 30*time.Second)
}

// attempt is the way of one row to its room.
type attempt struct {
	*run
	step   *Step
	record results.Record
	began  time.Time
	waited time.Duration
	parked bool // the answer was lost

	locked, unreached int
}

// create sends one row until its fate is known or cannot be known now: then it
// is parked. The error ends the run; a row that was certainly not created is
// pending then.
func (r *run) create(ctx, sending context.Context, step *Step) (parked bool, err error) {
	a := &attempt{run: r, step: step, began: time.Now(), record: r.intent(step)}
	here := placeOf(a.record.Title, a.record.TeamID)
	r.lost.takeOff(here)
	defer r.lost.land(here)
	if err := r.Results.Append(a.record); err != nil {
		return false, err
	}
	for {
		done, err := a.send(ctx, sending)
		if done || err != nil {
			return a.parked, err
		}
	}
}

// intent is the record that is durable before the row's first request leaves.
func (r *run) intent(step *Step) results.Record {
	record := r.plan.pending(step)
	if old, ok := r.Results.Get(step.Ref); ok {
		record.Attempts = old.Attempts
	}
	record.Status = results.Sending
	record.Attempts++
	record.CreatorID = r.me.ID
	record.StartedAt = r.clock.now()
	return record
}

// send makes one request. It reports whether the row is done for this run.
func (a *attempt) send(ctx, sending context.Context) (done bool, err error) {
	asked := time.Now()
	turn, err := a.Limiter.Wait(ctx)
	a.waited += time.Since(asked)
	if err != nil {
		return false, a.giveBack(stoppedWaiting(ctx, err))
	}
	trackingID := webex.NewTrackingID()
	room, response, err := a.Client.CreateRoom(sending, trackingID, request(a.step.Row))
	v, fault := classify(response, err)
	if fault != nil {
		turn.Done()
		return false, a.giveBack(fault)
	}
	a.clock.observe(response.Date)
	a.count(v)
	a.record.HTTPStatus = v.httpStatus
	a.record.TrackingID = v.trackingID
	if v.trackingID == "" {
		a.record.TrackingID = trackingID
	}

	switch v.class {
	case created:
		turn.Accepted()
		a.record.RoomID = room.ID
		return true, a.finish(results.Created, v)
	case failed:
		turn.Accepted()
		return true, a.fail(v)
	case ambiguous:
		turn.Done()
		v.remedy = "it is not known whether the room exists; run again to settle it"
		return true, a.lose(v)
	case unauthorised:
		turn.Done()
		return false, a.giveBack(err)
	case refused:
		turn.Refused(v.retryAfter)
		a.emit(Event{Kind: Refused, Until: a.Limiter.Stats().ClosedUntil, Cause: v.reason})
		return a.again(v)
	default: // unreachable
		turn.Done()
		return false, a.waitForConnection(ctx, err)
	}
}

// again counts a refusal. A row that stays locked fails.
func (a *attempt) again(v verdict) (done bool, err error) {
	if v.httpStatus == 423 {
		if a.locked++; a.locked == maxLocked {
			v.remedy = "try again later"
			return true, a.fail(v)
		}
	}
	a.record.Attempts++
	return false, nil
}

func (a *attempt) waitForConnection(ctx context.Context, cause error) error {
	if a.unreached++; a.unreached == maxUnreachable {
		return a.giveBack(&StopError{Reason: Unreachable, Err: cause})
	}
	if err := sleep(ctx, unreachableWait(a.unreached)); err != nil {
		return a.giveBack(err)
	}
	a.record.Attempts++
	return nil
}

// giveBack makes a row pending again, which certainly has no room yet, because
// the run ends for the given reason.
func (a *attempt) giveBack(reason error) error {
	a.record.Status = results.Pending
	a.record.Attempts--
	a.record.StartedAt = time.Time{}
	a.record.CreatorID = ""
	if err := a.Results.Append(a.record); err != nil {
		return errors.Join(err, reason)
	}
	return reason
}

func (a *attempt) fail(v verdict) error {
	err := a.finish(results.Failed, v)
	a.failed.Add(1)
	return err
}

// lose hands a row whose answer was lost to the reconciler.
func (a *attempt) lose(v verdict) error {
	if err := a.conclude(results.Unknown, v); err != nil {
		return err
	}
	a.parked = true
	a.lost.add(&lost{step: a.step, record: a.record, at: time.Now()})
	a.emit(Event{Kind: AnswerLost, Result: a.result()})
	return nil
}

// finish records an outcome that is final for this run.
func (a *attempt) finish(status results.Status, v verdict) error {
	if err := a.conclude(status, v); err != nil {
		return err
	}
	a.emit(Event{Kind: RowDone, Result: a.result()})
	return nil
}

// conclude records what an attempt came to. Only when that is durable may
// anybody hear of it.
func (a *attempt) conclude(status results.Status, v verdict) error {
	a.record.Status = status
	a.record.Error = v.reason
	if v.remedy != "" {
		a.record.Error += "; " + v.remedy
	}
	a.record.FinishedAt = a.clock.now()
	return a.Results.Append(a.record)
}

func (a *attempt) result() *Result {
	return &Result{
		Row:      a.step.Row,
		Action:   a.step.Action,
		Record:   a.record,
		Duration: time.Since(a.began),
		Waited:   a.waited,
	}
}

func (a *attempt) count(v verdict) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.requests[v.httpStatus]++
}
