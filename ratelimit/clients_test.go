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

// told is a client that was told the true limit: it asks a twin of the server when a
// request that leaves now would be accepted. It does not know how long each request
// travels, so what it had to wait for is left a little longer.
type told struct {
	twin  server
	over  network
	begun time.Time
	gate  time.Time
	turn  chan struct{}
}

func newTold(twin server, n network) *told {
	return &told{twin: twin, over: n, begun: time.Now(), turn: make(chan struct{}, 1)}
}

func (c *told) wait(context.Context) (verdicts, error) {
	c.turn <- struct{}{}
	defer func() { <-c.turn }()
	margin := time.Duration(0)
	for {
		time.Sleep(time.Until(c.gate))
		if ok, _ := c.twin.hit(time.Since(c.begun).Seconds() + c.over.least); ok {
			time.Sleep(margin)
			return c, nil
		}
		time.Sleep(20 * time.Millisecond)
		margin = duration(c.over.most - c.over.least)
	}
}

func (c *told) Accepted() {}

func (c *told) Refused(retryAfter time.Duration) {
	c.turn <- struct{}{}
	defer func() { <-c.turn }()
	if until := time.Now().Add(retryAfter); until.After(c.gate) {
		c.gate = until
	}
}
