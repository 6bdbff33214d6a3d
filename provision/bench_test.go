package provision

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"roomlift/provision/manifest"
	"roomlift/provision/webex"
	"roomlift/provision/webex/webextest"
	"roomlift/ratelimit"
	"roomlift/report/results"
)

// serverVariable makes the test binary serve an embedded Webex on loopback
// until its standard input ends, so that benchmarks have one in a process of
// its own.
const serverVariable = "ROOMLIFT_BENCH_SERVER"

func TestMain(m *testing.M) {
	if os.Getenv(serverVariable) == "" {
		os.Exit(m.Run()) //nolint:forbidigo // what a TestMain does
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println("http://" + listener.Addr().String() + "/v1")
	go func() { panic(http.Serve(listener, &webextest.Server{LogSize: 1})) }()
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// elsewhere starts a server in another process and returns its base URL.
func elsewhere(b *testing.B) string {
	b.Helper()
	server := exec.CommandContext(b.Context(), os.Args[0])
	server.Env = append(os.Environ(), serverVariable+"=1")
	server.Stderr = os.Stderr
	in, err := server.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := server.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := server.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = in.Close()
		_ = server.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return strings.TrimSpace(line)
}

const rawWorkers = 64

// bare is the yardstick: an errgroup and net/http, no journal, no care.
func bare(ctx context.Context, base string, rows int) error {
	transport := &http.Transport{MaxIdleConnsPerHost: rawWorkers}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	var next atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	for range rawWorkers {
		group.Go(func() error {
			for i := next.Add(1); i <= int64(rows); i = next.Add(1) {
				body := fmt.Appendf(nil, `{"title":"Room %d"}`, i)
				r, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/rooms", bytes.NewReader(body))
				if err != nil {
					return err
				}
				r.Header.Set("Authorization", "Bearer token")
				r.Header.Set("Content-Type", "application/json")
				answer, err := client.Do(r)
				if err != nil {
					return err
				}
				_, _ = io.Copy(io.Discard, answer.Body)
				_ = answer.Body.Close()
				if answer.StatusCode != http.StatusOK {
					return fmt.Errorf("status %d", answer.StatusCode)
				}
			}
			return nil
		})
	}
	return group.Wait()
}

// durable creates the same rooms with the engine: intent and result of each on
// stable storage. It returns how long that took from the first intent to the last
// result, as bare does, which has no manifest to read either.
func durable(ctx context.Context, base, dir string, rows int) (time.Duration, error) {
	m, err := manifest.Read(strings.NewReader(numbered(rows)), "rooms.csv", manifest.Options{})
	if err != nil {
		return 0, err
	}
	file, err := results.Open(filepath.Join(dir, fmt.Sprintf("%d.csv", time.Now().UnixNano())), results.Options{})
	if err != nil {
		return 0, err
	}
	defer file.Close()
	client, err := webex.New(webex.Config{
		BaseURL: base, MaxConns: rawWorkers,
		Token: func(context.Context) (string, error) { return "token", nil },
	})
	if err != nil {
		return 0, err
	}
	defer client.Close()
	plan, err := NewPlan(m, nil, file, client.Host())
	if err != nil {
		return 0, err
	}
	engine := New(Config{
		Client: client, Results: file, Workers: rawWorkers,
		Limiter: ratelimit.New(ratelimit.Config{Workers: rawWorkers, Learned: &ratelimit.Learned{Rate: 1e6, Burst: 1e4, At: time.Now()}}),
	})
	if _, err := engine.Identify(ctx); err != nil {
		return 0, err
	}
	began := time.Now()
	outcome, err := engine.Run(ctx, plan)
	took := time.Since(began)
	if err == nil && !outcome.Complete() {
		err = fmt.Errorf("%v", outcome.Statuses)
	}
	return took, err
}

// BenchmarkRawSpeed creates rooms on a server without limits in another process,
// with the engine and with a bare loop in turn, and reports the engine's speed
// as a share of the loop's: of all turns together, and of the median turn, which
// is worth more on a machine that others use.
func BenchmarkRawSpeed(b *testing.B) {
	base := elsewhere(b)
	const rows = 30_000 // so that the first and the last fsync do not count; still short, since the machine's speed drifts
	var careful, careless time.Duration
	var shares []float64
	for b.Loop() {
		began := time.Now()
		if err := bare(b.Context(), base, rows); err != nil {
			b.Fatal(err)
		}
		without := time.Since(began)
		with, err := durable(b.Context(), base, b.TempDir(), rows)
		if err != nil {
			b.Fatal(err)
		}
		careless, careful = careless+without, careful+with
		shares = append(shares, without.Seconds()/with.Seconds())
	}
	slices.Sort(shares)
	total := float64(rows) * float64(b.N)
	b.ReportMetric(total/careless.Seconds(), "bare-rooms/s")
	b.ReportMetric(total/careful.Seconds(), "durable-rooms/s")
	b.ReportMetric(careless.Seconds()/careful.Seconds(), "of-bare")
	b.ReportMetric(shares[len(shares)/2], "of-bare-median")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkDurableRoom reports what one room costs the engine.
func BenchmarkDurableRoom(b *testing.B) {
	base, dir := elsewhere(b), b.TempDir()
	b.ReportAllocs()
	b.ResetTimer()
	if _, err := durable(b.Context(), base, dir, b.N); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkBareRoom reports what one room costs the bare loop.
func BenchmarkBareRoom(b *testing.B) {
	base := elsewhere(b)
	b.ReportAllocs()
	b.ResetTimer()
	if err := bare(b.Context(), base, b.N); err != nil {
		b.Fatal(err)
	}
}
