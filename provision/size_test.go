package provision

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"roomlift/provision/manifest"
	"roomlift/report/results"
)

// finishedRun writes a manifest of n rooms and the results file of a run that
// created them all. Wide rows have more than a title: one of 200 teams, as it comes,
// and a description of their own.
func finishedRun(b *testing.B, n int, wide bool) (manifestPath, resultsPath string) {
	b.Helper()
	dir := b.TempDir()
	manifestPath, resultsPath = filepath.Join(dir, "rooms.csv"), filepath.Join(dir, "rooms.results.csv")
	m, err := os.Create(manifestPath)
	if err != nil {
		b.Fatal(err)
	}
	r, err := os.Create(resultsPath)
	if err != nil {
		b.Fatal(err)
	}
	rows, records := bufio.NewWriter(m), bufio.NewWriter(r)
	fmt.Fprintln(rows, "title,teamId,description")
	fmt.Fprintln(records, strings.Join(results.Columns(), ","))
	const id = "Y2lzY29zcGFyazovL3VzL1JPT00vYmJjZWIxYWQtNDNmMS0zYjU4LTkxNDctZjE0YmIw"
	for i := range n {
		row := manifest.Row{Title: fmt.Sprintf("Project room %d", i)}
		if wide {
			row.TeamID = fmt.Sprintf("Y2lzY29zcGFyazovL3VzL1RFQU0vYmJjZWIxYWQtNDNmMS0zYjU4LTkxNDctZjE0YmIw%08d", i*7%200)
			row.Description = fmt.Sprintf("What the people of project %d talk about in this room", i)
		}
		fmt.Fprintf(rows, "%s,%s,%s\n", row.Title, row.TeamID, row.Description)
		fmt.Fprintf(records, "%s,%d,,%s,%s,created,%s%08d,1,200,,ROUTER_64F1A2B3-0000-0000-0000-%012d,%s,webexapis.com,2026-03-04T12:00:00.250Z,2026-03-04T12:00:01.250Z\n",
			row.Ref(), i+1, row.Title, row.TeamID, id, i, i, id)
	}
	for _, err := range []error{rows.Flush(), records.Flush(), m.Close(), r.Close()} {
		if err != nil {
			b.Fatal(err)
		}
	}
	return manifestPath, resultsPath
}

// BenchmarkPlanFinished plans over a finished results file, as the nightly run
// with nothing to do does: time for each row, and the most heap that it held.
func BenchmarkPlanFinished(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("%d/titles", n), func(b *testing.B) { benchmarkPlan(b, n, false) })
		b.Run(fmt.Sprintf("%d/wide", n), func(b *testing.B) { benchmarkPlan(b, n, true) })
	}
}

func benchmarkPlan(b *testing.B, n int, wide bool) {
	manifestPath, resultsPath := finishedRun(b, n, wide)
	defer debug.SetGCPercent(debug.SetGCPercent(40)) // as the program does while it reads
	var heap uint64
	for b.Loop() {
		runtime.GC()
		peak := watchHeap()
		m, err := manifest.Load(manifestPath, manifest.Options{})
		if err != nil {
			b.Fatal(err)
		}
		records, err := results.Read(resultsPath)
		if err != nil {
			b.Fatal(err)
		}
		plan, err := NewPlan(m, nil, records, "webexapis.com")
		if err != nil {
			b.Fatal(err)
		}
		if plan.Count(Keep) != n {
			b.Fatal("rooms were not found again")
		}
		heap = max(heap, peak())
		if err := records.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(n), "µs/row")
	b.ReportMetric(float64(heap)/(1<<20), "peak-MiB")
}

// BenchmarkCompact writes a finished results file anew.
func BenchmarkCompact(b *testing.B) {
	for _, n := range []int{1_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			_, resultsPath := finishedRun(b, n, true)
			for b.Loop() {
				b.StopTimer()
				f, err := results.Open(resultsPath, results.Options{})
				if err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				if err := f.Compact(f.All()); err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				if err := f.Close(); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(n), "µs/row")
		})
	}
}

// watchHeap samples the heap until the function it returns is called, which
// returns the most that was in use.
func watchHeap() func() uint64 {
	stop, done := make(chan struct{}), make(chan uint64)
	go func() {
		var stats runtime.MemStats
		var most uint64
		for {
			runtime.ReadMemStats(&stats)
			most = max(most, stats.HeapInuse)
			select {
			case <-stop:
				done <- most
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	return func() uint64 {
		close(stop)
		return <-done
	}
}
