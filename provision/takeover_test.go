package provision

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision/manifest"
	"roomlift/provision/webex/webextest"
	"roomlift/report/results"
)

// refusedOf is what was recorded of a row that was sent, and that Webex refused.
func refusedOf(row manifest.Row) results.Record {
	r := recordOf(row, results.Failed, "")
	r.Attempts = 1
	return r
}

func TestARowThatWasRefusedNeverTakesTheRoomOfAnother(t *testing.T) {
	bare := manifest.Row{Title: "A"}
	a, b := manifest.Row{Title: "A", Key: "a"}, manifest.Row{Title: "A", Key: "b"}
	other := manifest.Row{Title: "Other", Key: "b"}
	twelve := manifest.Row{Title: "A", Key: "0012"}
	for name, c := range map[string]struct {
		csv     string
		records []results.Record
		want    []Action
	}{
		"its twin's, which has left": {
			"title,key\nA,b\n", []results.Record{recordOf(a, results.Created, "x"), refusedOf(b)}, []Action{Create},
		},
		"its twin's, which is not settled and has left": {
			"title,key\nA,b\n", []results.Record{recordOf(a, results.Unknown, ""), refusedOf(b)}, []Action{Create},
		},
		"its twin's, without a key of its own": {
			"title\nA\n", []results.Record{recordOf(a, results.Created, "x"), refusedOf(bare)}, []Action{Create},
		},
		"its twin's, which has no key": {
			"title,key\nA,b\n", []results.Record{recordOf(bare, results.Created, "x"), refusedOf(b)}, []Action{Create},
		},
		"its twin's, although a spreadsheet program took the zeros of its key": {
			"title,key\nA,12\n", []results.Record{recordOf(a, results.Created, "x"), refusedOf(twelve)}, []Action{Create},
		},
		"that of a row with another key, once its title is the same": {
			"title,key\nA,b\n", []results.Record{recordOf(a, results.Created, "x"), refusedOf(other)}, []Action{Create},
		},
		"its twin's, when it was faulty before": {
			"title,key\nA,b\n", []results.Record{recordOf(a, results.Created, "x"), recordOf(b, results.Failed, "")}, []Action{Create},
		},
		"but its own, from before it had a key and was faulty": {
			"title,key\nA,b\n", []results.Record{recordOf(bare, results.Created, "x"), recordOf(b, results.Failed, "")}, []Action{Move},
		},
		"but its own, from before its key lost its zeros and it was faulty": {
			"title,key\nA,12\n",
			[]results.Record{recordOf(twelve, results.Created, "x"), recordOf(manifest.Row{Title: "A", Key: "12"}, results.Failed, "")},
			[]Action{Move},
		},
		"but its own, from before it had a key, when it was refused under another title": {
			"title,key\nA,b\n", []results.Record{recordOf(bare, results.Created, "x"), refusedOf(other)}, []Action{Move},
		},
		"but its own, when it was pending": {
			"title,key\nA,b\n", []results.Record{recordOf(a, results.Created, "x"), recordOf(b, results.Pending, "")}, []Action{Move},
		},
		"but one that is left for a row of a new name": {
			"title,key\nA,b\nA,c\n", []results.Record{recordOf(a, results.Created, "x"), refusedOf(b)}, []Action{Create, Move},
		},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, actions(planned(t, c.csv, c.records...)))
		})
	}
}

func TestAFaultyRowTakesItsRoomAlong(t *testing.T) {
	for status, want := range map[results.Status]Action{results.Created: Move, results.Unknown: Reconcile} {
		room := ""
		if status.HasRoom() {
			room = "x"
		}
		m, err := manifest.Read(strings.NewReader("title,key,isLocked\nA,b,maybe\n"), "rooms.csv", manifest.Options{})
		var faults manifest.ErrorList
		require.ErrorAs(t, err, &faults)
		p, err := NewPlan(m, faults, recorded(t, recordOf(manifest.Row{Title: "A"}, status, room)), "webexapis.com")
		require.NoError(t, err)
		assert.Equal(t, []Action{want}, actions(p))
		assert.Equal(t, want == Reconcile, p.Steps[0].Reason() != "", "what is settled must not be sent")
	}
}

func TestARowWithoutANameOfItsOwnTakesNoRoom(t *testing.T) {
	m, err := manifest.Read(strings.NewReader("title,key,isLocked\nA,\"b\"c,\n"), "rooms.csv", manifest.Options{})
	var faults manifest.ErrorList
	require.ErrorAs(t, err, &faults)
	p, err := NewPlan(m, faults, recorded(t, recordOf(manifest.Row{Title: "A"}, results.Created, "x")), "webexapis.com")
	require.NoError(t, err)
	assert.Equal(t, []Action{Refuse}, actions(p))
}

// refuses makes Webex refuse the first of the next requests and accept the others,
// or what else the statuses say; 0 is accepted.
func (w *world) refuses(statuses ...int) {
	faults := make([]webextest.Fault, len(statuses))
	for i, status := range statuses {
		if status != 0 {
			faults[i] = webextest.Fault{Kind: webextest.ErrorAnswer, Status: status}
		}
	}
	w.workers = 1
	w.server.Faults = webextest.Script(http.MethodPost, faults...)
}

// applied runs a manifest to its end, whatever becomes of its rows.
func (w *world) applied(manifest string) *Outcome {
	w.t.Helper()
	w.manifest = manifest
	outcome, err := w.run(w.t.Context())
	require.NoError(w.t, err)
	return outcome
}

// killed runs a manifest that is killed when its last row is done, before the
// journal is compacted.
func (w *world) killed(manifest string) {
	w.t.Helper()
	var journal []byte
	w.observe = func(e Event) {
		if e.Kind == RowDone {
			journal, _ = os.ReadFile(w.path)
		}
	}
	w.applied(manifest)
	w.observe = nil
	if journal != nil {
		require.NoError(w.t, os.WriteFile(w.path, journal, 0o600))
		require.NoError(w.t, os.Remove(w.path+".lock"))
	}
}

func TestHistoriesOfPartsOfAManifest(t *testing.T) {
	const full = "title,key\nA,a\nA,b\n"
	for name, play := range map[string]func(w *world) (rooms int){
		"the refused twin alone, then all": func(w *world) int {
			w.refuses(0, 400)
			w.applied(full)
			w.applied("title,key\nA,b\n")
			assert.Equal(w.t, 2, w.rooms())
			w.applied(full)
			return 2
		},
		"a refused twin without a key alone, then all": func(w *world) int {
			w.refuses(0, 400)
			w.applied("title,key\nA,a\nA,\n")
			w.applied("title\nA\n")
			w.applied("title,key\nA,a\nA,\n")
			return 2
		},
		"three twins, the refused ones one at a time": func(w *world) int {
			w.refuses(0, 400, 400)
			w.applied("title,key\nA,a\nA,b\nA,c\n")
			w.applied("title,key\nA,b\n")
			w.applied("title,key\nA,c\n")
			assert.Equal(w.t, 3, w.rooms())
			w.applied("title,key\nA,a\nA,b\nA,c\n")
			return 3
		},
		"refused again and again": func(w *world) int {
			w.refuses(0, 400, 400, 400)
			w.applied(full)
			w.applied("title,key\nA,b\n")
			w.applied("title,key\nA,b\n")
			w.applied(full)
			return 2
		},
		"created, then named and faulty at once, then corrected": func(w *world) int {
			w.applied("title\nA\n")
			w.applied("title,key,isLocked\nA,b,maybe\n")
			w.applied("title,key,isLocked\nA,b,true\n")
			return 1
		},
		"created, then named and torn, then corrected": func(w *world) int {
			w.applied("title\nA\n")
			w.applied("title,key,isLocked\nA,b\n")
			w.applied("title,key,isLocked\nA,b,true\n")
			return 1
		},
		"created, then renamed with another title and refused, then renamed back": func(w *world) int {
			w.applied("title\nA\n")
			w.refuses(400)
			w.applied("title,key\nB,b\n")
			w.applied("title,key\nA,b\n")
			return 1
		},
		"refused, then created under a key, then without it again": func(w *world) int {
			w.refuses(400)
			w.applied("title\nA\n")
			w.applied("title,key\nA,a\n")
			w.applied("title\nA\n")
			return 1
		},
		"lost, then faulty under a new key, then corrected": func(w *world) int {
			w.manifest = "title\nA\n"
			w.loses(1)
			w.stopWhenLost()
			w.applied("title,key,isLocked\nA,b,maybe\n")
			w.applied("title,key,isLocked\nA,b,true\n")
			return 1
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, "")
				want := play(w)
				assert.Equal(t, want, w.rooms())
				w.agree()
			})
		})
	}
}

// A run that is killed does not compact its results file: what it was told of
// rows that have left stands in the journal.
func TestAKilledRunUnderANewKeyLeavesNoRefusalThatWouldMakeASecondRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "")
		w.refuses(400)
		w.applied("title\nA\n")
		w.killed("title,key\nA,a\n")
		w.applied("title\nA\n")
		assert.Equal(t, 1, w.rooms())
		w.agree()
	})
}

// TestPartsOfAManifestInAnyOrderEndWithOneRoomARow applies manifests full of
// twins, whole and in parts, with and without keys, with faults and refusals,
// some runs of it killed, and in the end the whole one.
func TestPartsOfAManifestInAnyOrderEndWithOneRoomARow(t *testing.T) {
	for seed := range uint64(100) {
		synctest.Test(t, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(seed, 0))
			w := newWorld(t, "")
			w.workers = 1 + rng.IntN(4)
			w.server.Faults = webextest.RandomFaults(seed,
				webextest.Chance{Method: http.MethodPost, Rate: 0.3, Fault: webextest.Fault{Kind: webextest.ErrorAnswer, Status: 400}},
				webextest.Chance{Method: http.MethodPost, Rate: 0.1, Fault: webextest.Fault{Kind: webextest.Drop, Made: true}})
			rows := make([]int, 2+rng.IntN(5))
			for i := range rows {
				rows[i] = i
			}
			line := func(i int, faulty, zeros bool) string {
				key, locked := fmt.Sprint(i+1), ""
				if zeros {
					key = "00" + key
				}
				if i == 0 {
					key = "" // one of the twins has no key
				}
				if faulty {
					locked = "maybe"
				}
				return fmt.Sprintf("Room %d,%s,%s\n", i%2, key, locked)
			}
			for range 2 + rng.IntN(5) {
				part, zeros := slices.Clone(rows), rng.IntN(3) == 0
				if rng.IntN(2) == 0 {
					rng.Shuffle(len(part), func(i, j int) { part[i], part[j] = part[j], part[i] })
					part = part[:1+rng.IntN(len(part))]
				}
				text := "title,key,isLocked\n"
				for _, i := range part {
					text += line(i, rng.IntN(5) == 0, zeros)
				}
				if rng.IntN(3) == 0 {
					w.killed(text)
				} else {
					w.applied(text)
				}
			}
			w.server.Faults = nil
			text := "title,key,isLocked\n"
			for _, i := range rows {
				text += line(i, false, false)
			}
			for range 2 {
				w.applied(text)
			}
			assert.Equal(t, len(rows), w.rooms(), "seed %d", seed)
			w.agree()
		})
	}
}
