package provision

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"roomlift/provision/webex"
)

// class says what an attempt to create a room came to.
type class uint8

const (
	created      class = iota // Webex answered with the room's id
	refused                   // certainly not created: too many requests; nobody sends for a while
	locked                    // certainly not created: what this row needs is in use for now
	unreachable               // certainly not created: no connection to Webex
	failed                    // certainly not created, for good
	unauthorised              // certainly not created: the token is not accepted
	ambiguous                 // the room may exist: never simply sent again
)

// verdict is a classified outcome.
type verdict struct {
	class      class
	httpStatus int    // 0 when no answer came
	reason     string // what was said; empty when created
	remedy     string // what to do about it
	trackingID string // Webex's, empty when no answer came
	retryAfter time.Duration
}

// classify judges the answer to a create request. An error that says nothing
// about the room, such as a token that cannot be had, is returned as it is.
func classify(response webex.Response, err error) (verdict, error) {
	v := verdict{httpStatus: response.StatusCode, trackingID: response.TrackingID}
	if err == nil {
		v.class = created
		return v, nil
	}
	var answer *webex.Error
	var body *webex.BodyError
	var transport *webex.TransportError
	switch {
	case errors.As(err, &answer) && answer.StatusCode/100 == 3:
		return v, err // not the row's fault: whoever answers is not Webex
	case errors.As(err, &answer):
		return classifyAnswer(v, answer), nil
	case errors.As(err, &body):
		v.class = ambiguous
		v.reason = fmt.Sprintf("Webex answered %d, but %v", response.StatusCode, body.Err)
	case errors.As(err, &transport) && transport.Sent && errors.Is(err, context.Canceled):
		v.class = ambiguous
		v.reason = "the run was stopped before the answer came"
	case errors.As(err, &transport) && transport.Sent:
		v.class = ambiguous
		v.reason = "the answer was lost: " + transport.Err.Error()
	case errors.As(err, &transport):
		v.class = unreachable
		v.reason = "Webex cannot be reached: " + transport.Err.Error()
	default:
		return v, err
	}
	return v, nil
}

func classifyAnswer(v verdict, answer *webex.Error) verdict {
	v.httpStatus = answer.StatusCode
	v.trackingID = answer.TrackingID
	v.reason = reasonOf(answer)
	v.retryAfter = answer.RetryAfter.Delay
	v.class, v.remedy = classOfStatus(answer.StatusCode)
	return v
}

// reasonOf says what Webex said.
func reasonOf(answer *webex.Error) string {
	return fmt.Sprintf("Webex answered %d: %s", answer.StatusCode, strings.TrimSuffix(answer.Message, "."))
}

// classOfStatus follows Webex's list of response codes. What is not on it is
// taken for ambiguous when the server itself failed, else for a refusal.
func classOfStatus(status int) (c class, remedy string) {
	switch status {
	case http.StatusTooManyRequests:
		return refused, ""
	case http.StatusLocked:
		return locked, "try again later"
	case http.StatusUnauthorized:
		return unauthorised, ""
	case http.StatusRequestTimeout:
		return ambiguous, ""
	case http.StatusForbidden:
		return failed, "check that this account may create such a room, and that its token has the scope spark:rooms_write"
	case http.StatusNotFound:
		return failed, "check the teamId: the team must exist and this account must be in it"
	}
	if status >= 500 {
		return ambiguous, ""
	}
	return failed, "correct the row and run again"
}
