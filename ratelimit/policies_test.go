package ratelimit

import "fmt"

// goal bounds a run: makespan ≤ optimum ÷ efficiency + seconds, a share of the turns
// refused, and, where it is above zero, a number of refusals.
type goal struct {
	efficiency float64
	seconds    float64
	share      float64
	refusals   int
}

func (g goal) String() string {
	s := fmt.Sprintf("E %.2f + %.0f s", g.efficiency, g.seconds)
	if g.refusals > 0 {
		return s + fmt.Sprintf(", ≤ %d refusals", g.refusals)
	}
	return s + fmt.Sprintf(", ≤ %.1f %%", 100*g.share)
}

// class is a kind of server, with what must be reached in a long run, in one of 1,000
// rows, in one of 200, and in one of 1,000 that remembers an earlier one. A zero goal
// is none.
type class struct {
	name                      string
	long, medium, short, warm goal
}

// classes are what must be reached.
func classes() map[string]class {
	medium := goal{efficiency: 0.95, seconds: 20, share: 0.02}
	short := goal{efficiency: 1, seconds: 18, refusals: 5}
	warm := goal{efficiency: 0.95, seconds: 10, share: 0.014}
	all := []class{
		{"fixed", goal{efficiency: 0.94, share: 0.006}, medium, short, warm},
		{"10 s window", goal{efficiency: 0.86, share: 0.009}, medium, short, warm},
		{"always 60", goal{efficiency: 0.95, share: 0.003}, medium, short, warm},
		{"steps", goal{efficiency: 0.88, share: 0.006}, goal{}, short, goal{}},
		{"neighbour", goal{efficiency: 0.92, share: 0.01}, goal{}, short, goal{}},
		{"depth 1–2", goal{efficiency: 0.80, share: 0.006}, goal{}, goal{}, goal{}},
		{"no limit", goal{}, medium, short, warm},
		{"beyond", goal{}, goal{}, goal{}, goal{}}, // no goal: shown, not checked
	}
	byName := map[string]class{}
	for _, c := range all {
		byName[c.name] = c
	}
	return byName
}

// policy is a server with a name and a class.
type policy struct {
	name   string
	class  string
	long   int // rows of a long run
	server func(seed int) server
}

func bucket(rate, depth float64, changes ...change) func(int) server {
	return func(int) server { return &tokenBucket{rate: rate, depth: depth, changes: changes} }
}

// fixed windows begin at another moment with each seed.
func fixed(quota int, period, shift float64) func(int) server {
	return func(seed int) server {
		return &fixedWindow{quota: quota, period: period, phase: float64(seed) * shift}
	}
}

func sliding(quota int, period float64) func(int) server {
	return func(int) server { return &slidingWindow{quota: quota, period: period} }
}

// studied are the policies that the limiter was designed on.
func studied() []policy {
	return []policy{
		{"bucket 5/s depth 20", "fixed", 8000, bucket(5, 20)},
		{"bucket 5/s depth 3", "fixed", 8000, bucket(5, 3)},
		{"bucket 10/s depth 10", "fixed", 8000, bucket(10, 10)},
		{"bucket 50/s depth 50", "fixed", 8000, bucket(50, 50)},
		{"bucket 50/s depth 100", "fixed", 8000, bucket(50, 100)},
		{"fixed 300 per 60 s", "fixed", 8000, fixed(300, 60, 7.3)},
		{"fixed 50 per 60 s", "fixed", 5000, fixed(50, 60, 7.3)},
		{"sliding 300 per 60 s", "fixed", 8000, sliding(300, 60)},
		{"fixed 300 per 10 s", "10 s window", 8000, fixed(300, 10, 1.7)},
		{"sliding 300 per 10 s", "10 s window", 8000, sliding(300, 10)},
		{"sliding, Retry-After always 60", "always 60", 8000, func(int) server {
			return &slidingWindow{quota: 300, period: 60, always: true}
		}},
		{"5→2→8 per second", "steps", 8000, bucket(5, 20, change{500, 2}, change{1000, 8})},
		{"100→25 at 10 s", "steps", 8000, bucket(100, 100, change{10, 25})},
		{"20→100 at 10 s", "steps", 8000, bucket(20, 20, change{10, 100})},
		{"neighbour 40 % of 5/s, 60 s", "neighbour", 8000, func(int) server {
			return &tokenBucket{rate: 5, depth: 20, changes: neighbour(5, 0.4, 60, 60, nil)}
		}},
		{"bucket 3/s depth 1", "depth 1–2", 8000, bucket(3, 1)},
		{"bucket 2/s depth 2", "depth 1–2", 8000, bucket(2, 2)},
		{"no limit", "no limit", 8000, func(int) server { return unlimited{} }},
	}
}

// revised are policies that were held out at first. What they showed led to a last
// revision, so they prove less than those that are held out.
func revised() []policy {
	return []policy{
		{"bucket 7/s depth 25", "fixed", 8000, bucket(7, 25)},
		{"bucket 25/s depth 12", "fixed", 8000, bucket(25, 12)},
		{"bucket 1/s depth 10", "fixed", 5000, bucket(1, 10)},
		{"bucket 8/s depth 40, Retry-After + 3", "fixed", 8000, func(int) server {
			return &tokenBucket{rate: 8, depth: 40, inflated: 3}
		}},
		{"fixed 100 per 30 s", "fixed", 8000, fixed(100, 30, 4.1)},
		{"fixed 120 per 20 s", "fixed", 8000, fixed(120, 20, 3.1)},
		{"fixed 1,000 per 300 s", "fixed", 7500, fixed(1000, 300, 41)},
		{"sliding 120 per 30 s", "fixed", 8000, sliding(120, 30)},
		{"sliding 500 per 120 s", "fixed", 8000, sliding(500, 120)},
		{"fixed 200 per 10 s", "10 s window", 8000, fixed(200, 10, 1.3)},
		{"sliding 150 per 10 s", "10 s window", 8000, sliding(150, 10)},
		{"sliding 200 per 60 s, always 60", "always 60", 8000, func(int) server {
			return &slidingWindow{quota: 200, period: 60, always: true}
		}},
		{"5→1 at 60 s→5 at 600 s", "steps", 8000, bucket(5, 20, change{60, 1}, change{600, 5})},
		{"30→6 at 20 s→30 at 200 s", "steps", 8000, bucket(30, 30, change{20, 6}, change{200, 30})},
		{"10→15→7 per second", "steps", 8000, bucket(10, 20, change{150, 15}, change{400, 7})},
		{"neighbour 50 % of 10/s, at random", "neighbour", 8000, func(seed int) server {
			return &tokenBucket{rate: 10, depth: 20, changes: neighbour(10, 0.5, 60, 60, seeded(seed, 7))}
		}},
		{"neighbour 30 % of 6/s, 120 s", "neighbour", 8000, func(int) server {
			return &tokenBucket{rate: 6, depth: 15, changes: neighbour(6, 0.3, 120, 120, nil)}
		}},
		{"bucket 4/s depth 2", "depth 1–2", 8000, bucket(4, 2)},
		{"bucket 1.5/s depth 1", "depth 1–2", 5000, bucket(1.5, 1)},
		{"neighbour 70 % of 5/s, 40 s at random", "beyond", 8000, func(seed int) server {
			return &tokenBucket{rate: 5, depth: 20, changes: neighbour(5, 0.7, 40, 40, seeded(seed, 99))}
		}},
		{"20/s depth 40 and fixed 600 per 60 s", "beyond", 8000, func(seed int) server {
			return &layered{
				bucket: &tokenBucket{rate: 20, depth: 40},
				window: &fixedWindow{quota: 600, period: 60, phase: float64(seed) * 7.3},
			}
		}},
	}
}

// heldOut are policies that were not looked at before the last revision.
func heldOut() []policy {
	return []policy{
		{"bucket 6/s depth 30", "fixed", 8000, bucket(6, 30)},
		{"bucket 12/s depth 6", "fixed", 8000, bucket(12, 6)},
		{"bucket 40/s depth 20", "fixed", 8000, bucket(40, 20)},
		{"bucket 2/s depth 8", "fixed", 8000, bucket(2, 8)},
		{"fixed 400 per 60 s", "fixed", 8000, fixed(400, 60, 8.9)},
		{"fixed 90 per 15 s", "fixed", 8000, fixed(90, 15, 2.3)},
		{"sliding 240 per 60 s", "fixed", 8000, sliding(240, 60)},
		{"sliding 60 per 20 s", "fixed", 8000, sliding(60, 20)},
		{"fixed 250 per 10 s", "10 s window", 8000, fixed(250, 10, 1.9)},
		{"sliding 200 per 10 s", "10 s window", 8000, sliding(200, 10)},
		{"sliding 400 per 60 s, always 60", "always 60", 8000, func(int) server {
			return &slidingWindow{quota: 400, period: 60, always: true}
		}},
		{"8→3 at 200 s→8 at 700 s", "steps", 8000, bucket(8, 15, change{200, 3}, change{700, 8})},
		{"50→15 at 30 s", "steps", 8000, bucket(50, 50, change{30, 15})},
		{"6→12 at 100 s", "steps", 8000, bucket(6, 20, change{100, 12})},
		{"neighbour 35 % of 8/s, 90 s", "neighbour", 8000, func(int) server {
			return &tokenBucket{rate: 8, depth: 20, changes: neighbour(8, 0.35, 90, 90, nil)}
		}},
		{"neighbour 45 % of 5/s, at random", "neighbour", 8000, func(seed int) server {
			return &tokenBucket{rate: 5, depth: 25, changes: neighbour(5, 0.45, 80, 80, seeded(seed, 13))}
		}},
		{"bucket 2.5/s depth 1", "depth 1–2", 8000, bucket(2.5, 1)},
		{"bucket 5/s depth 2", "depth 1–2", 8000, bucket(5, 2)},
	}
}
