package credentials

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"syscall"
	"unicode"

	"golang.org/x/oauth2"
)

// maxMessage bounds what is quoted of a server's answer, in bytes.
const maxMessage = 500

// Error says why there is no token.
type Error struct {
	Path   string // credentials file
	Reason string // what is wrong, on one line and without secrets
	// Temporary says that the same may succeed later: Webex could not be
	// reached, or was too busy.
	Temporary bool
	// Err is the cause, for errors.Is and errors.As; its text may hold secrets.
	Err error

	remedy string
	final  bool // the same credentials will be refused again
}

// Error returns the file and what is wrong.
func (e *Error) Error() string { return e.Path + ": " + e.Reason }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Remedy says what to do about it.
func (e *Error) Remedy() string { return e.remedy }

// unkeepable says what would keep a renewal's outcome from being saved, before one is
// sent.
func (s *Source) unkeepable(err error) *Error {
	return &Error{
		Path: s.Path, Reason: "nothing was renewed, because a renewed token cannot be kept: " + plain(err).Error(), Err: err,
		remedy: placeFor(err),
	}
}

// unkept says that what a renewal brought is lost.
func (s *Source) unkept(err error) *Error {
	return &Error{
		Path: s.Path, Reason: "the renewed token could not be kept: " + plain(err).Error(), Err: err,
		remedy: placeFor(err) + "; a renewed token is never used unless it was saved, and if Webex ended the old refresh token, " +
			"authorise the integration or Service App again",
	}
}

// placeFor says how a file can be written that could not be.
func placeFor(err error) string {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return "make room on the disk that the credentials file is on"
	}
	return "put the credentials file into a folder that this user can write to"
}

// fault turns what came of a renewal into an *Error.
func (s *Source) fault(err error) *Error {
	e := &Error{Path: s.Path, Err: err}
	var answer *oauth2.RetrieveError
	if !errors.As(err, &answer) {
		e.Temporary = true
		e.Reason = "the token cannot be renewed now: " + s.printable(withoutURL(err).Error())
		e.remedy = "check the network, the proxy and --base-url, then run again: it goes on where it stopped"
		return e
	}
	status := answer.Response.StatusCode
	e.Reason = fmt.Sprintf("Webex does not renew the token: %d %s", status, http.StatusText(status))
	if words := s.printable(wordsOf(answer)); words != "" {
		e.Reason += ": " + words
	}
	switch {
	case status == http.StatusTooManyRequests || status == http.StatusRequestTimeout || status >= 500:
		e.Temporary = true
		e.remedy = "run again later: it goes on where it stopped"
	case status == http.StatusUnauthorized:
		e.final = true
		e.remedy = "check client_id and client_secret in this file against those of the integration or Service App"
	case status/100 == 3 || status == http.StatusNotFound:
		e.remedy = "check --base-url: it does not lead to Webex"
	default:
		e.final = true
		e.remedy = "the refresh token has expired or was revoked: authorise the integration or Service App again, " +
			"put the new refresh_token into this file, then run again: it goes on where it stopped"
	}
	return e
}

// wordsOf returns what an answer says, in the form of Webex or of OAuth.
func wordsOf(answer *oauth2.RetrieveError) string {
	var body struct {
		Message string `json:"message"`
	}
	_ = json.Unmarshal(answer.Body, &body) // what is no JSON says nothing
	if body.Message != "" {
		return body.Message
	}
	return strings.Trim(answer.ErrorCode+": "+answer.ErrorDescription, ": ")
}

// withoutURL leaves out what the message around the error says already.
func withoutURL(err error) error {
	var request *url.Error
	if errors.As(err, &request) {
		return request.Err
	}
	return err
}

// userinfo finds the user name and password of a URL, such as a proxy's.
var userinfo = regexp.MustCompile(`://[^/@\s]*@`)

// minSecret is the length in bytes from which a secret is looked for in text.
// Webex's have more than 40; to cut out one of a few letters would spoil every
// message and hide nothing.
const minSecret = 8

// sequence finds what tells a terminal to do something, such as to write in red: without
// its first character it would be text.
var sequence = regexp.MustCompile(`(?:\x1b\[|\x{9b})[0-?]*[ -/]*[@-~]|(?:\x1b\]|\x{9d})[^\x07\x1b\x{9c}]*(?:\x07|\x1b\\|\x{9c})|\x1b[ -/]*[0-~]`)

// printable returns text without secrets, terminal sequences and control characters, on one line of
// bounded length.
func (s *Source) printable(text string) string {
	text = sequence.ReplaceAllString(text, "")
	text = strings.Map(func(c rune) rune {
		if unicode.IsSpace(c) {
			return ' '
		}
		if !unicode.IsPrint(c) {
			return -1
		}
		return c
	}, text)
	text = strings.Join(strings.Fields(text), " ")
	for _, secret := range s.Secrets() {
		if len(secret) < minSecret {
			continue
		}
		text = strings.ReplaceAll(text, secret, "[redacted]")
		text = strings.ReplaceAll(text, url.QueryEscape(secret), "[redacted]")
	}
	text = userinfo.ReplaceAllString(text, "://")
	if len(text) > maxMessage {
		text = strings.ToValidUTF8(text[:maxMessage], "") + "…"
	}
	return text
}
