package webex

import (
	"context"
	"sync"
	"time"
)

// graceShare is the part of the timeout by which an exchange may be cut short for
// sharing its deadline with those that began just before it: half a second of
// [DefaultTimeout], and never more than a sixty-fourth.
const graceShare = 64

// deadlines bounds exchanges. Those that begin within the same moment share one
// deadline, and so one context and one timer: at full speed a context of its own
// would cost an exchange more than its headers do.
type deadlines struct {
	timeout time.Duration

	mu     sync.Mutex
	parent context.Context
	shared context.Context
	until  time.Time // when the next one is made
}

// bound returns ctx with the deadline of an exchange that begins now. It needs no
// cancelling: it ends with ctx, or soon by itself.
func (d *deadlines) bound(ctx context.Context) context.Context {
	now := time.Now()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.parent != ctx || !now.Before(d.until) {
		d.parent, d.until = ctx, now.Add(d.timeout/graceShare)
		shared, end := context.WithCancelCause(ctx)
		time.AfterFunc(d.timeout, func() { end(timeoutError{d.timeout}) })
		d.shared = shared
	}
	return d.shared
}
