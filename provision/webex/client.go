// Package webex speaks to the Webex API: one method call makes one request.
//
// It never retries, sleeps or follows a redirect, because POST /rooms has no
// idempotency key and a request that is sent twice can make two rooms. Who
// calls it decides what to do next from a typed error: *[Error] is an answer
// that refuses, *[TransportError] is no answer at all, *[BodyError] is an
// answer that cannot be used, and *[TokenError] is a request that was not
// made for want of a token.
package webex

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"
)

// DefaultBaseURL is where Webex serves its API.
const DefaultBaseURL = "https://webexapis.com/v1"

// DefaultTimeout bounds a whole exchange. A room is made in about a second, so
// what is silent for this long will hardly answer, and holds a worker meanwhile;
// a much shorter bound would turn slow answers into lost ones, and a lost answer
// costs more than a wait.
const DefaultTimeout = 30 * time.Second

// Bounds of the parts of an exchange that [Config.Timeout] need not wait for:
// a connection that is not there within them will not come, and giving it up
// is harmless, since nothing has been sent yet.
const (
	dialTimeout         = 10 * time.Second
	tlsHandshakeTimeout = 10 * time.Second
	idleConnTimeout     = 90 * time.Second
	maxHeaderBytes      = 256 << 10
)

// Bounds on what is read of an answer's body. A room is about one kilobyte,
// so that the first is generous for a single room and the second for a page
// of 1000.
const (
	maxBodyBytes = 1 << 20
	maxPageBytes = 16 << 20
)

// Config says how to reach Webex. BaseURL and Token are required.
type Config struct {
	// BaseURL is the root of the API, such as [DefaultBaseURL]. It carries no
	// user information, query or fragment, and is https unless the host is a
	// loopback address.
	BaseURL string
	// Token returns the bearer token; it is asked before each request. What
	// it returns appears in no error, log or URL.
	Token func(context.Context) (string, error)
	// Secrets, unless nil, returns what else must not be shown, longer secrets
	// before those that they may hold: an answer that repeats one is told
	// without it. The token need not be among them.
	Secrets func() []string
	// UserAgent is sent with each request; "" sends "roomlift".
	UserAgent string
	// Timeout bounds each exchange, from connecting to the last byte read; 0 means [DefaultTimeout].
	Timeout time.Duration
	// MaxConns is the number of idle connections that are kept, one for each
	// worker; less than 1 means 1. A Transport of the caller's has its own.
	MaxConns int
	// Transport carries the requests. nil means one of the client's own, which
	// speaks HTTP/1.1 alone, so that a lost connection loses one answer and
	// not all that are in flight, and takes its proxies from the environment.
	Transport http.RoundTripper
}

// Client makes single requests; it never retries. Its methods may be called
// from several goroutines at once.
type Client struct {
	base      *url.URL
	rooms     *url.URL
	token     func(context.Context) (string, error)
	secrets   func() []string
	userAgent string
	deadlines deadlines
	transport http.RoundTripper
	dates     atomic.Pointer[serverDate]
}

// New returns a client for c. Its error says what is wrong with c and what to
// write instead.
func New(c Config) (*Client, error) {
	base, err := parseBaseURL(c.BaseURL)
	if err != nil {
		return nil, err
	}
	if c.Token == nil {
		return nil, errors.New("webex: Config.Token is required")
	}
	if c.Timeout < 0 {
		return nil, fmt.Errorf("webex: the timeout %v is negative; use 0 for %v", c.Timeout, DefaultTimeout)
	}
	client := &Client{
		base:      base,
		rooms:     endpoint(base, "rooms"),
		token:     c.Token,
		secrets:   c.Secrets,
		userAgent: c.UserAgent,
		deadlines: deadlines{timeout: cmp.Or(c.Timeout, DefaultTimeout)},
		transport: c.Transport,
	}
	if strings.ContainsFunc(c.UserAgent, unicode.IsControl) {
		return nil, errors.New("webex: the user agent holds a control character")
	}
	if client.userAgent == "" {
		client.userAgent = "roomlift"
	}
	if client.transport == nil {
		client.transport = newTransport(max(c.MaxConns, 1))
	}
	return client, nil
}

// endpoint returns the URL of a resource, whether the base URL has a path or not.
func endpoint(base *url.URL, names ...string) *url.URL {
	u := base.JoinPath(names...)
	if !strings.HasPrefix(u.Path, "/") {
		u.Path = "/" + u.Path
	}
	return u
}

func newTransport(conns int) *http.Transport {
	var http1 http.Protocols
	http1.SetHTTP1(true)
	dialer := &net.Dialer{Timeout: dialTimeout}
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            dialer.DialContext,
		TLSHandshakeTimeout:    tlsHandshakeTimeout,
		MaxIdleConns:           conns,
		MaxIdleConnsPerHost:    conns,
		IdleConnTimeout:        idleConnTimeout,
		MaxResponseHeaderBytes: maxHeaderBytes,
		Protocols:              &http1,
	}
}

// Host returns the host, with its port if the base URL names one, that the
// client's requests go to.
func (c *Client) Host() string { return c.base.Host }

// BaseURL returns the root of the API, checked and without a slash at its end.
func (c *Client) BaseURL() string { return c.base.String() }

// Close closes the connections that are idle. Requests in flight go on, and
// the client may still be used.
func (c *Client) Close() {
	if t, ok := c.transport.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

// Response is what is known of an answer apart from its body.
type Response struct {
	// StatusCode is the HTTP status, 0 if there was no answer.
	StatusCode int
	// Date is the time of the server's own clock, to the second, and zero if
	// the answer did not tell it.
	Date time.Time
	// TrackingID is Webex's name for the exchange, which its support asks for.
	TrackingID string
}

// exchange is one request and the bound on its answer.
type exchange struct {
	method     string
	url        *url.URL
	body       []byte
	trackingID string
	maxBytes   int64
}

// answer is what came back: the body is there for a 2xx alone.
type answer struct {
	Response

	header http.Header
	body   []byte
	redact redactor
}

// unusable is the error for a 2xx answer whose body is no good.
func (a answer) unusable(err error) *BodyError {
	return &BodyError{StatusCode: a.StatusCode, TrackingID: a.TrackingID, Err: err}
}

// do makes one request. Every outcome but a 2xx whose body was read in full
// is a typed error; the answer's Response is filled as far as one came.
func (c *Client) do(ctx context.Context, x exchange) (answer, error) {
	token, err := c.bearer(ctx)
	if err != nil {
		return answer{}, err
	}
	ctx = c.deadlines.bound(ctx)

	sent := sentTraces.Get().(*sentTrace)
	req := c.request(sent.attach(ctx), x, token)

	redact := redactor{token, c.secrets}
	if err := context.Cause(ctx); err != nil {
		return answer{}, redact.transportError(false, err)
	}
	resp, err := c.transport.RoundTrip(req)
	if err != nil {
		return answer{}, redact.transportError(sent.perhaps(c.transport), err)
	}
	defer resp.Body.Close()
	a, err := c.readAnswer(resp, x.maxBytes, redact)
	if err == nil {
		sent.giveBack()
	}
	return a, err
}

// request is what http.NewRequest would make of the exchange, whose URL is parsed
// already.
func (c *Client) request(ctx context.Context, x exchange, token string) *http.Request {
	r := new(http.Request).WithContext(ctx)
	r.Method, r.URL, r.Host = x.method, x.url, x.url.Host
	r.Proto, r.ProtoMajor, r.ProtoMinor = "HTTP/1.1", 1, 1
	r.Header, r.Body = c.headers(token, x), http.NoBody
	if x.body != nil {
		r.ContentLength = int64(len(x.body))
		r.Body = io.NopCloser(bytes.NewReader(x.body)) // known to be in memory, it leaves with the headers
		// A transport that finds its idle connection dead before it has written
		// anything takes another one, and the body from its start.
		r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(x.body)), nil }
	}
	return r
}

func (c *Client) headers(token string, x exchange) http.Header {
	values := []string{"Bearer " + token, "application/json", c.userAgent, x.trackingID}
	h := http.Header{
		"Authorization": values[0:1:1],
		"Accept":        values[1:2:2],
		"User-Agent":    values[2:3:3],
		"Trackingid":    values[3:4:4],
	}
	if x.body != nil {
		h["Content-Type"] = values[1:2:2]
	}
	return h
}

// bearer asks for the token and refuses one that no header may carry.
func (c *Client) bearer(ctx context.Context) (string, error) {
	token, err := c.token(ctx)
	if err != nil {
		return "", &TokenError{Err: err}
	}
	if token == "" {
		return "", &TokenError{Err: errors.New("the token is empty")}
	}
	for _, b := range []byte(token) {
		if b <= ' ' || b > '~' {
			return "", &TokenError{Err: errors.New("the token holds a space, a line break or another character that no token has; copy it again")}
		}
	}
	return token, nil
}

// sentTrace learns from the transport whether a request may have reached the
// server.
type sentTrace struct {
	traced, written atomic.Bool
	hooks           httptrace.ClientTrace
}

// sentTraces are traces for requests to come.
var sentTraces = sync.Pool{New: func() any {
	s := &sentTrace{}
	s.hooks = httptrace.ClientTrace{
		// A transport that finds its idle connection dead before it has written
		// anything takes another one; what counts is the last.
		GetConn:      func(string) { s.traced.Store(true); s.written.Store(false) },
		WroteHeaders: func() { s.written.Store(true) },
	}
	return s
}}

func (s *sentTrace) attach(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &s.hooks)
}

// giveBack offers the trace to another request. The answer was read in full; what
// the transport may still call, for a server that answers before it was asked in
// full, makes a request count as sent, and never one as not sent.
func (s *sentTrace) giveBack() {
	s.traced.Store(false)
	s.written.Store(false)
	sentTraces.Put(s)
}

// perhaps reports whether a request that rt failed to carry may have reached the
// server whole. The end of the headers goes into the write buffer, WroteHeaders is
// called, and only what is written after that makes the buffer let go of it: until
// then the server has at most a part of the headers, which is no request. A
// RoundTripper that is not traced is believed to have sent.
func (s *sentTrace) perhaps(rt http.RoundTripper) bool {
	if _, ok := rt.(*http.Transport); !ok && !s.traced.Load() {
		return true
	}
	return s.written.Load()
}

// readAnswer reads at most maxBytes of an answer's body and sorts the answer
// into a usable body or a typed error.
func (c *Client) readAnswer(resp *http.Response, maxBytes int64, redact redactor) (answer, error) {
	a := answer{header: resp.Header, redact: redact, Response: Response{
		StatusCode: resp.StatusCode,
		Date:       c.date(resp.Header),
		TrackingID: redact.line(resp.Header.Get("Trackingid"), maxTrackingID),
	}}
	body, err := readBody(resp, maxBytes)
	if resp.StatusCode/100 != 2 {
		return a, newError(resp, body, a.Response, redact)
	}
	if err != nil {
		return a, a.unusable(redact.error(err))
	}
	a.body = body
	return a, nil
}

func readBody(resp *http.Response, maxBytes int64) ([]byte, error) {
	if n := resp.ContentLength; n >= 0 && n <= maxBytes {
		body := make([]byte, n)
		read, err := io.ReadFull(resp.Body, body)
		return body[:read], err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBytes+1))
	if err == nil && int64(len(body)) > maxBytes {
		err = fmt.Errorf("the body is longer than %d bytes", maxBytes)
	}
	return body, err
}

// serverDate is a Date header, and what it says.
type serverDate struct {
	text string
	time time.Time
}

// date returns the time of the server's own clock, or zero. Many answers bear the
// same second.
func (c *Client) date(h http.Header) time.Time {
	text := h.Get("Date")
	if last := c.dates.Load(); last != nil && last.text == text {
		return last.time
	}
	date := dateOf(h)
	c.dates.Store(&serverDate{text, date})
	return date
}

// dateOf returns the time that an answer bears, or zero.
func dateOf(h http.Header) time.Time {
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return date.UTC()
}
