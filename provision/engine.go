package provision

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

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

	// Observe is told what happens, one event at a time: from one goroutine during Run,
	// and from that of the caller in the methods that come before it.
	Observe func(Event)
}

// Engine makes plans happen.
type Engine struct {
	Config
	me    webex.Person
	clock serverClock

	tell func(Event) // of what happens; while a run is under way, from its one goroutine for that

	asked    askedCounts
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
	e := &Engine{Config: c}
	e.tell = e.observe
	return e
}

// run is one execution of a plan.
type run struct {
	*Engine
	plan       *Plan
	queue      *queue
	ahead      *ahead
	lost       *reconciler
	slow       stragglers
	lockedRows *lockedRows
	failed     atomic.Int64 // rows that failed in this run
	events     chan Event
	started    time.Time

	abort          context.CancelCauseFunc // ends the run because of what is not known to any worker
	unacknowledged sync.WaitGroup          // records that are on their way to the disk

	// Counted by the goroutine that delivers events.
	done map[results.Status]int

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
		Engine: e, plan: plan, queue: newQueue(plan.Steps), ahead: newAhead(), started: time.Now(),
		lockedRows: newLockedRows(),
		events:     make(chan Event, 4*e.Workers),
		done:       map[results.Status]int{}, requests: map[int]int{},
	}
	r.lost = newReconciler(r)
	e.tell = r.emit
	defer func() { e.tell = e.observe }()
	observed := make(chan struct{})
	go func() {
		defer close(observed)
		for event := range r.events {
			r.tally(event)
			event.More = len(r.events) > 0
			e.Observe(event)
		}
	}()

	err := r.all(ctx)
	for _, l := range r.lost.waiting() {
		r.emit(Event{Kind: RowDone, Result: l.result(l.record)})
	}
	close(r.events)
	<-observed
	return r.outcome(), err
}

// observe tells of what happens before a run, or after it.
func (e *Engine) observe(event Event) {
	event.Time = time.Now()
	e.Observe(event)
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
	r.done[e.Result.Record.Status]++
}

func (r *run) outcome() *Outcome {
	o := &Outcome{
		Rows:     len(r.plan.Steps),
		Statuses: map[results.Status]int{},
		Kept:     r.plan.Count(Keep),
		Moved:    r.plan.Count(Move),
		Done:     r.done,
		Requests: r.requests,
		Listings: int(r.listings.Load()),
		Causes:   map[Trouble]int{},
		Started:  r.started,
		Elapsed:  time.Since(r.started),
	}
	for i := range r.plan.Steps {
		ref := r.plan.Steps[i].Ref()
		status, _ := r.Results.Status(ref)
		o.Statuses[status]++
		if !status.HasRoom() && status != results.Pending {
			record, _ := r.Results.Get(ref)
			o.Causes[TroubleOf(&record)]++
		}
		if r.plan.Steps[i].Changed {
			o.Changed++
		}
	}
	return o
}
