package webextest

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"

	"roomlift/provision/webex"
)

// BaseURL is the base URL of a server that runs in process. Nothing listens
// there: only a transport of [Running.Transport] leads to it.
const BaseURL = "https://sandbox/v1"

// Running is a server that is served in process: a real net/http server and
// real HTTP/1.1 on connections in memory, so that a reset or a cut answer is
// what it would be on a wire. It needs no port and works inside a
// testing/synctest bubble.
type Running struct {
	server   *http.Server
	listener *pipeListener
	stop     context.CancelFunc
	handlers sync.WaitGroup
	serving  sync.WaitGroup

	mu         sync.Mutex
	closing    bool
	transports []*http.Transport
}

// Start serves s in process, until Close.
func (s *Server) Start() *Running {
	ctx, stop := context.WithCancel(context.Background())
	ctx = context.WithValue(ctx, inProcessKey{}, ctx.Done())
	r := &Running{
		listener: &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})},
		stop:     stop,
	}
	r.server = &http.Server{
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ReadHeaderTimeout: time.Minute,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			if !r.begin() {
				panic(http.ErrAbortHandler) // closes the connection
			}
			defer r.handlers.Done()
			s.ServeHTTP(w, req)
		}),
	}
	r.serving.Go(func() { _ = r.server.Serve(r.listener) }) // always ErrServerClosed
	return r
}

// Transport returns a transport whose every connection leads to the server,
// whatever host is asked for, over http and https alike.
func (r *Running) Transport() *http.Transport {
	t := &http.Transport{
		DialContext:         r.listener.dial,
		DialTLSContext:      r.listener.dial,
		MaxIdleConnsPerHost: 1024,
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.transports = append(r.transports, t)
	return t
}

// Client returns a client of the server that holds the token.
func (r *Running) Client(token string) (*webex.Client, error) {
	return webex.New(webex.Config{
		BaseURL:   BaseURL,
		Token:     func(context.Context) (string, error) { return token, nil },
		Transport: r.Transport(),
	})
}

// begin counts a request in, unless the server is closing.
func (r *Running) begin() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.closing {
		r.handlers.Add(1)
	}
	return !r.closing
}

// Close ends all connections and returns when no request is in hand any more;
// what latency or a fault held up happens at once. The server's rooms stay as they are, and it may be started again.
func (r *Running) Close() {
	r.mu.Lock()
	r.closing = true
	transports := r.transports
	r.mu.Unlock()
	_ = r.server.Close() // first, so that nothing is answered any more
	r.stop()
	r.serving.Wait()
	r.handlers.Wait()
	for _, t := range transports {
		t.CloseIdleConnections()
	}
}

// inProcessKey is the context key, in requests to a Running server, of the
// channel that closes when the server does.
type inProcessKey struct{}

// closing returns a channel that closes when the server of a request does; it
// is nil if the server is not known.
func closing(r *http.Request) <-chan struct{} {
	done, _ := r.Context().Value(inProcessKey{}).(<-chan struct{})
	return done
}

// scheme returns the scheme that the client of a request used.
func scheme(r *http.Request) string {
	if r.TLS != nil || closing(r) != nil {
		return "https"
	}
	return "http"
}

// pipeListener hands the server's end of each dialled pipe to the server.
type pipeListener struct {
	conns  chan net.Conn
	once   sync.Once
	closed chan struct{}
}

func (l *pipeListener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case l.conns <- server:
		return client, nil
	case <-l.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Accept waits for the next connection.
func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close makes Accept and dial fail.
func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// Addr names the listener.
func (l *pipeListener) Addr() net.Addr { return pipeAddr{} }

type pipeAddr struct{}

func (pipeAddr) Network() string { return "pipe" }
func (pipeAddr) String() string  { return "sandbox" }
