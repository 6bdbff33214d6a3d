package page

import (
	"time"

	"roomlift/provision"
	"roomlift/ratelimit"
)

// Timeline remembers of a run's events what a page shows of its course: when
// rooms were created, how fast the run was willing to send, and every time that
// Webex asked to wait. It takes 8 bytes for a room, and little for the rest.
// Observe is for one goroutine; what it collected may be read when that is done.
type Timeline struct {
	Limits func() ratelimit.Stats // asked as events come

	created  []time.Duration // since began, in order
	began    time.Time
	ended    time.Time
	rates    []rateSample
	interval time.Duration // between samples at least
	pauses   []pause
	lost     int // answers lost
}

// rateSample is the rate that the limiter allowed at a time.
type rateSample struct {
	at        time.Time
	perSecond float64
}

// pause is a time in which nobody sent, because Webex had refused requests.
type pause struct {
	from, until time.Time
	refused     int // requests that were refused together
	cause       string
}

// maxSamples bounds the memory that a run of days takes: when there are as many,
// every second one is dropped and half as many taken from then on.
const maxSamples = 4096

// together is how close refusals are that count as one: requests that were in
// flight at the same time.
const together = time.Second

// Observe takes in what happens.
func (t *Timeline) Observe(e provision.Event) {
	if t.began.IsZero() {
		t.began, t.interval = e.Time, 250*time.Millisecond
	}
	t.ended = e.Time
	if n := len(t.rates); n == 0 || e.Time.Sub(t.rates[n-1].at) >= t.interval {
		t.sample(e.Time)
	}
	switch e.Kind {
	case provision.RowDone:
		if e.Result.Record.Status.HasRoom() && e.Result.Action != provision.Move {
			t.created = append(t.created, e.Time.Sub(t.began))
		}
	case provision.AnswerLost:
		t.lost++
	case provision.Refused:
		t.refuse(e)
	case provision.Settling:
	}
}

// sample notes the limit.
func (t *Timeline) sample(now time.Time) {
	t.rates = append(t.rates, rateSample{now, t.Limits().Limit})
	if len(t.rates) < maxSamples {
		return
	}
	for i := range maxSamples / 2 {
		t.rates[i] = t.rates[2*i]
	}
	t.rates = t.rates[:maxSamples/2]
	t.interval *= 2
}

// refuse notes a refusal; one that falls into a pause belongs to it.
func (t *Timeline) refuse(e provision.Event) {
	if n := len(t.pauses); n > 0 {
		last := &t.pauses[n-1]
		if e.Time.Before(last.until) || e.Time.Sub(last.from) < together {
			last.refused++
			if e.Until.After(last.until) {
				last.until = e.Until
			}
			return
		}
	}
	until := e.Until
	if until.Before(e.Time) {
		until = e.Time
	}
	t.pauses = append(t.pauses, pause{e.Time, until, 1, e.Cause})
	t.sample(e.Time) // the rate has just changed
}

// paused is how long nobody could send, in all.
func (t *Timeline) paused() time.Duration {
	var sum time.Duration
	for _, p := range t.pauses {
		until := p.until
		if until.After(t.ended) {
			until = t.ended
		}
		sum += max(until.Sub(p.from), 0)
	}
	return sum
}
