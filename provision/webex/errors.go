package webex

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"
	"time"

	"roomlift/provision/retryafter"
)

// Bounds on text that a server chose, in bytes, so that one line of a log or
// of a results file stays one readable line.
const (
	maxMessage    = 500
	maxDetails    = 10
	maxTrackingID = 200
	maxRetryRaw   = 100
)

// Error is an answer that is not a 2xx: Webex refused the request, or what
// stands between it and us did.
type Error struct {
	// StatusCode is the HTTP status: 3xx too, as redirects are never followed.
	StatusCode int
	// Message is what the answer says, as one line without control
	// characters, or what is known of an answer that says nothing.
	Message string
	// Details are the descriptions of the answer's errors, where they say more
	// than Message; each is one line.
	Details []string
	// TrackingID is Webex's name for the exchange, "" if it told none.
	TrackingID string
	// RetryAfter is how long the answer asks to wait.
	RetryAfter retryafter.Wait
	// Date is the server's own time, zero if unknown.
	Date time.Time
}

// Error returns the status, what it means and what the answer said.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d", e.StatusCode)
	if text := http.StatusText(e.StatusCode); text != "" {
		b.WriteString(" " + text)
	}
	if e.Message != "" {
		b.WriteString(": " + e.Message)
	}
	if len(e.Details) > 0 {
		b.WriteString(" (" + strings.Join(e.Details, "; ") + ")")
	}
	return b.String()
}

// TransportError is a request that got no answer.
type TransportError struct {
	// Sent reports whether the request may have reached the server. False is
	// certain: the request was not carried out. True is not.
	Sent bool
	// Err is the cause, for errors.Is and errors.As.
	Err error
}

// Error says whether the request was sent and what became of it.
func (e *TransportError) Error() string {
	if e.Sent {
		return "no answer came: " + e.Err.Error()
	}
	return "not sent: " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *TransportError) Unwrap() error { return e.Err }

// BodyError is a 2xx answer that cannot be used: cut off, too long, not JSON,
// or without what it must hold. The request was probably carried out.
type BodyError struct {
	StatusCode int
	TrackingID string
	Err        error
}

// Error says that the answer came and why it is of no use.
func (e *BodyError) Error() string {
	return fmt.Sprintf("%d %s, but the answer cannot be used: %v", e.StatusCode, http.StatusText(e.StatusCode), e.Err)
}

// Unwrap returns the cause.
func (e *BodyError) Unwrap() error { return e.Err }

// TokenError is a request that was not made because there is no usable token.
type TokenError struct{ Err error }

// Error says why there is no token; it never shows one.
func (e *TokenError) Error() string { return "no usable token: " + e.Err.Error() }

// Unwrap returns the cause.
func (e *TokenError) Unwrap() error { return e.Err }

// timeoutError is the cause of a request that ran out of the client's own
// time, as against its caller's.
type timeoutError struct{ after time.Duration }

func (e timeoutError) Error() string        { return fmt.Sprintf("timed out after %v", e.after) }
func (e timeoutError) Timeout() bool        { return true }
func (e timeoutError) Is(target error) bool { return target == context.DeadlineExceeded }

// errorBody is the shape of Webex's error answers.
type errorBody struct {
	Message string `json:"message"`
	Errors  []struct {
		Description string `json:"description"`
	} `json:"errors"`
	TrackingID string `json:"trackingId"`
}

func newError(resp *http.Response, body []byte, meta Response, redact redactor) *Error {
	e := &Error{
		StatusCode: meta.StatusCode,
		TrackingID: meta.TrackingID,
		Date:       meta.Date,
		RetryAfter: retryafter.Parse(resp.Header, time.Now()),
	}
	e.RetryAfter.Raw = redact.line(e.RetryAfter.Raw, maxRetryRaw)

	var parsed errorBody
	// A field of an unexpected type spoils that field alone.
	err := json.Unmarshal(body, &parsed)
	var wrongType *json.UnmarshalTypeError
	isJSON := err == nil || errors.As(err, &wrongType)
	if e.TrackingID == "" {
		e.TrackingID = redact.line(parsed.TrackingID, maxTrackingID)
	}
	switch e.Message = redact.line(parsed.Message, maxMessage); {
	case e.StatusCode/100 == 3:
		e.Message = redirectMessage(resp, redact)
	case e.Message == "" && !isJSON:
		e.Message = describeBody(resp, body, redact)
	case e.Message == "":
		e.Message = "the answer says no more"
	}
	for _, item := range parsed.Errors {
		detail := redact.line(item.Description, maxMessage)
		if detail != "" && detail != e.Message && len(e.Details) < maxDetails {
			e.Details = append(e.Details, detail)
		}
	}
	return e
}

func redirectMessage(resp *http.Response, redact redactor) string {
	target, err := resp.Location()
	if err != nil || target.Host == "" {
		return "the server redirects, which is not followed; check --base-url"
	}
	return fmt.Sprintf("the server redirects to %s, which is not followed; check --base-url", redact.line(target.Host, maxMessage))
}

var htmlTitle = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)

// describeBody says what is known of an error body that is not Webex's JSON.
func describeBody(resp *http.Response, body []byte, redact redactor) string {
	trimmed := bytes.TrimSpace(body)
	if len(trimmed) == 0 {
		return "the answer is empty"
	}
	isHTML := strings.Contains(resp.Header.Get("Content-Type"), "html") || trimmed[0] == '<'
	if !isHTML {
		return "the answer is not JSON"
	}
	if match := htmlTitle.FindSubmatch(trimmed); match != nil {
		if title := redact.line(html.UnescapeString(string(match[1])), maxMessage/2); title != "" {
			return fmt.Sprintf("the answer is an HTML page titled %q", title)
		}
	}
	return "the answer is an HTML page"
}
