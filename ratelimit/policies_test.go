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
	network
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
		{"bucket 5/s depth 20", "fixed", 8000, bucket(5, 20), usual},
		{"bucket 5/s depth 3", "fixed", 8000, bucket(5, 3), usual},
		{"bucket 10/s depth 10", "fixed", 8000, bucket(10, 10), usual},
		{"bucket 50/s depth 50", "fixed", 8000, bucket(50, 50), usual},
		{"bucket 50/s depth 100", "fixed", 8000, bucket(50, 100), usual},
		{"fixed 300 per 60 s", "fixed", 8000, fixed(300, 60, 7.3), usual},
		{"fixed 50 per 60 s", "fixed", 5000, fixed(50, 60, 7.3), usual},
		{"sliding 300 per 60 s", "fixed", 8000, sliding(300, 60), usual},
		{"fixed 300 per 10 s", "10 s window", 8000, fixed(300, 10, 1.7), usual},
		{"sliding 300 per 10 s", "10 s window", 8000, sliding(300, 10), usual},
		{"sliding, Retry-After always 60", "always 60", 8000, func(int) server {
			return &slidingWindow{quota: 300, period: 60, always: true}
		}, usual},
		{"5→2→8 per second", "steps", 8000, bucket(5, 20, change{500, 2}, change{1000, 8}), usual},
		{"100→25 at 10 s", "steps", 8000, bucket(100, 100, change{10, 25}), usual},
		{"20→100 at 10 s", "steps", 8000, bucket(20, 20, change{10, 100}), usual},
		{"neighbour 40 % of 5/s, 60 s", "neighbour", 8000, func(int) server {
			return &tokenBucket{rate: 5, depth: 20, changes: neighbour(5, 0.4, 60, 60, nil)}
		}, usual},
		{"bucket 3/s depth 1", "depth 1–2", 8000, bucket(3, 1), usual},
		{"bucket 2/s depth 2", "depth 1–2", 8000, bucket(2, 2), usual},
		{"no limit", "no limit", 8000, func(int) server { return unlimited{} }, usual},
	}
}

// revised are policies that were held out at first. What they showed led to a last
// revision, so they prove less than those that are held out.
func revised() []policy {
	return []policy{
		{"bucket 7/s depth 25", "fixed", 8000, bucket(7, 25), usual},
		{"bucket 25/s depth 12", "fixed", 8000, bucket(25, 12), usual},
		{"bucket 1/s depth 10", "fixed", 5000, bucket(1, 10), usual},
		{"bucket 8/s depth 40, Retry-After + 3", "fixed", 8000, func(int) server {
			return &tokenBucket{rate: 8, depth: 40, inflated: 3}
		}, usual},
		{"fixed 100 per 30 s", "fixed", 8000, fixed(100, 30, 4.1), usual},
		{"fixed 120 per 20 s", "fixed", 8000, fixed(120, 20, 3.1), usual},
		{"fixed 1,000 per 300 s", "fixed", 7500, fixed(1000, 300, 41), usual},
		{"sliding 120 per 30 s", "fixed", 8000, sliding(120, 30), usual},
		{"sliding 500 per 120 s", "fixed", 8000, sliding(500, 120), usual},
		{"fixed 200 per 10 s", "10 s window", 8000, fixed(200, 10, 1.3), usual},
		{"sliding 150 per 10 s", "10 s window", 8000, sliding(150, 10), usual},
		{"sliding 200 per 60 s, always 60", "always 60", 8000, func(int) server {
			return &slidingWindow{quota: 200, period: 60, always: true}
		}, usual},
		{"5→1 at 60 s→5 at 600 s", "steps", 8000, bucket(5, 20, change{60, 1}, change{600, 5}), usual},
		{"30→6 at 20 s→30 at 200 s", "steps", 8000, bucket(30, 30, change{20, 6}, change{200, 30}), usual},
		{"10→15→7 per second", "steps", 8000, bucket(10, 20, change{150, 15}, change{400, 7}), usual},
		{"neighbour 50 % of 10/s, at random", "neighbour", 8000, func(seed int) server {
			return &tokenBucket{rate: 10, depth: 20, changes: neighbour(10, 0.5, 60, 60, seeded(seed, 7))}
		}, usual},
		{"neighbour 30 % of 6/s, 120 s", "neighbour", 8000, func(int) server {
			return &tokenBucket{rate: 6, depth: 15, changes: neighbour(6, 0.3, 120, 120, nil)}
		}, usual},
		{"bucket 4/s depth 2", "depth 1–2", 8000, bucket(4, 2), usual},
		{"bucket 1.5/s depth 1", "depth 1–2", 5000, bucket(1.5, 1), usual},
		{"neighbour 70 % of 5/s, 40 s at random", "beyond", 8000, func(seed int) server {
			return &tokenBucket{rate: 5, depth: 20, changes: neighbour(5, 0.7, 40, 40, seeded(seed, 99))}
		}, usual},
		{"20/s depth 40 and fixed 600 per 60 s", "beyond", 8000, func(seed int) server {
			return &layered{
				bucket: &tokenBucket{rate: 20, depth: 40},
				window: &fixedWindow{quota: 600, period: 60, phase: float64(seed) * 7.3},
			}
		}, usual},
	}
}

// heldOut are policies that were not looked at before the last revision.
func heldOut() []policy {
	return []policy{
		{"bucket 6/s depth 30", "fixed", 8000, bucket(6, 30), usual},
		{"bucket 12/s depth 6", "fixed", 8000, bucket(12, 6), usual},
		{"bucket 40/s depth 20", "fixed", 8000, bucket(40, 20), usual},
		{"bucket 2/s depth 8", "fixed", 8000, bucket(2, 8), usual},
		{"fixed 400 per 60 s", "fixed", 8000, fixed(400, 60, 8.9), usual},
		{"fixed 90 per 15 s", "fixed", 8000, fixed(90, 15, 2.3), usual},
		{"sliding 240 per 60 s", "fixed", 8000, sliding(240, 60), usual},
		{"sliding 60 per 20 s", "fixed", 8000, sliding(60, 20), usual},
		{"fixed 250 per 10 s", "10 s window", 8000, fixed(250, 10, 1.9), usual},
		{"sliding 200 per 10 s", "10 s window", 8000, sliding(200, 10), usual},
		{"sliding 400 per 60 s, always 60", "always 60", 8000, func(int) server {
			return &slidingWindow{quota: 400, period: 60, always: true}
		}, usual},
		{"8→3 at 200 s→8 at 700 s", "steps", 8000, bucket(8, 15, change{200, 3}, change{700, 8}), usual},
		{"50→15 at 30 s", "steps", 8000, bucket(50, 50, change{30, 15}), usual},
		{"6→12 at 100 s", "steps", 8000, bucket(6, 20, change{100, 12}), usual},
		{"neighbour 35 % of 8/s, 90 s", "neighbour", 8000, func(int) server {
			return &tokenBucket{rate: 8, depth: 20, changes: neighbour(8, 0.35, 90, 90, nil)}
		}, usual},
		{"neighbour 45 % of 5/s, at random", "neighbour", 8000, func(seed int) server {
			return &tokenBucket{rate: 5, depth: 25, changes: neighbour(5, 0.45, 80, 80, seeded(seed, 13))}
		}, usual},
		{"bucket 2.5/s depth 1", "depth 1–2", 8000, bucket(2.5, 1), usual},
		{"bucket 5/s depth 2", "depth 1–2", 8000, bucket(5, 2), usual},
	}
}

// fresh are policies over other networks, with other numbers of workers and other habits
// of Retry-After. What they showed led to room that hastens, and away from some parts, so
// they prove less than those that are unseen.
func fresh() []policy {
	few, many := usual, usual
	few.workers, many.workers = 4, 64
	near := network{workers: workers, least: 0.01, most: 0.03}
	far := network{workers: workers, least: 0.2, most: 0.6}
	return []policy{
		{"bucket 9/s depth 15, 4 workers", "fixed", 8000, bucket(9, 15), few},
		{"bucket 30/s depth 60, 64 workers", "fixed", 8000, bucket(30, 60), many},
		{"bucket 5/s depth 20, far away", "fixed", 8000, bucket(5, 20), far},
		{"bucket 15/s depth 30, near by", "fixed", 8000, bucket(15, 30), near},
		{"bucket 3/s depth 12, Retry-After + 1", "fixed", 8000, func(int) server {
			return &tokenBucket{rate: 3, depth: 12, inflated: 1}
		}, usual},
		{"bucket 10/s depth 25, Retry-After + 5", "fixed", 8000, func(int) server {
			return &tokenBucket{rate: 10, depth: 25, inflated: 5}
		}, usual},
		{"bucket 6/s depth 10, Retry-After always 30", "fixed", 8000, func(int) server {
			return &tokenBucket{rate: 6, depth: 10, always: 30}
		}, usual},
		{"bucket 5/s depth 20, no Retry-After", "fixed", 8000, func(int) server {
			return &tokenBucket{rate: 5, depth: 20, always: -1}
		}, usual},
		{"fixed 500 per 60 s, 64 workers", "fixed", 8000, fixed(500, 60, 9.7), many},
		{"fixed 150 per 60 s, 4 workers", "fixed", 8000, fixed(150, 60, 9.7), few},
		{"fixed 100 per 20 s, far away", "fixed", 8000, fixed(100, 20, 3.7), far},
		{"sliding 180 per 30 s", "fixed", 8000, sliding(180, 30), usual},
		{"sliding 600 per 60 s, near by", "fixed", 8000, sliding(600, 60), near},
		{"fixed 120 per 10 s", "10 s window", 8000, fixed(120, 10, 1.1), usual},
		{"sliding 250 per 10 s, 64 workers", "10 s window", 8000, sliding(250, 10), many},
		{"sliding 120 per 60 s, always 60", "always 60", 5000, func(int) server {
			return &slidingWindow{quota: 120, period: 60, always: true}
		}, usual},
		{"12→4 at 120 s→12 at 400 s", "steps", 8000, bucket(12, 25, change{120, 4}, change{400, 12}), usual},
		{"40→10 at 40 s, 64 workers", "steps", 8000, bucket(40, 40, change{40, 10}), many},
		{"4→9 at 150 s, 4 workers", "steps", 8000, bucket(4, 15, change{150, 9}), few},
		{"neighbour 25 % of 12/s, 45 s", "neighbour", 8000, func(int) server {
			return &tokenBucket{rate: 12, depth: 30, changes: neighbour(12, 0.25, 45, 45, nil)}
		}, usual},
		{"neighbour 50 % of 6/s, 150 s", "neighbour", 8000, func(int) server {
			return &tokenBucket{rate: 6, depth: 12, changes: neighbour(6, 0.5, 150, 150, nil)}
		}, usual},
		{"bucket 3.5/s depth 2", "depth 1–2", 8000, bucket(3.5, 2), usual},
		{"bucket 2/s depth 1, far away", "depth 1–2", 5000, bucket(2, 1), far},
		{"no limit, 4 workers", "no limit", 8000, func(int) server { return unlimited{} }, few},
		{"no limit, 64 workers", "no limit", 20000, func(int) server { return unlimited{} }, many},
	}
}
