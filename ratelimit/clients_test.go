package ratelimit

import (
	"context"
	"sync"
	"time"
)

// client is what a simulated run needs of a limiter.
type client interface {
	wait(ctx context.Context) (verdicts, error)
}

// verdicts are how a turn ends.
type verdicts interface {
	Accepted()
	Refused(retryAfter time.Duration)
}

// adaptiveClient makes a client of an Adaptive.
type adaptiveClient struct{ *Adaptive }

func (c adaptiveClient) wait(ctx context.Context) (verdicts, error) { return c.Wait(ctx) }

// naive is what people write first: each worker obeys its own Retry-After, and no other's.
type naive struct{}

func (naive) wait(context.Context) (verdicts, error) { return naive{}, nil }
func (naive) Accepted()                              {}
func (naive) Refused(retryAfter time.Duration)       { time.Sleep(retryAfter) }

// aimd halves and adds behind one gate.
type aimd struct {
	mu         sync.Mutex
	rate       float64
	next, gate time.Time
	cut        time.Time
	last       time.Time
}

type aimdTurn struct {
	a    *aimd
	sent time.Time
}

func newAIMD(rate float64) *aimd { return &aimd{rate: rate, last: time.Now()} }

func (a *aimd) wait(context.Context) (verdicts, error) {
	for {
		a.mu.Lock()
		now := time.Now()
		at := a.next
		if a.gate.After(at) {
			at = a.gate
		}
		if !at.After(now) {
			a.next = now.Add(time.Duration(float64(time.Second) / a.rate))
			a.mu.Unlock()
			return aimdTurn{a, now}, nil
		}
		a.mu.Unlock()
		time.Sleep(at.Sub(now))
	}
}

func (t aimdTurn) Accepted() {
	t.a.mu.Lock()
	defer t.a.mu.Unlock()
	now := time.Now()
	t.a.rate += 0.1 * min(now.Sub(t.a.last).Seconds(), 1)
	t.a.last = now
}

func (t aimdTurn) Refused(retryAfter time.Duration) {
	t.a.mu.Lock()
	defer t.a.mu.Unlock()
	now := time.Now()
	if until := now.Add(retryAfter); until.After(t.a.gate) {
		t.a.gate = until
	}
	if t.sent.After(t.a.cut) {
		t.a.cut = now
		t.a.rate = max(t.a.rate/2, 0.2)
	}
}
