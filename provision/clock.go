package provision

import (
	"sync"
	"time"
)

// serverClock tells the server's time: ours, corrected by the Dates of its
// answers. Rooms carry the server's time, and ours may be minutes off.
type serverClock struct {
	mu    sync.Mutex
	ahead time.Duration // what the server's clock is ahead of ours
}

// observe takes the Date of an answer that just arrived; zero is no date. A
// Date is a whole second, so the server's time lies within the second that
// begins with it: the clock moves just as far as that asks for.
func (c *serverClock) observe(date time.Time) {
	if date.IsZero() {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now().Add(c.ahead)
	if early := date.Sub(now); early > 0 {
		c.ahead += early
	} else if late := now.Sub(date.Add(time.Second)); late > 0 {
		c.ahead -= late
	}
}

func (c *serverClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead).UTC()
}
