package ratelimit

import "math"

// gate is closed from a refusal's arrival until its pause is over. It also tells
// events apart: requests that were in flight together and are refused together are
// one event. Times are seconds since the limiter was made.
type gate struct {
	until  float64 // nobody sends before
	asked  float64 // when the pause ends that the last event's refusals named; 0 if they named none
	cut    float64 // when the last event began
	barren int     // events since something was accepted
}

// refuse closes the gate for a refusal at now of a turn that was given at sent, and
// reports whether it begins a new event. It never closes the gate for less than
// retryAfter, and never opens it earlier than an earlier refusal asked.
//
// A server that names no pause, or that refuses again and again right after the pause
// it named, is given a pause that doubles with each event.
func (g *gate) refuse(now, sent, retryAfter float64, t tuning) (event bool) {
	event = g.cut == 0 || sent > g.cut
	if event {
		g.cut, g.asked = now, 0
		g.barren++
	}
	if retryAfter > 0 {
		g.asked = max(g.asked, now+retryAfter)
	}
	pause := retryAfter
	if own := t.backoff * math.Pow(2, float64(g.barren-1)); pause <= 0 || g.barren > 2 {
		pause = max(pause, min(own, t.backoffMost))
	}
	g.until = max(g.until, now+pause)
	return event
}

// accept says that the server accepts requests again.
func (g *gate) accept() { g.barren = 0 }
