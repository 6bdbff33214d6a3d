package ratelimit

// A run that leaves a reserve to others does not meet the limit again once it keeps to
// its share, so nothing corrects what it believes. It therefore believes less, and later,
// than a run that takes everything, and searches at the full pace until then.

// certain returns the length of the window that an epoch shows beyond doubt, or 0. The
// window has to have opened when the epoch began; nor does a pause of a usual length show
// one, unless there was no other so far. What is measured between releases may be a
// Retry-After's rounding too short.
func (w *window) certain(e epoch, t tuning) float64 {
	if w.before.accepted == 0 || e.began != w.before.release {
		return 0
	}
	if p := t.round(e.length(), t.windowSlack); p > 0 && p <= t.windowSure {
		return p
	}
	if p := t.round(e.pause, t.grain); p >= t.windowLong && p <= t.windowSure && w.repeated > 0 && !w.varied {
		return p
	}
	if w.confirms(e, t) {
		p := max(e.length(), w.before.length())
		return max(p+t.windowSlack, t.round(p, 2*t.windowSlack))
	}
	return 0
}

// trickles reports whether an event shows that the window before slides: its oldest turn
// was a period old when the gate opened, and yet little more was accepted.
func (w *window) trickles(e epoch, h *history, t tuning) (quota int, period float64) {
	period = t.round(w.before.length(), t.windowSlack)
	if w.before.accepted == 0 || e.pause >= t.windowLeast || period == 0 {
		return 0, 0
	}
	return w.likeness.alike(h, period, t), period
}

// alike returns the turns in a period before each of the latest events where those are
// nearly as many, or 0.
func (l *likeness) alike(h *history, period float64, t tuning) int {
	least, most := counts(h, l.refused[max(0, len(l.refused)-t.alike):], period)
	if float64(most-least) > max(2, t.alikeExact*float64(most)) {
		return 0
	}
	return least
}

// bound returns the lowest rate of a sliding window that the latest events do not rule
// out, or 0.
func (l *likeness) bound(h *history, t tuning) (rate float64) {
	for _, period := range t.usual {
		if period > t.windowSure {
			break
		}
		if n := l.alike(h, period, t); n > 0 && (rate == 0 || float64(n)/period < rate) {
			rate = float64(n) / period
		}
	}
	return rate
}

// prove makes the limit one that may be relied on, once it was measured often enough and
// what it allows was accepted for a minute and a half: else a minute's quota may be behind it.
func (e *estimate) prove(now float64, h *history, t tuning) {
	if e.sure || e.proofs < t.proofs {
		return
	}
	e.sure = float64(h.since(now-t.proof)) >= min(t.proofShare*t.proof*e.limit, float64(h.keep))
}

// unprove takes that back where there is a window behind the limit that is not known yet,
// and lets the next epoch show it.
func (c *controller) unprove() {
	if c.window.quota > 0 {
		return
	}
	c.estimate.sure = false
	if c.share < 1 && c.estimate.measured() {
		c.rate = c.cruise()
		c.probe = rest(max(c.tuning.probeNormal, int(c.tuning.windowSure*c.rate)))
	}
}
