package ratelimit

import (
	"math"
	"slices"
)

// window knows a server that counts requests in windows: at most quota in each
// period. A zero quota means that none is known.
//
// One rule serves fixed and sliding windows alike: the n-th turn comes at least a
// period after the (n−quota)-th.
type window struct {
	quota   int
	settled int     // the quota at the last refusal: turns over it may have met another window
	period  float64 // seconds
	shared  bool    // it slides, and others use it too
	modest  bool    // others are owed a share
	sure    bool    // it was shown beyond doubt, or met again
	probing bool    // a turn over the quota is tried

	over          []float64 // turns over the quota that are in flight: when they were given
	tried         float64   // when one was tried last with nothing else in flight, or was to be
	since, every  int       // accepted since the last probe, and before the next
	repeated      int       // events in a row with the same pause
	varied        bool      // there were others before
	pause         float64   // the last event's
	began, closed float64   // the epoch whose turns are the quota, not yet counted
	from          float64   // turns before this moment are not counted any more
	vanished      bool      // it was let go since the last event: what began then was no window
	filled        float64   // when others seemed to fill it, first of several times …
	fills         int       // … and how often
	doubts        int       // events in a row that the window does not explain
	wrong         int       // windows that proved wrong
	known         allowance // the largest window that was shown so far
	likeness      likeness
	before        epoch // the last that may have been a window's, see shown
}

// allowance is a window that is remembered when it is let go: others may have used it up.
type allowance struct {
	quota  int
	period float64 // seconds
}

// verdict is what a window makes of a refusal.
type verdict int

const (
	unexplained verdict = iota // not a window's doing
	windowed                   // a window's doing
	unheeded                   // says nothing: all is refused, or others used up the window
)

// epoch is what happened from one release of the gate to the next.
type epoch struct {
	first    bool    // the run's first, or the first without the window: it began anywhere in the server's
	began    float64 // the release before, or the first turn
	refused  float64 // when the turn was given whose refusal ended it
	release  float64 // when the gate opens again
	pause    float64 // how long the gate is closed
	accepted int
	limit    float64 // requests a second of a bucket, as far as it was measured in this run; 0 is unknown
}

// length returns the time from release to release.
func (e epoch) length() float64 { return e.release - e.began }

// mean returns the accepted requests a second. Of a pause no more counts than is
// likely to be a window's.
func (e epoch) mean(t tuning) float64 {
	return float64(e.accepted) / min(e.length(), e.refused-e.began+t.backoffMost)
}

// free returns when the next turn is within the quota.
func (w *window) free(h *history, share, roundTrip float64) float64 {
	if w.closed > 0 {
		w.quota = max(1, h.between(w.began, w.closed))
		w.settled = w.quota
		w.closed = 0
	}
	if w.quota == 0 {
		return 0
	}
	at, ok := h.last(max(1, int(share*float64(w.quota)+1e-9)))
	if !ok || at < w.from {
		return 0
	}
	return at + w.period + roundTrip/2
}

// accept counts an accepted turn, and reports whether the window has vanished. A turn
// over the quota that was tried and accepted raises the quota: where windows are fixed, at
// most until two of them have been filled.
func (w *window) accept(now, sent float64, t tuning) (vanished bool) {
	if w.quota == 0 {
		return false
	}
	w.since++
	if w.ended(sent) {
		w.quota++
	}
	if w.since >= w.every && !w.probing {
		w.probing, w.tried = true, now
	}
	if float64(w.quota) < t.windowGone*float64(w.settled)+float64(t.measure) {
		return false
	}
	w.forget()
	w.vanished = true
	return true
}

// ended takes back a turn, and reports whether it was one over the quota.
func (w *window) ended(sent float64) (over bool) {
	i := slices.Index(w.over, sent)
	if i < 0 {
		return false
	}
	w.over = slices.Delete(w.over, i, i+1)
	return true
}

// leap returns how many turns over the quota may be in flight beside the next: none at
// first, and more the more of them were accepted in a row, so that a window which has
// vanished is soon known to have.
func (w *window) leap(t tuning) int { return max(0, w.quota-w.settled) / t.windowLeap }

// refuse explains an event, and learns, corrects or forgets the window.
func (w *window) refuse(e epoch, h *history, t tuning) verdict {
	w.repeated++
	if math.Abs(e.pause-w.pause) > t.grain {
		w.varied = w.pause > 0
		w.repeated, w.pause = 0, e.pause
	}
	if w.quota > 0 {
		if v, explained := w.explain(e, h, t); explained {
			return v
		}
		w.forget()
		w.wrong++
	}
	w.likeness.add(e.refused, t)
	e.first, w.vanished = e.first || w.vanished, false
	if quota, period := w.sliding(e, h, t); quota > 0 && w.wrong < t.windowWrong {
		w.quota, w.period, w.settled, w.sure = quota, period, quota, e.pause < t.windowLeast
		w.rest(t.windowProbe * quota)
		return windowed
	}
	switch {
	case e.pause < t.windowLeast, w.repeated >= t.inflated && e.pause < t.windowLong, w.wrong >= t.windowWrong:
		return unexplained
	case e.accepted < t.measure, e.refused-e.began > t.windowActive*e.length()+5:
		return unexplained
	}
	if period := w.shown(e, t); period > 0 {
		w.quota, w.period, w.settled, w.sure = e.accepted, period, e.accepted, w.certain(e, t) == period
		w.began, w.closed = e.began, e.release
		w.rest(t.windowProbe * e.accepted)
		w.recognise(period, e.accepted)
	}
	w.before = e
	return windowed
}

// sliding returns the quota and the period of the sliding window that the latest events
// show, or 0. With a reserve a long pause speaks against it: once it is full, a sliding
// window lets one more in soon.
func (w *window) sliding(e epoch, h *history, t tuning) (quota int, period float64) {
	switch {
	case !w.modest:
		return w.likeness.window(h, t)
	case e.pause >= t.windowLeast:
		return 0, 0
	}
	if quota, period := w.trickles(e, h, t); quota > 0 {
		return quota, period
	}
	return w.likeness.window(h, t)
}

// mean returns the requests a second that the window allows, or one of its length that was
// let go: others may have used up what is missing.
func (w *window) mean() float64 {
	quota := w.quota
	if w.period == w.known.period {
		quota = max(quota, w.known.quota)
	}
	return float64(quota) / w.period
}

// recognise notes what a window allows. One that is shown again was not wrong when it was
// let go, unless the server always asks for the same pause.
func (w *window) recognise(period float64, quota int) {
	if period != w.known.period {
		w.known = allowance{quota, period}
		return
	}
	w.known.quota = max(w.known.quota, quota)
	if w.repeated == 0 {
		w.wrong = max(0, w.wrong-1)
	}
}

// explain says what an event means while a window is known, and whether it agrees with
// that window. Once it need not: the server may refuse everything for a while, and
// others may have used up what the window allows. Where it slides and others use it too,
// what was left for us is the quota, less what they are likely to take next.
func (w *window) explain(e epoch, h *history, t tuning) (v verdict, explained bool) {
	n := h.between(e.release-e.pause-w.period, e.refused)
	full := float64(n) >= (1-t.windowSame)*float64(w.quota)
	switch {
	case w.probing && w.refutes(n, e, h, t):
		return unexplained, false
	case w.probing && (full || e.pause >= t.windowLeast && 2*n >= w.quota):
		w.correct(n, e, h, t)
		return windowed, true
	case e.accepted == 0:
		return unheeded, true
	case full && w.slides(n, e, h, t):
		if w.crowded(e, t) {
			return unexplained, false
		}
		w.shared = true
		w.quota = max(1, int((1-t.windowYield)*float64(min(n, w.quota))))
		w.rest(t.windowProbe * w.quota)
		return unheeded, true
	case e.pause < t.windowLeast:
		return unexplained, !w.shared || !w.crowded(e, t)
	}
	w.doubts++
	return unheeded, w.doubts < t.windowDoubts
}

// refutes reports whether the refusal of a turn over the quota, with n turns in the window,
// is not the window's: more was accepted than it allows, and the server lets one more in
// long before the window would.
func (w *window) refutes(n int, e epoch, h *history, t tuning) bool {
	oldest, ok := h.last(n)
	return ok && !w.shared && e.pause < t.windowLeast && float64(n) > (1+t.windowSame)*float64(w.settled) &&
		e.release < oldest+w.period-t.windowSlack
}

// slides reports whether a refusal within the quota, with n turns in the window, is that
// of a sliding window which others use too: it lets one more in as soon as its oldest
// turn is a period old, and that is ours or an older one of theirs. The same pause again
// is no such moment, but for the shortest.
func (w *window) slides(n int, e epoch, h *history, t tuning) bool {
	if w.repeated >= t.inflated && e.pause >= t.windowLeast {
		return false
	}
	oldest, ok := h.last(n)
	return ok && oldest > w.from && e.release <= oldest+w.period+t.windowSlack
}

// crowded counts a refusal with a short pause, and reports whether what others seem to fill
// is no window but a bucket: that refuses again and again while turns come faster than its
// rate, or its rate was measured, and is higher.
func (w *window) crowded(e epoch, t tuning) bool {
	if e.refused > w.filled+t.windowDense*w.period {
		w.filled, w.fills = e.refused, 0
	}
	w.fills++
	return w.fills > t.windowFills || e.limit*w.period > t.windowLess*float64(w.quota)
}

// correct learns from the refusal of a turn over the quota, when n turns were in the
// window. A count near the quota confirms it, unless others come and go: where windows
// are fixed, turns that the window before accepted are among them.
func (w *window) correct(n int, e epoch, h *history, t tuning) {
	if !w.shared && math.Abs(float64(n-w.settled)) <= t.windowSame*float64(w.settled) {
		n = w.settled
		oldest, ok := h.last(n)
		w.sure = w.sure || ok && e.release <= oldest+w.period+t.windowSlack // a longer one keeps closed for longer
		w.rest(min(2*w.every, max(t.windowProbeRare, t.windowProbeMost*w.quota)))
	} else {
		w.rest(t.windowProbe * n)
	}
	w.quota, w.settled, w.doubts = n, n, 0
	w.align(e, h, t)
}

// align follows a server that opens its window well before the turns in it are a period
// old, and not because those of others are: its windows are fixed, and what was sent
// before this one opened does not count. Where that did not count already, the window is
// shorter than was believed.
func (w *window) align(e epoch, h *history, t tuning) {
	at, ok := h.last(w.quota)
	if !ok || w.shared || e.release >= at+w.period-t.windowSlack {
		return
	}
	if w.from == 0 || at < w.from || e.pause < t.windowLeast || e.release-at > t.windowShorter*w.period {
		w.from = e.release
		return
	}
	w.period, w.sure = t.round(e.release-at, t.windowSlack), false
	if w.period == 0 {
		w.forget()
		w.wrong++
	}
}

// rest puts the next probe off.
func (w *window) rest(every int) { w.probing, w.since, w.every = false, 0, every }

// forget lets the window go: it proved wrong.
func (w *window) forget() {
	*w = window{
		modest: w.modest, pause: w.pause, repeated: w.repeated, varied: w.varied,
		wrong: w.wrong, known: w.known, likeness: w.likeness, before: w.before,
	}
}

// shown returns the length of the window that an epoch shows, or 0. A single one shows
// no window that is longer than usual, or of an unusual length, nor any where a bucket was
// measured: the server may have been in trouble, and a window of an hour that is none
// costs an hour for each quota.
func (w *window) shown(e epoch, t tuning) float64 {
	if w.modest {
		return w.certain(e, t)
	}
	period := e.period(t)
	switch {
	case w.confirms(e, t), e.limit == 0 && period <= t.windowSure && t.round(period, t.grain) > 0:
		return period
	}
	return 0
}

// confirms reports whether an epoch is like the one before.
func (w *window) confirms(e epoch, t tuning) bool {
	b := w.before
	return b.accepted > 0 &&
		math.Abs(float64(e.accepted-b.accepted)) <= t.windowSame*float64(b.accepted) &&
		math.Abs(e.length()-b.length()) <= t.windowSlack+t.windowSame*b.length()
}

// period returns the length of the window that an epoch may show, or 0.
func (e epoch) period(t tuning) float64 {
	if p := t.round(e.length(), t.windowSlack); p > 0 && (!e.first || e.refused-e.began < t.windowFirst*e.length()) {
		return p
	}
	if e.pause >= t.windowLong && t.round(e.pause, t.grain) > 0 {
		return e.pause
	}
	if e.first {
		return 0
	}
	return e.length()
}

// round returns the usual length of a window that is within slack of s seconds, or 0.
func (t tuning) round(s, slack float64) float64 {
	for _, usual := range t.usual {
		if math.Abs(s-usual) <= slack {
			return usual
		}
	}
	return 0
}

// frontPace returns the pace to send at against windows of a mean rate: ahead of the
// mean, and then the window's end is waited for.
func (t tuning) frontPace(mean float64, known bool) float64 {
	factor, most := t.unsure, t.unsureMost
	if known {
		factor, most = t.front, t.frontMost
	}
	return max(t.ahead*mean, min(factor*mean, most), t.leastRate)
}
