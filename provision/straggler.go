package provision

import (
	"sync"
	"time"

	"roomlift/ratelimit"
)

const (
	// slowAnswer is when a request stops counting for the limiter: rooms are made in
	// about a second, and one that hangs must not slow the others down.
	slowAnswer = 5 * time.Second
	// together is how long requests are watched with one timer, which at full speed
	// costs much less than one for each: so much later a slow one is noticed.
	together = slowAnswer / 16
)

// stragglers tells the limiter of requests whose answers take long.
type stragglers struct {
	mu    sync.Mutex
	turns *[]*ratelimit.Turn // that the timer which was started last looks at
	until time.Time          // when another one is started
}

// watch looks at a turn whose request leaves at sent, slowAnswer later or soon
// after that. A turn that has ended by then is none the worse for it.
func (s *stragglers) watch(turn *ratelimit.Turn, sent time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.turns == nil || !sent.Before(s.until) {
		turns := new([]*ratelimit.Turn)
		s.turns, s.until = turns, sent.Add(together)
		time.AfterFunc(slowAnswer+together, func() { s.look(turns) })
	}
	*s.turns = append(*s.turns, turn)
}

func (s *stragglers) look(turns *[]*ratelimit.Turn) {
	s.mu.Lock()
	slow := *turns
	if s.turns == turns {
		s.turns = nil
	}
	s.mu.Unlock()
	for _, turn := range slow {
		turn.Slow()
	}
}
