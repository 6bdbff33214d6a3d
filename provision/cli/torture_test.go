//go:build unix

package cli_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Flags of the torture; make torture sets them.
var (
	tortureSeed  = flag.Uint64("torture.seed", 0, "seed of the first scenario; 0 is by chance")
	tortureRuns  = flag.Int("torture.runs", 0, "about how often to run the program; 0 plays a few short scenarios")
	tortureLanes = flag.Int("torture.lanes", 60, "scenarios at once; they mostly wait")
)

// runBound is far more than any run takes: the longest waits a minute for an
// answer, half a minute to settle it, and that a few times over.
const runBound = 20 * time.Minute

// mostRuns is how often a job is run again until it is done; what needs more
// makes no progress.
const mostRuns = 40

// TestTorture runs the real program against the real sandbox, in processes of
// their own, in bad weather, and kills it again and again, until every row has
// its room. Then the server's truth and the results file must agree, one to
// one.
//
// A scenario comes from a seed, which is printed: the manifest, the server's
// faults, limits, lag and clock, the flags, and how and when each run is ended.
// A scenario that failed says how to play it again. Which instruction a signal
// hits, and in which order requests arrive, is up to the machine: play it several
// times, and read the files that the failed one left, which are kept. No
// judgement depends on time.
//
// As an ordinary test it plays a few scenarios that are over in about a minute;
// make torture plays many, of all kinds.
func TestTorture(t *testing.T) {
	if *tortureRuns == 0 && testing.Short() {
		t.Skip("runs real processes for a minute")
	}
	t.Parallel()
	program := buildRoomlift(t)
	first := *tortureSeed
	if first == 0 {
		first = rand.Uint64N(1 << 40)
	}
	tally := &tally{began: time.Now(), ended: map[way]int{}, faults: map[string]int{}}
	lanes := make(chan struct{}, max(*tortureLanes, 1))
	var playing sync.WaitGroup
	for _, s := range chooseScenarios(first, *tortureRuns) {
		lanes <- struct{}{}
		playing.Go(func() {
			defer func() { <-lanes }()
			t.Run(fmt.Sprintf("seed %d", s.seed), func(t *testing.T) {
				p := &play{scenario: s, t: t, program: program, tally: tally}
				p.perform()
			})
		})
	}
	playing.Wait()
	t.Logf("%v (seeds from %d)", tally, first)
}

// chooseScenarios returns those of as many seeds, from the first one on, as it
// takes for so many runs. For 0 runs it returns six that are over in about a
// minute.
func chooseScenarios(first uint64, runs int) []*scenario {
	var chosen []*scenario
	for seed := first; runs > 0; seed++ {
		s := newScenario(seed)
		chosen = append(chosen, s)
		runs -= len(s.endings) + 2 // one to its end, and one alone
	}
	if len(chosen) > 0 {
		return chosen
	}
	for seed := first; len(chosen) < 6; seed++ {
		if s := newScenario(seed); s.shorten() {
			chosen = append(chosen, s)
		}
	}
	return chosen
}

// play is a scenario on its way.
type play struct {
	*scenario
	t        *testing.T
	program  string
	tally    *tally
	dir      string
	manifest string
	results  string
	cloud    *cloudProcess
	runs     int
	stale    time.Time // the temporary file that an earlier run left
	diary    []string  // what was done and what came of it
}

func (p *play) perform() {
	p.open()
	defer p.close()
	for i := range p.endings {
		if p.run(&p.endings[i]) {
			break
		}
	}
	for !p.run(nil) {
		require.Less(p.t, p.runs, mostRuns, "the job is never done")
	}

	time.Sleep(p.horizon) // what is still to be made or listed is there now
	records, err := readRecords(p.results)
	require.NoError(p.t, err)
	v := judge(p.rows, records, askTruth(p.t, p.cloud.base))
	p.tally.judged(v, len(p.rows))
	assert.Empty(p.t, v.faults)
	p.tally.struck(faultsIn(p.cloud.stop(p.t)))
	p.rerunAlone(records)
}

// open makes the folder, the manifest and the server.
func (p *play) open() {
	var err error
	p.dir, err = os.MkdirTemp("", "roomlift-torture-")
	require.NoError(p.t, err)
	p.manifest = filepath.Join(p.dir, "rooms.csv")
	p.results = filepath.Join(p.dir, "rooms.results.csv")
	require.NoError(p.t, os.WriteFile(p.manifest, p.scenario.manifest(false), 0o600))
	p.cloud = startCloud(p.t, p.program, p.scenario.cloud...)
	p.note("sandbox %s", strings.Join(p.scenario.cloud, " "))
	p.note("apply %s", strings.Join(p.flags, " "))
}

// close tells what happened if the scenario failed, and keeps its files.
func (p *play) close() {
	if !p.t.Failed() {
		assert.NoError(p.t, os.RemoveAll(p.dir))
		return
	}
	again := fmt.Sprintf("-torture.seed=%d", p.seed)
	if !p.short {
		again += " -torture.runs=1"
	}
	p.t.Logf("files in %s; again: go test ./provision/cli -run '^TestTorture$' -v %s\n%s",
		p.dir, again, strings.Join(p.diary, "\n"))
}

func (p *play) note(format string, args ...any) {
	p.diary = append(p.diary, fmt.Sprintf(format, args...))
}

// run runs the job once, to its end or to the ending, and reports whether it is
// done.
func (p *play) run(e *ending) (done bool) {
	p.runs++
	p.stale = p.temporary()
	args := append([]string{"apply", p.manifest, "--base-url", p.cloud.base, "--no-progress"}, p.flags...)
	if e != nil && e.way == expire {
		args = append(args, fmt.Sprintf("--deadline=%v", max(e.wait, time.Millisecond)))
	}
	running := startProcess(p.t, p.program, filepath.Join(p.dir, fmt.Sprintf("run-%02d.log", p.runs)), args...)
	if e != nil {
		p.end(running, e)
	}
	ended := running.wait(runBound)
	records, err := readRecords(p.results)
	require.NoError(p.t, err, "after run %d", p.runs)
	last := lastOf(records)
	p.tally.ran(e, ended, p.rewriting(), last)
	if e == nil {
		p.note("run %d ended %v: %s", p.runs, ended, inWords(last))
	} else {
		p.note("run %d, %v, ended %v: %s", p.runs, *e, ended, inWords(last))
	}
	p.checkEnd(running, e, ended)
	if ended.signal != 0 {
		if e.torn && p.tear() {
			p.tally.toreLine()
		}
		return false
	}
	return (ended.code == 0 || ended.code == 1) && settled(p.rows, records)
}

// checkEnd holds against a run what none may do.
func (p *play) checkEnd(running *process, e *ending, ended end) {
	said := running.said(p.t)
	allowed := []end{{code: 0}, {code: 1}, {code: 3}}
	if p.unauthorised() {
		allowed = append(allowed, end{code: 4})
	}
	if e != nil {
		for _, s := range e.way.signals() {
			allowed = append(allowed, end{code: -1, signal: s})
		}
	}
	require.Contains(p.t, allowed, ended, "run %d ended %v: %s", p.runs, ended, said)
	require.NotContains(p.t, said, "panic", "run %d", p.runs)
	require.NotContains(p.t, said, token, "run %d", p.runs)
}

// signals are those that may end a run: a run that is told to stop before it
// listens to signals ends by them.
func (w way) signals() []syscall.Signal {
	switch w {
	case kill, killRewriting:
		return []syscall.Signal{syscall.SIGKILL}
	case killStopping, killCompact:
		return []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM}
	case bySIGTERM:
		return []syscall.Signal{syscall.SIGTERM}
	case interrupt:
		return []syscall.Signal{syscall.SIGINT}
	}
	return nil
}

// end ends a run from outside, unless it has ended by then.
func (p *play) end(running *process, e *ending) {
	if e.way == expire {
		return
	}
	if e.way == killRewriting {
		p.killRewriting(running)
		return
	}
	before := p.size()
	for e.grown > 0 && p.size()-before < e.grown {
		if running.within(time.Millisecond) {
			return
		}
	}
	if running.within(e.wait) {
		return
	}
	switch e.way {
	case kill:
		running.signal(syscall.SIGKILL)
	case bySIGTERM:
		running.signal(syscall.SIGTERM)
	case interrupt:
		running.signal(syscall.SIGINT)
		running.within(e.pause)
		running.signal(syscall.SIGINT)
	case killStopping:
		running.signal(syscall.SIGTERM)
		running.within(e.pause)
		running.signal(syscall.SIGKILL)
	case killCompact:
		running.signal(syscall.SIGTERM)
		p.killRewriting(running)
	}
}

// killRewriting kills a run as soon as it writes the file anew.
func (p *play) killRewriting(running *process) {
	for !p.rewriting() {
		if running.within(200 * time.Microsecond) {
			return
		}
	}
	running.signal(syscall.SIGKILL)
}

// rewriting reports whether this run writes the file anew, or died in doing so.
func (p *play) rewriting() bool {
	written := p.temporary()
	return !written.IsZero() && !written.Equal(p.stale)
}

// temporary is when the file that is to replace the results file was last
// written to; zero where there is none.
func (p *play) temporary() time.Time {
	info, err := os.Lstat(p.results + ".tmp")
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}

func (p *play) size() int64 {
	info, err := os.Stat(p.results)
	if err != nil {
		return 0
	}
	return info.Size()
}

// tear leaves half a record at the end of the file, as a machine does that
// loses its power in the middle of a write.
func (p *play) tear() bool {
	text, err := os.ReadFile(p.results)
	if err != nil || bytes.Count(text, []byte("\n")) < 2 || text[len(text)-1] != '\n' {
		return false
	}
	lines := bytes.Split(text, []byte("\n"))
	line := lines[len(lines)-2]
	file, err := os.OpenFile(p.results, os.O_WRONLY|os.O_APPEND, 0)
	require.NoError(p.t, err)
	_, err = file.Write(line[:1+p.seed%uint64(len(line)/2)])
	require.NoError(p.t, errors.Join(err, file.Close()))
	return true
}

// rerunAlone runs the good rows once more, with the server gone: there is
// nobody left to send anything to, and nothing to send.
func (p *play) rerunAlone(before []record) {
	require.NoError(p.t, os.WriteFile(p.manifest, p.scenario.manifest(true), 0o600))
	running := startProcess(p.t, p.program, filepath.Join(p.dir, "run-alone.log"),
		"apply", p.manifest, "--base-url", p.cloud.base, "--no-progress", "--max-create=0")
	ended := running.wait(runBound)
	p.tally.ran(nil, ended, false, nil)
	require.Equal(p.t, end{code: 0}, ended, running.said(p.t))
	after, err := readRecords(p.results)
	require.NoError(p.t, err)
	good := slices.DeleteFunc(slices.Clone(before), func(r record) bool { return !r.hasRoom() })
	require.Len(p.t, after, len(good))
	for i := range good {
		require.Equal(p.t, good[i]["roomId"], after[i]["roomId"])
	}
}

// inWords counts records by status.
func inWords(last map[string]record) string {
	count := map[string]int{}
	for _, r := range last {
		count[r["status"]]++
	}
	return fmt.Sprint(count)
}

// tally adds up what scenarios met.
type tally struct {
	began time.Time

	mu         sync.Mutex
	scenarios  int
	rows       int
	runs       int
	kills      int // runs that SIGKILL ended
	signalled  int // runs that another signal ended
	rewriting  int // of them, while the file was written anew
	unsettled  int // rows that were under way or unsettled when a run was killed
	torn       int // half records left behind
	ended      map[way]int
	faults     map[string]int
	duplicates int
	losses     int
	phantoms   int
}

// ran counts a run.
func (y *tally) ran(e *ending, ended end, rewriting bool, last map[string]record) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.runs++
	if e != nil {
		y.ended[e.way]++
	}
	switch ended.signal {
	case 0:
		return
	case syscall.SIGKILL:
		y.kills++
	default:
		y.signalled++
	}
	if rewriting {
		y.rewriting++
	}
	for _, r := range last {
		if r.unsettled() {
			y.unsettled++
		}
	}
}

func (y *tally) toreLine() {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.torn++
}

// struck counts the faults that requests met.
func (y *tally) struck(faults map[string]int) {
	y.mu.Lock()
	defer y.mu.Unlock()
	for name, n := range faults {
		y.faults[name] += n
	}
}

// judged counts a scenario that came to its end.
func (y *tally) judged(v verdict, rows int) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.scenarios++
	y.rows += rows
	y.duplicates += v.duplicates
	y.losses += v.losses
	y.phantoms += v.phantoms
}

func (y *tally) String() string {
	y.mu.Lock()
	defer y.mu.Unlock()
	var b strings.Builder
	fmt.Fprintf(&b, "torture: %d scenarios of %d rows, %d runs in %v: %d killed (%d while the file was written anew), "+
		"%d ended by other signals, %d rows unsettled at those moments, %d torn lines\n",
		y.scenarios, y.rows, y.runs, time.Since(y.began).Round(time.Second), y.kills, y.rewriting, y.signalled, y.unsettled, y.torn)
	for _, w := range slices.Sorted(maps.Keys(y.ended)) {
		fmt.Fprintf(&b, "  %4d × %s\n", y.ended[w], w)
	}
	total := 0
	var faults []string
	for _, name := range slices.Sorted(maps.Keys(y.faults)) {
		total += y.faults[name]
		faults = append(faults, fmt.Sprintf("%d %s", y.faults[name], name))
	}
	fmt.Fprintf(&b, "  %d faults of %d kinds: %s\n", total, len(faults), strings.Join(faults, ", "))
	fmt.Fprintf(&b, "  %d duplicates, %d lost, %d ids of rooms that do not exist", y.duplicates, y.losses, y.phantoms)
	return b.String()
}
