package page

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"net/http"
	"slices"
	"time"

	"roomlift/provision"
	"roomlift/ratelimit"
	"roomlift/report"
)

// apart is how far clocks may differ before it matters: a page is read to the
// second at most.
const apart = 5 * time.Second

// facts are the figures of a run.
func facts(run *Run, x *reading) []Setting {
	o, t := run.Outcome, run.Timeline
	var f []Setting
	add := func(name, value string) { f = append(f, Setting{name, value}) }
	if o.Elapsed >= time.Second || len(o.Requests) > 0 {
		add("Duration", report.Duration(o.Elapsed))
	}
	if sent := requests(o); sent != "" {
		add("Requests to create", sent)
	}
	if len(t.pauses) > 0 {
		add("Webex asked to wait", fmt.Sprintf("%s, %s in all", report.Count(len(t.pauses), "time", "times"), report.Duration(t.paused())))
	} else if len(t.created) > 0 {
		add("Webex asked to wait", "never")
	}
	if len(t.created) > 0 {
		add("Limit that was learned", learned(run.Learned))
	}
	if t.lost > 0 {
		add("Lost answers", fmt.Sprintf("%s; the rooms were listed %s to settle them",
			report.Number(t.lost), report.Count(o.Listings, "time", "times")))
	}
	if x.moved > 0 {
		add("Moved to another key", report.Count(x.moved, "row", "rows"))
	}
	if x.changed > 0 {
		add("Changed in the manifest, left as they are", report.Count(x.changed, "room", "rooms"))
	}
	if text := t.clocks(); text != "" {
		add("Clocks", text)
	}
	return f
}

// clocks says whose time is whose, where that makes a difference.
func (t *Timeline) clocks() string {
	if !t.compared || t.ahead.Abs() < apart {
		return ""
	}
	relation := "ahead of"
	if t.ahead < 0 {
		relation = "behind"
	}
	return fmt.Sprintf("this machine’s clock is %s %s Webex’s; the list of rooms has Webex’s time, everything above it this machine’s",
		report.Duration(t.ahead.Abs()), relation)
}

// requests counts answers: "312: 300 made a room, 12 were put off by the rate
// limit".
func requests(o *provision.Outcome) string {
	var parts []string
	sum := 0
	for _, code := range slices.SortedFunc(maps.Keys(o.Requests), byInterest) {
		n := o.Requests[code]
		sum += n
		parts = append(parts, report.Number(n)+" "+answer(code, n))
	}
	if len(parts) == 0 {
		return ""
	}
	return report.Number(sum) + ": " + listing(parts)
}

// byInterest puts requests without an answer last.
func byInterest(a, b int) int {
	last := func(code int) int {
		if code == 0 {
			return math.MaxInt
		}
		return code
	}
	return cmp.Compare(last(a), last(b))
}

// answer says what an HTTP status means to n requests; 0 is none.
func answer(code, n int) string {
	were := "were"
	if n == 1 {
		were = "was"
	}
	switch {
	case code == 0:
		return "got no answer"
	case code < 300:
		return "made a room"
	case code == http.StatusTooManyRequests:
		return were + " put off for the rate limit"
	case code == http.StatusUnauthorized:
		return "came with a token that was no longer good"
	case code == http.StatusLocked:
		return were + " put off"
	case code < 500:
		return fmt.Sprintf("%s refused (%d %s)", were, code, http.StatusText(code))
	}
	return fmt.Sprintf("met a fault at Webex (%d %s)", code, http.StatusText(code))
}

// learned says what the run found out about Webex's limit.
func learned(l ratelimit.Learned) string {
	switch {
	case l.Quota > 0:
		return fmt.Sprintf("%s in each %s", report.Count(l.Quota, "request", "requests"), report.Duration(l.Period))
	case l.Burst > 1:
		return fmt.Sprintf("about %s requests a minute, and up to %.0f at once after a rest", perMinute(l), l.Burst)
	}
	if l.Burst > 0 {
		return fmt.Sprintf("about %s requests a minute", perMinute(l))
	}
	return "the limit was not reached; " + perMinute(l) + " requests a minute were not too many"
}

func perMinute(l ratelimit.Learned) string { return report.Number(int(math.Round(60 * l.Rate))) }

// period writes a span of time.
func period(from, to time.Time) string {
	from, to = from.UTC(), to.UTC()
	switch {
	case from.IsZero():
		return ""
	case from.Format(minutes) == to.Format(minutes):
		return from.Format(minutes) + " UTC"
	case from.Format("2 Jan 2006") == to.Format("2 Jan 2006"):
		return from.Format(minutes) + " to " + to.Format("15:04") + " UTC"
	}
	return from.Format(minutes) + " to " + to.Format(minutes) + " UTC"
}
