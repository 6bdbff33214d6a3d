package ratelimit

import "math"

// flight bounds how many turns are out at once, so that an overshoot costs a refusal
// or two and not one for each worker.
type flight struct {
	workers   int
	out       int
	roundTrip float64 // seconds, smoothed; 0 is unknown
	earn      int     // accepted requests that earn room for one more
	free      int     // accepted requests that earn none yet
	accepted  int
	opened    float64 // when the gate, or a window, opened last
	ahead     int     // accepted of the turns given since then
}

func newFlight(workers int, t tuning) flight {
	return flight{workers: max(1, workers), ahead: math.MaxInt32 / 4, free: t.roomFree, earn: t.roomCold}
}

// room returns how many turns may be out. After a window opens the first goes alone: if
// the server still refuses, one refusal tells.
func (f *flight) room(t tuning) int {
	earned := max(0, f.accepted-f.free) / f.earn
	if f.accepted > t.roomHasten {
		earned *= f.accepted * f.accepted / (t.roomHasten * t.roomHasten)
	}
	return max(1, min(t.roomFirst+earned, 1+2*f.ahead, f.workers))
}

// answer takes a turn back, with the time it took.
func (f *flight) answer(took float64, t tuning) {
	f.out--
	took = min(took, t.slowest)
	if f.roundTrip == 0 {
		f.roundTrip = took
	}
	f.roundTrip += t.smooth * (took - f.roundTrip)
}

// accept counts an accepted turn.
func (f *flight) accept(sent float64) {
	f.accepted++
	if sent >= f.opened {
		f.ahead++
	}
}

// restart says that the gate or a window opens at a moment: the next turn goes alone.
func (f *flight) restart(at float64) { f.opened, f.ahead = at, 0 }
