package webextest_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roomlift/provision/webex"
	"roomlift/provision/webex/webextest"
)

// BenchmarkHandler measures what the server itself costs for each room.
func BenchmarkHandler(b *testing.B) {
	server := &webextest.Server{}
	b.ReportAllocs()
	for i := range b.N {
		r := httptest.NewRequest(http.MethodPost, "/v1/rooms", strings.NewReader(fmt.Sprintf(`{"title":"room %d"}`, i)))
		r.Header.Set("Authorization", "Bearer token")
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		server.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			b.Fatal(w.Body)
		}
	}
}

// BenchmarkCreateOverLoopback measures client and server in one process, over
// TCP, with 64 workers.
func BenchmarkCreateOverLoopback(b *testing.B) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(b, err)
	server := &http.Server{Handler: &webextest.Server{}, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }()
	defer server.Close()
	client, err := webex.New(webex.Config{
		BaseURL:  "http://" + listener.Addr().String() + "/v1",
		Token:    func(context.Context) (string, error) { return "token", nil },
		MaxConns: 64,
	})
	require.NoError(b, err)
	defer client.Close()
	var n atomic.Int64
	b.ReportAllocs()
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			_, _, err := client.CreateRoom(b.Context(), "attempt", webex.NewRoom{Title: fmt.Sprint("room ", n.Add(1))})
			if err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rooms/s")
}
