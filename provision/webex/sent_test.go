package webex_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision/webex"
	"roomlift/provision/webex/webextest"
)

// listen serves each connection to a loopback port with f, which owns it.
func listen(t *testing.T, f func(net.Conn)) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go f(conn)
		}
	}()
	return listener.Addr().String()
}

// createUnanswered makes a request that gets no answer.
func createUnanswered(t *testing.T, ctx context.Context, client *webex.Client) *webex.TransportError {
	t.Helper()
	_, response, err := client.CreateRoom(ctx, "attempt", webex.NewRoom{Title: "t"})
	var lost *webex.TransportError
	require.ErrorAs(t, err, &lost)
	assert.Zero(t, response)
	assert.NotContains(t, err.Error(), secret)
	return lost
}

func TestARequestThatFoundNoServerWasNotSent(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := listener.Addr().String()
	require.NoError(t, listener.Close())

	client := clientOf(t, webex.Config{BaseURL: "http://" + address + "/v1"})
	lost := createUnanswered(t, t.Context(), client)
	assert.False(t, lost.Sent)
	assert.ErrorContains(t, lost, "not sent: ")
}

func TestARequestWhoseTLSHandshakeFailedWasNotSent(t *testing.T) {
	address := listen(t, func(c net.Conn) {
		_, _ = io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n")
		_ = c.Close()
	})
	client := clientOf(t, webex.Config{BaseURL: "https://" + address + "/v1"})
	assert.False(t, createUnanswered(t, t.Context(), client).Sent)
}

func TestARequestThatWasCancelledBeforehandWasNotSent(t *testing.T) {
	client := newClient(t, func(http.ResponseWriter, *http.Request) { t.Error("a request came") })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	lost := createUnanswered(t, ctx, client)
	assert.False(t, lost.Sent)
	assert.ErrorIs(t, lost, context.Canceled)
}

func TestARequestThatTimedOutWhileConnectingWasNotSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := clientOf(t, webex.Config{BaseURL: webex.DefaultBaseURL, Transport: &http.Transport{
			DialTLSContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				<-ctx.Done()
				return nil, ctx.Err()
			},
		}})
		begun := time.Now()
		lost := createUnanswered(t, t.Context(), client)
		assert.False(t, lost.Sent)
		assert.ErrorIs(t, lost, context.DeadlineExceeded)
		assert.Equal(t, webex.DefaultTimeout, time.Since(begun))
	})
}

func TestARequestThatTheServerNeverAnsweredWasSent(t *testing.T) {
	for name, fault := range map[string]webextest.Fault{
		"dropped":         {Kind: webextest.Drop},
		"dropped, made":   {Kind: webextest.Drop, Made: true},
		"reset":           {Kind: webextest.Reset},
		"hanging":         {Kind: webextest.Hang},
		"garbage":         {Kind: webextest.Garbage},
		"hanging, made":   {Kind: webextest.Hang, Made: true},
		"slow to be lost": {Kind: webextest.Late, Delay: time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := &webextest.Server{Faults: webextest.Script("POST", fault)}
				running := server.Start()
				defer running.Close()
				client, err := running.Client(secret)
				require.NoError(t, err)
				lost := createUnanswered(t, t.Context(), client)
				assert.True(t, lost.Sent)
				assert.ErrorContains(t, lost, "no answer came: ")
			})
		})
	}
}

func TestATimeoutSaysHowLongItWaited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &webextest.Server{Faults: webextest.Script("POST", webextest.Fault{Kind: webextest.Hang})}
		running := server.Start()
		defer running.Close()
		client, err := running.Client(secret)
		require.NoError(t, err)
		lost := createUnanswered(t, t.Context(), client)
		assert.EqualError(t, lost, "no answer came: timed out after 30s")
		assert.ErrorIs(t, lost, context.DeadlineExceeded)
	})
}

func TestACancelledRequestReturnsAtOnceAndWasSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &webextest.Server{Faults: webextest.Script("POST", webextest.Fault{Kind: webextest.Hang})}
		running := server.Start()
		defer running.Close()
		client, err := running.Client(secret)
		require.NoError(t, err)
		cause := errors.New("the deadline of the run")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(cause) })
		begun := time.Now()
		lost := createUnanswered(t, ctx, client)
		assert.True(t, lost.Sent)
		assert.ErrorIs(t, lost, cause)
		assert.Equal(t, time.Second, time.Since(begun))
	})
}

func TestABodyThatIsCutOffOrNeverEndsIsUnusable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &webextest.Server{Faults: webextest.Script("POST",
			webextest.Fault{Kind: webextest.Cut, Made: true},
			webextest.Fault{Kind: webextest.Half, Made: true},
			webextest.Fault{Kind: webextest.Empty, Made: true},
			webextest.Fault{Kind: webextest.NoID, Made: true})}
		running := server.Start()
		defer running.Close()
		client, err := running.Client(secret)
		require.NoError(t, err)
		for range 4 {
			var unusable *webex.BodyError
			require.ErrorAs(t, create(t, client), &unusable)
			assert.Equal(t, 200, unusable.StatusCode)
			assert.NotEmpty(t, unusable.TrackingID)
		}
		assert.Equal(t, 4, server.Count())
	})
}

func TestABodyThatStallsTimesOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := clientOf(t, webex.Config{BaseURL: webex.DefaultBaseURL, Transport: &http.Transport{
			DialTLSContext: func(context.Context, string, string) (net.Conn, error) {
				ours, theirs := net.Pipe()
				go func() {
					_, _ = http.ReadRequest(bufio.NewReader(theirs))
					_, _ = io.WriteString(theirs, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
				}()
				return ours, nil
			},
		}})
		var unusable *webex.BodyError
		err := create(t, client)
		require.ErrorAs(t, err, &unusable)
		assert.ErrorIs(t, err, context.DeadlineExceeded)
	})
}

// A kept-alive connection that dies under a POST is where net/http would
// replay a request that it takes for idempotent.
func TestAPostIsNeverReplayedOnceTheServerHasReadIt(t *testing.T) {
	var posts atomic.Int32
	address := listen(t, func(c net.Conn) {
		defer c.Close()
		reader := bufio.NewReader(c)
		for first := true; ; first = false {
			req, err := http.ReadRequest(reader)
			if err != nil {
				return
			}
			_, _ = io.Copy(io.Discard, req.Body)
			posts.Add(1)
			if !first {
				return
			}
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"+`{"id":"a"}`)
		}
	})
	client := clientOf(t, webex.Config{BaseURL: "http://" + address + "/v1"})
	require.NoError(t, create(t, client))
	lost := createUnanswered(t, t.Context(), client)
	assert.True(t, lost.Sent)
	assert.EqualValues(t, 2, posts.Load())
}

func TestARequestIsMadeOnAnotherConnectionWhenTheIdleOneIsDead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &webextest.Server{}
		running := server.Start()
		transport := running.Transport()
		client := clientOf(t, webex.Config{BaseURL: webextest.BaseURL, Transport: transport})
		require.NoError(t, create(t, client))
		running.Close()

		lost := createUnanswered(t, t.Context(), client)
		assert.False(t, lost.Sent, "nothing was written to the dead connection, and no other was to be had")
		assert.Equal(t, 1, server.Counts().Posts)
	})
}

func TestARoundTripperThatCannotBeTracedIsBelievedToHaveSent(t *testing.T) {
	client := clientOf(t, webex.Config{
		BaseURL:   webex.DefaultBaseURL,
		Transport: roundTrip(func(*http.Request) (*http.Response, error) { return nil, errors.New("lost") }),
	})
	assert.True(t, createUnanswered(t, t.Context(), client).Sent)
}

func TestATracedRoundTripperAroundATransportIsBelieved(t *testing.T) {
	refusing := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		return nil, errors.New("connection refused")
	}}
	client := clientOf(t, webex.Config{BaseURL: "http://127.0.0.1/v1", Transport: roundTrip(refusing.RoundTrip)})
	assert.False(t, createUnanswered(t, t.Context(), client).Sent)
}

func TestAProxysPasswordIsNotShown(t *testing.T) {
	client := clientOf(t, webex.Config{
		BaseURL: webex.DefaultBaseURL,
		Transport: roundTrip(func(*http.Request) (*http.Response, error) {
			return nil, errors.New(`invalid proxy address "http://me:hunter2@proxy:3128": no`)
		}),
	})
	lost := createUnanswered(t, t.Context(), client)
	assert.EqualError(t, lost, `no answer came: invalid proxy address "http://proxy:3128": no`)
}

func TestConnectionsAreReusedByAllWorkers(t *testing.T) {
	const workers = 16
	var connections atomic.Int32
	server := &webextest.Server{}
	counting := &http.Server{
		Handler:           server,
		ReadHeaderTimeout: time.Minute,
		ConnState: func(_ net.Conn, state http.ConnState) {
			if state == http.StateNew {
				connections.Add(1)
			}
		},
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	go func() { _ = counting.Serve(listener) }()
	t.Cleanup(func() { _ = counting.Close() })

	client := clientOf(t, webex.Config{BaseURL: "http://" + listener.Addr().String() + "/v1", MaxConns: workers})
	failed := make(chan error, workers)
	for range workers {
		go func() {
			for range 50 {
				if _, _, err := client.CreateRoom(t.Context(), "attempt", webex.NewRoom{Title: "t"}); err != nil {
					failed <- err
					return
				}
			}
			failed <- nil
		}()
	}
	for range workers {
		require.NoError(t, <-failed)
	}
	// A worker whose own connection is not back in the pool yet may dial once
	// more than there are workers.
	assert.LessOrEqual(t, connections.Load(), int32(2*workers))
	assert.Equal(t, workers*50, server.Count())
}

func TestABaseURLWithoutAPathIsAskedForAbsolutePaths(t *testing.T) {
	lines := make(chan string, 2)
	address := listen(t, func(c net.Conn) {
		line, _ := bufio.NewReader(c).ReadString('\n')
		lines <- line
		_ = c.Close()
	})
	client := clientOf(t, webex.Config{BaseURL: "http://" + address})
	_, _, _ = client.Me(t.Context())
	assert.Equal(t, "GET /people/me HTTP/1.1\r\n", <-lines)
	_, _, _ = client.CreateRoom(t.Context(), "attempt", webex.NewRoom{Title: "t"})
	assert.Equal(t, "POST /rooms HTTP/1.1\r\n", <-lines)
}
