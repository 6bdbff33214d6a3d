package ratelimit

import (
	"math"
	"time"

	"golang.org/x/time/rate"
)

// pacer spaces turns: a token bucket that mirrors the server's, and a ceiling that
// holds whatever the bucket says. Times are seconds since the limiter was made.
type pacer struct {
	tuning  tuning
	bucket  *rate.Limiter
	ceiling *rate.Limiter // nil is no ceiling
	pace    float64       // turns a second
	last    float64       // when the last turn was given
}

// newPacer returns a pacer that gives at most maxRate turns a second; 0 is no ceiling.
func newPacer(pace, maxRate float64, t tuning) pacer {
	p := pacer{tuning: t, last: math.Inf(-1)}
	p.begin(0, pace, 0)
	if maxRate > 0 {
		// A bucket of depth d and rate m lets m+d through in its busiest second.
		depth := max(1, int(maxRate*t.grain))
		limit := maxRate
		if depth > 1 {
			limit -= float64(depth)
		}
		p.ceiling = rate.NewLimiter(rate.Limit(limit), depth)
	}
	return p
}

// begin begins anew with a pace and saved up tokens. What was given stays under the
// ceiling.
func (p *pacer) begin(at, pace, saved float64) {
	p.pace = pace
	p.refill(at, max(1, p.tuning.catchUp*saved))
}

// next returns when the next turn is due: now or later.
func (p *pacer) next(now float64) float64 {
	at := due(p.bucket, now)
	if p.ceiling != nil {
		at = max(at, due(p.ceiling, now))
	}
	if gap := p.tuning.spacing / p.pace; gap > p.tuning.grain/10 {
		at = max(at, p.last+gap)
	}
	return at
}

// take takes the turn that is due at now. It is paid for in any case: due is not exact
// to the last bit.
func (p *pacer) take(now float64) {
	p.bucket.ReserveN(instant(now), 1)
	if p.ceiling != nil {
		p.ceiling.ReserveN(instant(now), 1)
	}
	p.last = now
}

// set changes the pace.
func (p *pacer) set(now, pace float64) {
	if pace == p.pace {
		return
	}
	p.pace = pace
	p.bucket.SetLimitAt(instant(now), rate.Limit(pace))
	if d := p.depth(); d > p.bucket.Burst() {
		p.bucket.SetBurstAt(instant(now), d)
	}
}

// refill begins the bucket anew: from a moment on it holds the tokens that the server
// is believed to have saved up by then.
func (p *pacer) refill(at, saved float64) {
	p.bucket = rate.NewLimiter(rate.Limit(p.pace), max(p.depth(), int(saved)))
	p.bucket.AllowN(instant(at), p.bucket.Burst()-int(saved))
}

// depth is how many tokens may be saved up: enough that a late timer loses none.
func (p *pacer) depth() int { return max(2, int(p.pace*p.tuning.grain)) }

// slack reports whether the bucket is full: it holds nobody back.
func (p *pacer) slack(now float64) bool {
	return p.bucket.TokensAt(instant(now)) > float64(p.bucket.Burst())-0.5
}

// due returns when a bucket has a whole token.
func due(b *rate.Limiter, now float64) float64 {
	missing := 1 - b.TokensAt(instant(now))
	if missing <= 1e-6 {
		return now
	}
	return now + missing/float64(b.Limit()) + 1e-9
}

// instant turns seconds into the time that x/time/rate wants. Any origin will do.
func instant(seconds float64) time.Time {
	return time.Unix(1, 0).Add(duration(seconds))
}

// duration turns seconds into a duration, rounded up; what is too long is the longest.
func duration(seconds float64) time.Duration {
	if ns := math.Ceil(seconds * 1e9); ns < math.MaxInt64 {
		return time.Duration(ns)
	}
	return math.MaxInt64
}

// rate returns the turns a second that are given at most.
func (p *pacer) rate() float64 {
	if p.ceiling != nil {
		return min(p.pace, float64(p.ceiling.Limit()))
	}
	return p.pace
}
