package ratelimit

// unseen are policies that were made, and run first, when nothing was changed any more.
func unseen() []policy {
	few, many := usual, usual
	few.workers, many.workers = 4, 64
	near := network{workers: workers, least: 0.02, most: 0.04}
	shaky := network{workers: workers, least: 0.05, most: 0.5}
	return []policy{
		{"bucket 4/s depth 12", "fixed", 8000, bucket(4, 12), usual},
		{"bucket 18/s depth 40", "fixed", 8000, bucket(18, 40), usual},
		{"bucket 8/s depth 5", "fixed", 8000, bucket(8, 5), usual},
		{"bucket 5.5/s depth 25, 4 workers", "fixed", 8000, bucket(5.5, 25), few},
		{"bucket 11/s depth 20, 64 workers", "fixed", 8000, bucket(11, 20), many},
		{"bucket 6.5/s depth 15, shaky", "fixed", 8000, bucket(6.5, 15), shaky},
		{"bucket 22/s depth 30, near by", "fixed", 8000, bucket(22, 30), near},
		{"bucket 7/s depth 30, Retry-After + 2", "fixed", 8000, func(int) server {
			return &tokenBucket{rate: 7, depth: 30, inflated: 2}
		}, usual},
		{"bucket 9/s depth 18, no Retry-After", "fixed", 8000, func(int) server {
			return &tokenBucket{rate: 9, depth: 18, always: -1}
		}, usual},
		{"fixed 240 per 60 s", "fixed", 8000, fixed(240, 60, 8.3), usual},
		{"fixed 80 per 30 s, shaky", "fixed", 8000, fixed(80, 30, 4.3), shaky},
		{"fixed 350 per 60 s, 64 workers", "fixed", 8000, fixed(350, 60, 8.3), many},
		{"sliding 360 per 60 s, near by", "fixed", 8000, sliding(360, 60), near},
		{"sliding 90 per 20 s", "fixed", 8000, sliding(90, 20), usual},
		{"fixed 180 per 10 s", "10 s window", 8000, fixed(180, 10, 1.7), usual},
		{"sliding 130 per 10 s", "10 s window", 8000, sliding(130, 10), usual},
		{"sliding 250 per 60 s, always 60", "always 60", 8000, func(int) server {
			return &slidingWindow{quota: 250, period: 60, always: true}
		}, usual},
		{"9→4 at 150 s→9 at 500 s", "steps", 8000, bucket(9, 18, change{150, 4}, change{500, 9}), usual},
		{"60→20 at 25 s", "steps", 8000, bucket(60, 60, change{25, 20}), usual},
		{"neighbour 30 % of 9/s, 100 s", "neighbour", 8000, func(int) server {
			return &tokenBucket{rate: 9, depth: 20, changes: neighbour(9, 0.3, 100, 100, nil)}
		}, usual},
		{"neighbour 40 % of 7/s, at random", "neighbour", 8000, func(seed int) server {
			return &tokenBucket{rate: 7, depth: 20, changes: neighbour(7, 0.4, 90, 90, seeded(seed, 21))}
		}, usual},
		{"bucket 4.5/s depth 2", "depth 1–2", 8000, bucket(4.5, 2), usual},
		{"bucket 2.2/s depth 1", "depth 1–2", 8000, bucket(2.2, 1), usual},
		{"no limit, near by", "no limit", 20000, func(int) server { return unlimited{} }, near},
	}
}
