package report_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
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
// the engine goes, and reports what share of the run goes into watching it.
func BenchmarkWatching(b *testing.B) {
	const rows = 20_000
	var rooms strings.Builder
	rooms.WriteString("title\n")
	for i := range rows {
		fmt.Fprintf(&rooms, "Room %d\n", i)
	}
	for name, watch := range map[string]func() (*report.Progress, *report.Log){
		"a bar and a log": func() (*report.Progress, *report.Log) {
			screen := report.NewScreen(io.Discard)
			log := slog.New(slog.NewTextHandler(screen, nil))
			return &report.Progress{Screen: screen, Bar: true, Log: log}, &report.Log{Logger: log, Good: slog.LevelDebug}
		},
		"a JSON line for each row": func() (*report.Progress, *report.Log) {
			screen := report.NewScreen(io.Discard)
			log := slog.New(slog.NewJSONHandler(screen, nil))
			return &report.Progress{Screen: screen, Log: log}, &report.Log{Logger: log, Good: slog.LevelInfo}
		},
	} {
		b.Run(name, func(b *testing.B) {
			var watching, running time.Duration
			for b.Loop() {
				progress, log := watch()
				watched, took, err := watchedRun(b, rooms.String(), progress, log)
				if err != nil {
					b.Fatal(err)
				}
				watching, running = watching+watched, running+took
			}
			b.ReportMetric(100*watching.Seconds()/running.Seconds(), "%-of-run")
			b.ReportMetric(float64(watching.Nanoseconds())/float64(b.N*rows), "ns/row")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// watchedRun creates the rooms and returns how long that took, and how much of it
// went into telling of it.
func watchedRun(b *testing.B, rooms string, progress *report.Progress, log *report.Log) (watching, running time.Duration, err error) {
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
	progress.Limits = limiter.Stats
	engine := provision.New(provision.Config{
		Client: client, Results: file, Limiter: limiter, Workers: 64,
		Observe: func(e provision.Event) {
			began := time.Now()
			log.Observe(e)
			progress.Observe(e)
			watching += time.Since(began)
		},
	})
	if _, err := engine.Identify(context.Background()); err != nil {
		return 0, 0, err
	}
	progress.Start(len(m.Rows))
	defer progress.Stop()
	began := time.Now()
	_, err = engine.Run(context.Background(), plan)
	return watching, time.Since(began), err
}
