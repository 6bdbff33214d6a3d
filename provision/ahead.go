package provision

import (
	"context"
	"sync"
	"time"
)

const (
	// aheadTime is for how long the intents that are written ahead last: an fsync of
	// a slow disk takes a tenth of it. What a killed run leaves unsent has to be
	// settled by the next one, so it is no more than that.
	aheadTime = 250 * time.Millisecond
	// leastAhead keeps a worker from waiting for the disk at any rate.
	leastAhead = 2
	// aheadShare times the number of workers is the most, for a server without a
	// limit: what some commits on a busy disk take.
	aheadShare = 64
)

// mostAhead bounds how many rows may have an intent and not be sent.
func (r *run) mostAhead() int { return max(leastAhead, aheadShare*r.Workers) }

// howFarAhead is how many rows may have an intent and not be sent, at the rate
// that the limiter lets out now.
func (r *run) howFarAhead() int {
	rows := r.Limiter.Stats().Rate * aheadTime.Seconds()
	return int(min(max(rows, leastAhead), float64(r.mostAhead())))
}

// ahead counts the rows whose intents are durable, or on their way to the disk,
// and whose requests have not left.
type ahead struct {
	mu    sync.Mutex
	rows  int
	freed chan struct{} // holds a token when there may be room
}

func newAhead() *ahead { return &ahead{freed: make(chan struct{}, 1)} }

// wait waits until a quarter of the rows that may be ahead can be taken together,
// and returns how many those are.
func (a *ahead) wait(ctx context.Context, most func() int) (int, error) {
	for {
		limit := most()
		a.mu.Lock()
		room := limit - a.rows
		a.mu.Unlock()
		if room > 0 && room >= limit/4 {
			return room, nil
		}
		select {
		case <-a.freed:
		case <-ctx.Done():
			return 0, stopped(ctx)
		}
	}
}

func (a *ahead) add(rows int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.rows += rows
}

// sent counts a row out whose request leaves.
func (a *ahead) sent() {
	a.mu.Lock()
	a.rows--
	a.mu.Unlock()
	select {
	case a.freed <- struct{}{}:
	default:
	}
}
