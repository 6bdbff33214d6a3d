//go:build unix

package cli_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
)

// scenario is a job, the weather that it runs in, and how its runs are ended.
// All of it comes from the seed.
type scenario struct {
	seed    uint64
	rows    []wish
	cloud   []string // flags of roomlift sandbox
	flags   []string // flags of roomlift apply
	endings []ending
	// horizon is how long after a run's end the last room may yet be made or
	// missing from listings.
	horizon time.Duration
	slow    float64 // the share of requests whose faults cost half a minute or a run each
	hangs   bool    // some requests are not answered in a minute
	short   bool    // only the early endings, see shorten
}

// wish is a row of the manifest.
type wish struct {
	key, title, team string
	refused          bool // its team does not exist
}

// Rooms take as long as all of these together, at most, from the request to
// the first listing that shows them. It must be less than the 30 seconds that
// the program waits before it believes that a room was not made.
const (
	longestLatency = 1500 * time.Millisecond
	longestLag     = 8 * time.Second
	longestLate    = 8 * time.Second
	longestSlow    = 3 * time.Second
)

func newScenario(seed uint64) *scenario {
	s := &scenario{seed: seed}
	chance := rand.New(rand.NewPCG(seed, 0x746f7274757265))
	s.drawRows(chance)
	s.drawWeather(chance)
	s.drawFaults(chance)
	s.flags = append(s.flags, "--workers="+strconv.Itoa(1+chance.IntN(16)))
	if chance.IntN(5) == 0 {
		s.flags = append(s.flags, "--adopt")
	}
	for range 2 + chance.IntN(5) {
		s.endings = append(s.endings, drawEnding(chance))
	}
	return s
}

// drawRows draws titles that many rows share, each with a key of its own, and
// titles of their own with and without one; in some manifests there are teams
// that Webex does not know.
func (s *scenario) drawRows(chance *rand.Rand) {
	unknownTeams := chance.IntN(2) == 0
	shared := 1 + chance.IntN(4)
	for i := range 8 + chance.IntN(56) {
		w := wish{key: fmt.Sprintf("REQ-%04d", i)}
		switch chance.IntN(3) {
		case 0:
			w.title = fmt.Sprintf("Weekly %d", chance.IntN(shared))
		case 1:
			w.title = fmt.Sprintf("Vertrieb \"Süd, Ost\" %d 東京 🚀", i)
		default:
			w.title = fmt.Sprintf("Room %d", i)
			w.key = ""
		}
		switch n := chance.IntN(10); {
		case n < 3:
			w.team = webexID("TEAM", n)
		case n == 3 && unknownTeams:
			w.team, w.refused = "no-such-team", true
		}
		s.rows = append(s.rows, w)
	}
}

func (s *scenario) drawWeather(chance *rand.Rand) {
	limits := []string{"none", "none", "50/s", "20/s+5", "10/s+20", "5/s", "30/5s", "30/5s~"}
	latency := time.Duration(chance.Int64N(int64(longestLatency)))
	if chance.IntN(3) == 0 {
		latency /= 20
	}
	var lag time.Duration
	if chance.IntN(3) > 0 {
		lag = time.Duration(chance.Int64N(int64(longestLag)))
	}
	skew := time.Duration(chance.Int64N(int64(20*time.Minute))) - 10*time.Minute
	s.cloud = []string{
		"--seed=" + strconv.FormatUint(s.seed|1, 10), // 0 would be by chance
		"--limit=" + limits[chance.IntN(len(limits))],
		fmt.Sprintf("--latency=%v-%v", latency/10, latency),
		fmt.Sprintf("--listing-lag=%v", lag),
		fmt.Sprintf("--clock-skew=%v", skew),
	}
	s.horizon = latency + lag + longestSlow + time.Second
}

// The faults that requests meet. What follows a room that was made is lost or
// unusable in every way; an answer that says that it was not made would be a
// lie that nobody could find out.
var (
	madeFaults = []string{
		"status+made:500", "status+made:502", "status+made:503", "status+made:504",
		"html+made", "html+made:200", "html+made:504", "empty+made", "empty+made:502", "noid+made",
		"half+made", "cut+made", "drop+made", "reset+made", "slow+made@1.5s", "garbage+made", "late",
	}
	unmadeFaults = []string{
		"status:500", "status:502", "status:503", "status:504", "status:408",
		"html", "html:200", "empty", "empty:200", "noid", "half", "cut", "drop", "reset", "slow@800ms", "garbage",
	}
	certainFaults = []string{"status:429", "status:429/1", "status:429/3", "status:423", "status:401"}
	askingFaults  = []string{
		"status:500", "status:503", "status:504", "status:429/1", "html", "html+made:200", "empty+made", "noid",
		"half+made", "cut+made", "drop", "reset", "garbage", "slow+made@1s",
	}
)

func (s *scenario) drawFaults(chance *rand.Rand) {
	s.drawKinds(chance, "", madeFaults, 4, 0.40)
	s.slow += s.drawKinds(chance, "", unmadeFaults, 4, 0.20)
	s.drawKinds(chance, "", certainFaults, 2, 0.10)
	s.slow += s.drawKinds(chance, "GET ", askingFaults, 4, 0.30)
	if s.hangs = chance.IntN(6) == 0; s.hangs {
		s.cloud = append(s.cloud, "--fault=hang=0.02", "--fault=hang+made=0.03", "--fault=GET hang=0.05")
	}
}

// drawKinds draws up to most kinds of faults, of which requests meet a share of
// at most bound together. It returns that share.
func (s *scenario) drawKinds(chance *rand.Rand, method string, kinds []string, most int, bound float64) float64 {
	n := chance.IntN(most + 1)
	sum := 0.0
	for _, i := range chance.Perm(len(kinds))[:n] {
		fault := kinds[i]
		if fault == "late" {
			delay := time.Duration(chance.Int64N(int64(longestLate)))
			fault += "@" + delay.String()
			s.horizon += delay
		}
		share := chance.Float64() * bound / float64(n)
		s.cloud = append(s.cloud, fmt.Sprintf("--fault=%s%s=%.4f", method, fault, share))
		sum += share
	}
	return sum
}

// manifest writes the rows; with goodOnly, without those that are refused.
func (s *scenario) manifest(goodOnly bool) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write([]string{"key", "title", "teamId"})
	for _, row := range s.rows {
		if !goodOnly || !row.refused {
			_ = w.Write([]string{row.key, row.title, row.team})
		}
	}
	w.Flush()
	return b.Bytes()
}

// unauthorised reports whether runs may end with exit code 4, for a token that
// the server says it does not know.
func (s *scenario) unauthorised() bool {
	return strings.Contains(strings.Join(s.cloud, " "), "status:401")
}

// shorten leaves out all but 20 rows and two endings that come early: the second
// strikes while what the first left is settled. It reports whether the scenario
// is over in about a minute then.
func (s *scenario) shorten() bool {
	s.short = true
	s.rows = s.rows[:min(len(s.rows), 20)]
	s.endings = slices.DeleteFunc(s.endings, func(e ending) bool { return e.wait > 5*time.Second })
	if len(s.endings) < 2 || s.endings[1].grown > 0 {
		return false
	}
	s.endings = s.endings[:2]
	return !s.hangs && !s.unauthorised() && s.slow == 0
}

// ending is how and when a run is ended from outside. The moment comes when the
// results file has grown by so many bytes and then so much time has passed;
// which instruction it hits is up to the machine.
type ending struct {
	way   way
	grown int64
	wait  time.Duration
	pause time.Duration // between two signals
	torn  bool          // half a record stands at the file's end afterwards
}

// way is a way to end a run.
type way string

const (
	kill          way = "SIGKILL"
	killRewriting way = "SIGKILL while the file is rewritten"
	killStopping  way = "SIGTERM, then SIGKILL"
	killCompact   way = "SIGTERM, then SIGKILL while the file is rewritten"
	bySIGTERM     way = "SIGTERM"
	interrupt     way = "SIGINT twice"
	expire        way = "--deadline"
)

func drawEnding(chance *rand.Rand) ending {
	ways := []way{
		kill, kill, kill, kill, kill, kill, kill,
		killRewriting, killStopping, killCompact, killCompact, bySIGTERM, interrupt, expire,
	}
	e := ending{way: ways[chance.IntN(len(ways))]}
	switch chance.IntN(4) {
	case 0: // very early: reading, locking, the first request
		e.wait = time.Duration(chance.Int64N(int64(100 * time.Millisecond)))
	case 1: // at a byte of the journal, or soon after
		e.grown = 1 + chance.Int64N(8_000)
		e.wait = time.Duration(chance.Int64N(int64(20 * time.Millisecond)))
	case 2: // among the requests, or in the first seconds of settling
		e.wait = time.Duration(chance.Int64N(int64(4 * time.Second)))
	default: // while what an earlier run left is settled
		e.wait = 8*time.Second + time.Duration(chance.Int64N(int64(26*time.Second)))
	}
	e.pause = time.Duration(chance.Int64N(int64(time.Second)))
	if chance.IntN(2) == 0 {
		e.pause /= 50
	}
	e.torn = chance.IntN(4) == 0
	return e
}

func (e ending) String() string {
	text := string(e.way)
	if e.grown > 0 {
		text += fmt.Sprintf(" after %d more bytes", e.grown)
	}
	text += fmt.Sprintf(" after %v", e.wait.Round(time.Millisecond))
	if e.torn {
		text += ", torn"
	}
	return text
}
