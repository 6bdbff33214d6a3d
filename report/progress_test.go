package report

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

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
			Limits: func() ratelimit.Stats { return ratelimit.Stats{ClosedUntil: now.Add(wait)} },
		}
		assert.Equal(t, want, fit(p.phrases(now, 17, 0), math.MaxInt))
	}
}
