package provision

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"roomlift/provision/manifest"
	"roomlift/provision/webex"
	"roomlift/ratelimit"
	"roomlift/report/results"
)

type canned struct{}

func (canned) RoundTrip(r *http.Request) (*http.Response, error) {
	h := http.Header{"Date": {"Wed, 04 Mar 2026 04:00:00 GMT"}, "Trackingid": {"ROUTER_64F1A2B3-0000-0000-0000-000000000000"}, "Content-Type": {"application/json"}}
	body := `{"id":"Y2lzY29zcGFyazovL3VzL1JPT00vYmJjZWIxYWQtNDNmMS0zYjU4LTkxNDctZjE0YmIwYzRkMTU0","title":"Project Unicorn - Sprint 0","type":"group","isLocked":true,"lastActivity":"2016-04-21T19:12:48.920Z","creatorId":"Y2lzY29zcGFyazovL3VzL1BFT1BMRS9mNWIzNjE4Ny1jOGRkLTQ3MjctOGIyZi1mOWM0NDdmMjkwNDY","created":"2016-04-21T19:01:55.966Z","ownerId":"Y2lzY29zcGFyazovL3VzL1BFT1BMRS9mNWIzNjE4Ny1jOGRkLTQ3MjctOGIyZi1mOWM0NDdmMjkwNDY","isPublic":true,"isReadOnly":false,"isAnnouncementOnly":false,"type":"person"}`
	if r.Body != nil {
		io.Copy(io.Discard, r.Body)
	}
	return &http.Response{StatusCode: 200, Header: h, ContentLength: int64(len(body)), Body: io.NopCloser(bytes.NewReader([]byte(body))), Request: r}, nil
}

func BenchmarkZZ(b *testing.B) {
	rows := b.N
	m, err := manifest.Read(strings.NewReader(numbered(rows)), "rooms.csv", manifest.Options{})
	if err != nil {
		b.Fatal(err)
	}
	file, err := results.Open(filepath.Join(b.TempDir(), fmt.Sprintf("%d.csv", time.Now().UnixNano())), results.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	client, _ := webex.New(webex.Config{BaseURL: "http://127.0.0.1:1/v1", Transport: canned{}, Token: func(context.Context) (string, error) { return "token", nil }})
	plan, err := NewPlan(m, nil, file, client.Host())
	if err != nil {
		b.Fatal(err)
	}
	engine := New(Config{Client: client, Results: file, Workers: 64,
		Limiter: ratelimit.New(ratelimit.Config{Workers: 64, Learned: &ratelimit.Learned{Rate: 1e6, Burst: 1e4, At: time.Now()}})})
	engine.me = webex.Person{ID: "me"}
	b.ReportAllocs()
	b.ResetTimer()
	if _, err := engine.Run(context.Background(), plan); err != nil {
		b.Fatal(err)
	}
}
