package ratelimit

import "math"

// never is a spacing of probes that is never reached.
const never = math.MaxInt

// probe says when the rate climbs above what is known, and how fast. Probes are spaced
// in accepted requests, so that the share that is refused for them is bounded at any
// rate.
type probe struct {
	climbing bool
	gentle   bool    // a climb out of cruise, which begins gently
	began    float64 // when the climb began
	since    int     // accepted since the climb or the cruise began
	near     bool    // a refusal has just shown about where the limit is: the climb does not hasten
	steep    int     // accepted in the climb that make it hasten
	every    int     // accepted in cruise before the next climb
}

// search returns a probe that climbs at once and steeply: nothing is known.
func search(now float64, t tuning) probe {
	return probe{climbing: true, began: now, every: t.probeNormal}
}

// rest returns a probe that cruises until so many were accepted.
func rest(every int) probe { return probe{every: every} }

// accept counts an accepted request and returns what it adds to the rate.
func (p *probe) accept(now, rate, depth float64, careful bool, t tuning) (more float64) {
	p.since++
	if !p.climbing {
		if p.since >= p.every {
			*p = probe{climbing: true, gentle: true, began: now, every: p.every}
		}
		return 0
	}
	if p.gentle && (now-p.began <= t.gentleTime || p.since <= t.gentleMost) {
		share := t.gentleShare * min(1, max(depth, t.gentleDeep/4)/t.gentleDeep)
		more = min(t.growth, t.gentleSlope/rate, share*rate)
	} else {
		if !p.near {
			p.steep++
		}
		more = t.growth * max(1, float64(p.steep)/float64(t.hasten))
	}
	if careful {
		more /= 2
	}
	return more
}

// settle begins a cruise after a measurement: the next climb comes later the longer the
// limit stays the same, and soon after it changed.
func (p *probe) settle(f finding, limit float64, careful bool, t tuning) {
	every := p.every
	switch f {
	case confirmed:
		every = min(2*every, max(t.probeMost, int(t.probeMostTime*limit)))
	case rose:
		every = max(t.probeNormal, int(t.probeRoseTime*limit))
	default:
		every = t.probeNormal
	}
	if careful {
		every = max(every, t.probeCareful)
	}
	*p = rest(every)
}
