package ratelimit

import "math"

// controller decides when the next turn may be given, from times and counts alone:
// it never looks at a clock, never waits and starts nothing. Times are seconds since
// the limiter was made. Adaptive drives it.
type controller struct {
	tuning   tuning
	share    float64 // of the discovered limit, which is ours
	rate     float64 // requests a second that the server is believed, or tried, to accept
	opened   float64 // when the gate opened last, or the first turn was given
	begun    float64 // when the first turn was given
	searched float64 // when the turn was given that was refused first
	burst    float64 // turns that were to go out at once when the gate opened last
	known    Learned // what this run began with
	patience float64 // how long a deep fall is believed
	doubted  float64 // the rate that a deep fall left, while it is not believed any more; 0 is none
	events   int     // refusals, those of requests in flight together counted once
	given    int     // turns
	refused  int
	gate     gate
	pacer    pacer
	flight   flight
	history  history
	estimate estimate
	probe    probe
	window   window
}

func newController(cfg Config, known Learned, t tuning) *controller {
	c := &controller{
		tuning:   t,
		patience: t.patience,
		share:    1 - cfg.Reserve,
		rate:     t.startRate,
		flight:   newFlight(cfg.Workers, t),
		history:  history{keep: t.history},
		probe:    search(0, t),
	}
	c.estimate.modest, c.window.modest = c.share < 1, c.share < 1
	c.estimate.saved = t.catchUp
	c.pacer = newPacer(c.pace(), cfg.MaxRate, t)
	c.recall(0, known)
	return c
}

// recall starts from what an earlier run learned, unless this one has learned better.
func (c *controller) recall(now float64, known Learned) {
	if c.estimate.measured() || c.window.quota > 0 {
		return
	}
	c.remember(known)
	saved := known.Burst - float64(c.given)
	if c.share < 1 || c.refused > 0 {
		saved = 0 // what was taken for a bucket may be a window, or it is empty
	}
	c.pacer.begin(now, c.pace(), max(0, saved))
}

// next returns when the next turn may be given; +Inf until something in flight ends.
func (c *controller) next(now float64) float64 {
	if c.flight.out >= c.flight.room(c.tuning) {
		return math.Inf(1)
	}
	at := max(c.gate.until, c.pacer.next(now))
	if c.window.probing && c.probes(now) {
		return at
	}
	return max(at, c.window.free(&c.history, c.share, c.flight.roundTrip))
}

// probes reports whether a turn over the quota may be given: with nothing in flight beside
// it, so that it costs one refusal at most, unless there never is nothing in flight.
func (c *controller) probes(now float64) bool {
	leap := c.window.leap(c.tuning)
	late := now-c.window.tried > c.tuning.windowLate*c.window.period
	return c.flight.out <= leap || late && len(c.window.over) <= leap
}

// give gives the turn that is due at now.
func (c *controller) give(now float64) {
	if c.window.quota > 0 && now-c.pacer.last > c.tuning.windowPause*c.window.period {
		c.flight.restart(now)
	}
	if c.given == 0 {
		c.opened, c.probe.began = now, now
	}
	if c.window.probing && now < c.window.free(&c.history, c.share, 0) {
		c.window.over = append(c.window.over, now)
		if c.flight.out == 0 {
			c.window.tried = now
		}
	}
	c.flight.out++
	c.given++
	c.pacer.take(now)
	c.history.add(now)
}

// accept learns that the turn given at sent was accepted.
func (c *controller) accept(now, sent float64) {
	c.flight.answer(now-sent, c.tuning)
	c.flight.accept(sent)
	c.gate.accept()
	if c.window.accept(now, sent, c.tuning) {
		c.probe = search(now, c.tuning)
	}
	c.estimate.prove(now, &c.history, c.tuning)
	c.doubt(now)
	if c.share == 1 || !c.estimate.sure || c.rate < c.ceiling() {
		if !c.pacer.slack(now) {
			c.rate += c.probe.accept(now, c.rate, c.estimate.depth, c.careful(), c.tuning)
		}
	}
	if c.share < 1 {
		c.window.probing = false // a probe takes what is reserved
		c.rate = min(c.rate, c.ceiling())
	}
	c.pacer.set(now, c.pace())
}

// doubt climbs again, without waiting for as many accepted requests as usual, some time
// after a deep fall or a start as low: what was likely an outage or a neighbour's flood is
// then over, and at the rate that was left of it many requests take hours. Each time in
// vain the next is twice as far off. With a reserve the climb ends at what was measured
// before.
func (c *controller) doubt(now float64) {
	t := c.tuning
	low := max(c.estimate.highest/t.deepFall, t.low)
	switch {
	case c.estimate.limit >= low:
		c.patience = t.patience
	case c.window.quota > 0, c.rate >= low, c.probe.climbing && !c.probe.gentle, now-c.opened < c.patience:
	default:
		c.doubted = c.rate
		c.probe = search(now, t)
		c.patience *= 2
	}
}

// end takes back a turn that ended without a verdict. It stays in the history, since
// the server may have counted it.
func (c *controller) end(sent float64) {
	c.flight.out--
	c.window.ended(sent)
}

// refuse learns that the turn given at sent was refused, with the pause that the
// server asked for; 0 is none.
func (c *controller) refuse(now, sent, retryAfter float64) {
	c.flight.answer(now-sent, c.tuning)
	c.refused++
	c.history.remove(sent)
	c.window.ended(sent)
	if !c.gate.refuse(now, sent, retryAfter, c.tuning) {
		return
	}
	e := epoch{
		first:    c.events == 0,
		began:    c.opened,
		refused:  sent,
		release:  c.gate.until,
		pause:    c.gate.until - now,
		accepted: c.history.between(c.opened, sent),
	}
	if c.estimate.begun() {
		e.limit = c.estimate.limit
	}
	if e.first {
		c.begun, c.searched = e.began, e.refused
	}
	c.opened = e.release
	c.events++
	saved := 0.0
	switch c.window.refuse(e, &c.history, c.tuning) {
	case unexplained:
		saved = c.measure(e)
	case windowed:
		c.follow(e)
		c.flight.restart(e.release)
	case unheeded:
		c.flight.restart(e.release)
	}
	c.pacer.set(now, c.pace())
	c.pacer.refill(c.gate.until, saved*c.share)
}

// follow sets the pace for a server that counts in windows, unless a rate was measured.
// Where the window is not known yet, it was none if more is accepted than it had room
// for: then the pace climbs again.
func (c *controller) follow(e epoch) {
	t := c.tuning
	if c.estimate.measured() {
		if c.estimate.begun() {
			c.unprove()
		}
		return
	}
	if c.window.quota > 0 {
		c.rate = t.frontPace(max(float64(e.accepted)/e.length(), c.window.mean()), true)
		c.probe = rest(never)
		return
	}
	c.rate = t.frontPace(e.mean(t), false)
	c.probe = rest(max(t.probeNormal, t.windowProbe*e.accepted))
}

// measure sets the pace from the refusal of a server that is seen as a token bucket.
// It returns how many tokens the server saves up while the gate is closed.
func (c *controller) measure(e epoch) (saved float64) {
	s := sample{
		refused:    e.refused,
		pace:       c.rate,
		climbing:   c.probe.climbing,
		sinceOpen:  c.stretch(e.began, e.refused),
		sinceClimb: c.stretch(c.probe.began, e.refused),
		sinceEmpty: c.stretch(c.estimate.empty, e.refused),
		burst:      c.burst,
		search:     c.history.turns(c.begun, c.searched),
		turns:      c.history.turns(c.estimate.empty, e.refused),
		climb:      c.history.turns(c.probe.began, e.refused),
	}
	if c.share < 1 {
		s.bound = c.window.likeness.bound(&c.history, c.tuning)
	}
	t := c.tuning
	doubted := c.doubted
	c.burst, c.doubted = 0, 0
	if doubted > 0 && s.sinceClimb.accepted < 2 { // in vain, and nothing was measured
		c.rate = doubted
		c.probe = rest(t.probeNormal)
		return 0
	}
	found := c.estimate.refuse(s, t)
	switch found {
	case nothing:
		return 0
	case first:
		recent := float64(c.history.between(e.refused-1, e.refused))
		c.rate = t.firstCut * min(c.rate, max(t.startRate, recent)) // the pace may be more than the workers can do
		c.probe = search(e.release, t)
		c.probe.near = true
		return 0
	case stale:
		c.rate = c.cruise()
		c.probe = rest(t.probeNormal)
		return 0
	case unsettled:
		c.rate = c.estimate.provisional(s, t)
		c.probe = rest(t.probeNormal)
		return 0
	}
	c.probe.settle(found, c.estimate.limit, c.careful(), t)
	c.rate = c.cruise()
	c.burst = c.estimate.saved * min(c.estimate.depth, c.rate*e.pause)
	return c.burst
}

// stretch counts what was accepted between two turns.
func (c *controller) stretch(from, to float64) stretch {
	return stretch{accepted: float64(c.history.between(from, to)), seconds: max(to-from, c.tuning.grain)}
}

// cruise returns the rate kept between probes.
func (c *controller) cruise() float64 {
	return max(c.tuning.leastRate, c.estimate.limit*(1-c.tuning.below))
}

// ceiling is the highest rate that leaves the reserve alone: what was measured last, or,
// where that is doubted, what was measured before.
func (c *controller) ceiling() float64 {
	switch {
	case !c.estimate.sure || !c.estimate.measured():
		return math.Inf(1)
	case c.doubted > 0:
		return max(c.tuning.leastRate, c.estimate.highest)
	}
	return max(c.tuning.leastRate, c.estimate.limit)
}

// pace returns the turns a second that are given: our share, except between the first
// refusal and the moment at which the limit is known, which then comes sooner.
func (c *controller) pace() float64 {
	if c.events > 0 && c.window.quota == 0 && !c.estimate.sure {
		return c.rate
	}
	return c.rate * c.share
}

// careful reports whether refusals have used up their budget.
func (c *controller) careful() bool {
	return float64(c.refused) > c.tuning.budgetFree+c.tuning.budgetShare*float64(c.given)
}

// sustained returns the turns a second that are given in the long run: against a
// window they go out ahead, and then its end is waited for.
func (c *controller) sustained() float64 {
	if c.window.quota == 0 {
		return c.pacer.rate()
	}
	return min(c.pacer.rate(), c.share*float64(c.window.quota)/c.window.period)
}
