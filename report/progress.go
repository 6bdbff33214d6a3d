package report

import (
	"log/slog"
	"math"
	"sync"
	"time"

	"roomlift/provision"
	"roomlift/ratelimit"
	"roomlift/report/results"
)

const (
	// barInterval is often enough for a count to look alive, and rare enough to
	// cost nothing.
	barInterval = 200 * time.Millisecond
	// lineInterval is how often a line tells of progress where there is no bar:
	// a nightly job's mail stays short, a pipeline's log shows that it lives.
	lineInterval = 30 * time.Second
	// rateWindow is what the current rate is measured over. It spans a pause of
	// a minute, the longest that is common, so that the time left stays honest.
	rateWindow = 90 * time.Second
)

// Progress shows how far a run is: a bar on a terminal, elsewhere a line every
// so often.
type Progress struct {
	Screen *Screen
	Bar    bool // show a bar; else lines go to Log
	Log    *slog.Logger
	Limits func() ratelimit.Stats // asked at each update

	mu      sync.Mutex
	total   int
	count   map[results.Status]int
	lost    map[string]bool // refs of rows whose answers were lost, until they are settled or sent again
	settle  provision.Event // what nothing else is done beside; its Rows are those still to be settled
	samples []sample

	stop chan struct{}
	done chan struct{}
}

// sample is a number of rows done at a time.
type sample struct {
	at   time.Time
	rows int
}

// Start begins to show progress over a number of rows.
func (p *Progress) Start(total int) {
	p.total, p.count, p.lost = total, map[results.Status]int{}, map[string]bool{}
	p.samples = []sample{{at: time.Now()}}
	p.stop, p.done = make(chan struct{}), make(chan struct{})
	interval := lineInterval
	if p.Bar {
		interval = barInterval
		p.Screen.show(total)
		p.show()
	}
	go func() {
		defer close(p.done)
		ticker := time.NewTicker(interval)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				p.show()
			case <-p.stop:
				return
			}
		}
	}()
}

// Stop takes the bar away. It may be called more than once.
func (p *Progress) Stop() {
	if p.stop == nil {
		return
	}
	close(p.stop)
	<-p.done
	p.stop = nil
	p.Screen.hide()
}

// Observe takes in what happens. Before Start it does nothing.
func (p *Progress) Observe(e provision.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.count == nil {
		return
	}
	switch e.Kind {
	case provision.RowDone:
		p.count[e.Result.Record.Status]++
		delete(p.lost, e.Result.Record.Ref)
		p.settle.Rows--
	case provision.AnswerLost:
		p.lost[e.Result.Record.Ref] = true
	case provision.Absent:
		delete(p.lost, e.Result.Record.Ref)
		p.settle.Rows = 0 // it is sent beside
	case provision.Settling:
		p.settle = e
	case provision.Refused:
	}
}

func (p *Progress) show() {
	p.mu.Lock()
	now := time.Now()
	rows := 0
	for _, n := range p.count {
		rows += n
	}
	if p.settle.Rows > 0 {
		p.samples = nil // rows that are found say nothing of how fast others are sent
	}
	p.samples = trim(append(p.samples, sample{now, rows}), now)
	speed := rateOf(p.samples)
	phrases := p.phrases(now, rows, speed)
	p.mu.Unlock()

	if p.Bar {
		p.Screen.update(rows, phrases)
		return
	}
	p.Log.Info("progress", "done", rows, "rows", p.total, "now", fit(phrases, math.MaxInt))
}

// phrases says how the run goes. Callers hold the lock.
func (p *Progress) phrases(now time.Time, rows int, speed float64) []phrase {
	said := []phrase{{Number(p.count[results.Created]) + " created", howManyCreated}}
	for _, status := range []results.Status{results.Adopted, results.Failed, results.Unknown} {
		if n := p.count[status]; n > 0 {
			said = append(said, phrase{Number(n) + " " + status.String(), whatWentWrong})
		}
	}
	settling := p.settle.Rows > 0
	if n := len(p.lost); n > 0 && !settling {
		said = append(said, phrase{Number(n) + " to settle", whatWentWrong})
	}
	if speed > 0 {
		said = append(said, phrase{Rate(speed), howFast})
	}
	stats := p.Limits()
	if wait := stats.ClosedUntil.Sub(now); wait >= time.Second {
		waits := "Webex asks for " + Duration(wait)
		if stats.AskedUntil.Before(stats.ClosedUntil) { // Webex asked for less, or for nothing
			waits = "waiting " + Duration(wait) + " after a refusal"
		}
		return append(said,
			phrase{waits, whatItWaitsFor},
			phrase{"until " + clock(stats.ClosedUntil, now), whenItGoesOn})
	}
	if settling {
		looking := "looking for " + Count(p.settle.Rows, "lost answer's room", "lost answers' rooms")
		wait := p.settle.Until.Sub(now)
		if wait < time.Second {
			return append(said, phrase{looking, whatItWaitsFor})
		}
		return append(said,
			phrase{looking + " in " + Duration(wait), whatItWaitsFor},
			phrase{"at " + clock(p.settle.Until, now), whenItGoesOn})
	}
	if left, ok := timeLeft(p.total-rows-len(p.lost), speed); ok {
		said = append(said, phrase{"about " + Duration(left) + " left", howLongYet})
	}
	return said
}

// trim drops the samples that lie before the window, but for the youngest of
// them.
func trim(samples []sample, now time.Time) []sample {
	for len(samples) > 2 && now.Sub(samples[1].at) > rateWindow {
		samples = samples[1:]
	}
	return samples
}

// rateOf returns rows a second over the samples, pauses included.
func rateOf(samples []sample) float64 {
	first, last := samples[0], samples[len(samples)-1]
	elapsed := last.at.Sub(first.at).Seconds()
	if elapsed <= 0 {
		return 0
	}
	return float64(last.rows-first.rows) / elapsed
}

// timeLeft is not known before the first row is done, and not worth telling in
// the last half second.
func timeLeft(rows int, speed float64) (time.Duration, bool) {
	if speed <= 0 || rows <= 0 {
		return 0, false
	}
	left := time.Duration(float64(rows) / speed * float64(time.Second)).Round(time.Second)
	return left, left > 0
}
