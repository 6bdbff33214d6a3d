package ratelimit

// shortfalls are the sizes at which servers miss what must be reached. Whoever changes the
// limiter shortens the list, and does not make it longer: bench-check fails for any other.
func shortfalls() map[string][]string {
	return map[string][]string{
		// The Retry-After is longer than needed, always the same, or none: a bucket's pause passes for a window's, or a window is groped for.
		"bucket 8/s depth 40, Retry-After + 3":       {"200"},
		"bucket 3/s depth 12, Retry-After + 1":       {"200"},
		"bucket 10/s depth 25, Retry-After + 5":      {"1,000", "long", "1,000 warm"},
		"bucket 6/s depth 10, Retry-After always 30": {"200", "1,000", "long", "1,000 warm"},
		"bucket 7/s depth 30, Retry-After + 2":       {"200"},
		"fixed 300 per 60 s, no Retry-After":         {"1,000", "long", "1,000 warm"},
		"fixed 120 per 20 s, no Retry-After":         {"200", "1,000", "long", "1,000 warm"},
		"sliding 300 per 60 s, no Retry-After":       {"1,000", "long"},
		"bucket 5/s depth 20, Retry-After always 10": {"200", "1,000", "long", "1,000 warm"},
		"bucket 5/s depth 20, Retry-After always 60": {"200", "1,000", "long", "1,000 warm"},
		"bucket 20/s depth 40, Retry-After always 5": {"long", "1,000 warm"},

		// Far away, over a shaky line, or with 64 workers: much is in flight when the limit is met.
		"bucket 5/s depth 20, far away":  {"long"},
		"fixed 500 per 60 s, 64 workers": {"1,000", "1,000 warm"},
		"fixed 100 per 20 s, far away":   {"200"},
		"bucket 2/s depth 1, far away":   {"long"},
		"fixed 80 per 30 s, shaky":       {"200", "1,000 warm"},

		// A window that becomes a bucket refuses some times before it is known as one.
		"sliding 300 per 60 s, then bucket 5/s": {"long"},
		"fixed 300 per 60 s, then bucket 5/s":   {"long"},
		"fixed 50 per 60 s, then bucket 1/s":    {"long"},

		// By a refusal, or by some per cent.
		"bucket 1/s depth 10":               {"200"},
		"fixed 120 per 20 s":                {"200"},
		"sliding 150 per 10 s":              {"1,000"},
		"30→6 at 20 s→30 at 200 s":          {"long"},
		"neighbour 50 % of 10/s, at random": {"long"},
		"bucket 40/s depth 20":              {"long"},
		"fixed 90 per 15 s":                 {"200"},
		"sliding 130 per 10 s":              {"200", "1,000", "1,000 warm"},
	}
}
