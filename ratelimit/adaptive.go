// Package ratelimit finds a server's unknown request limit and keeps to it.
//
// A server says nothing of its limit but "too many requests, come again in so many
// seconds". From that, and from what it accepts, an Adaptive measures the limit, cruises
// just below it, follows it up and down, and remembers it for the next run.
//
// The package knows times and counts only: a caller takes a turn, sends one request,
// and tells how it ended. Decisions are made by a controller that never looks at a
// clock; Adaptive is the dull loop around it.
package ratelimit

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"
)

// Config says how an Adaptive shall behave. Its zero value is one worker with no
// ceiling, no reserve and no memory.
type Config struct {
	// Workers is the number of callers that may wait or be in flight at once: at most
	// this many turns are out. Values below 1 mean 1.
	Workers int
	// MaxRate is the number of turns a second that is never exceeded; 0 or less is no ceiling.
	MaxRate float64
	// Reserve is the share of the discovered limit that is left to others, at least 0
	// and below 1; values outside are moved to the nearest of 0 and 0.99. Until the limit
	// is known beyond doubt it is met at the full pace, for some minutes of a first run.
	// Then the limiter never probes above what it measured last, since a probe takes what
	// is reserved, except after a deep fall of the limit, to what it was before. A limit that
	// rises is found by a run that remembers none: what is remembered is believed for a
	// week after it was measured, and not for a month.
	Reserve float64
	// Learned is what an earlier run learned; nil starts at the documented rate. What
	// is too old or absurd is ignored, what is wrong is corrected by the first refusals.
	Learned *Learned
}

// Adaptive hands out turns at the rate that a server accepts. It is safe for concurrent
// use, starts no goroutine and needs no Close.
type Adaptive struct {
	begun time.Time

	mu      sync.Mutex
	control *controller
	queue   []*caller // those who wait, in the order in which they came; the first is next
	waited  time.Duration
}

// caller is one who waits for a turn.
type caller struct {
	arrived time.Time
	woken   chan struct{} // holds one token while there is something to look at
}

// wake lets the caller look again.
func (c *caller) wake() {
	select {
	case c.woken <- struct{}{}:
	default:
	}
}

// New returns an Adaptive that has given no turn yet.
func New(cfg Config) *Adaptive { return newAdaptive(cfg, standard()) }

func newAdaptive(cfg Config, t tuning) *Adaptive {
	cfg.Reserve = min(max(cfg.Reserve, 0), 0.99)
	var known Learned
	if cfg.Learned != nil {
		known = cfg.Learned.believable(time.Now(), 1-cfg.Reserve, t)
	}
	return &Adaptive{
		begun:   time.Now(),
		control: newController(cfg, known, t),
	}
}

// ClosedError reports a pause after refusals that ends after the caller's deadline.
type ClosedError struct {
	Until time.Time // nobody sends before
	// Asked is when the pause ends that the server asked for, zero if it named none. The
	// limiter chose what is left of the time to Until.
	Asked time.Time
}

// Error says when to try again.
func (e *ClosedError) Error() string {
	return "no request is sent before " + e.Until.Format(time.RFC3339)
}

// Wait blocks until the caller may send one request, and returns its Turn. Callers are
// served in the order in which they came.
//
// When ctx ends first, Wait returns its error, wrapped, and no turn is taken. When the
// gate is known to stay closed beyond ctx's deadline it returns a *ClosedError at once,
// so that the run can end cleanly and say when to try again.
func (a *Adaptive) Wait(ctx context.Context) (*Turn, error) {
	c, turn, err := a.arrive(ctx)
	if c == nil {
		return turn, err
	}
	defer a.leave(c)
	for {
		turn, delay, err := a.try(ctx, c)
		if turn != nil || err != nil {
			return turn, err
		}
		c.pause(ctx, delay)
	}
}

// arrive takes a turn at once when one is due and nobody waits; else it queues a caller.
func (a *Adaptive) arrive(ctx context.Context) (*caller, *Turn, error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, waiting(err)
	}
	arrived := time.Now()
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.queue) == 0 {
		if turn, _, err := a.decide(ctx, arrived); turn != nil || err != nil {
			return nil, turn, err
		}
	}
	c := &caller{arrived: arrived, woken: make(chan struct{}, 1)}
	a.queue = append(a.queue, c)
	return c, nil, nil
}

// leave takes the caller out of the queue, and lets the one who is next now look.
func (a *Adaptive) leave(c *caller) {
	a.mu.Lock()
	defer a.mu.Unlock()
	i := slices.Index(a.queue, c)
	a.queue = slices.Delete(a.queue, i, i+1)
	if i == 0 {
		a.wake()
	}
}

// try takes a turn if one is due and the caller is next; else it says how long to wait
// before the next try.
func (a *Adaptive) try(ctx context.Context, c *caller) (*Turn, time.Duration, error) {
	if err := ctx.Err(); err != nil {
		return nil, 0, waiting(err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if c != a.queue[0] {
		return nil, untilWoken, a.closed(ctx, time.Now())
	}
	return a.decide(ctx, c.arrived)
}

// decide asks the controller. The caller holds mu.
func (a *Adaptive) decide(ctx context.Context, arrived time.Time) (*Turn, time.Duration, error) {
	now := time.Now()
	if err := a.closed(ctx, now); err != nil {
		return nil, 0, err
	}
	at := a.seconds(now)
	if due := a.control.next(at); due > at {
		return nil, duration(due - at), nil
	}
	a.control.give(at)
	a.waited += now.Sub(arrived)
	return &Turn{a: a, sent: at}, 0, nil
}

// closed returns a *ClosedError if the gate stays closed beyond ctx's deadline. The
// caller holds mu.
func (a *Adaptive) closed(ctx context.Context, now time.Time) error {
	left := a.control.gate.until - a.seconds(now)
	if left <= 0 {
		return nil
	}
	until := now.Add(duration(left))
	if deadline, ok := ctx.Deadline(); ok && until.After(deadline) {
		return &ClosedError{Until: until, Asked: a.asked(now)}
	}
	return nil
}

// asked returns when the pause ends that the server asked for, zero if it named none. The
// caller holds mu.
func (a *Adaptive) asked(now time.Time) time.Time {
	if a.control.gate.asked == 0 {
		return time.Time{}
	}
	return now.Add(duration(a.control.gate.asked - a.seconds(now)))
}

// untilWoken is a wait that ends only when there is something to look at.
const untilWoken time.Duration = math.MaxInt64

// pause waits for a while, or until there is something to look at.
func (c *caller) pause(ctx context.Context, d time.Duration) {
	var over <-chan time.Time
	if d < untilWoken {
		timer := time.NewTimer(d)
		defer timer.Stop()
		over = timer.C
	}
	select {
	case <-ctx.Done():
	case <-c.woken:
	case <-over:
	}
}

// seconds returns the controller's time. It is monotonic: a clock that is set does not
// move it. It is never zero, which says never.
func (a *Adaptive) seconds(now time.Time) float64 { return (now.Sub(a.begun) + 1).Seconds() }

// waiting says what was going on when a context ended.
func waiting(err error) error { return fmt.Errorf("waiting for a turn: %w", err) }

// Turn is the permission to send one request.
//
// Exactly one of Accepted, Refused and Done must be called when the request has ended;
// further calls do nothing. A Turn that is forgotten counts as in flight for ever: it is
// a leak that takes one worker's place.
type Turn struct {
	a     *Adaptive
	sent  float64
	slow  bool
	ended bool
}

// Accepted says that the server accepted the request.
func (t *Turn) Accepted() {
	t.end(func(now float64) { t.a.control.accept(now, t.sent) })
}

// Refused says that the server refused the request for its rate (429), and the pause
// that it asked for. A pause of zero or less means that it named none that can be read:
// then the limiter chooses one, which doubles with each event. Nobody sends until the
// pause is over.
func (t *Turn) Refused(retryAfter time.Duration) {
	t.end(func(now float64) {
		t.a.control.refuse(now, t.sent, retryAfter.Seconds())
		for _, c := range t.a.queue { // the gate may stay closed beyond a deadline
			c.wake()
		}
	})
}

// Done says that the request ended without a verdict on the rate: it was cancelled,
// timed out, failed for another reason, or was never sent.
func (t *Turn) Done() {
	t.end(func(float64) { t.a.control.end(t.sent) })
}

// Slow says that the answer is taking so long that the turn shall not count as in
// flight any more: others may go on. How the request ends must be told all the same.
func (t *Turn) Slow() {
	a := t.a
	a.mu.Lock()
	defer a.mu.Unlock()
	if t.ended || t.slow {
		return
	}
	t.slow = true
	a.control.end(t.sent)
	a.wake()
}

func (t *Turn) end(verdict func(now float64)) {
	a := t.a
	a.mu.Lock()
	defer a.mu.Unlock()
	if t.ended {
		return
	}
	t.ended = true
	if t.slow {
		a.control.flight.out++ // the verdict counts it out
	}
	verdict(a.seconds(time.Now()))
	a.wake()
}

// wake lets the caller who is next look again. Callers hold the lock.
func (a *Adaptive) wake() {
	if len(a.queue) > 0 {
		a.queue[0].wake()
	}
}

// Stats is one consistent picture of an Adaptive.
type Stats struct {
	Rate        float64       // turns a second that are given at most, now
	Limit       float64       // turns a second that are given in the long run, windows included
	ClosedUntil time.Time     // nobody sends before; zero when the gate is open
	AskedUntil  time.Time     // when the pause ends that the server asked for; zero if it named none, or the gate is open
	Turns       int           // turns given
	Refused     int           // turns that the server refused
	Waited      time.Duration // time that callers waited for the turns given, in all
	InFlight    int           // turns given that have not ended
}

// Stats returns one consistent picture of a.
func (a *Adaptive) Stats() Stats {
	a.mu.Lock()
	defer a.mu.Unlock()
	now, c := time.Now(), a.control
	s := Stats{Rate: c.pacer.rate(), Limit: c.sustained(), Turns: c.given, Refused: c.refused, Waited: a.waited, InFlight: c.flight.out}
	if left := c.gate.until - a.seconds(now); left > 0 {
		s.ClosedUntil, s.AskedUntil = now.Add(duration(left)), a.asked(now)
	}
	return s
}

// Recall is Config.Learned for a caller that finds out only from its first answers
// whose limit it is. It does nothing once a limit was found: what is learned now is
// better than what was.
func (a *Adaptive) Recall(l Learned) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := time.Now()
	a.control.recall(a.seconds(now), l.believable(now, a.control.share, a.control.tuning))
}

// Learned returns what a has learned by now, for the next run.
func (a *Adaptive) Learned() Learned {
	a.mu.Lock()
	defer a.mu.Unlock()
	l := a.control.learned()
	if l.At.IsZero() {
		l.At = time.Now().Round(time.Second).UTC()
	}
	return l
}
