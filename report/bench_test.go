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
// the engine goes, and reports how long the watchers of the run take beside the rest
// of it: in the median turn, since the machine may have others. They are timed within
// the run, because what they read is in the processor's caches there; when all events
// were kept and shown afterwards, reading them took three times as long.
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
				watched, took, err := watch(b, rooms.String(), watchers.progress, func(e provision.Event) {
					watchers.log.Observe(e)
					screen.Hold(e.More)
					watchers.progress.Observe(e)
				})
				if err != nil {
					b.Fatal(err)
				}
				watching += watched
				shares = append(shares, 100*watched.Seconds()/(took-watched).Seconds())
			}
			slices.Sort(shares)
			b.ReportMetric(shares[len(shares)/2], "%-of-run-median")
			b.ReportMetric(float64(watching.Nanoseconds())/float64(b.N*rows), "ns/row")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// watch creates the rooms and returns how long the watchers took of that, and how
// long all took. The clock runs for those events together that follow one another,
// since it takes as long to look at it as to watch one.
func watch(
	b *testing.B, rooms string, progress *report.Progress, observe func(provision.Event),
) (watched, took time.Duration, err error) {
	server := (&webextest.Server{LogSize: 1}).Start()
	defer server.Close()
	client, err := server.Client("token")
	if err != nil {
		return 0, 0, err
	}
	m, err := manifest.Read(strings.NewReader(rooms), "rooms.csv", manifest.Options{})
	if err != nil {
		return 0, 0, err
	}
	file, err := results.Open(filepath.Join(b.TempDir(), "rooms.results.csv"), results.Options{})
	if err != nil {
		return 0, 0, err
	}
	defer file.Close()
	plan, err := provision.NewPlan(m, nil, file, client.Host())
	if err != nil {
		return 0, 0, err
	}
	limiter := ratelimit.New(ratelimit.Config{Workers: 64, Learned: &ratelimit.Learned{Rate: 1e6, Burst: 1e4, At: time.Now()}})
	var events []provision.Event
	engine := provision.New(provision.Config{
		Client: client, Results: file, Limiter: limiter, Workers: 64,
		Observe: func(e provision.Event) {
			if events = append(events, e); e.More {
				return
			}
			began := time.Now()
			for _, e := range events {
				observe(e)
			}
			watched += time.Since(began)
			events = events[:0]
		},
	})
	if _, err := engine.Identify(context.Background()); err != nil {
		return 0, 0, err
	}
	progress.Limits = limiter.Stats
	began := time.Now()
	progress.Start(len(m.Rows))
	_, err = engine.Run(context.Background(), plan)
	progress.Stop()
	return watched, time.Since(began), err
}
