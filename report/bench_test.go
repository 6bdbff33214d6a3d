package report_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"roomlift/provision"
	"roomlift/provision/manifest"
	"roomlift/provision/webex/webextest"
	"roomlift/ratelimit"
	"roomlift/report"
	"roomlift/report/results"
)

// BenchmarkWatching creates rooms on an embedded Webex without limits, as fast as
// the engine goes, tells the watchers of a run what happened, and reports how long
// they take beside the run: in the median turn, since the machine may have others.
func BenchmarkWatching(b *testing.B) {
	const rows = 20_000
	var rooms strings.Builder
	rooms.WriteString("title\n")
	for i := range rows {
		fmt.Fprintf(&rooms, "Room %d\n", i)
	}
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		b.Fatal(err)
	}
	defer null.Close()
	screen := report.NewScreen(null)
	text, json := slog.New(slog.NewTextHandler(screen, nil)), slog.New(slog.NewJSONHandler(screen, nil))
	for _, watchers := range []struct {
		name     string
		progress *report.Progress
		log      *report.Log
	}{
		{"a bar and a log", &report.Progress{Screen: screen, Bar: true, Log: text}, &report.Log{Logger: text, Good: slog.LevelDebug}},
		{"a JSON line for each row", &report.Progress{Screen: screen, Log: json}, &report.Log{Logger: json, Good: slog.LevelInfo, JSON: screen}},
	} {
		b.Run(watchers.name, func(b *testing.B) {
			var watching time.Duration
			var shares []float64
			for b.Loop() {
				events, limits, took, err := eventful(b, rooms.String())
				if err != nil {
					b.Fatal(err)
				}
				watchers.progress.Limits = limits

				began := time.Now()
				watchers.progress.Start(rows)
				for _, e := range events {
					watchers.log.Observe(e)
					screen.Hold(e.More)
					watchers.progress.Observe(e)
				}
				watchers.progress.Stop()
				watched := time.Since(began)
				watching += watched
				shares = append(shares, 100*watched.Seconds()/took.Seconds())
			}
			slices.Sort(shares)
			b.ReportMetric(shares[len(shares)/2], "%-of-run-median")
			b.ReportMetric(float64(watching.Nanoseconds())/float64(b.N*rows), "ns/row")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// eventful creates the rooms and returns what happened, and how long that took.
func eventful(b *testing.B, rooms string) (events []provision.Event, limits func() ratelimit.Stats, took time.Duration, err error) {
	server := (&webextest.Server{LogSize: 1}).Start()
	defer server.Close()
	client, err := server.Client("token")
	if err != nil {
		return nil, nil, 0, err
	}
	m, err := manifest.Read(strings.NewReader(rooms), "rooms.csv", manifest.Options{})
	if err != nil {
		return nil, nil, 0, err
	}
	file, err := results.Open(filepath.Join(b.TempDir(), "rooms.results.csv"), results.Options{})
	if err != nil {
		return nil, nil, 0, err
	}
	defer file.Close()
	plan, err := provision.NewPlan(m, nil, file, client.Host())
	if err != nil {
		return nil, nil, 0, err
	}
	limiter := ratelimit.New(ratelimit.Config{Workers: 64, Learned: &ratelimit.Learned{Rate: 1e6, Burst: 1e4, At: time.Now()}})
	engine := provision.New(provision.Config{
		Client: client, Results: file, Limiter: limiter, Workers: 64,
		Observe: func(e provision.Event) { events = append(events, e) },
	})
	if _, err := engine.Identify(context.Background()); err != nil {
		return nil, nil, 0, err
	}
	began := time.Now()
	_, err = engine.Run(context.Background(), plan)
	return events, limiter.Stats, time.Since(began), err
}
