package page

import (
	"time"

	"roomlift/provision"
	"roomlift/report/results"
)

// Timeline remembers of a run's events what a page shows of its course: when
// rooms were created, and every time that Webex asked to wait. It takes 8 bytes for
// a room, and little for the rest. Observe is for one goroutine; what it collected
// may be read when that is done.
type Timeline struct {
	created []time.Duration // since began, in order
	began   time.Time
	pauses  []pause
	lost    int // answers lost

	unusable int // of those, answers 2xx that were cut, or named no room

	ahead    time.Duration // this machine's clock, of the server's
	compared bool
}

// pause is a time in which nobody sent, because Webex had refused requests.
type pause struct {
	from, until time.Time
	asked       time.Time // until when Webex asked to wait; from where it did not say
	refused     int       // requests that were refused together
	cause       string
}

// together is how close refusals are that count as one: requests that were in
// flight at the same time.
const together = time.Second

// Observe takes in what happens.
func (t *Timeline) Observe(e provision.Event) {
	if t.began.IsZero() {
		t.began = e.Time
	}
	e.Time = t.steady(e.Time)
	if !e.Until.IsZero() {
		e.Until = t.steady(e.Until)
	}
	switch e.Kind {
	case provision.RowDone:
		if e.Result.Record.Status == results.Created && e.Result.Action != provision.Move { // one that was adopted was created earlier
			t.created = append(t.created, e.Time.Sub(t.began))
			t.compare(e.Time, e.Result.Record.FinishedAt)
		}
	case provision.AnswerLost:
		t.lost++
		if e.Result.Record.HTTPStatus/100 == 2 {
			t.unusable++
		}
	case provision.Refused:
		t.refuse(e)
	case provision.Absent, provision.Settling:
	}
}

// steady is a time by the clock as it was when the run began, whatever has set it
// since.
func (t *Timeline) steady(at time.Time) time.Time { return t.began.Add(at.Sub(t.began)).Round(0) }

// compare notes how far the clocks are apart. What lies between an answer and this
// makes it too much, so the least counts.
func (t *Timeline) compare(here, there time.Time) {
	if there.IsZero() {
		return
	}
	if ahead := here.Sub(there); !t.compared || ahead < t.ahead {
		t.ahead, t.compared = ahead, true
	}
}

// refuse notes a refusal; one that falls into a pause belongs to it.
func (t *Timeline) refuse(e provision.Event) {
	if n := len(t.pauses); n > 0 {
		last := &t.pauses[n-1]
		if e.Time.Before(last.until) || e.Time.Sub(last.from) < together {
			last.refused++
			last.until, last.asked = later(last.until, e.Until), later(last.asked, e.Time.Add(e.Asked))
			return
		}
	}
	t.pauses = append(t.pauses, pause{e.Time, later(e.Time, e.Until), e.Time.Add(e.Asked), 1, e.Cause})
}

// busiest returns the most rooms that were created within a span of so long; 0 where
// the run did not create for as long.
func (t *Timeline) busiest(span time.Duration) int {
	n := len(t.created)
	if n == 0 || t.created[n-1]-t.created[0] < span {
		return 0
	}
	most, first := 0, 0
	for i, at := range t.created {
		for at-t.created[first] >= span {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}

// times are when rooms were created.
func (t *Timeline) times() []time.Time {
	times := make([]time.Time, len(t.created))
	for i, after := range t.created {
		times[i] = t.began.Add(after)
	}
	return times
}
