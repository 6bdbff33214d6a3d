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
	// pingTimeout bounds one ping. What takes longer is given up: a monitor must
	// not hold up what it watches.
	pingTimeout = 3 * time.Second
	// lastPingTimeout bounds all that is left to ping when a run ends.
	lastPingTimeout = 5 * time.Second
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
		p.send(ctx, "start", "")
	}()
}

// end tells how the run ended, after start's ping. A ping that fails is sent
// once more if there is time: nobody shall be woken for a lost packet.
func (p *pinger) end(succeeded bool, log string) {
	if p == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), lastPingTimeout)
	defer cancel()
	hurry := time.AfterFunc(lastPingTimeout-pingTimeout, p.hurry)
	<-p.begun
	hurry.Stop()
	event := "fail"
	if succeeded {
		event = ""
	}
	if !p.send(ctx, event, log) {
		p.send(ctx, event, log)
	}
}

// send makes one ping and reports whether it got through. A ping that fails is a
// warning and nothing more.
func (p *pinger) send(ctx context.Context, event, log string) bool {
	ctx, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	target := p.url
	if event != "" {
		target = target.JoinPath(event)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, target.String(), strings.NewReader(log))
	if err != nil {
		return true // the URL was parsed before
	}
	request.Header.Set("User-Agent", p.userAgent)
	request.Header.Set("Content-Type", "text/plain; charset=utf-8")
	answer, err := p.client.Do(request)
	if err != nil {
		var told *url.Error
		if errors.As(err, &told) {
			err = told.Err // without the URL
		}
		p.log.Warn("the monitor could not be pinged", "reason", err.Error())
		return false
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<16))
	if answer.StatusCode/100 != 2 {
		p.log.Warn("the monitor did not accept a ping", "httpStatus", answer.StatusCode)
		return answer.StatusCode < 500
	}
	return true
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
