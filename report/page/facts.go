package page

import (
	"fmt"
	"math"
	"net/http"
	"strings"
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
	if sent := requests(o, t.unusable); sent != "" {
		add("Requests to create", sent)
	}
	if asked := questions(run.Asked); asked != "" {
		add("Other requests", asked)
	}
	if len(t.pauses) > 0 {
		add("Webex asked to wait", waits(t.pauses, run.Paused()))
	} else if len(t.created) > 0 {
		add("Webex asked to wait", "never")
	}
	if len(t.created) > 0 {
		add("Limit that was learned", learned(run))
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
	return fmt.Sprintf("the machine that ran Roomlift is %s %s Webex; the list of rooms has Webex’s time, all else that machine’s",
		report.Duration(t.ahead.Abs()), relation)
}

// requests counts requests by what came of them: "312: 300 made a room and 12 were
// put off for the rate limit". So many of the answers 2xx were unusable.
func requests(o *provision.Outcome, unusable int) string {
	var counts [fates]int
	sum := 0
	for code, n := range o.Requests {
		counts[fateOf(code)] += n
		sum += n
	}
	counts[roomMade] -= unusable
	counts[garbled] += unusable
	var parts []string
	for fate, n := range counts {
		if n > 0 {
			parts = append(parts, report.Count(n, fateWords[fate].one, fateWords[fate].many))
		}
	}
	switch {
	case sum == 0:
		return ""
	case sum > 1 && len(parts) == 1:
		return report.Number(sum) + ": all " + strings.TrimPrefix(parts[0], report.Number(sum)+" ")
	case len(parts) == 1:
		return parts[0]
	}
	return report.Number(sum) + ": " + listing(parts)
}

// questions counts the requests that changed nothing: "8: 7 listed rooms and 1 asked
// whose token it is; 2 of them were put off for the rate limit".
func questions(asked provision.Asked) string {
	var parts []string
	if n := asked.Listings.Sent; n > 0 {
		parts = append(parts, report.Count(n, "listed rooms", "listed rooms"))
	}
	if n := asked.People.Sent; n > 0 {
		parts = append(parts, report.Count(n, "asked whose token it is", "asked whose token it is"))
	}
	sum := asked.Sum()
	text := listing(parts)
	if len(parts) > 1 {
		text = report.Number(sum.Sent) + ": " + text
	}
	if sum.Refused > 0 {
		text += "; " + report.Count(sum.Refused, "of them was put off for the rate limit", "of them were put off for the rate limit")
	}
	return text
}

// fate is what came of a request to create a room.
type fate uint8

const (
	roomMade fate = iota
	refused
	tokenGone
	putOff
	rateLimited
	serverFault
	garbled
	unanswered
	fates // their number
)

var fateWords = [fates]struct{ one, many string }{
	roomMade:    {"made a room", "made a room"},
	refused:     {"was refused for good", "were refused for good"},
	tokenGone:   {"came with a token that was no longer good", "came with a token that was no longer good"},
	putOff:      {"was put off", "were put off"},
	rateLimited: {"was put off for the rate limit", "were put off for the rate limit"},
	serverFault: {"met a fault at Webex", "met a fault at Webex"},
	garbled:     {"got an answer that was cut or named no room", "got an answer that was cut or named no room"},
	unanswered:  {"got no answer", "got no answer"},
}

// fateOf returns what an HTTP status means, where the answer can be used; 0 is none.
func fateOf(code int) fate {
	switch {
	case code == 0:
		return unanswered
	case code < 300:
		return roomMade
	case code == http.StatusTooManyRequests:
		return rateLimited
	case code == http.StatusUnauthorized:
		return tokenGone
	case code == http.StatusLocked:
		return putOff
	case code < 500 && code != http.StatusRequestTimeout:
		return refused
	}
	return serverFault
}

// waits says how long Webex asked to wait, and how long the run did.
func waits(pauses []pause, waited time.Duration) string {
	var asked time.Duration
	for _, p := range pauses {
		asked += p.asked.Sub(p.from)
	}
	times, wait, did := "once, for ", report.Duration(asked), report.Duration(waited)
	if n := len(pauses); n > 1 {
		times = report.Number(n) + " times, together for "
	}
	switch {
	case asked == 0:
		return "without saying how long; the run waited " + did
	case wait == did:
		return times + wait + "; the run waited as long"
	case did == report.Duration(0):
		return times + wait + "; the run did not wait for that, but ended"
	case waited < asked:
		return times + wait + "; the run waited " + did + " of that, then it ended"
	}
	return times + wait + "; the run waited " + did + ", to be safe"
}

// learned says what the run found out about Webex's limit.
func learned(run *Run) string {
	l := run.Learned
	switch {
	case l.Quota > 0:
		return fmt.Sprintf("%s in each %s", report.Count(l.Quota, "request", "requests"), report.Duration(l.Period))
	case l.Burst > 1:
		return fmt.Sprintf("about %s requests a minute, and up to %.0f at once after a rest", perMinute(l), l.Burst)
	}
	switch {
	case l.Burst > 0:
		return fmt.Sprintf("about %s requests a minute", perMinute(l))
	case len(run.Timeline.pauses) > 0:
		return "not measured yet; " + perMinute(l) + " requests a minute are tried next"
	}
	if most := run.Timeline.busiest(time.Minute); most > 0 {
		return "the limit was not reached; " + report.Count(most, "room", "rooms") + " in one minute were not too many"
	}
	sent := 0
	for _, n := range run.Outcome.Requests {
		sent += n
	}
	return fmt.Sprintf("the limit was not reached by %s in %s", report.Count(sent, "request", "requests"), report.Duration(run.Outcome.Elapsed))
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
