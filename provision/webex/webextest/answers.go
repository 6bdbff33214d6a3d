package webextest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// reply is an answer that has not been written yet.
type reply struct {
	status      int
	body        []byte // nil: none
	contentType string // "": JSON
	link        string // the next page
	allow       []string
	retryAfter  time.Duration // 0: none
	rawRetry    string        // a Retry-After that is written as it is
	errors      []string      // of a refusal, whose body is made when it is written
}

// respond makes an answer that carries v as JSON.
func respond(status int, v any) reply {
	body, err := json.Marshal(v)
	if err != nil {
		return refuse(http.StatusInternalServerError, "The answer could not be encoded.")
	}
	return reply{status: status, body: body}
}

// refuse makes an answer that says why a request is refused.
func refuse(status int, message string) reply {
	return reply{status: status, errors: []string{message}}
}

// errorAnswer is the shape of Webex's error bodies.
type errorAnswer struct {
	Message    string             `json:"message"`
	Errors     []errorDescription `json:"errors"`
	TrackingID string             `json:"trackingId"`
}

type errorDescription struct {
	Description string `json:"description"`
}

// encoded returns the answer with its body made.
func (a reply) encoded(trackingID string) reply {
	if len(a.errors) == 0 {
		return a
	}
	answer := errorAnswer{Message: a.errors[0], TrackingID: trackingID}
	for _, description := range a.errors {
		answer.Errors = append(answer.Errors, errorDescription{description})
	}
	encoded := respond(a.status, answer)
	a.body, a.errors = encoded.body, nil
	return a
}

// answer writes a whole answer and remembers it.
func (x *exchange) answer(a reply) {
	a = x.head(a)
	_, _ = x.w.Write(a.body) // a client that has gone is no concern of the server's
	x.server.traffic.answered(x, a)
}

// head writes the status line and the headers, and returns the answer with
// its body made.
func (x *exchange) head(a reply) reply {
	trackingID := x.trackingID()
	a = a.encoded(trackingID)
	h := x.w.Header()
	h.Set("Date", x.now().UTC().Format(http.TimeFormat))
	h.Set("Trackingid", trackingID)
	if a.body != nil {
		contentType := a.contentType
		if contentType == "" {
			contentType = "application/json;charset=UTF-8"
		}
		h.Set("Content-Type", contentType)
	}
	if a.status != http.StatusNoContent {
		h.Set("Content-Length", strconv.Itoa(len(a.body)))
	}
	if a.link != "" {
		h.Set("Link", "<"+a.link+`>; rel="next"`)
	}
	if len(a.allow) > 0 {
		h.Set("Allow", strings.Join(a.allow, ", "))
	}
	if retry := a.retryHeader(); retry != "" {
		h.Set("Retry-After", retry)
	}
	x.w.WriteHeader(a.status)
	return a
}

// retryHeader returns the Retry-After header: whole seconds, rounded up.
func (a reply) retryHeader() string {
	if a.rawRetry != "" || a.retryAfter <= 0 {
		return a.rawRetry
	}
	return strconv.FormatInt(int64(wholeSeconds(a.retryAfter)/time.Second), 10)
}

func wholeSeconds(d time.Duration) time.Duration {
	return (d + time.Second - 1).Truncate(time.Second)
}

// trackingID returns the server's name for the exchange.
func (x *exchange) trackingID() string {
	return "ROUTER_" + newUUID(x.server.seed(), trackingStream, x.number).String()
}
