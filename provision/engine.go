package provision

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"roomlift/provision/webex"
	"roomlift/ratelimit"
	"roomlift/report/results"
)

// DefaultDrain is how long requests in flight may go on after a run was told
// to stop. It leaves half of the 10 seconds that the most impatient service
// managers wait between SIGTERM and SIGKILL for writing everything down.
const DefaultDrain = 5 * time.Second

// Config is what an Engine works with.
type Config struct {
	Client  *webex.Client
	Results *results.File
	Limiter *ratelimit.Adaptive

	Workers     int           // requests in flight at most; at least 1
	MaxFailures int           // stop after so many failed rows; 0 is no limit
	Drain       time.Duration // see DefaultDrain, which 0 stands for
	Settle      time.Duration // see DefaultSettle, which 0 stands for

	// Renew, unless nil, replaces the token after a 401 to a request that was sent
	// at the given time. Workers that are refused together call it together: it
	// does nothing where the token was replaced since then.
	Renew func(ctx context.Context, sent time.Time) error

	// Observe is told what happens, one event at a time, from one goroutine.
	Observe func(Event)
}

// Engine makes plans happen.
type Engine struct {
	Config
	me    webex.Person
	clock serverClock

	asked    atomic.Int64 // requests that changed nothing
	listings atomic.Int64 // times that rooms were listed to settle lost answers
}

// New returns an engine.
func New(c Config) *Engine {
	c.Workers = max(c.Workers, 1)
	if c.Drain == 0 {
		c.Drain = DefaultDrain
	}
	if c.Settle == 0 {
		c.Settle = DefaultSettle
	}
	if c.Observe == nil {
		c.Observe = func(Event) {}
	}
	return &Engine{Config: c}
}

// run is one execution of a plan.
type run struct {
	*Engine
	plan    *Plan
	queue   *queue
	lost    *reconciler
	failed  atomic.Int64 // rows that failed in this run
	events  chan Event
	started time.Time

	abort          context.CancelCauseFunc // ends the run because of what is not known to any worker
	unacknowledged sync.WaitGroup          // records that are on their way to the disk

	// Counted by the goroutine that delivers events.
	done   map[results.Status]int
	causes map[string]int

	mu       sync.Mutex
	requests map[int]int // answers by HTTP status
	fatal    []error     // what workers ended with
}

// Run makes a plan happen and returns what came of it, always with the counts.
// The error says why the run ended before every row was tried: a *StopError, a
// *webex.Error with status 401, or a *results.Error. Cancelling ctx stops new
// work at once; requests in flight may go on for Config.Drain.
//
// The results file is left as a journal; the caller compacts it.
func (e *Engine) Run(ctx context.Context, plan *Plan) (*Outcome, error) {
	r := &run{
		Engine: e, plan: plan, queue: newQueue(plan.Steps), started: time.Now(),
		events: make(chan Event, 4*e.Workers),
		done:   map[results.Status]int{}, requests: map[int]int{}, causes: map[string]int{},
	}
	r.lost = newReconciler(r)
	observed := make(chan struct{})
	go func() {
		defer close(observed)
		for event := range r.events {
			r.tally(event)
			e.Observe(event)
		}
	}()

	err := r.all(ctx)
	for _, l := range r.lost.waiting() {
		r.emit(Event{Kind: RowDone, Result: &Result{Row: l.step.Row, Action: l.step.Action, Record: l.record}})
	}
	close(r.events)
	<-observed
	return r.outcome(), err
}

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
		attempts, intents := make([]*attempt, len(steps)), make([]results.Record, len(steps))
		for i, step := range steps {
			attempts[i] = r.attempt(step)
			intents[i] = attempts[i].record
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

// recordDecisions writes down what the plan decided without asking anybody:
// rooms that moved to another row, and rows that are refused.
func (r *run) recordDecisions() error {
	const batch = 1000 // records that share one fsync
	var records []results.Record
	var done []Event
	flush := func() error {
		if len(records) == 0 {
			return nil
		}
		if err := r.Results.Append(records...); err != nil {
			return err
		}
		for _, e := range done {
			r.emit(e)
		}
		records, done = records[:0], done[:0]
		return nil
	}
	for i := range r.plan.Steps {
		step := &r.plan.Steps[i]
		record, decided := r.decided(step)
		if !decided {
			continue
		}
		records = append(records, record)
		if step.Action != Reconcile {
			done = append(done, Event{Kind: RowDone, Result: &Result{Row: step.Row, Action: step.Action, Record: record}})
		}
		if len(records) == batch {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// decided returns the record that a step needs before anything is sent.
func (r *run) decided(step *Step) (results.Record, bool) {
	if step.From != "" { // Move, or Reconcile under a new ref
		old, _ := r.Results.Get(step.From)
		record := r.plan.pending(step)
		record.Status, record.RoomID = old.Status, old.RoomID
		record.Attempts, record.HTTPStatus = old.Attempts, old.HTTPStatus
		record.Error, record.TrackingID = old.Error, old.TrackingID
		record.CreatorID = old.CreatorID
		record.StartedAt, record.FinishedAt = old.StartedAt, old.FinishedAt
		return record, true
	}
	record := r.plan.pending(step)
	record.FinishedAt = r.clock.now()
	switch step.Action {
	case Refuse:
		record.Status, record.Error = results.Failed, step.Reason
	case Adopt:
		record.Status, record.RoomID = results.Adopted, step.RoomID
		record.CreatorID = r.me.ID
	default:
		return results.Record{}, false
	}
	return record, true
}

func (r *run) emit(e Event) {
	e.Time = time.Now()
	r.events <- e
}

// tally counts a row that this run dealt with.
func (r *run) tally(e Event) {
	if e.Kind != RowDone || e.Result.Action == Move {
		return
	}
	record := &e.Result.Record
	r.done[record.Status]++
	if !record.Status.HasRoom() {
		r.causes[record.Error]++
	}
}

func (r *run) outcome() *Outcome {
	o := &Outcome{
		Rows:     len(r.plan.Steps),
		Statuses: map[results.Status]int{},
		Kept:     r.plan.Count(Keep),
		Moved:    r.plan.Count(Move),
		Done:     r.done,
		Requests: r.requests,
		Asked:    int(r.asked.Load()),
		Listings: int(r.listings.Load()),
		Causes:   r.causes,
		Started:  r.started,
		Elapsed:  time.Since(r.started),
	}
	for record := range r.plan.Final(r.Results) {
		o.Statuses[record.Status]++
	}
	for i := range r.plan.Steps {
		if r.plan.Steps[i].Changed {
			o.Changed++
		}
	}
	return o
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
