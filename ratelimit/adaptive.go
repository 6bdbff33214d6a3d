// Package ratelimit finds a server's unknown request limit and keeps to it.
//
// It knows time and counts only: callers ask for a turn, send one request, and
// tell how it ended. Nothing here knows what a request is.
package ratelimit

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// startRate is the documented rate, 300 requests a minute, in turns a second.
const startRate = 5.0

// Config says how an Adaptive shall behave. The zero value of each field is usable.
type Config struct {
	// Workers is the number of callers that may wait or be in flight at once;
	// at most this many turns are out. Values below 1 mean 1.
	Workers int
	// MaxRate is the number of turns a second that is never exceeded; 0 is no ceiling.
	MaxRate float64
	// Reserve is the share of the discovered limit that is left to others, 0 ≤ Reserve < 1.
	Reserve float64
	// Learned is what an earlier run learned; nil starts at the documented rate.
	Learned *Learned
}

// Adaptive hands out turns at the rate that the server accepts.
// It is safe for concurrent use, holds no goroutine, and needs no Close.
type Adaptive struct {
	cfg       Config
	turnstile chan struct{} // holds the one caller that may pass next
	changed   chan struct{} // tells the caller in the turnstile to look again

	mu       sync.Mutex
	bucket   *rate.Limiter
	rate     float64
	climbing bool
	gate     time.Time // nobody sends before
	cut      time.Time // refusals of turns given before are one event
	inFlight int
	turns    int64
	refused  int64
	waited   time.Duration
}

// New returns an Adaptive that has given no turn yet.
func New(cfg Config) *Adaptive {
	cfg.Workers = max(1, cfg.Workers)
	a := &Adaptive{
		cfg:       cfg,
		turnstile: make(chan struct{}, 1),
		changed:   make(chan struct{}, 1),
		rate:      startRate,
		climbing:  true,
	}
	if cfg.Learned != nil && cfg.Learned.Rate > 0 {
		a.rate = cfg.Learned.Rate
	}
	a.bucket = rate.NewLimiter(rate.Limit(a.paceLocked()), 1)
	return a
}

// ClosedError reports that the gate stays closed beyond the caller's deadline.
type ClosedError struct {
	Until time.Time // when the server lets requests pass again
}

// Error says until when the gate stays closed.
func (e *ClosedError) Error() string {
	return "the server accepts no request before " + e.Until.Format(time.RFC3339)
}

// Turn is the permission to send one request. Exactly one of Accepted, Refused and
// Done must be called; further calls do nothing. A Turn that is forgotten counts
// as in flight for ever and takes one worker's place.
type Turn struct {
	a    *Adaptive
	sent time.Time
	once sync.Once
}

// Wait blocks until the caller may send one request and returns its Turn.
//
// It returns ctx's error, wrapped, when ctx ends first, and a *ClosedError at once
// when the gate is known to stay closed beyond ctx's deadline.
func (a *Adaptive) Wait(ctx context.Context) (*Turn, error) {
	began := time.Now()
	select {
	case a.turnstile <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting for a turn: %w", ctx.Err())
	}
	defer func() { <-a.turnstile }()
	for {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("waiting for a turn: %w", err)
		}
		now := time.Now()
		turn, delay, err := a.try(ctx, now, began)
		if turn != nil || err != nil {
			return turn, err
		}
		a.pause(ctx, delay)
	}
}

// try gives a turn, or says how long to wait before the next try; 0 means until
// something changes.
func (a *Adaptive) try(ctx context.Context, now, began time.Time) (*Turn, time.Duration, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	select {
	case <-a.changed:
	default:
	}
	if now.Before(a.gate) {
		if deadline, ok := ctx.Deadline(); ok && a.gate.After(deadline) {
			return nil, 0, &ClosedError{Until: a.gate}
		}
		return nil, a.gate.Sub(now), nil
	}
	if a.inFlight >= a.cfg.Workers {
		return nil, 0, nil
	}
	r := a.bucket.ReserveN(now, 1)
	if d := r.DelayFrom(now); d > 0 {
		r.CancelAt(now)
		return nil, d, nil
	}
	a.inFlight++
	a.turns++
	a.waited += now.Sub(began)
	return &Turn{a: a, sent: now}, 0, nil
}

func (a *Adaptive) pause(ctx context.Context, d time.Duration) {
	var expired <-chan time.Time
	if d > 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		expired = timer.C
	}
	select {
	case <-ctx.Done():
	case <-a.changed:
	case <-expired:
	}
}

// Accepted says that the server accepted the request.
func (t *Turn) Accepted() {
	t.end(func(time.Time) {
		if t.a.climbing {
			t.a.rate += 0.2
		} else {
			t.a.rate += 0.1 / t.a.rate
		}
	})
}

// Refused says that the server refused the request for its rate (429) and asked
// for a pause. A pause of zero or less means that it named none that can be read.
func (t *Turn) Refused(retryAfter time.Duration) {
	t.end(func(now time.Time) {
		a := t.a
		a.refused++
		if retryAfter <= 0 {
			retryAfter = time.Second
		}
		if until := now.Add(retryAfter); until.After(a.gate) {
			a.gate = until
		}
		if t.sent.After(a.cut) {
			a.cut, a.climbing = now, false
			a.rate = max(a.rate/2, 0.01)
		}
	})
}

// Done says that the request ended without a verdict on the rate: cancelled, timed
// out, failed for another reason, or never sent.
func (t *Turn) Done() { t.end(func(time.Time) {}) }

func (t *Turn) end(verdict func(now time.Time)) {
	t.once.Do(func() {
		a := t.a
		a.mu.Lock()
		defer a.mu.Unlock()
		now := time.Now()
		a.inFlight--
		verdict(now)
		a.bucket.SetLimitAt(now, rate.Limit(a.paceLocked()))
		select {
		case a.changed <- struct{}{}:
		default:
		}
	})
}

func (a *Adaptive) paceLocked() float64 {
	pace := a.rate * (1 - a.cfg.Reserve)
	if a.cfg.MaxRate > 0 {
		pace = min(pace, a.cfg.MaxRate)
	}
	return pace
}

// Stats is one consistent picture of an Adaptive.
type Stats struct {
	Rate        float64       // turns a second that are given now, at most
	ClosedUntil time.Time     // nobody sends before; zero or past when the gate is open
	Turns       int64         // turns given
	Refused     int64         // turns that the server refused
	Waited      time.Duration // time that callers spent waiting for the turns given, in all
	InFlight    int           // turns given and not ended
}

// Stats returns one consistent picture of a.
func (a *Adaptive) Stats() Stats {
	a.mu.Lock()
	defer a.mu.Unlock()
	return Stats{
		Rate: a.paceLocked(), ClosedUntil: a.gate, Turns: a.turns,
		Refused: a.refused, Waited: a.waited, InFlight: a.inFlight,
	}
}

// Learned is what a run found out about a server's limit, to be kept for the next run.
// Its zero value says that nothing is known.
type Learned struct {
	Rate   float64       `json:"rate,omitempty"`      // accepted requests a second
	Burst  float64       `json:"burst,omitempty"`     // requests accepted at once after a rest
	Quota  int           `json:"quota,omitempty"`     // requests in each Period; 0 when no window is known
	Period time.Duration `json:"period_ns,omitempty"` // length of the window
	At     time.Time     `json:"at,omitzero"`         // when it was learned, by the wall clock
}

// Learned returns what a has learned so far.
func (a *Adaptive) Learned() Learned {
	a.mu.Lock()
	defer a.mu.Unlock()
	return Learned{Rate: a.rate, At: time.Now().Round(0).UTC()}
}
