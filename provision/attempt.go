package provision

import (
	"context"
	"errors"
	"time"

	"roomlift/provision/webex"
	"roomlift/report/results"
)

const (
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
	Result  // what became of the row until now
	step    *Step
	refusal *results.Record // what was recorded before, if that is one
	began   time.Time

	left              bool // a request left
	locked, unreached int
	flight            int  // its place among those in the air
	renewed           bool // the token, because of this row
}

// attempt prepares to send a row. Its record is the intent, which must be
// durable before create is called.
func (r *run) attempt(step *Step) *attempt {
	record := r.plan.pending(step)
	var refusal *results.Record
	if step.recorded {
		old, _ := r.Results.Get(record.Ref)
		record.Attempts = old.Attempts
		if old.Status == results.Failed {
			refusal = &old
		}
	}
	step.recorded = true
	record.Status = results.Sending
	record.Attempts++
	record.CreatorID = r.me.ID
	record.StartedAt = r.clock.now()
	return &attempt{
		run: r, step: step, refusal: refusal, began: r.lost.begin(step),
		Result: Result{Row: step.Row, Action: step.Action, Record: record},
	}
}

// create sends one row until its fate is known or cannot be known now: then it
// is parked. The error ends the run; a row that was certainly not created is
// pending then.
func (a *attempt) create(ctx, sending context.Context) error {
	a.lost.takeOff(a)
	for {
		done, err := a.send(ctx, sending)
		if err != nil {
			a.putDown(false)
		}
		if done || err != nil {
			return err
		}
	}
}

// putDown ends the attempt; parked says that the row's fate is not known.
func (a *attempt) putDown(parked bool) {
	a.lost.land(a)
	a.queue.release(parked)
}

// send makes one request. It reports whether the attempt has ended or is about
// to, once its outcome is durable.
func (a *attempt) send(ctx, sending context.Context) (done bool, err error) {
	asked := time.Now()
	turn, err := a.Limiter.Wait(ctx)
	sent := time.Now()
	a.Waited += sent.Sub(asked)
	if err != nil {
		return false, a.giveBack([]*attempt{a}, stoppedWaiting(ctx, err))
	}
	if !a.left {
		a.left = true
		a.ahead.sent()
	}
	trackingID := webex.NewTrackingID()
	a.slow.watch(turn, sent)
	room, response, err := a.Client.CreateRoom(sending, trackingID, request(a.step.Row))
	v, fault := classify(response, err)
	if fault != nil {
		turn.Done()
		if sending.Err() != nil {
			fault = stopped(ctx)
		}
		return false, a.giveBack([]*attempt{a}, fault)
	}
	if v.class == created { // an error page may be a proxy's, with its clock
		a.clock.observe(response.Date)
		a.clock.made(room.At, sent)
	}
	if v.class != unreachable {
		a.count(v)
	}
	a.Record.HTTPStatus = v.httpStatus
	a.Record.TrackingID = v.trackingID
	if v.trackingID == "" {
		a.Record.TrackingID = trackingID
	}

	switch v.class {
	case created:
		turn.Accepted()
		a.Record.RoomID = room.ID
		a.succeed()
		return true, nil
	case failed:
		turn.Accepted()
		return true, a.fail(v)
	case ambiguous:
		turn.Done()
		return true, a.lose(v)
	case unauthorised:
		turn.Done()
		if err := a.renew(ctx, sent, &a.renewed, err); err != nil {
			return false, a.giveBack([]*attempt{a}, err)
		}
		a.Record.Attempts++
		return false, nil
	case refused:
		turn.Refused(v.retryAfter)
		a.emit(Event{Kind: Refused, Until: a.Limiter.Stats().ClosedUntil, Asked: v.retryAfter, Cause: v.reason})
		a.Record.Attempts++
		return false, nil
	case locked:
		turn.Done()
		return true, a.putOff(ctx, v)
	default: // unreachable
		turn.Done()
		return false, a.waitForConnection(ctx, err)
	}
}

// putOff lets a locked row wait for as long as it was asked to; others go on. A row
// that stays locked fails.
func (a *attempt) putOff(ctx context.Context, v verdict) error {
	if a.locked++; a.locked == maxLocked {
		return a.fail(v)
	}
	a.Record.Attempts++
	a.lost.land(a)
	a.lockedRows.wait(ctx, a, lockedWait(a.locked, v.retryAfter))
	return nil
}

func (a *attempt) waitForConnection(ctx context.Context, cause error) error {
	if a.unreached++; a.unreached == maxUnreachable {
		return a.giveBack([]*attempt{a}, &StopError{Reason: Unreachable, Err: cause})
	}
	if err := sleep(ctx, unreachableWait(a.unreached)); err != nil {
		return a.giveBack([]*attempt{a}, err)
	}
	a.Record.Attempts++
	return nil
}

// giveBack makes rows pending again, which certainly have no room yet, because
// the run ends for the given reason.
func (r *run) giveBack(rows []*attempt, reason error) error {
	var unsafe *results.Error
	if len(rows) == 0 || errors.As(reason, &unsafe) {
		return reason
	}
	records := make([]results.Record, len(rows))
	for i, a := range rows {
		records[i] = a.Record
		records[i].Status = results.Pending
		records[i].Attempts--
		records[i].StartedAt = time.Time{}
		records[i].CreatorID = ""
		if a.refusal != nil { // it must not take another row's room because it was not asked about again
			records[i] = *a.refusal
		}
	}
	if err := r.Results.Append(records...); err != nil {
		return errors.Join(err, reason)
	}
	return reason
}

// succeed records a room. The worker goes on meanwhile; only when the record is
// durable does anybody hear of the room.
func (a *attempt) succeed() {
	a.conclude(results.Created, verdict{httpStatus: a.Record.HTTPStatus})
	a.unacknowledged.Add(1)
	a.Results.Go([]*results.Record{&a.Record}, func(err error) {
		defer a.unacknowledged.Done()
		if err != nil {
			a.abort(a.note(err))
			return
		}
		a.emit(Event{Kind: RowDone, Result: a.result()})
		a.putDown(false)
	})
}

// fail records that Webex refused the row for good.
func (a *attempt) fail(v verdict) error {
	a.conclude(results.Failed, v)
	if err := a.Results.Append(a.Record); err != nil {
		return err
	}
	a.failed.Add(1)
	a.emit(Event{Kind: RowDone, Result: a.result()})
	a.putDown(false)
	return nil
}

// lose hands a row whose answer was lost to the reconciler.
func (a *attempt) lose(v verdict) error {
	v.remedy = "it is not known whether the room exists; run again to settle it"
	a.conclude(results.Unknown, v)
	if err := a.Results.Append(a.Record); err != nil {
		return err
	}
	a.lost.add(&lost{step: a.step, record: a.Record, began: a.began, waited: a.Waited, at: time.Now()})
	a.emit(Event{Kind: AnswerLost, Result: a.result()})
	a.putDown(true)
	return nil
}

// conclude writes into the record what the attempt came to.
func (a *attempt) conclude(status results.Status, v verdict) {
	a.Record.Status = status
	a.Record.Error = v.reason
	if v.remedy != "" {
		a.Record.Error += "; " + v.remedy
	}
	a.Record.FinishedAt = a.clock.now()
	if a.Record.FinishedAt.Before(a.Record.StartedAt) { // the first answers correct the clock
		a.Record.FinishedAt = a.Record.StartedAt
	}
}

// result returns what became of the row; the attempt has ended.
func (a *attempt) result() *Result {
	a.Duration = time.Since(a.began)
	return &a.Result
}

func (a *attempt) count(v verdict) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.requests[v.httpStatus]++
}
