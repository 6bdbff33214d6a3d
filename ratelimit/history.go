package ratelimit

import "slices"

// history holds the moments of the latest turns that took something from the server's
// quota: accepted, or still in flight. Oldest first.
type history struct {
	sent []float64
	keep int
}

// add notes a turn.
func (h *history) add(at float64) {
	if len(h.sent) >= 2*h.keep {
		h.sent = append(h.sent[:0], h.sent[h.keep:]...)
	}
	h.sent = append(h.sent, at)
}

// remove strikes a turn that took nothing from the quota: it was refused or never sent.
func (h *history) remove(at float64) {
	for i := len(h.sent) - 1; i >= 0 && h.sent[i] >= at; i-- {
		if h.sent[i] == at {
			h.sent = slices.Delete(h.sent, i, i+1)
			return
		}
	}
}

// since counts the turns after a moment.
func (h *history) since(at float64) int {
	i, _ := slices.BinarySearch(h.sent, at)
	return len(h.sent) - i
}

// reaches reports whether the turns after a moment are all there, and there were some before.
func (h *history) reaches(at float64) bool { return len(h.sent) > 0 && h.sent[0] <= at }

// last returns the moment of the n-th latest turn.
func (h *history) last(n int) (at float64, ok bool) {
	if n < 1 || n > len(h.sent) {
		return 0, false
	}
	return h.sent[len(h.sent)-n], true
}

// between counts the turns after from and before to.
func (h *history) between(from, to float64) int { return len(h.turns(from, to)) }

// turns returns the moments of the turns after from and before to, to be read at once.
func (h *history) turns(from, to float64) []float64 {
	i, _ := slices.BinarySearch(h.sent, from)
	j, _ := slices.BinarySearch(h.sent, to)
	return h.sent[i:max(i, j)]
}
