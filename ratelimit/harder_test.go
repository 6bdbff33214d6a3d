package ratelimit

import "math/rand/v2"

// shared is a server that somebody else uses too: rate requests a second, for on
// seconds in the mean, and none for off. Those who are refused go away.
type shared struct {
	server

	rate, on, off float64
	rnd           *rand.Rand
	next          float64 // when the other one's next request comes
	busy          float64 // when the other one's busy time ends
}

func (s *shared) hit(at float64) (bool, float64) {
	for s.next <= at {
		if s.next >= s.busy {
			from := s.next
			if s.off > 0 {
				from += s.off * s.rnd.ExpFloat64()
			}
			s.next, s.busy = from, from+s.on*s.rnd.ExpFloat64()
			continue
		}
		s.server.hit(s.next)
		s.next += s.rnd.ExpFloat64() / s.rate
	}
	return s.server.hit(at)
}

// sharing returns servers that somebody else uses too.
func sharing(of func(int) server, rate, on, off float64) func(int) server {
	return func(seed int) server {
		return &shared{server: of(seed), rate: rate, on: on, off: off, rnd: seeded(seed, 31)}
	}
}

// replaced is a server whose limit is of another kind from a moment on.
type replaced struct {
	server

	at   float64
	then server
}

func (r *replaced) hit(at float64) (bool, float64) {
	if at >= r.at {
		return r.then.hit(at)
	}
	return r.server.hit(at)
}

// replacing returns servers whose limit is of another kind from a moment on.
func replacing(of func(int) server, at float64, then func(int) server) func(int) server {
	return func(seed int) server { return &replaced{server: of(seed), at: at, then: then(seed)} }
}

// saying is a server whose Retry-After is always the same, true or not; 0 is none.
type saying struct {
	server

	retryAfter float64
}

func (s *saying) hit(at float64) (bool, float64) {
	ok, _ := s.server.hit(at)
	return ok, s.retryAfter
}

// silent returns servers that name no Retry-After.
func silent(of func(int) server) func(int) server {
	return func(seed int) server { return &saying{server: of(seed)} }
}

// always returns servers whose Retry-After is always the same.
func always(of func(int) server, retryAfter float64) func(int) server {
	return func(seed int) server { return &saying{server: of(seed), retryAfter: retryAfter} }
}

// harder are policies of servers that others use too, that become another kind of server,
// or whose Retry-After says nothing. The best possible client leaves others next to
// nothing of a shared one, so no goal is set there.
func harder() []policy {
	return []policy{
		{"sliding 300 per 60 s, shared 1.5/s", "beyond", 8000, sharing(sliding(300, 60), 1.5, 1e9, 0), usual},
		{"sliding 300 per 60 s, shared 2/s on and off", "beyond", 8000, sharing(sliding(300, 60), 2, 60, 60), usual},
		{"sliding 300 per 60 s, shared 2/s, rarely", "beyond", 8000, sharing(sliding(300, 60), 2, 60, 300), usual},
		{"sliding 240 per 30 s, shared 3/s on and off", "beyond", 8000, sharing(sliding(240, 30), 3, 90, 90), usual},
		{"fixed 300 per 60 s, shared 2/s on and off", "beyond", 8000, sharing(fixed(300, 60, 7.3), 2, 60, 60), usual},
		{"bucket 5/s depth 20, shared 2/s on and off", "beyond", 8000, sharing(bucket(5, 20), 2, 60, 60), usual},
		{"bucket 5/s, then sliding 300 per 60 s", "steps", 8000, replacing(bucket(5, 20), 100, sliding(300, 60)), usual},
		{"bucket 5/s, then fixed 300 per 60 s", "steps", 8000, replacing(bucket(5, 20), 100, fixed(300, 60, 7.3)), usual},
		{"bucket 10/s, then sliding 120 per 30 s", "steps", 8000, replacing(bucket(10, 20), 100, sliding(120, 30)), usual},
		{"sliding 300 per 60 s, then bucket 5/s", "steps", 8000, replacing(sliding(300, 60), 300, bucket(5, 20)), usual},
		{"fixed 300 per 60 s, then bucket 5/s", "steps", 8000, replacing(fixed(300, 60, 7.3), 200, bucket(5, 20)), usual},
		{"fixed 50 per 60 s, then bucket 1/s", "steps", 4000, replacing(fixed(50, 60, 7.3), 200, bucket(1, 10)), usual},
		{"sliding 300 per 60 s, then 150", "steps", 8000, replacing(sliding(300, 60), 300, sliding(150, 60)), usual},
		{"sliding 150 per 60 s, then 300", "steps", 8000, replacing(sliding(150, 60), 300, sliding(300, 60)), usual},
		{"fixed 600 per 60 s, then no limit", "beyond", 8000, replacing(fixed(600, 60, 7.3), 200, func(int) server { return unlimited{} }), usual},
		{"bucket 0.1/s, then 5/s", "beyond", 2000, bucket(0.1, 5, change{420, 5}), usual},
		{"fixed 300 per 60 s, no Retry-After", "fixed", 8000, silent(fixed(300, 60, 7.3)), usual},
		{"fixed 120 per 20 s, no Retry-After", "fixed", 8000, silent(fixed(120, 20, 3.1)), usual},
		{"sliding 300 per 60 s, no Retry-After", "fixed", 8000, silent(sliding(300, 60)), usual},
		{"bucket 5/s depth 20, Retry-After always 10", "fixed", 8000, always(bucket(5, 20), 10), usual},
		{"bucket 5/s depth 20, Retry-After always 60", "fixed", 8000, always(bucket(5, 20), 60), usual},
		{"bucket 20/s depth 40, Retry-After always 5", "fixed", 8000, always(bucket(20, 40), 5), usual},
	}
}
