package provision

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"roomlift/provision/manifest"
	"roomlift/provision/webex"
	"roomlift/provision/webex/webextest"
	"roomlift/ratelimit"
	"roomlift/report/results"
)

// A failing scenario is named by its seed: go test ./provision -run Torture
// -torture.seed=N -torture.scenarios=1 repeats it.
var (
	tortureSeed      = flag.Uint64("torture.seed", 1, "seed of the first scenario")
	tortureScenarios = flag.Int("torture.scenarios", 60, "how many scenarios to run")
)

// scenario is a job under bad weather: what to create, what goes wrong on the
// way to Webex, and where the machine loses its power.
type scenario struct {
	rows    int
	titles  int // fewer than rows: some rows share a title
	workers int
	server  *webextest.Server
	crashes []int // boundaries after which the power goes, one run each
	machine *machine
}

// weather draws a scenario; pick returns a number from 0 to n-1.
func weather(seed uint64, pick func(name string, n int) int) *scenario {
	s := &scenario{
		rows:    1 + pick("rows", 40),
		workers: 1 + pick("workers", 16),
		machine: newMachine(seed),
	}
	s.titles = 1 + pick("titles", s.rows)
	limits := []webextest.Limit{
		nil, webextest.TokenBucket{Rate: 4, Burst: 3}, webextest.FixedWindow{Quota: 10, Period: 10 * time.Second},
	}
	var chances []webextest.Chance
	kinds := everyFault()
	for range pick("faults", 4) {
		fault := kinds[pick("fault", len(kinds))]
		chances = append(chances, webextest.Chance{Fault: fault, Rate: float64(pick("share", 25)) / 100})
	}
	for range pick("listing faults", 2) {
		chances = append(chances, webextest.Chance{
			Method: http.MethodGet, Rate: 0.2,
			Fault: []webextest.Fault{
				{Kind: webextest.ErrorAnswer, Status: 500}, {Kind: webextest.ErrorAnswer, Status: 504}, {Kind: webextest.Cut},
			}[pick("listing fault", 3)],
		})
	}
	s.server = &webextest.Server{
		Seed:       seed,
		Limit:      limits[pick("limit", len(limits))],
		Latency:    webextest.Latency{Min: 10 * time.Millisecond, Max: 400 * time.Millisecond},
		ListingLag: time.Duration(pick("lag", 20)) * time.Second,
		ClockSkew:  time.Duration(pick("skew", 1200)-600) * time.Second,
		MaxPage:    5 + pick("page", 100),
		Faults:     webextest.RandomFaults(seed, chances...),
	}
	for range pick("crashes", 5) {
		s.crashes = append(s.crashes, 1+pick("crash", 8*s.rows))
	}
	return s
}

func (s *scenario) manifest() string {
	var b strings.Builder
	b.WriteString("title,key\n")
	for i := range s.rows {
		fmt.Fprintf(&b, "Room %d,%d\n", i%s.titles, i)
	}
	return b.String()
}

// play runs the job until it is done, with a crash in each run but the last
// ones, and returns what the server and the results file then say.
func (s *scenario) play(dir string) error {
	path := filepath.Join(dir, "rooms.results.csv")
	for _, after := range s.crashes {
		s.machine.restart(after)
		if err := s.run(path); err == nil {
			break
		}
	}
	for range 12 { // rows that fail for lost answers are tried again, as an admin would
		s.machine.restart(-1)
		if err := s.run(path); err != nil {
			return fmt.Errorf("a run without a crash: %w", err)
		}
		settled, err := s.oracle(path)
		if err != nil {
			return err
		}
		if settled && len(s.server.Rooms()) == s.rows {
			return nil
		}
	}
	return fmt.Errorf("%d rooms for %d rows after many runs", len(s.server.Rooms()), s.rows)
}

func (s *scenario) run(path string) error {
	file, err := results.Open(path, results.Options{FS: s.machine})
	if err != nil {
		return err
	}
	defer file.Close()
	running := s.server.Start()
	defer running.Close()
	client, err := webex.New(webex.Config{
		BaseURL: webextest.BaseURL, Transport: crashTransport{s.machine, running.Transport()},
		Token: func(context.Context) (string, error) { return "token", nil },
	})
	if err != nil {
		return err
	}
	defer client.Close()
	m, err := manifest.Read(strings.NewReader(s.manifest()), "rooms.csv", manifest.Options{})
	if err != nil {
		return err
	}
	plan, err := NewPlan(m, nil, file, client.Host())
	if err != nil {
		return err
	}
	engine := New(Config{
		Client: client, Results: file, Workers: s.workers,
		Limiter: ratelimit.New(ratelimit.Config{Workers: s.workers}),
		Observe: s.checkDurable(path),
	})
	if plan.Asks() {
		if _, err := engine.Identify(context.Background()); err != nil {
			return err
		}
	}
	if _, err := engine.Run(context.Background(), plan); err != nil {
		return err
	}
	return file.Compact(plan.Final(file))
}

// checkDurable is an observer that looks at what would survive a crash now:
// nobody may hear of a room whose record would not.
func (s *scenario) checkDurable(path string) func(Event) {
	return func(e Event) {
		if e.Kind != RowDone || !e.Result.Record.Status.HasRoom() {
			return
		}
		s.machine.mu.Lock()
		defer s.machine.mu.Unlock()
		f := s.machine.durable[path]
		if f == nil || !strings.Contains(string(f.synced), e.Result.Record.RoomID) {
			panic(fmt.Sprintf("row %d is reported as %s before its record is durable", e.Result.Row.Number, e.Result.Record.Status))
		}
	}
}

// oracle compares the server's truth with the results file: one to one, but for
// rows that the run left unsettled, because it could not list the rooms: each of
// them may have one more.
func (s *scenario) oracle(path string) (settled bool, err error) {
	rooms := map[string]string{}
	for _, room := range s.server.Rooms() {
		rooms[room.ID] = room.Title
	}
	file, err := results.Open(path, results.Options{FS: s.machine})
	if err != nil {
		return false, err
	}
	defer file.Close()
	unsettled := map[string]int{}
	for r := range file.All() {
		title, exists := rooms[r.RoomID]
		switch {
		case r.Status.Unsettled():
			unsettled[r.Title]++
			continue
		case !r.Status.HasRoom():
			continue
		case !exists:
			return false, fmt.Errorf("the record of %q names a room that does not exist, or one that another record names too", r.Title)
		case title != r.Title:
			return false, fmt.Errorf("the record of %q names the room %q", r.Title, title)
		}
		delete(rooms, r.RoomID)
	}
	settled = len(unsettled) == 0
	for _, title := range rooms {
		if unsettled[title]--; unsettled[title] < 0 {
			return false, fmt.Errorf("no record names the room %q: a duplicate, or a loss", title)
		}
	}
	return settled, nil
}

func TestTortureNoCrashAndNoLostAnswerMakesASecondRoomOrLosesOne(t *testing.T) {
	crashes := 0
	for i := range *tortureScenarios {
		seed := *tortureSeed + uint64(i)
		synctest.Test(t, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(seed, 0))
			s := weather(seed, func(_ string, n int) int { return rng.IntN(n) })
			crashes += len(s.crashes)
			require.NoError(t, s.play(t.TempDir()), "seed %d", seed)
		})
	}
	t.Logf("%d scenarios, %d crashes planned, 0 duplicates, 0 losses", *tortureScenarios, crashes)
}

func TestEveryCrashPointOfASmallJobIsSurvived(t *testing.T) {
	lost := webextest.Fault{Kind: webextest.Drop, Made: true}
	job := func(crash int) *scenario {
		s := weather(uint64(crash), func(string, int) int { return 0 })
		s.rows, s.titles, s.workers = 3, 2, 2
		s.server.Faults = webextest.Script(http.MethodPost, webextest.Fault{}, lost)
		s.crashes = []int{crash}
		return s
	}
	boundaries := 0
	synctest.Test(t, func(t *testing.T) {
		s := job(1 << 30)
		require.NoError(t, s.play(t.TempDir()))
		s.machine.restart(-1)
		s.server = job(0).server
		s.machine = newMachine(0)
		s.machine.restart(-1)
		require.NoError(t, s.run(filepath.Join(t.TempDir(), "rooms.results.csv")))
		boundaries = s.machine.crossed
	})
	require.Greater(t, boundaries, 20)
	for crash := 1; crash <= boundaries; crash++ {
		synctest.Test(t, func(t *testing.T) {
			require.NoError(t, job(crash).play(t.TempDir()), "crash at boundary %d", crash)
		})
	}
	t.Logf("%d crash points", boundaries)
}

func TestAfterAFullDiskNothingIsSentAndNothingIsLost(t *testing.T) {
	for space := range 40 {
		synctest.Test(t, func(t *testing.T) {
			s := weather(uint64(space), func(string, int) int { return 0 })
			s.rows, s.titles, s.workers = 8, 8, 3
			path := filepath.Join(t.TempDir(), "rooms.results.csv")
			s.machine.space = space
			if err := s.run(path); err != nil {
				var unsafe *results.Error
				require.ErrorAs(t, err, &unsafe, "operation %d", space)
				require.ErrorIs(t, err, errFull, "operation %d", space)
				var last time.Time
				for _, r := range s.server.Requests() {
					last = r.At
				}
				require.False(t, last.After(s.machine.fullAt.Add(time.Millisecond)), "operation %d: sent after the disk was full", space)
			}
			s.machine.space = -1
			require.NoError(t, s.run(path), "operation %d", space)
			settled, err := s.oracle(path)
			require.NoError(t, err, "operation %d", space)
			require.True(t, settled, "operation %d", space)
			require.Len(t, s.server.Rooms(), 8, "operation %d", space)
		})
	}
}

func TestAnyWeatherIsSurvived(t *testing.T) {
	rapid.Check(t, func(drawn *rapid.T) {
		seed := rapid.Uint64().Draw(drawn, "seed")
		s := weather(seed, func(name string, n int) int { return rapid.IntRange(0, n-1).Draw(drawn, name) })
		var err error
		synctest.Test(t, func(t *testing.T) { err = s.play(t.TempDir()) })
		if err != nil {
			drawn.Fatal(err)
		}
	})
}
