package provision

import (
	"context"
	"sync"
	"time"
)

// maxLocked is how often a row that Webex calls locked (423) is sent. The room does
// not exist and so cannot be in use; it is the team or the account that is, and
// rarely for long. It says nothing of the rate: the row alone waits.
const maxLocked = 10

// lockedWait is how long a row waits that was locked n times, n from 1: as long as
// Webex asks, else up to half a minute.
func lockedWait(n int, retryAfter time.Duration) time.Duration {
	if retryAfter > 0 {
		return retryAfter
	}
	return unreachableWait(n)
}

// lockedRows wait, each for itself and none with a worker: a team that is locked may
// have more rows than there are workers.
type lockedRows struct {
	mu      sync.Mutex
	waiting map[*attempt]struct{}
	ready   chan *attempt // those that have waited
}

func newLockedRows() *lockedRows {
	return &lockedRows{waiting: map[*attempt]struct{}{}, ready: make(chan *attempt)}
}

// wait offers a row to the workers when d has passed, for as long as ctx lasts.
func (l *lockedRows) wait(ctx context.Context, a *attempt, d time.Duration) {
	l.mu.Lock()
	l.waiting[a] = struct{}{}
	l.mu.Unlock()
	time.AfterFunc(d, func() {
		select {
		case l.ready <- a:
		case <-ctx.Done():
		}
	})
}

// goOn takes out a row that a worker has.
func (l *lockedRows) goOn(a *attempt) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.waiting, a)
}

// left returns the rows that no worker has.
func (l *lockedRows) left() []*attempt {
	l.mu.Lock()
	defer l.mu.Unlock()
	left := make([]*attempt, 0, len(l.waiting))
	for a := range l.waiting {
		left = append(left, a)
	}
	return left
}
