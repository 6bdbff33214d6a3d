package credentials

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/gofrs/flock"
	"golang.org/x/oauth2"

	"roomlift/provision/retryafter"
)

const (
	// maxTries is how often a renewal is sent before it counts as impossible
	// now: with tryWait, over about 15 seconds.
	maxTries = 5
	// longestWait bounds the Retry-After that a renewal waits for; what is asked
	// to wait longer is better run again later.
	longestWait = 30 * time.Second
	// tryTimeout bounds one try.
	tryTimeout = 15 * time.Second
	// lockPoll is how often another process's renewal is asked after.
	lockPoll = 100 * time.Millisecond
)

// tryWait is how long to wait after the n-th try, n from 1.
func tryWait(n int) time.Duration { return time.Second << (n - 1) }

// renew gets a new token, or notes why there is none. futile says that our own last
// renewal brought one that Webex refused at once. The caller holds the renewal.
func (s *Source) renew(ctx context.Context, tries int, futile bool) error {
	err := s.replace(ctx, tries, futile)
	var fault *Error
	if errors.As(err, &fault) { // else it is the caller's own end, and nobody else's
		s.mu.Lock()
		s.failures++
		s.failure = err
		s.mu.Unlock()
	}
	return err
}

// replace gets a new token and makes it durable, then takes it. Another process
// that shares the file may have done so already.
func (s *Source) replace(ctx context.Context, tries int, futile bool) error {
	lock := flock.New(s.Path+".lock", flock.SetPermissions(0o600))
	if held, err := lock.TryLockContext(ctx, lockPoll); err != nil || !held {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return s.unkeepable(err)
	}
	defer func() { _ = lock.Close() }()

	old, err := read(s.Path)
	if err != nil {
		return err
	}
	s.mu.Lock()
	mine, refused, refusal := s.current.accessToken, s.refused, s.refusal
	s.remember(old)
	s.mu.Unlock()
	now := time.Now()
	if old.accessToken != mine && old.good(now) && !old.due(now) {
		s.take(old, false) // renewed by another process
		return nil
	}
	if futile {
		return &Error{
			Path: s.Path, Reason: "Webex refuses the token although it was renewed a moment ago",
			remedy: "check that the account is active, and that the integration or Service App is authorised in its organisation",
		}
	}
	if refusal != nil && refused.same(&old) {
		return refusal
	}
	// A file that cannot be replaced is found out before the refresh token is
	// used up, not after.
	if err := old.write(s.Path); err != nil {
		return s.unkeepable(err)
	}
	next, fault := s.ask(ctx, old, tries)
	if fault != nil {
		s.mu.Lock()
		if fault.final {
			s.refused, s.refusal = old, fault
		}
		s.mu.Unlock()
		return fault
	}
	s.mu.Lock()
	s.remember(next)
	s.mu.Unlock()
	if err := next.write(s.Path); err != nil {
		return s.unkept(err)
	}
	s.take(next, true)
	return nil
}

// ask sends a renewal until it is answered, so many times at most.
func (s *Source) ask(ctx context.Context, old grant, tries int) (grant, *Error) {
	for n := 1; ; n++ {
		next, err := s.askOnce(ctx, old)
		if err == nil {
			return next, nil
		}
		fault := s.fault(err)
		wait := max(tryWait(n), retryAfter(err))
		if !fault.Temporary || n >= tries || wait > longestWait {
			return grant{}, fault
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return grant{}, fault
		}
	}
}

// askOnce sends one renewal. It does not end with ctx, see Token.
func (s *Source) askOnce(ctx context.Context, old grant) (grant, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tryTimeout)
	defer cancel()
	client := &http.Client{
		Transport: s.Transport,
		// A redirect would carry the client secret to wherever it leads.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	integration := oauth2.Config{
		ClientID: old.clientID, ClientSecret: old.clientSecret,
		Endpoint: oauth2.Endpoint{TokenURL: s.TokenURL, AuthStyle: oauth2.AuthStyleInParams},
	}
	// A source of its own each time: one that is kept would hand out its token
	// although Webex refused it.
	source := integration.TokenSource(
		context.WithValue(ctx, oauth2.HTTPClient, client),
		&oauth2.Token{RefreshToken: old.refreshToken},
	)
	token, err := source.Token()
	if err != nil {
		return grant{}, err
	}
	refreshLife, _ := token.Extra("refresh_token_expires_in").(float64)
	return old.renewed(token.AccessToken, token.RefreshToken, token.Expiry,
		time.Duration(token.ExpiresIn)*time.Second, time.Duration(refreshLife)*time.Second), nil
}

// retryAfter returns what an answer asks to wait, 0 if nothing that can be read.
func retryAfter(err error) time.Duration {
	var answer *oauth2.RetrieveError
	if !errors.As(err, &answer) {
		return 0
	}
	return retryafter.Parse(answer.Response.Header, time.Now()).Delay
}

// newTransport returns a transport that keeps no connection: days lie between
// two renewals.
func newTransport() http.RoundTripper {
	t, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport
	}
	t = t.Clone()
	t.DisableKeepAlives = true
	return t
}
