package provision

import (
	"context"
	"sync"
)

// queue hands rows to workers: those of the plan, in order, and those that are
// to be sent again. It ends when there are none left and no row is parked that
// might come back.
type queue struct {
	mu      sync.Mutex
	plan    []Step
	next    int     // index of the next step of the plan
	again   []*Step // rows to send again; they go first
	busy    int     // rows that workers have taken and not put down
	parked  int     // rows whose fate is not known yet
	changed chan struct{}
}

func newQueue(plan []Step) *queue {
	return &queue{plan: plan, changed: make(chan struct{})}
}

// take waits for rows to send and returns up to n of them: none when there will
// be none, or when ctx has ended. Each must be put down with release.
func (q *queue) take(ctx context.Context, n int) []*Step {
	for ctx.Err() == nil {
		var steps []*Step
		var wait <-chan struct{}
		for len(steps) < n {
			var step *Step
			if step, wait = q.try(); step == nil {
				break
			}
			steps = append(steps, step)
		}
		if len(steps) > 0 || wait == nil {
			return steps
		}
		select {
		case <-wait:
		case <-ctx.Done():
		}
	}
	return nil
}

// try returns a row, or what to wait for; neither when the queue has ended.
func (q *queue) try() (*Step, <-chan struct{}) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if n := len(q.again); n > 0 {
		step := q.again[0]
		q.again = q.again[1:]
		q.busy++
		return step, nil
	}
	for q.next < len(q.plan) {
		step := &q.plan[q.next]
		q.next++
		if step.Action == Create {
			q.busy++
			return step, nil
		}
	}
	if q.busy == 0 && q.parked == 0 {
		return nil, nil
	}
	return nil, q.changed
}

// release puts a row down; parked says that its fate is not known yet.
func (q *queue) release(parked bool) {
	q.change(func() {
		q.busy--
		if parked {
			q.parked++
		}
	})
}

// park counts rows in whose fate is not known.
func (q *queue) park(rows int) { q.change(func() { q.parked += rows }) }

// settle counts a parked row out; again says to send it once more.
func (q *queue) settle(step *Step, again bool) {
	q.change(func() {
		q.parked--
		if again {
			q.again = append(q.again, step)
		}
	})
}

// change makes a change, and wakes those who wait if it is one they wait for:
// another row to send, another row parked or settled, nobody busy any more.
func (q *queue) change(f func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	again, parked, busy := len(q.again), q.parked, q.busy > 0
	f()
	if again == len(q.again) && parked == q.parked && busy == (q.busy > 0) {
		return
	}
	close(q.changed)
	q.changed = make(chan struct{})
}

// state tells whether nobody sends or can send before a parked row comes back,
// whether the queue has ended, and what to wait for to ask again.
func (q *queue) state() (idle, ended bool, changed <-chan struct{}) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.next < len(q.plan) && q.plan[q.next].Action != Create {
		q.next++
	}
	idle = q.busy == 0 && len(q.again) == 0 && q.next == len(q.plan)
	return idle, idle && q.parked == 0, q.changed
}
