package ratelimit

import "time"

// tuning holds every constant of the limiter, in requests and seconds. It is a value so
// that the benchmark can switch each part off and show what the part earns.
//
// Beside each stands what it is for. Where that does not fix the value, it is the round
// one in the middle of the range in which the benchmark's table hardly changes.
type tuning struct {
	// The first pace, and how it grows until the first refusal.

	startRate float64 // the documented rate: 300 requests a minute
	growth    float64 // added to the rate for each success: a factor e each 5 s
	hasten    int     // successes after which the growth grows with them, so that any speed is reached within 20 s
	firstCut  float64 // of what was sent in the last second before the first refusal: below most buckets', to climb to a second refusal that measures it
	leastRate float64 // one an hour: the slowest limit that a job can live with
	mostRate  float64 // above it, a remembered rate is damage

	// Cruising.

	below   float64 // share that the cruise stays below the estimate: 0.99 of it is never refused by a deep bucket
	spacing float64 // of the even distance, kept between turns: after a pause a burst goes out at twice the rate, no faster
	grain   float64 // timers are no finer in practice; what is shorter is not waited for one by one
	catchUp float64 // share of what the server saved up during a pause that is used after it, at first; halved when that proves too much

	// The gate's own pauses, where the server names none or does not keep to its own.

	backoff     float64 // first pause: the least that a Retry-After can say
	backoffMost float64 // longest pause: a window of a minute has passed by then

	// Turns in flight.

	smooth     float64 // weight of the newest round trip
	slowest    float64 // a longer round trip is a fault, not the network
	roomFirst  int     // turns in flight at first: a window's end costs as many refusals as are out, so four, in a run of 200
	roomFree   int     // accepted requests that earn no more, when nothing is known …
	roomCold   int     // … and that earn room for one more after that: at most 2 % refused in a run of 1,000
	roomWarm   int     // … at a remembered rate, which is likely right; if it is stale, few are refused
	roomHasten int     // accepted requests after which the earnings grow with their square: 64 workers are all out within 20 s

	// Measuring.

	measure   int     // accepted requests between refusals that make a measurement: an error of one in 8
	guess     float64 // where between two bounds a limit is believed to be that the bucket's running over hides
	same      float64 // change of the limit that is noise
	shortCut  float64 // rate kept when refused again after so few that nothing was measured
	shortMost int     // such refusals in a row after which the limit is let go: it is far from what there is
	mostCut   float64 // least rate kept at one event, however little was accepted

	// Proof, before a share of the limit is left to others.

	proofs     int     // measurements, unless two agree
	proof      float64 // one and a half times the documented window, which may be behind the limit: in a minute two of them fit …
	proofOpen  float64 // share of a measured stretch that the gate was open: a bucket may run over in a pause
	proofShare float64 // … and how much of what the limit allows in it must have been accepted: after a slow start or a pause it is less

	// Probes. They are counted in accepted requests, so that the refused share is bounded
	// at any rate: one or two refusals for 100–300 requests.

	probeNormal   int     // accepted before the next climb, when little is known or the limit has fallen
	probeMost     int     // spacing is doubled at each confirmation up to this, or up to …
	probeMostTime float64 // … what is accepted in this time: a rise costs a minute at most
	probeRoseTime float64 // after a rise: time for the cruise to show whether the guess was too high
	gentleTime    float64 // how long a climb out of cruise stays gentle: a bucket is empty by then …
	gentleMost    int     // … and for so many accepted requests at least, since at low rates that takes longer
	gentleSlope   float64 // rate added a second: an overshoot of sqrt(2 × slope × depth) × round trip refusals
	gentleShare   float64 // rate added for each success, as a share: at low rates the slope alone is too steep …
	gentleDeep    float64 // … and less below this depth, down to a quarter: only a long climb measures a shallow bucket
	deepFall      float64 // a fall of the limit to less than a part of the highest so far is likely to pass: no server's own limit falls so far …
	low           float64 // … nor is so low, a tenth of the documented rate: that passes, too …
	patience      float64 // … and is believed for so long, at first
	budgetFree    float64 // refusals that cost nothing: those of finding the limit
	budgetShare   float64 // share of turns refused above which probes get rarer and gentler
	probeCareful  int     // least spacing then: below 1 % refused

	// Windows.

	usual           []float64 // lengths of windows that people choose, in seconds
	windowLeast     float64   // shortest pause that speaks for a window: a bucket's is 1 s above 1/s
	windowLong      float64   // pause that is a window's length when it is a usual one
	windowSlack     float64   // Retry-After is in whole seconds, at both ends, and the network adds
	windowFirst     float64   // share of the first epoch in which turns were given, at most: else two windows look like one
	windowActive    float64   // share of a later epoch in which turns were given, at most, and 5 s: else any pause ends a window
	windowSame      float64   // change of the quota that is noise: fixed windows let in more at their border
	windowProbe     int       // quotas accepted before one turn over the quota is tried
	windowProbeMost int       // spacing is doubled at each confirmation up to so many quotas, or …
	windowProbeRare int       // … so many requests: 0.03 % refused
	windowSure      float64   // longest window that a single epoch shows
	windowDoubts    int       // events in a row that a window must not explain to be forgotten
	windowWrong     int       // windows that prove wrong before the server is seen as a bucket
	windowFills     int       // times that others may seem to fill a sliding window: if oftener, it is a bucket …
	windowDense     float64   // … within this share of the period
	windowLess      float64   // it is one, too, where a bucket was measured that allows so many times as much
	windowYield     float64   // share of what was ours that is left to others who fill a sliding window: else their next turns meet ours
	alike           int       // events that show a sliding window, over more than its length: two are alike by chance …
	alikeMost       int       // … and remembered at most: a full window refuses several times in a row
	alikeExact      float64   // share by which the turns in a period before each may differ: one of 80, for what is in flight
	alikeUneven     float64   // share by which those in half of it, or in a sixth, differ at least: where the pace was even a bucket looks alike
	windowGone      float64   // multiple of the quota at which turns over it show that there is no window: where it is fixed, two fit into a period
	windowLate      float64   // periods in which something was always in flight, after which one turn over the quota is tried beside others
	windowLeap      int       // turns over the quota, accepted in a row, that let one more go with the next
	windowShorter   float64   // share of the period after which a server that opens its window has a shorter one: turns come later and later in it
	windowPause     float64   // share of the period without a turn, after which the first goes alone
	inflated        int       // the same short pause again so often is the server's habit, not a window
	unsure          float64   // pace in a window whose length is not known, as a multiple of its mean …
	unsureMost      float64   // … and at most: each overshoot costs pace × round trip refusals
	front           float64   // pace in a known window, as a multiple of its mean: what is sent early cannot come late
	frontMost       float64   // … and at most
	ahead           float64   // … and at least

	// Memory.

	history int           // turns kept: the largest quota that can be recognised
	memory  time.Duration // older than this, what was learned is not believed

	memoryReserve time.Duration // the same where a reserve keeps a run from finding that the limit has risen
}

// standard returns the constants that the limiter runs with.
func standard() tuning {
	return tuning{
		startRate: 5,
		growth:    0.2,
		hasten:    100,
		firstCut:  0.45,
		leastRate: 1.0 / 3600,
		mostRate:  1e6,

		below:   0.01,
		spacing: 0.5,
		grain:   0.01,
		catchUp: 0.8,

		backoff:     1,
		backoffMost: 60,

		smooth:     0.05,
		slowest:    5,
		roomFirst:  4,
		roomFree:   130,
		roomCold:   32,
		roomHasten: 300,
		roomWarm:   20,

		measure:   8,
		guess:     0.4,
		same:      0.03,
		shortCut:  0.8,
		mostCut:   0.3,
		shortMost: 3,

		proofs:     2,
		proof:      90,
		proofOpen:  0.5,
		proofShare: 0.9,

		probeNormal:   100,
		probeMost:     200,
		probeMostTime: 60,
		probeRoseTime: 10,
		gentleTime:    12,
		gentleMost:    60,
		gentleDeep:    10,
		gentleSlope:   0.8,
		gentleShare:   0.02,
		deepFall:      4,
		low:           0.5,
		patience:      120,
		budgetFree:    4,
		budgetShare:   0.004,
		probeCareful:  160,

		usual:           []float64{5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600},
		windowLeast:     1.5,
		windowLong:      10,
		windowSlack:     1.1,
		windowFirst:     0.6,
		windowActive:    0.8,
		windowSame:      0.1,
		windowProbe:     2,
		windowProbeMost: 8,
		windowProbeRare: 3200,
		windowSure:      120,
		windowDoubts:    2,
		windowWrong:     3,
		windowFills:     4,
		windowDense:     0.5,
		windowLess:      1.2,
		windowYield:     0.05,
		alike:           3,
		alikeMost:       16,
		alikeExact:      0.0125,
		alikeUneven:     0.2,
		windowGone:      2,
		windowLate:      2,
		windowLeap:      16,
		windowShorter:   0.75,
		windowPause:     0.25,
		inflated:        1,
		unsure:          3,
		unsureMost:      36,
		front:           8,
		frontMost:       60,
		ahead:           1.2,

		history: 1 << 15,
		memory:  30 * 24 * time.Hour,

		memoryReserve: 7 * 24 * time.Hour,
	}
}
