package report

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"roomlift/provision"
	"roomlift/ratelimit"
	"roomlift/report/results"
)

func TestAWaitIsShownWithItsLengthAndItsEnd(t *testing.T) {
	now := time.Date(2026, time.March, 4, 2, 10, 51, 0, time.Local)
	for want, wait := range map[string]time.Duration{
		"17 created, Webex asks for 3 min 14 s, until 02:14:05": 3*time.Minute + 14*time.Second,
		"17 created, Webex asks for 1 h 0 min, until 03:10:51":  time.Hour,
		"17 created": 500 * time.Millisecond, // is over before it is read
	} {
		p := &Progress{
			total: 20, count: map[results.Status]int{results.Created: 17},
			Limits: func() ratelimit.Stats { return ratelimit.Stats{ClosedUntil: now.Add(wait), AskedUntil: now.Add(wait)} },
		}
		assert.Equal(t, want, fit(p.phrases(now, 17, 0), math.MaxInt))
	}
}

func TestAWaitThatWebexDidNotAskForIsNotPutDownToIt(t *testing.T) {
	now := time.Date(2026, time.March, 4, 2, 10, 51, 0, time.Local)
	for name, asked := range map[string]time.Time{"it named none": {}, "it named less": now.Add(time.Second)} {
		p := &Progress{
			total: 20, count: map[results.Status]int{results.Created: 17},
			Limits: func() ratelimit.Stats {
				return ratelimit.Stats{ClosedUntil: now.Add(8 * time.Second), AskedUntil: asked}
			},
		}
		assert.Equal(t, "17 created, waiting 8 s after a refusal, until 02:10:59", fit(p.phrases(now, 17, 0), math.MaxInt), name)
	}
}

// ofRow is what happens to the row of so many.
func ofRow(kind provision.EventKind, row int, status results.Status) provision.Event {
	return provision.Event{Kind: kind, Result: &provision.Result{Record: results.Record{Ref: fmt.Sprint("r-", row), Status: status}}}
}

func TestNoTimeIsPromisedWhileLostAnswersAreSettled(t *testing.T) {
	now := time.Date(2026, time.March, 4, 2, 10, 51, 0, time.Local)
	p := &Progress{
		total: 300, count: map[results.Status]int{}, lost: map[string]bool{},
		Limits: func() ratelimit.Stats { return ratelimit.Stats{} },
	}
	says := func(want string, rows int, speed float64) {
		t.Helper()
		assert.Equal(t, want, fit(p.phrases(now, rows, speed), math.MaxInt))
	}
	for row := range 240 {
		p.Observe(ofRow(provision.RowDone, row, results.Created))
	}
	for row := 240; row < 290; row++ {
		p.Observe(ofRow(provision.AnswerLost, row, results.Unknown))
	}
	says("240 created, 50 to settle, 2.0/s, about 5 s left", 240, 2) // of ten rows
	for row := 290; row < 300; row++ {
		p.Observe(ofRow(provision.RowDone, row, results.Created))
	}
	says("250 created, 50 to settle, 2.0/min", 250, 2./60) // not: about 25 min left
	p.Observe(provision.Event{Kind: provision.Settling, Until: now.Add(9 * time.Second), Rows: 50})
	says("250 created, looking for 50 lost answers' rooms in 9 s, at 02:11:00", 250, 0)
	now = now.Add(9 * time.Second)
	says("250 created, looking for 50 lost answers' rooms", 250, 0)
	for row := 240; row < 270; row++ {
		p.Observe(ofRow(provision.RowDone, row, results.Adopted))
	}
	says("250 created, 30 adopted, looking for 20 lost answers' rooms", 280, 0)
	p.Observe(ofRow(provision.Absent, 270, results.Unknown))
	says("250 created, 30 adopted, 19 to settle, 2.0/s, about 1 s left", 280, 1.99)
}
