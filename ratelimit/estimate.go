package ratelimit

// estimate measures a server that is seen as a token bucket.
//
// What it rests on: a bucket of rate R and depth B accepts at most S + R·T in a time T
// that it begins with S tokens, and S is at most B. At a refusal the bucket is empty.
// So each stretch that ends with a refusal gives a lower bound of R: (accepted − S)/T,
// with S = 0 since the refusal before, and S = B since the gate opened or a climb began.
// Since the refusal before it is R itself, unless the bucket ran over in between.
type estimate struct {
	limit   float64 // R, accepted requests a second; 0 is unknown
	depth   float64 // B, requests accepted at once after a rest; an upper bound
	highest float64 // the highest limit measured
	empty   float64 // when the last refused turn was given
	short   int     // stretches in a row that were too short to measure
	modest  bool    // never guess above a lower bound: others are owed a share
	search  stretch // from the first turn, at a full bucket, to the first refusal
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
	sinceEmpty stretch // since the refusal before
	sinceOpen  stretch // since the gate opened
	sinceFull  stretch // since the climb began, or the run
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
func (e *estimate) measured() bool { return e.highest > 0 }

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
		e.search = s.sinceFull
		return first
	case s.sinceEmpty.accepted < float64(t.measure):
		e.short++
		return unsettled
	}
	e.short = 0
	e.empty = s.refused
	found := e.settle(s, t)
	e.highest = max(e.highest, e.limit)
	return found
}

// settle measures the limit and the depth.
func (e *estimate) settle(s sample, t tuning) finding {
	old := e.limit
	lower := s.sinceEmpty.rate(0)
	upper := s.sinceFull.rate(0)
	if !e.measured() {
		e.limit = e.between(lower, upper)
		e.depth = max(1, e.search.accepted-e.limit*e.search.seconds)
		return rose
	}
	lower = max(lower, min(s.sinceOpen.rate(e.depth), s.pace))
	risen := s.sinceFull.rate(e.depth)
	switch {
	case !s.climbing:
		e.limit = lower
	case risen > max(old, lower):
		e.limit = max(lower, e.between(risen, upper))
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

// deepen corrects the depth by what a climb at a known limit took from the bucket. The
// bucket was full when the climb began only if it had gained its depth since it was
// empty; else what was taken is no more than a lower bound.
func (e *estimate) deepen(s sample) {
	taken := s.sinceFull.accepted - e.limit*s.sinceFull.seconds
	gained := e.limit*(s.sinceEmpty.seconds-s.sinceFull.seconds) - (s.sinceEmpty.accepted - s.sinceFull.accepted)
	if taken > e.depth || gained > e.depth {
		e.depth = max(1, taken)
	}
}

// provisional returns the rate to go on with when there is too little to measure: less
// each time, and soon near what little was accepted.
func (e *estimate) provisional(s sample, t tuning) float64 {
	cut := t.firstShortCut
	if e.short > 1 {
		cut = t.shortCut
	}
	lower := s.sinceEmpty.rate(0)
	return max(t.leastRate, min(s.pace, max(lower, min(cut*s.pace, max(2*lower, t.mostCut*s.pace)))))
}

// between returns what is believed of a limit between two bounds: the middle. If it is
// too high, the next refusal measures it.
func (e *estimate) between(lower, upper float64) float64 {
	if e.modest {
		return lower
	}
	return max(lower, (lower+upper)/2)
}
