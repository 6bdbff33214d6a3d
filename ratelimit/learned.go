package ratelimit

import (
	"math"
	"time"
)

// Learned is what a run found out about a server's limit, to be kept for the next run.
// Its zero value says that nothing is known. It holds no secret.
type Learned struct {
	// Rate is the requests a second that the server accepts, or, where Burst is 0 and
	// no refusal measured it, the pace that was reached.
	Rate float64 `json:"rate,omitempty"`
	// Burst is the requests that the server accepts at once after a rest; 0 is unknown.
	Burst float64 `json:"burst,omitempty"`
	// Quota is the requests that the server accepts in each Period; 0 where no window is known.
	Quota int `json:"quota,omitempty"`
	// Period is the length of the window, in nanoseconds in JSON.
	Period time.Duration `json:"period,omitempty"`
	// Sure says that the limit was met again, and was the same. A run that leaves a
	// reserve to others never meets it, and believes no other.
	Sure bool `json:"sure,omitempty"`
	// At is when it was learned, by the wall clock.
	At time.Time `json:"at,omitzero"`
}

// believable returns what of l can be built on at now, by a run that may use a share of
// it. Values that no server has and values that are too old, or come from a clock that
// far ahead, are dropped.
// What is merely wrong is left in: the first refusals correct it.
func (l Learned) believable(now time.Time, share float64, t tuning) Learned {
	most := t.memory
	if share < 1 {
		most = t.memoryReserve
	}
	if age := now.Sub(l.At).Abs(); age > most {
		return Learned{}
	}
	if limit := l.Burst > 0 || l.Quota > 0; limit && !l.Sure && share < 1 {
		return Learned{}
	}
	if !(l.Rate >= t.leastRate && l.Rate <= t.mostRate) {
		return Learned{}
	}
	if !(l.Burst >= 1 && l.Burst <= t.mostRate) {
		l.Burst = 0
	}
	if l.Quota < 1 || l.Quota > t.history || l.Period < time.Second || l.Period > 24*time.Hour {
		l.Quota, l.Period = 0, 0
	}
	return l
}

// remember starts from what an earlier run learned.
func (c *controller) remember(l Learned) {
	t := c.tuning
	if l.Quota > 0 {
		l.Rate = float64(l.Quota) / l.Period.Seconds()
	}
	if l.Rate < t.startRate/10 && (c.share == 1 || !l.Sure) {
		return // so low a limit is more likely an incident's, and a true one is soon found again
	}
	c.known = l
	c.flight.free, c.flight.earn = 0, t.roomWarm
	c.window.sure, c.estimate.sure = l.Sure, l.Sure
	switch {
	case l.Quota > 0:
		c.window.quota, c.window.settled, c.window.period = l.Quota, l.Quota, l.Period.Seconds()
		c.window.rest(t.windowProbe * l.Quota)
		c.window.probing = true // one turn over the quota tells where the window begins
		c.rate = t.frontPace(float64(l.Quota)/l.Period.Seconds(), true)
		c.probe = rest(never)
	case l.Burst > 0:
		c.estimate.limit, c.estimate.depth = l.Rate, l.Burst
		c.rate = c.cruise()
		if l.Rate > t.startRate/2 {
			c.probe = rest(t.probeNormal)
		} // else it is tried at once whether the limit is still so low
	default:
		c.rate = max(t.startRate, t.catchUp*l.Rate)
		c.probe.gentle = true
	}
}

// learned returns what is known by now. Its time is that of the memory where that is
// all there is: with a reserve nothing finds out that the limit has risen.
func (c *controller) learned() Learned {
	switch {
	case c.share < 1 && c.refused == 0 && c.known.Rate > 0:
		return c.known
	case c.window.quota > 0:
		quota := c.window.quota
		if c.share < 1 {
			quota = c.window.settled // what others have taken of it would never be taken back
		}
		return Learned{Rate: float64(quota) / c.window.period, Quota: quota, Period: duration(c.window.period), Sure: c.window.sure}
	case c.share < 1 && c.estimate.measured():
		// A fall may be over, which a run with a reserve finds out late or not at all; if it
		// is not, the first refusals tell.
		return Learned{Rate: max(c.estimate.limit, c.estimate.highest), Burst: math.Round(c.estimate.depth), Sure: c.estimate.sure}
	case c.estimate.measured():
		return Learned{Rate: c.estimate.limit, Burst: math.Round(c.estimate.depth), Sure: c.estimate.sure}
	}
	return Learned{Rate: c.rate}
}
