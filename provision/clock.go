package provision

import (
	"sync"
	"time"
)

// slowestAnswer bounds how old the Date of an answer may be when it arrives. It
// is generous beside any timeout of a client; what contradicts it is a clock
// that was set.
const slowestAnswer = 5 * time.Minute

// serverClock tells the server's time, as a lower bound: an intent must never
// carry a later time than the room that comes of it. It is ours, corrected by
// the Dates of answers, since ours may be minutes off, and held back by the times
// of the rooms that were made: what stamps a room need not be what writes Dates.
type serverClock struct {
	mu    sync.Mutex
	start time.Time     // when the clock was first asked; carries a monotonic reading
	ahead time.Duration // what the server's clock is at least ahead of ours
	known bool

	ceiling time.Duration // what it is ahead at most, by the rooms' times
	capped  bool
	excess  time.Duration // by how much ahead was above that, at the worst
}

// local is our clock, but for what sets it meanwhile.
func (c *serverClock) local() time.Time {
	if c.start.IsZero() {
		c.start = time.Now()
	}
	return c.start.Add(time.Since(c.start))
}

// observe takes the Date of an answer of Webex's own that just arrived; zero is
// no date. It was written when the server's clock showed that second, and that
// was earlier.
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
	c.hold()
}

// made takes the time of a room whose request left at sent, by our clock: the
// clock that stamps rooms showed no more than that when it left.
func (c *serverClock) made(created, sent time.Time) {
	if created.IsZero() {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.local()
	if ceiling := created.Sub(c.start.Add(sent.Sub(c.start))); !c.capped || ceiling < c.ceiling {
		c.ceiling, c.capped = ceiling, true
	}
	c.hold()
}

// hold keeps the estimate below the ceiling. Callers hold the lock.
func (c *serverClock) hold() {
	if over := c.ahead - c.ceiling; c.capped && over > 0 {
		c.excess = max(c.excess, over)
		c.ahead = c.ceiling
	}
}

// wasAhead is how much later than the rooms' clock this one may have been.
func (c *serverClock) wasAhead() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.excess
}

func (c *serverClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.local().Add(c.ahead).Round(0).UTC()
}
