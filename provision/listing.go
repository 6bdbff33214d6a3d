package provision

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"roomlift/provision/webex"
)

const (
	// largestPage is Webex's bound on rooms in a page; smallestPage is where
	// asking for less after a 504 ends.
	largestPage, smallestPage = 1000, 25
	// maxAsks is how often one question is asked before it counts as not
	// answerable now: with askWait, over about 15 seconds.
	maxAsks = 6
)

// askWait is how long to wait before asking a question again that failed n
// times, n from 1.
func askWait(n int) time.Duration {
	return min(500*time.Millisecond<<(n-1), 10*time.Second)
}

// listError says that rooms cannot be listed now.
type listError struct{ err error }

func (e *listError) Error() string { return "rooms cannot be listed: " + e.err.Error() }
func (e *listError) Unwrap() error { return e.err }

// rooms reads all pages of the listing and returns the rooms that keep wants,
// each once. A failed page is asked for again; on a 504 the listing starts
// again with smaller pages. The error is a *listError, or ends the run.
func (e *Engine) rooms(ctx context.Context, keep func(*webex.Room) bool) ([]webex.Room, error) {
	for size := largestPage; ; size /= 2 {
		rooms, err := e.roomsInPages(ctx, size, keep)
		if !errors.Is(err, errPagesTooLarge) {
			return rooms, err
		}
	}
}

// errPagesTooLarge says that Webex took too long over a page.
var errPagesTooLarge = errors.New("a page took too long")

func (e *Engine) roomsInPages(ctx context.Context, size int, keep func(*webex.Room) bool) ([]webex.Room, error) {
	seen := map[string]struct{}{}
	var kept []webex.Room
	q := question{about: aboutRooms}
	turn, err := e.turn(ctx, &q)
	if err != nil {
		return nil, err
	}
	for page, err := range e.Client.Rooms(ctx, webex.ListRooms{Type: "group", SortBy: "created", Max: size}) {
		if isStatus(err, http.StatusGatewayTimeout) && size/2 >= smallestPage {
			turn.Done()
			return nil, errPagesTooLarge
		}
		again, err := e.heard(ctx, turn, page.Response, err, &q)
		if err != nil {
			return nil, err
		}
		if !again {
			q = question{about: aboutRooms}
			for i := range page.Items {
				room := &page.Items[i]
				if _, twice := seen[room.ID]; twice || !keep(room) {
					continue
				}
				seen[room.ID] = struct{}{}
				kept = append(kept, *room)
			}
			if page.Last {
				return kept, nil
			}
		}
		if turn, err = e.turn(ctx, &q); err != nil {
			return nil, err
		}
	}
	turn.Done() // the pages end before the last one when ctx does
	return nil, q.blame(stopped(ctx))
}

// question is something that is asked until it is answered; asking changes
// nothing.
type question struct {
	about   subject
	sent    time.Time // when it was last asked
	asks    int       // how often that failed
	renewed bool      // the token, because of it
	failure error     // why it got no answer when it was last asked, as far as that is known
}

// errSilent is the failure of a question to which nothing came back.
var errSilent = errors.New("nothing came back")

// note keeps why a question got no answer. What ctx ended says little about Webex,
// unless it had waited for long.
func (q *question) note(ctx context.Context, err error) {
	var transport *webex.TransportError
	switch {
	case ctx.Err() == nil && errors.As(err, &transport):
		q.failure = transport.Err
	case ctx.Err() == nil:
		q.failure = nil
	case q.failure == nil && time.Since(q.sent) >= slowAnswer:
		q.failure = errSilent
	}
}

// blame adds to what interrupted the question why it had no answer.
func (q *question) blame(err error) error {
	var stop *StopError
	if errors.As(err, &stop) && stop.Reason == Interrupted {
		stop.Unanswered = q.failure
	}
	return err
}

// turn waits for permission to ask a question.
func (e *Engine) turn(ctx context.Context, q *question) (turn, error) {
	t, err := e.Limiter.Wait(ctx)
	if err != nil {
		return nil, q.blame(stoppedWaiting(ctx, err))
	}
	e.asked[q.about].sent.Add(1)
	q.sent = time.Now()
	return t, nil
}

// turn is a permission to send one request, and takes its outcome.
type turn interface {
	Accepted()
	Refused(retryAfter time.Duration)
	Done()
}

// heard tells the limiter how a question ended and whether to ask it again,
// after it has waited as long as that needs. Asking twice is safe: a question
// changes nothing. The error is a *listError, or ends the run.
func (e *Engine) heard(ctx context.Context, t turn, response webex.Response, err error, q *question) (again bool, fatal error) {
	q.note(ctx, err)
	if err == nil {
		e.clock.observe(response.Date)
		t.Accepted()
		return false, nil
	}
	var answer *webex.Error
	if isStatus(err, http.StatusTooManyRequests) && errors.As(err, &answer) {
		t.Refused(answer.RetryAfter.Delay)
		e.asked[q.about].refused.Add(1)
		e.tell(e.refusal(answer))
		return true, nil
	}
	t.Done()
	if ctx.Err() != nil {
		return false, q.blame(stopped(ctx))
	}
	if isStatus(err, http.StatusUnauthorized) {
		fatal := e.renew(ctx, q.sent, &q.renewed, err)
		return fatal == nil, fatal
	}
	var token *webex.TokenError
	if errors.As(err, &token) {
		return false, err
	}
	if q.asks++; q.asks == maxAsks || !passing(err) {
		return false, &listError{err}
	}
	wait := askWait(q.asks)
	if isStatus(err, http.StatusLocked) && errors.As(err, &answer) {
		wait = max(wait, answer.RetryAfter.Delay)
	}
	return true, q.blame(sleep(ctx, wait))
}

// refusal is the event of an answer that refused a request for the rate.
func (e *Engine) refusal(answer *webex.Error) Event {
	return Event{Kind: Refused, Until: e.Limiter.Stats().ClosedUntil, Asked: answer.RetryAfter.Delay, Cause: reasonOf(answer)}
}

// passing reports an error that may be gone when the same is asked again.
func passing(err error) bool {
	var answer *webex.Error
	if errors.As(err, &answer) {
		return answer.StatusCode >= 500 || answer.StatusCode == http.StatusLocked
	}
	return true
}

// isStatus reports an answer with a status.
func isStatus(err error, status int) bool {
	var answer *webex.Error
	return errors.As(err, &answer) && answer.StatusCode == status
}

// sleep waits, or returns a *StopError when ctx ends first.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return stopped(ctx)
	}
}

// Identify asks Webex whose token this is. It must be called before Run.
// Errors are those of Run, a *webex.Error, or say that nothing can be sent now.
func (e *Engine) Identify(ctx context.Context) (webex.Person, error) {
	for q := (question{about: aboutPeople}); ; {
		turn, err := e.turn(ctx, &q)
		if err != nil {
			return webex.Person{}, err
		}
		me, response, err := e.Client.Me(ctx)
		again, err := e.heard(ctx, turn, response, err, &q)
		var unanswered *listError
		if errors.As(err, &unanswered) {
			return webex.Person{}, fmt.Errorf("asking who the token belongs to: %w", unanswered.err)
		}
		if err != nil {
			return webex.Person{}, err
		}
		if !again {
			e.me = me
			return me, nil
		}
	}
}
