package ratelimit

import (
	"math"
	"math/rand/v2"
)

// server is a simulated limit: it takes the time at which a request reaches it,
// in seconds, never earlier than the one before, and says whether it accepts it
// and, if not, after how many whole seconds to come again.
type server interface {
	hit(at float64) (ok bool, retryAfter float64)
}

// change is a new rate from a moment on.
type change struct{ at, rate float64 }

// tokenBucket holds up to depth tokens and gains rate of them a second.
type tokenBucket struct {
	rate, depth float64
	changes     []change
	inflated    float64 // seconds added to each Retry-After
	always      float64 // the only Retry-After, in seconds; 0 is the true one, and below 0 is none

	tokens, at float64
	began      bool
}

func (b *tokenBucket) hit(at float64) (bool, float64) {
	if !b.began {
		b.began, b.tokens = true, b.depth
	}
	for b.at < at {
		until := at
		if len(b.changes) > 0 {
			until = min(at, b.changes[0].at)
		}
		b.tokens = min(b.depth, b.tokens+b.rate*(until-b.at))
		b.at = until
		if len(b.changes) > 0 && until == b.changes[0].at {
			b.rate, b.changes = b.changes[0].rate, b.changes[1:]
		}
	}
	if b.tokens >= 1-1e-9 {
		b.tokens--
		return true, 0
	}
	if b.always != 0 {
		return false, max(0, b.always)
	}
	return false, max(1, math.Ceil((1-b.tokens)/b.rate)) + b.inflated
}

// fixedWindow accepts quota requests in each period.
type fixedWindow struct {
	quota  int
	period float64
	phase  float64 // how much of the first period has passed at the start

	index float64
	used  int
}

func (w *fixedWindow) hit(at float64) (bool, float64) {
	if index := math.Floor((at + w.phase) / w.period); index != w.index {
		w.index, w.used = index, 0
	}
	if w.used < w.quota {
		w.used++
		return true, 0
	}
	return false, max(1, math.Ceil((w.index+1)*w.period-w.phase-at))
}

// slidingWindow accepts quota requests in any stretch of period.
type slidingWindow struct {
	quota  int
	period float64
	always bool // Retry-After is always the period

	log []float64
}

func (w *slidingWindow) hit(at float64) (bool, float64) {
	for len(w.log) > 0 && w.log[0] <= at-w.period {
		w.log = w.log[1:]
	}
	if len(w.log) < w.quota {
		w.log = append(w.log, at)
		return true, 0
	}
	if w.always {
		return false, w.period
	}
	return false, max(1, math.Ceil(w.log[0]+w.period-at))
}

// layered accepts what both a bucket and a fixed window accept.
type layered struct {
	bucket *tokenBucket
	window *fixedWindow
}

func (l *layered) hit(at float64) (bool, float64) {
	probe := *l.window
	if ok, retryAfter := probe.hit(at); !ok {
		return false, retryAfter
	}
	ok, retryAfter := l.bucket.hit(at)
	if ok {
		l.window.hit(at)
	}
	return ok, retryAfter
}

// unlimited accepts everything.
type unlimited struct{}

func (unlimited) hit(float64) (bool, float64) { return true, 0 }

// neighbour takes the share of rate away, for on seconds in the mean, and leaves it
// alone for off; with rnd the lengths are random.
func neighbour(rate, share, on, off float64, rnd *rand.Rand) []change {
	var changes []change
	busy := false
	for at := 0.0; at < 30000; {
		length := off
		if busy {
			length = on
		}
		if rnd != nil {
			length *= rnd.ExpFloat64()
		}
		at += length
		busy = !busy
		if busy {
			changes = append(changes, change{at, rate * (1 - share)})
		} else {
			changes = append(changes, change{at, rate})
		}
	}
	return changes
}

// seeded returns the n-th source of random numbers of a seed.
func seeded(seed, n int) *rand.Rand {
	return rand.New(rand.NewPCG(uint64(seed), uint64(n)))
}

// omniscient returns the best possible makespan: a client that sends the moment the
// server would accept, as fast as its workers can.
func omniscient(s server, rows int, n network) float64 {
	at := n.roundTrip() / 2
	for sent := 0; sent < rows; {
		if ok, _ := s.hit(at); ok {
			sent++
			at += n.roundTrip() / float64(n.workers)
		} else {
			at += 0.02
		}
	}
	return at + n.roundTrip()/2
}
