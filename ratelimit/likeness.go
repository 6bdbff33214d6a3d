package ratelimit

import "slices"

// likeness knows a window by its refusals, however short their pauses are. A sliding
// window refuses when it is full: in a period before each refusal there were as many
// turns, whatever the pace was meanwhile. A bucket accepts as many in a period only
// where the pace was the same, in the half and in the sixth of it that came last, too.
type likeness struct {
	refused []float64 // when the turns were given that the latest events refused, oldest first
}

// add notes an event.
func (l *likeness) add(refused float64, t tuning) {
	l.refused = append(l.refused, refused)
	if len(l.refused) > t.alikeMost {
		l.refused = l.refused[1:]
	}
}

// window returns the quota and the usual period that the latest events share, or 0.
func (l *likeness) window(h *history, t tuning) (quota int, period float64) {
	for _, p := range t.usual {
		events := l.over(p, t)
		if p > t.windowSure || len(events) == 0 || !h.reaches(events[0]-p) {
			break
		}
		least, most := counts(h, events, p)
		exact := t.alikeExact * float64(most)
		if exact < 1 || float64(most-least) > exact {
			continue
		}
		for _, part := range []float64{p / 2, p / 6} {
			if leastPart, mostPart := counts(h, events, part); float64(mostPart-leastPart) >= t.alikeUneven*float64(most) {
				return least, p
			}
		}
	}
	return 0, 0
}

// over returns the latest events that lie over more than a period, and enough of them;
// nil where there are no such.
func (l *likeness) over(period float64, t tuning) []float64 {
	last := len(l.refused) - 1
	if last < t.alike-1 {
		return nil
	}
	first, found := slices.BinarySearch(l.refused, l.refused[last]-period)
	if !found {
		first--
	}
	if first < 0 {
		return nil
	}
	return l.refused[min(first, last+1-t.alike):]
}

// counts returns the fewest and the most turns that were given in a time before an event.
func counts(h *history, events []float64, length float64) (least, most int) {
	least = h.keep
	for _, at := range events {
		n := h.between(at-length, at)
		least, most = min(least, n), max(most, n)
	}
	return least, most
}
