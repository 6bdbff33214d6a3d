package provision

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"roomlift/report/results"
)

func (r *run) all(ctx context.Context) error {
	if err := r.recordDecisions(); err != nil {
		return err
	}
	if err := r.lost.settleEarlier(ctx); err != nil {
		return err
	}
	ctx, r.abort = context.WithCancelCause(ctx)
	defer r.abort(nil)
	group, ctx := errgroup.WithContext(ctx)
	sending, release := drain(ctx, r.Drain)
	defer release()
	ready := make(chan *attempt, r.mostAhead())
	group.Go(func() error { return r.note(r.feed(ctx, ready)) })
	for range r.Workers {
		group.Go(func() error { return r.note(r.work(ctx, sending, ready)) })
	}
	group.Go(func() error { return r.note(r.lost.settleAll(ctx)) })
	_ = group.Wait() // its errors are noted, the worst of them is returned
	r.unacknowledged.Wait()
	if len(r.fatal) == 0 {
		return nil
	}
	unsent := r.lockedRows.left()
	for a := range ready {
		unsent = append(unsent, a)
	}
	return r.giveBack(unsent, worst(r.fatal))
}

// feed writes the intents of the next rows while others are under way, so that
// no worker waits for the disk, and hands each row out once its intent is
// durable.
func (r *run) feed(ctx context.Context, ready chan<- *attempt) error {
	var onTheirWay sync.WaitGroup
	defer func() {
		onTheirWay.Wait()
		close(ready)
	}()
	for {
		room, err := r.ahead.wait(ctx, r.howFarAhead)
		if err != nil {
			return err
		}
		steps := r.queue.take(ctx, room)
		if len(steps) == 0 {
			return r.endOf(ctx)
		}
		attempts, intents := make([]*attempt, len(steps)), make([]*results.Record, len(steps))
		for i, step := range steps {
			attempts[i] = r.attempt(step)
			intents[i] = &attempts[i].Record
		}
		r.ahead.add(len(steps))
		onTheirWay.Add(1)
		r.Results.Go(intents, func(err error) {
			defer onTheirWay.Done()
			if err != nil {
				r.abort(r.note(err))
				return
			}
			for _, a := range attempts {
				ready <- a // does not block: there are at most mostAhead
			}
		})
	}
}

// endOf tells a queue that has ended from a run that was stopped.
func (r *run) endOf(ctx context.Context) error {
	if _, ended, _ := r.queue.state(); ended {
		return nil
	}
	return stopped(ctx)
}

// work sends rows until there are none left.
func (r *run) work(ctx, sending context.Context, ready <-chan *attempt) error {
	for {
		var a *attempt
		select {
		case a = <-ready:
		case a = <-r.lockedRows.ready:
			r.lockedRows.goOn(a)
		case <-ctx.Done():
			return stopped(ctx)
		}
		if a == nil { // none is left, and none is put off
			return nil
		}
		if err := a.create(ctx, sending); err != nil {
			return err
		}
		if failed := r.failed.Load(); r.MaxFailures > 0 && failed >= int64(r.MaxFailures) {
			return &StopError{Reason: TooManyFailures, Err: fmt.Errorf("%d, and at %d the run was to stop", failed, r.MaxFailures)}
		}
	}
}

// note keeps an error that ends the run. The first one cancels the others, so
// the one that errgroup returns need not be the one that matters most.
func (r *run) note(err error) error {
	if err != nil {
		r.mu.Lock()
		r.fatal = append(r.fatal, err)
		r.mu.Unlock()
	}
	return err
}

// worst returns the error that a person has to know of first.
func worst(errs []error) error {
	for _, err := range errs {
		var unsafe *results.Error
		if errors.As(err, &unsafe) {
			return err
		}
	}
	for _, err := range errs {
		var stop *StopError
		if !errors.As(err, &stop) {
			return err
		}
	}
	for _, err := range errs {
		var stop *StopError
		if errors.As(err, &stop) && stop.Reason != Interrupted {
			return err
		}
	}
	return errs[0]
}

// drain returns a context for requests in flight: it outlives ctx by d, so
// that answers under way are not lost.
func drain(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	sending, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
			cancel()
		case <-sending.Done():
		}
	})
	return sending, func() {
		stop()
		cancel()
	}
}
