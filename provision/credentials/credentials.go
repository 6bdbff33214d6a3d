// Package credentials keeps a token that renews itself: that of a Webex
// integration or Service App. What a renewal brings is on stable storage before
// anybody uses it, so that a rotated refresh token is never lost, and several
// processes may share one file.
//
// No error, and nothing else that this package returns but the token itself,
// holds a secret.
package credentials

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"
)

const (
	// headStart is how long before its expiry a token is renewed. A request may
	// take a minute, and a clock may be off by some; Webex's tokens live days.
	headStart = 5 * time.Minute
	// shortLife is the share of a token's life that headStart may take, so that
	// a token of a few minutes is not renewed for each request.
	shortLife = 4
	// pause is how long after a failed renewal a token that is still good is
	// used before the next try.
	pause = time.Minute
	// probation is how soon after its renewal a token that Webex refuses is not
	// renewed again: Webex's tokens live days, so that another would fare no
	// better, and every refused row would ask for one.
	probation = time.Minute
)

// Config says which credentials are kept and who renews them. Path and TokenURL
// are required.
type Config struct {
	// Path is the credentials file, a JSON object: client_id, client_secret and
	// refresh_token, and, where they are known, access_token and expiry
	// (RFC 3339). Fields that mean nothing here stay as they are.
	Path string
	// TokenURL is what renewals are sent to; it decides who is told the client
	// secret, so it must have been checked.
	TokenURL string
	// Transport carries renewals; nil is a transport like the standard one.
	Transport http.RoundTripper
	// Observe, unless nil, is told of each renewal: until when the new token is
	// good, or, with an error, that the old one is used for as long as it is. It
	// is told of one at a time.
	Observe func(expiry time.Time, err error)
}

// Source hands out the token of a credentials file and renews it when it is due.
// Its methods may be called by several goroutines at once; they share one
// renewal.
type Source struct {
	Config

	renewing chan struct{} // holds one token while a goroutine renews

	mu       sync.Mutex
	current  grant
	obtained time.Time // when current was obtained
	ours     bool      // current comes of a renewal of this source
	notYet   time.Time // no early renewal is tried before
	failures int       // renewals that failed
	failure  error     // the last of them
	refused  grant     // what Webex will not renew, because of refusal
	refusal  *Error
	secrets  []string // all that were ever at hand
}

// Open reads the credentials file; nothing is sent yet. Its error is an *Error.
func Open(c Config) (*Source, error) {
	current, err := read(c.Path)
	if err != nil {
		return nil, err
	}
	if c.Observe == nil {
		c.Observe = func(time.Time, error) {}
	}
	if c.Transport == nil {
		c.Transport = newTransport()
	}
	s := &Source{Config: c, renewing: make(chan struct{}, 1), current: current}
	s.remember(current)
	return s, nil
}

// Token returns a token that is good as far as is known, and renews the one at
// hand before it expires. A renewal that fails early is no error while the token
// at hand is good. Errors are *Error, or ctx's own.
//
// A renewal that has begun is brought to its end although ctx ends: its answer
// may hold the only refresh token that is left.
func (s *Source) Token(ctx context.Context) (string, error) {
	token, due, good := s.look()
	if !due {
		return token, nil
	}
	if good {
		select {
		case s.renewing <- struct{}{}:
		default:
			return token, nil // somebody else renews it meanwhile
		}
	} else if failed, err := s.queue(ctx); err != nil {
		return "", err
	} else if failed != nil {
		<-s.renewing
		return "", failed
	}
	defer func() { <-s.renewing }()
	now, due, _ := s.look()
	if !due {
		return now, nil
	}
	tries := maxTries
	if good {
		tries = 1
	}
	err := s.renew(ctx, tries, false)
	if err != nil && good {
		s.putOff(err)
		return token, nil
	}
	if err != nil {
		return "", err
	}
	token, _, _ = s.look()
	return token, nil
}

// Renew replaces the token, because Webex refused it with a 401 to a request
// that was sent at the given time. Where the token was renewed since, it does
// nothing: however many requests are refused together, one renewal answers them
// all. Errors are *Error, or ctx's own.
func (s *Source) Renew(ctx context.Context, sent time.Time) error {
	failed, err := s.queue(ctx)
	if err != nil {
		return err
	}
	defer func() { <-s.renewing }()
	if failed != nil {
		return failed
	}
	s.mu.Lock()
	since := !s.obtained.Before(sent)
	futile := s.ours && time.Since(s.obtained) < probation
	s.mu.Unlock()
	if since {
		return nil
	}
	return s.renew(ctx, maxTries, futile)
}

// Expiry returns when the token expires, zero if that is not known.
func (s *Source) Expiry() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.current.expiry
}

// Secrets returns all that must not be shown, the longest first: the client
// secret, and the tokens that are and were at hand.
func (s *Source) Secrets() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.secrets)
}

// remember adds a grant's secrets to what must not be shown. Callers hold the
// lock, once there are others.
func (s *Source) remember(g grant) {
	for _, secret := range []string{g.clientSecret, g.refreshToken, g.accessToken} {
		if secret != "" && !slices.Contains(s.secrets, secret) {
			s.secrets = append(s.secrets, secret)
		}
	}
	slices.SortStableFunc(s.secrets, func(a, b string) int { return len(b) - len(a) })
}

// queue waits until nobody else renews. failed is how the renewal ended that was
// waited for, nil if it brought a token: one that was refused would be refused
// again, and one for which Webex was too busy helps nobody by being sent by all.
func (s *Source) queue(ctx context.Context) (failed, err error) {
	s.mu.Lock()
	before := s.failures
	s.mu.Unlock()
	select {
	case s.renewing <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failures != before {
		return s.failure, nil
	}
	return nil, nil
}

// look returns the token at hand, whether it is time to renew it, and whether it
// is good until then.
func (s *Source) look() (token string, due, good bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	good = s.current.good(now)
	return s.current.accessToken, !good || s.current.due(now) && !now.Before(s.notYet), good
}

// take makes a grant, which is durable, the one at hand. ours says that it comes
// of a renewal of this source, and not of another process.
func (s *Source) take(g grant, ours bool) {
	s.mu.Lock()
	s.current, s.obtained, s.ours = g, time.Now(), ours
	s.remember(g)
	s.mu.Unlock()
	s.Observe(g.expiry, nil)
}

// putOff makes an early renewal that failed wait.
func (s *Source) putOff(err error) {
	s.mu.Lock()
	s.notYet = time.Now().Add(pause)
	expiry := s.current.expiry
	s.mu.Unlock()
	s.Observe(expiry, err)
}
