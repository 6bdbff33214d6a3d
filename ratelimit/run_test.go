package ratelimit

import (
	"math"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

// outcome is how a run went.
type outcome struct {
	makespan float64 // seconds until the last row was accepted
	sent     int
	refused  int
	early    int // sent although the gate was closed
	fullAt   int // the first second in which 90 % of full speed was reached; 0 is never
	learned  Learned
	optimum  float64
}

func (o outcome) share() float64      { return float64(o.refused) / float64(o.sent) }
func (o outcome) efficiency() float64 { return o.optimum / o.makespan }
func (o outcome) lost() float64       { return o.makespan - o.optimum }

const workers = 16

// network is how many workers there are and how long a request travels in each direction,
// in seconds.
type network struct {
	workers     int
	least, most float64
}

// usual is the network of the figures to reach.
var usual = network{workers: workers, least: 0.05, most: 0.12}

// roundTrip returns the mean time from a request to its answer.
func (n network) roundTrip() float64 { return n.least + n.most }

// wire is a simulated server and the network before it. The n-th request of a seed
// always travels for the same time.
type wire struct {
	network
	mu     sync.Mutex
	server server
	rnd    *rand.Rand
	begun  time.Time
	closed time.Time // nobody may send before
	out    outcome
	second map[int]int // accepted in each second
}

func (w *wire) travel() time.Duration {
	return time.Duration((w.least + (w.most-w.least)*w.rnd.Float64()) * float64(time.Second))
}

// post sends a request and returns when it was answered.
func (w *wire) post() (ok bool, retryAfter time.Duration) {
	w.mu.Lock()
	there, back := w.travel(), w.travel()
	w.out.sent++
	if time.Now().Before(w.closed) {
		w.out.early++
	}
	w.mu.Unlock()

	time.Sleep(there)
	w.mu.Lock()
	ok, seconds := w.server.hit(time.Since(w.begun).Seconds())
	w.mu.Unlock()
	time.Sleep(back)

	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	if ok {
		w.out.makespan = now.Sub(w.begun).Seconds()
		w.second[int(w.out.makespan)]++
		return true, 0
	}
	w.out.refused++
	retryAfter = time.Duration(seconds * float64(time.Second))
	if until := now.Add(retryAfter); until.After(w.closed) {
		w.closed = until
	}
	return false, retryAfter
}

// simulate runs real workers against a simulated server in virtual time.
func simulate(t *testing.T, s server, rows, seed int, limiter func() client) outcome {
	return simulateOver(t, usual, s, rows, seed, limiter)
}

func simulateOver(t *testing.T, n network, s server, rows, seed int, limiter func() client) (out outcome) {
	synctest.Test(t, func(t *testing.T) {
		w := &wire{network: n, server: s, rnd: seeded(seed, 1), begun: time.Now(), second: map[int]int{}}
		c := limiter()
		var crew sync.WaitGroup
		left := rows
		for range n.workers {
			crew.Go(func() {
				for {
					w.mu.Lock()
					if left == 0 {
						w.mu.Unlock()
						return
					}
					left--
					w.mu.Unlock()
					for !attempt(t, c, w) {
					}
				}
			})
		}
		crew.Wait()
		out = w.out
		full := int(math.Ceil(0.9 * float64(n.workers) / n.roundTrip()))
		for s := 1; s < len(w.second); s++ {
			if w.second[s-1] >= full {
				out.fullAt = s
				break
			}
		}
		if a, ok := c.(adaptiveClient); ok {
			out.learned = a.Learned()
			assert.Zero(t, a.Stats().InFlight)
			assert.Zero(t, out.early, "requests sent inside a Retry-After")
		}
	})
	return out
}

// attempt sends a row once.
func attempt(t *testing.T, c client, w *wire) (ok bool) {
	turn, err := c.wait(t.Context())
	if !assert.NoError(t, err) {
		return true
	}
	ok, retryAfter := w.post()
	if ok {
		turn.Accepted()
	} else {
		turn.Refused(retryAfter)
	}
	return ok
}
