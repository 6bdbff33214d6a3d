package ratelimit

// estimate measures a server that is seen as a token bucket.
//
// What it rests on: a bucket of rate R and depth B accepts at most S + R·T in a time T
// that it begins with S tokens, and S is at most B. At a refusal the bucket is empty.
// So each stretch that ends with a refusal gives a lower bound of R: (accepted − S)/T,
// with S = 0 since the refusal before, and S = B for any other. Since the refusal before
// it is R itself, unless the bucket ran over in between. And a known R gives B: what
// the turns took beyond it from a bucket that was full.
type estimate struct {
	limit   float64 // R, accepted requests a second; 0 is unknown
	depth   float64 // B, requests accepted at once after a rest; an upper bound
	empty   float64 // when the last refused turn was given
	highest float64 // the highest limit measured
	short   int     // stretches in a row that were too short to measure
	saved   float64 // share of the depth that is believed to be saved up during a pause
	exact   bool    // the limit was measured with a bucket that cannot have run over meanwhile
	proofs  int     // how often the limit was measured; one that was confirmed counts as enough
	sure    bool    // the limit may be relied on where it is not met again, see prove
	modest  bool    // others are owed a share: never guess above a lower bound
}

// stretch is what was accepted in a stretch of time.
type stretch struct{ accepted, seconds float64 }

// rate returns accepted requests a second, after the first that were saved up.
func (s stretch) rate(saved float64) float64 { return (s.accepted - saved) / s.seconds }

// sample is what is known at a refusal.
type sample struct {
	refused    float64 // when the refused turn was given
	pace       float64 // the rate tried
	climbing   bool
	sinceEmpty stretch   // since the refusal before
	sinceOpen  stretch   // since the gate opened
	sinceClimb stretch   // since the climb began, or the run
	bound      float64   // the lowest rate of a window that may be behind this; 0 is none
	burst      float64   // turns that were to go out at once when the gate opened
	search     []float64 // turns until the run's first refusal, which met a full bucket
	turns      []float64 // turns since the refusal before
	climb      []float64 // turns since the climb began
}

// finding is what a refusal tells.
type finding int

const (
	nothing   finding = iota // the server refuses everything: that says nothing of a rate
	first                    // the first refusal of all: an empty bucket to measure from
	stale                    // the first refusal at a remembered limit
	unsettled                // too few were accepted to measure
	fell                     // the limit is lower than believed
	confirmed                // the limit is as believed
	rose                     // the limit is higher than believed
)

// begun reports whether a refusal was taken for a bucket's.
func (e *estimate) begun() bool { return e.empty > 0 }

// measured reports whether the limit was measured, in this run or an earlier one.
func (e *estimate) measured() bool { return e.limit > 0 }

// refuse learns from a refusal.
func (e *estimate) refuse(s sample, t tuning) finding {
	began := e.begun()
	switch {
	case began && s.sinceOpen.accepted == 0:
		e.empty = s.refused
		return nothing
	case !began:
		e.empty = s.refused
		if e.measured() { // a memory; what was accepted may show that it is too low
			e.limit = max(e.limit, s.sinceOpen.rate(e.depth))
			e.highest = e.limit
			return stale
		}
		return first
	case s.sinceEmpty.accepted < float64(t.measure)+2*s.burst:
		e.short++
		if e.short >= t.shortMost { // far from what there is
			e.limit, e.depth, e.sure = 0, 0, false
		}
		if s.burst > 1 { // less was saved up, or the limit has fallen: the next refusal tells
			e.saved /= 2
		}
		return unsettled
	}
	e.short = 0
	e.empty = s.refused
	if e.modest && !e.measured() && s.sinceOpen.seconds < t.proofOpen*s.sinceEmpty.seconds {
		return first // the bucket may have run over in the pause
	}
	found := e.settle(s, t)
	e.proofs++
	if found == confirmed {
		e.proofs = t.proofs
	}
	e.highest = max(e.highest, e.limit)
	return found
}

// settle measures the limit and the depth.
func (e *estimate) settle(s sample, t tuning) finding {
	old := e.limit
	lower := s.sinceEmpty.rate(0)
	upper := s.sinceClimb.rate(0)
	if !e.exact && !e.modest {
		lower = e.raise(lower, s, t)
	}
	if !e.measured() {
		e.exact = !s.climbing || !ranOver(s, upper)
		e.limit = e.between(lower, upper, t)
		if s.bound > 0 {
			e.limit = min(e.limit, s.bound)
		}
		e.depth = excess(s.search, e.limit)
		return rose
	}
	lower = max(lower, min(s.sinceOpen.rate(e.depth), s.pace))
	risen := min(steepest(s.climb, s.refused, e.depth, t), s.pace)
	switch {
	case !s.climbing:
		e.limit, e.exact = lower, true
	case !e.exact && (e.proofs > 0 || upper > max(old, lower)):
		e.limit = e.between(max(old, lower), upper, t)
		e.depth = excess(s.search, e.limit)
	case risen > max(old, lower):
		e.limit = risen
	default:
		e.limit = max(lower, min(old, upper))
		e.deepen(s)
	}
	switch {
	case e.limit < (1-t.same)*old:
		return fell
	case e.limit > (1+t.same)*old:
		return rose
	}
	return confirmed
}

// raise raises a lower bound of the limit. A bound of the limit bounds the depth that the
// search leaves, and a bound of the depth bounds the limit by what the climb took. A few
// rounds come as near as the counts allow.
func (e *estimate) raise(lower float64, s sample, t tuning) float64 {
	for range 5 {
		lower = max(lower, min(s.pace, steepest(s.climb, s.refused, excess(s.search, lower), t)))
	}
	return lower
}

// ranOver reports whether the bucket may have been full before the climb began, so that
// the stretch since it was empty says too little of the limit: whether a limit as high
// as upper would have filled the depth that it leaves of the search.
func ranOver(s sample, upper float64) bool {
	return excess(s.search, upper) < upper*(s.sinceEmpty.seconds-s.sinceClimb.seconds)
}

// deepen corrects the depth by what a climb at a known limit took from the bucket. The
// bucket was full when the climb began only if it had gained its depth since it was
// empty; else what was taken is no more than a lower bound.
func (e *estimate) deepen(s sample) {
	taken := excess(s.turns, e.limit)
	gained := e.limit*(s.sinceEmpty.seconds-s.sinceClimb.seconds) - (s.sinceEmpty.accepted - s.sinceClimb.accepted)
	if taken > e.depth || gained > e.depth {
		e.depth = taken
	}
}

// steepest returns the lowest rate at which a bucket of a depth accepts these turns, the
// last of which emptied it.
func steepest(turns []float64, empty, depth float64, t tuning) (rate float64) {
	for i, at := range turns {
		if beyond := float64(len(turns)-i) - depth; beyond >= float64(t.measure) {
			rate = max(rate, beyond/(empty-at))
		}
	}
	return rate
}

// excess returns the depth that a bucket of a rate must have to accept these turns: the
// most by which any stretch of them was more than the rate allows.
func excess(turns []float64, rate float64) (depth float64) {
	taken, last := 0.0, 0.0
	for _, at := range turns {
		taken = max(0, taken-rate*(at-last)) + 1
		depth, last = max(depth, taken), at
	}
	return max(1, depth)
}

// provisional returns the rate to go on with when there is too little to measure: less
// each time, and soon near what little was accepted.
func (e *estimate) provisional(s sample, t tuning) float64 {
	lower := s.sinceEmpty.rate(0)
	return max(t.leastRate, min(s.pace, max(lower, min(t.shortCut*s.pace, max(2*lower, t.mostCut*s.pace)))))
}

// between returns what is believed of a limit between two bounds: the lower one where that
// is exact; else somewhat above, and if that is too high, the next refusal measures it.
func (e *estimate) between(lower, upper float64, t tuning) float64 {
	if e.modest || e.exact {
		return lower
	}
	return max(lower, lower+t.guess*(upper-lower))
}
