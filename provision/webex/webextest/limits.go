package webextest

import (
	"math"
	"time"
)

// Limit is a rate limit, kept for each person by itself: a [TokenBucket], a
// [FixedWindow] or a [SlidingWindow].
type Limit interface {
	start(now time.Time) meter
}

// meter is a limit at work. take counts a request that may pass, or returns
// how long until one will.
type meter interface {
	take(now time.Time) (wait time.Duration, ok bool)
}

// TokenBucket lets Rate requests a second pass, and up to Burst at once.
type TokenBucket struct {
	Rate  float64
	Burst int
}

func (l TokenBucket) start(now time.Time) meter {
	l.Burst = max(l.Burst, 1)
	return &bucketMeter{limit: l, tokens: float64(l.Burst), at: now}
}

type bucketMeter struct {
	limit  TokenBucket
	tokens float64
	at     time.Time
}

func (m *bucketMeter) take(now time.Time) (time.Duration, bool) {
	if elapsed := now.Sub(m.at); elapsed > 0 {
		m.tokens = min(float64(m.limit.Burst), m.tokens+elapsed.Seconds()*m.limit.Rate)
		m.at = now
	}
	// A token that rounding left a hair short is a token.
	if m.tokens > 1-1e-9 {
		m.tokens--
		return 0, true
	}
	if m.limit.Rate <= 0 {
		return time.Hour, false
	}
	return time.Duration(math.Ceil((1 - m.tokens) / m.limit.Rate * float64(time.Second))), false
}

// FixedWindow lets Quota requests pass in each Period. The first window
// begins with the first request, and the others follow without a gap.
type FixedWindow struct {
	Quota  int
	Period time.Duration
}

func (l FixedWindow) start(now time.Time) meter {
	l.Period = max(l.Period, 1)
	return &windowMeter{limit: l, opened: now}
}

type windowMeter struct {
	limit  FixedWindow
	opened time.Time
	used   int
}

func (m *windowMeter) take(now time.Time) (time.Duration, bool) {
	if passed := now.Sub(m.opened) / m.limit.Period; passed > 0 {
		m.opened = m.opened.Add(passed * m.limit.Period)
		m.used = 0
	}
	if m.used < m.limit.Quota {
		m.used++
		return 0, true
	}
	return m.opened.Add(m.limit.Period).Sub(now), false
}

// SlidingWindow lets Quota requests pass in any stretch of Period.
type SlidingWindow struct {
	Quota  int
	Period time.Duration
}

func (l SlidingWindow) start(time.Time) meter {
	return &slidingMeter{limit: l, passed: make([]time.Time, max(l.Quota, 0))}
}

// slidingMeter remembers, in a ring, when the last Quota requests passed.
type slidingMeter struct {
	limit  SlidingWindow
	passed []time.Time
	next   int
}

func (m *slidingMeter) take(now time.Time) (time.Duration, bool) {
	if len(m.passed) == 0 {
		return max(m.limit.Period, time.Second), false
	}
	oldest := m.passed[m.next]
	if wait := oldest.Add(m.limit.Period).Sub(now); !oldest.IsZero() && wait > 0 {
		return wait, false
	}
	m.passed[m.next] = now
	m.next = (m.next + 1) % len(m.passed)
	return 0, true
}
