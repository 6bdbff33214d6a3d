package provision

import (
	"context"
	"errors"
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
	ready := make(chan *attempt, intentsAhead*r.Workers)
	ahead := make(chan struct{}, cap(ready))
	group.Go(func() error { return r.note(r.feed(ctx, ready, ahead)) })
	for range r.Workers {
		group.Go(func() error { return r.note(r.work(ctx, sending, ready, ahead)) })
	}
	group.Go(func() error { return r.note(r.lost.settleAll(ctx)) })
	_ = group.Wait() // its errors are noted, the worst of them is returned
	r.unacknowledged.Wait()
	if len(r.fatal) == 0 {
		return nil
	}
	var unsent []*attempt
	for a := range ready {
		unsent = append(unsent, a)
	}
	return r.giveBack(unsent, worst(r.fatal))
}

// intentsAhead times the number of workers is how many intents may be written
// before a worker takes the row. It covers an fsync that takes four times as
// long as a request; what a crash leaves unsent is settled with the rest.
const intentsAhead = 4

// feed writes the intents of the next rows while others are under way, so that
// no worker waits for the disk, and hands each row out once its intent is
// durable. ahead bounds how many there are; whoever takes a row from ready takes
// one from ahead, too.
func (r *run) feed(ctx context.Context, ready chan<- *attempt, ahead chan struct{}) error {
	var onTheirWay sync.WaitGroup
	defer func() {
		onTheirWay.Wait()
		close(ready)
	}()
	for {
		steps := r.queue.take(ctx, max(1, cap(ahead)-len(ahead)))
		if len(steps) == 0 {
			return r.endOf(ctx)
		}
		attempts, intents := make([]*attempt, len(steps)), make([]*results.Record, len(steps))
		for i, step := range steps {
			attempts[i] = r.attempt(step)
			intents[i] = &attempts[i].record
			select {
			case ahead <- struct{}{}:
			case <-ctx.Done():
				return stopped(ctx)
			}
		}
		onTheirWay.Add(1)
		r.Results.Go(intents, func(err error) {
			defer onTheirWay.Done()
			if err != nil {
				r.abort(r.note(err))
				return
			}
			for _, a := range attempts {
				ready <- a // does not block: ahead bounds how many there are
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
func (r *run) work(ctx, sending context.Context, ready <-chan *attempt, ahead <-chan struct{}) error {
	for {
		select {
		case a, ok := <-ready:
			if !ok {
				return nil
			}
			<-ahead
			if err := a.create(ctx, sending); err != nil {
				return err
			}
		case <-ctx.Done():
			return stopped(ctx)
		}
		if r.MaxFailures > 0 && r.failed.Load() >= int64(r.MaxFailures) {
			return &StopError{Reason: TooManyFailures}
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
