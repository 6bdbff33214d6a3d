package provision

import (
	"sync"
	"time"
)

// slowestAnswer bounds how old the Date of an answer may be when it arrives. It
// is generous beside any timeout of a client; what contradicts it is a clock
// that was set.
const slowestAnswer = 5 * time.Minute

// serverClock tells the server's time, as a lower bound: it never runs ahead of
// the server, so that an intent never carries a later time than the room that
// comes of it. It is ours, corrected by the Dates of answers; ours may be
// minutes off, and may even be set during a run.
type serverClock struct {
	mu    sync.Mutex
	start time.Time     // when the clock was first asked; carries a monotonic reading
	ahead time.Duration // what the server's clock is at least ahead of ours
	known bool
}

// local is our clock, but for what sets it meanwhile.
func (c *serverClock) local() time.Time {
	if c.start.IsZero() {
		c.start = time.Now()
	}
	return c.start.Add(time.Since(c.start))
}

// observe takes the Date of an answer that just arrived; zero is no date. It was
// written when the server's clock showed that second, and that was earlier.
func (c *serverClock) observe(date time.Time) {
	if date.IsZero() {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	ahead := date.Sub(c.local())
	if !c.known || ahead > c.ahead || ahead+slowestAnswer < c.ahead {
		c.ahead, c.known = ahead, true
	}
}

func (c *serverClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.local().Add(c.ahead).Round(0).UTC()
}
