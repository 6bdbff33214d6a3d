package cli

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	// pingTimeout bounds the first ping, and all that is left to ping when a run
	// ends: a monitor must not hold up what it watches.
	pingTimeout = 3 * time.Second
	// lastPatience is how long the first ping may still take when the run ends,
	// and then the last one, too, since the monitor hangs.
	lastPatience = time.Second
)

// pinger tells a monitor that a run begins, succeeds or fails, in the way of
// healthchecks.io: the URL itself means success, /start and /fail below it what
// they say, and the body is kept as a log. Who knows the URL can silence the
// monitor, so that it is shown nowhere. A nil pinger tells nobody.
type pinger struct {
	url       *url.URL
	userAgent string
	log       *slog.Logger
	client    *http.Client
	begun     chan struct{} // closed when the first ping has ended
	hurry     context.CancelFunc
	missed    []string // what the monitor was not told, and why
	why       string
}

// newPinger returns nil for no URL. The error does not quote it.
func newPinger(address, userAgent string, log *slog.Logger) (*pinger, error) {
	if address == "" {
		return nil, nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return nil, usage("the ping URL is not a URL that begins with https://", "see --ping-url and "+pingVariable)
	}
	// It tells pings of runs that overlap from each other.
	query := u.Query()
	query.Set("rid", newUUID())
	u.RawQuery = query.Encode()
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true}
	return &pinger{url: u, userAgent: userAgent, log: log, client: &http.Client{
		Transport: transport,
		// The Referer of a redirected request would hold the URL.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// start tells that the run begins; it does not wait for the answer.
func (p *pinger) start() {
	if p == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), pingTimeout)
	p.begun, p.hurry = make(chan struct{}), cancel
	go func() {
		defer close(p.begun)
		defer cancel()
		if err := p.send(ctx, "start", ""); err != nil {
			p.miss("start", err)
		}
	}()
}

// end tells how the run ended, after start's ping, and warns once of all that the
// monitor was not told.
func (p *pinger) end(succeeded bool, log string) {
	if p == nil {
		return
	}
	bound := pingTimeout
	hurry := time.AfterFunc(lastPatience, p.hurry)
	<-p.begun
	if !hurry.Stop() {
		bound = lastPatience
	}
	ctx, cancel := context.WithTimeout(context.Background(), bound)
	defer cancel()
	event, path := "failure", "fail"
	if succeeded {
		event, path = "success", ""
	}
	err := p.send(ctx, path, log)
	var refused *pingError
	if err != nil && (!errors.As(err, &refused) || refused.status >= 500) {
		err = p.send(ctx, path, log) // nobody shall be woken for a lost packet
	}
	if err != nil {
		p.miss(event, err)
	}
	if p.missed != nil {
		p.log.Warn("the monitor could not be told", "of", strings.Join(p.missed, ", "), "reason", p.why)
	}
}

// miss notes what the monitor was not told.
func (p *pinger) miss(event string, err error) {
	p.missed = append(p.missed, event)
	p.why = err.Error()
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		p.why = "no answer in time"
	}
}

// pingError is an answer that is not a 2xx.
type pingError struct{ status int }

func (e *pingError) Error() string {
	return strings.TrimSpace(fmt.Sprintf("it answers %d %s", e.status, http.StatusText(e.status)))
}

// send makes one ping. The error does not hold the URL.
func (p *pinger) send(ctx context.Context, path, log string) error {
	target := p.url
	if path != "" {
		target = target.JoinPath(path)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, target.String(), strings.NewReader(log))
	if err != nil {
		return errors.New("the ping URL is no URL") // it was parsed before
	}
	request.Header.Set("User-Agent", p.userAgent)
	request.Header.Set("Content-Type", "text/plain; charset=utf-8")
	answer, err := p.client.Do(request)
	if err != nil {
		var told *url.Error
		if errors.As(err, &told) {
			return told.Err // without the URL
		}
		return err
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<16))
	if answer.StatusCode/100 != 2 {
		return &pingError{answer.StatusCode}
	}
	return nil
}

// newUUID returns a random UUID, version 4.
func newUUID() string {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails, see crypto/rand
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	text := hex.EncodeToString(id[:])
	return fmt.Sprintf("%s-%s-%s-%s-%s", text[:8], text[8:12], text[12:16], text[16:20], text[20:])
}
