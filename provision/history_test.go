package provision

import (
	"context"
	"encoding/csv"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision/manifest"
	"roomlift/provision/webex/webextest"
	"roomlift/report/results"
)

// These are histories: runs that end early, and what people and programs do to
// manifest and results file before the next one.

// loses makes the first n answers get lost after the room was made.
func (w *world) loses(n int) {
	w.server.Faults = webextest.Script(http.MethodPost,
		slices.Repeat([]webextest.Fault{{Kind: webextest.Drop, Made: true}}, n)...)
}

// stopWhenLost runs until an answer is lost.
func (w *world) stopWhenLost() {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.t.Context())
	w.observe = func(e Event) {
		if e.Kind == AnswerLost {
			cancel()
		}
	}
	_, err := w.run(ctx)
	var stop *StopError
	require.ErrorAs(w.t, err, &stop)
	w.observe = nil
}

// edit rewrites the cells of the results file, as a program with the delimiter
// saves them.
func (w *world) edit(delimiter rune, f func(rows [][]string) [][]string) {
	w.t.Helper()
	data, err := os.ReadFile(w.path)
	require.NoError(w.t, err)
	rows, err := csv.NewReader(strings.NewReader(string(data))).ReadAll()
	require.NoError(w.t, err)
	var b strings.Builder
	out := csv.NewWriter(&b)
	out.Comma = delimiter
	require.NoError(w.t, out.WriteAll(f(rows)))
	require.NoError(w.t, os.WriteFile(w.path, []byte(b.String()), 0o600))
}

// finish runs until every row has its room.
func (w *world) finish() {
	w.t.Helper()
	outcome, err := w.run(w.t.Context())
	require.NoError(w.t, err)
	require.True(w.t, outcome.Complete(), "%v %v", outcome.Statuses, outcome.Causes)
}

func TestAKeyThatComesAndGoesWhileARowIsUnsettledMakesNoSecondRoom(t *testing.T) {
	for name, manifests := range map[string][]string{
		"added and removed":   {"title\nRoom 0\n", "title,key\nRoom 0,k\n", "title\nRoom 0\n"},
		"0012, 12 and 0012":   {"title,key\nRoom 0,0012\n", "title,key\nRoom 0,12\n", "title,key\nRoom 0,0012\n"},
		"added and then more": {"title\nRoom 0\n", "title,key\nRoom 0,k\n", "title,key\nRoom 0,l\n"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, manifests[0])
				w.loses(1)
				w.stopWhenLost()
				for _, w.manifest = range manifests[1:] {
					w.finish()
				}
				assert.Equal(t, 1, w.rooms())
				w.agree()
			})
		})
	}
}

func TestATitleThatASpreadsheetProgramChangedIsStillLookedForAsItWasSent(t *testing.T) {
	for was, is := range map[string]string{"Комната": "???????", "0012": "12", "1/2": "01. Feb"} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, "title\n"+was+"\n")
			w.loses(1)
			w.stopWhenLost()
			w.edit(';', func(rows [][]string) [][]string {
				rows[1][slices.Index(rows[0], "title")] = is
				return rows
			})
			w.finish()
			assert.Equal(t, 1, w.rooms(), "%q became %q", was, is)
		})
	}
}

func TestAJournalMayBeSortedInAnyWay(t *testing.T) {
	for name, sort := range map[string]func(rows [][]string){
		"by status, down": func(rows [][]string) {
			slices.SortFunc(rows, func(a, b []string) int { return strings.Compare(b[5], a[5]) })
		},
		"by status, up": func(rows [][]string) {
			slices.SortFunc(rows, func(a, b []string) int { return strings.Compare(a[5], b[5]) })
		},
		"backwards": slices.Reverse[[][]string],
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, numbered(6))
				w.workers = 2
				w.loses(1)
				w.stopWhenLost() // some rows are pending now
				before, err := os.ReadFile(w.path)
				require.NoError(t, err)
				w.loses(20)
				// The next run is killed when it has lost more answers: what it had appended
				// stands below what the first one left.
				ctx, cancel := context.WithCancel(t.Context())
				var journal []byte
				w.observe = func(e Event) {
					if e.Kind == AnswerLost && journal == nil {
						journal, _ = os.ReadFile(w.path)
						cancel()
					}
				}
				_, err = w.run(ctx)
				require.Error(t, err)
				require.Greater(t, len(journal), len(before))
				require.NoError(t, os.WriteFile(w.path, journal, 0o600))
				require.NoError(t, os.Remove(w.path+".lock"))
				w.observe, w.server.Faults = nil, nil

				w.edit(',', func(rows [][]string) [][]string {
					sort(rows[1:])
					return rows
				})
				w.finish()
				assert.Equal(t, 6, w.rooms())
				w.agree()
			})
		})
	}
}

func TestARoomThatTwoRecordsHoldGoesToOneRow(t *testing.T) {
	bare, keyed := manifest.Row{Title: "A"}, manifest.Row{Title: "A", Key: "k"}
	p := planned(t, "title,key\nA,\nA,k\n", recordOf(bare, results.Created, "x"), recordOf(keyed, results.Created, "x"))
	assert.Equal(t, []Action{Keep, Create}, actions(p))
}

func TestADateThatIsAheadOfTheRoomsTimesMakesNoDuplicates(t *testing.T) {
	for _, ahead := range []time.Duration{7 * time.Second, 30 * time.Second, 4 * time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			var c serverClock
			start := time.Now()
			c.observe(start.Add(ahead)) // a proxy's clock
			intent := c.now()
			time.Sleep(time.Second)
			c.made(time.Now(), time.Now().Add(-100*time.Millisecond)) // what stamps rooms agrees with ours
			assert.LessOrEqual(t, intent.Sub(start), c.wasAhead()+clockMargin)
			c.observe(time.Now().Add(ahead))
			assert.WithinDuration(t, time.Now(), c.now(), 200*time.Millisecond, "from then on the rooms' clock counts")
		})
	}
}

func TestAFaultyRowIsSettledButNotSentAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "title,key\nRoom 0,k\n")
		w.server.Faults = webextest.Script(http.MethodPost, webextest.Fault{Kind: webextest.Drop})
		w.stopWhenLost()

		m, err := manifest.Read(strings.NewReader("title,key,isAnnouncementOnly\nRoom 0,k,true\n"), "rooms.csv", manifest.Options{})
		var faults manifest.ErrorList
		require.ErrorAs(t, err, &faults)
		file, err := results.Open(w.path, results.Options{})
		require.NoError(t, err)
		running := w.server.Start()
		defer running.Close()
		client, err := running.Client("token")
		require.NoError(t, err)
		plan, err := NewPlan(m, faults, file, client.Host())
		require.NoError(t, err)
		engine := New(Config{Client: client, Results: file, Limiter: unlimited()})
		_, err = engine.Identify(t.Context())
		require.NoError(t, err)
		outcome, err := engine.Run(t.Context(), plan)
		require.NoError(t, err)
		assert.Equal(t, map[results.Status]int{results.Failed: 1}, outcome.Statuses)
		assert.Equal(t, 1, w.server.Counts().Posts)
		require.NoError(t, file.Close())
	})
}

func TestAnOutageOfListingsGivesNothingUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, numbered(20))
		began := time.Now()
		lost := webextest.RandomFaults(3, webextest.Chance{Fault: webextest.Fault{Kind: webextest.Drop, Made: true}, Rate: 0.3})
		w.server.Faults = func(r webextest.FaultRequest) webextest.Fault {
			if r.Method == http.MethodGet && strings.Contains(r.Path, "rooms") && time.Since(began) < time.Minute {
				return webextest.Fault{Kind: webextest.ErrorAnswer, Status: 500}
			}
			return lost(r)
		}
		w.finish()
		assert.Equal(t, 20, w.rooms())
		w.agree()
	})
}

func TestAttemptsAreCountedOnWhenARowIsSentAgain(t *testing.T) {
	for name, manifests := range map[string][2]string{
		"under its ref":                  {"title\nRoom 0\n", "title\nRoom 0\n"},
		"under the ref of another row's": {"title\nRoom 0\n", "title,key\nRoom 0,k\n"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, manifests[0])
				w.server.Faults = webextest.Script(http.MethodPost, webextest.Fault{Kind: webextest.Drop})
				w.stopWhenLost()
				w.manifest = manifests[1]
				w.finish()
				assert.Equal(t, 1, w.rooms())
				for r := range w.records() {
					if r.Status.HasRoom() {
						assert.Equal(t, 2, r.Attempts)
					}
				}
				w.agree()
			})
		})
	}
}

func TestARefusedRowThatAStoppedRunTriedAgainTakesNoRoomOfItsTwin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "title,key\nT,k1\nT,k2\n")
		w.refuses(0, http.StatusForbidden)
		_, err := w.run(t.Context())
		require.NoError(t, err)
		require.Equal(t, 1, w.rooms())

		w.manifest = "title,key\nT,k2\n"
		w.server.Faults = func(r webextest.FaultRequest) webextest.Fault {
			if r.Method != http.MethodPost {
				return webextest.Fault{}
			}
			return webextest.Fault{Kind: webextest.ErrorAnswer, Status: http.StatusTooManyRequests, RetryAfter: "60"}
		}
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		_, err = w.run(ctx)
		var stop *StopError
		require.ErrorAs(t, err, &stop)
		w.server.Faults = nil
		w.finish()
		assert.Equal(t, 2, w.rooms())
		w.agree()
	})
}

func TestAnIntentThatAnotherRowTookOverOutlastsThatRowsOwnRecordInTheJournal(t *testing.T) {
	first, second := manifest.Row{Title: "T", Key: "k1"}, manifest.Row{Title: "T", Key: "k2"}
	intent, own := recordOf(first, results.Sending, ""), recordOf(second, results.Pending, "")
	intent.Attempts, own.Attempts = 1, 5
	intent.StartedAt, own.StartedAt = time.Now().UTC(), time.Time{}
	path := filepath.Join(t.TempDir(), "rooms.results.csv")
	file, err := results.Open(path, results.Options{})
	require.NoError(t, err)
	require.NoError(t, file.Append(intent, own))
	m, err := manifest.Read(strings.NewReader("title,key\nT,k2\n"), "rooms.csv", manifest.Options{})
	require.NoError(t, err)
	plan, err := NewPlan(m, nil, file, "webexapis.com")
	require.NoError(t, err)
	require.Equal(t, []Action{Reconcile}, actions(plan))
	r := &run{Engine: New(Config{Results: file}), plan: plan, events: make(chan Event, 8)}
	require.NoError(t, r.recordDecisions()) // and now the run is killed
	require.NoError(t, file.Close())

	again, err := results.Read(path)
	require.NoError(t, err)
	defer again.Close()
	status, _ := again.Status(second.Ref())
	assert.Equal(t, results.Sending, status, "its room may exist, and is looked for before anything is sent")
}

func TestWhatSomebodyWroteBesideARecordMovesWithIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "title\nRoom 0\nRoom 1\n")
		w.finish()
		w.edit(',', func(rows [][]string) [][]string {
			for i, note := range []string{"Notes", "ask Zoë", "done"} {
				rows[i] = append(rows[i], note)
			}
			return rows
		})
		w.manifest = "title,key\nRoom 1,1\nRoom 0,0\n"
		w.finish()
		data, err := os.ReadFile(w.path)
		require.NoError(t, err)
		assert.Regexp(t, `(?s),1,1,Room 1,[^\n]*,done\n[^\n]*,2,0,Room 0,[^\n]*,ask Zoë\n$`, string(data))
	})
}
