package provision

import (
	"context"
	"fmt"
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision/manifest"
	"roomlift/provision/webex"
	"roomlift/provision/webex/webextest"
	"roomlift/ratelimit"
	"roomlift/report/results"
)

// world is a Webex, a folder and a manifest, for as many runs as a test needs.
// It is made inside a synctest bubble: the hours that a run takes are virtual.
type world struct {
	t        *testing.T
	server   *webextest.Server
	path     string // results file
	manifest string // CSV
	token    string

	workers     int
	maxFailures int
	options     results.Options
	events      []Event
	observe     func(Event)
	asked       Asked               // what the last run asked
	limiter     *ratelimit.Adaptive // of the last run
}

// maxVirtual ends a run that would never end, as when no turn is left.
const maxVirtual = 30 * 24 * time.Hour

func newWorld(t *testing.T, manifest string) *world {
	return &world{
		t: t, manifest: manifest, token: "token", workers: 16,
		server: &webextest.Server{Latency: webextest.Latency{Min: 50 * time.Millisecond, Max: 150 * time.Millisecond}, Seed: 1},
		path:   filepath.Join(t.TempDir(), "rooms.results.csv"),
	}
}

// numbered is a manifest of n rooms.
func numbered(n int) string {
	var b strings.Builder
	b.WriteString("title\n")
	for i := range n {
		fmt.Fprintf(&b, "Room %d\n", i)
	}
	return b.String()
}

func (w *world) rows() *manifest.Manifest {
	w.t.Helper()
	m, err := manifest.Read(strings.NewReader(w.manifest), "rooms.csv", manifest.Options{})
	require.NoError(w.t, err)
	return m
}

// faultyRows reads the manifest as --skip-invalid does.
func (w *world) faultyRows() (*manifest.Manifest, manifest.ErrorList) {
	w.t.Helper()
	m, err := manifest.Read(strings.NewReader(w.manifest), "rooms.csv", manifest.Options{})
	var faults manifest.ErrorList
	if err != nil {
		require.ErrorAs(w.t, err, &faults)
	}
	require.NotNil(w.t, m)
	return m, faults
}

// run applies the manifest once, as the command line does.
func (w *world) run(ctx context.Context) (*Outcome, error) {
	w.t.Helper()
	file, err := results.Open(w.path, w.options)
	require.NoError(w.t, err)
	defer func() { assert.NoError(w.t, file.Close()) }()
	return w.runOn(ctx, file)
}

func (w *world) runOn(ctx context.Context, file *results.File) (*Outcome, error) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(ctx, maxVirtual)
	defer cancel()
	running := w.server.Start()
	defer running.Close()
	client, err := running.Client(w.token)
	require.NoError(w.t, err)
	defer client.Close()
	m, faults := w.faultyRows()
	plan, err := NewPlan(m, faults, file, client.Host())
	require.NoError(w.t, err)
	w.events = nil
	w.limiter = ratelimit.New(ratelimit.Config{Workers: w.workers})
	engine := New(Config{
		Client: client, Results: file, Workers: w.workers, MaxFailures: w.maxFailures,
		Limiter: w.limiter,
		Observe: func(e Event) {
			w.events = append(w.events, e)
			if w.observe != nil {
				w.observe(e)
			}
		},
	})
	if plan.Asks() {
		me, err := engine.Identify(ctx)
		if err != nil {
			return nil, err
		}
		plan.CheckIdentity(me)
	}
	outcome, err := engine.Run(ctx, plan)
	w.asked = engine.Asked()
	if cerr := file.Compact(plan.Final(file)); cerr != nil && err == nil {
		err = cerr
	}
	return outcome, err
}

// agree checks the oracle: rooms and records match one to one.
func (w *world) agree() {
	w.t.Helper()
	rooms := map[string]webex.Room{}
	for _, room := range w.server.Rooms() {
		rooms[room.ID] = room
	}
	recorded := 0
	for r := range w.records() {
		if !r.Status.HasRoom() {
			continue
		}
		recorded++
		room, exists := rooms[r.RoomID]
		if assert.True(w.t, exists, "the record of %q names a room that does not exist or is named twice", r.Title) {
			assert.Equal(w.t, r.Title, room.Title)
			assert.Equal(w.t, r.TeamID, room.TeamID)
		}
		delete(rooms, r.RoomID)
	}
	for _, room := range rooms {
		assert.Fail(w.t, "a room that no record knows", "%q %s", room.Title, room.ID)
	}
}

// created counts the POSTs that made a room.
func (w *world) rooms() int { return len(w.server.Rooms()) }

func unlimited() *ratelimit.Adaptive {
	return ratelimit.New(ratelimit.Config{Workers: 64, Learned: &ratelimit.Learned{Rate: 1000}})
}

// whoami is the person that the token belongs to.
func (w *world) whoami() webex.Person {
	w.t.Helper()
	running := w.server.Start()
	defer running.Close()
	client, err := running.Client(w.token)
	require.NoError(w.t, err)
	defer client.Close()
	me, _, err := client.Me(w.t.Context())
	require.NoError(w.t, err)
	return me
}

// records are what the results file holds.
func (w *world) records() iter.Seq[results.Record] {
	w.t.Helper()
	snapshot, err := results.Read(w.path)
	require.NoError(w.t, err)
	defer snapshot.Close()
	all := slices.Collect(snapshot.All())
	require.NoError(w.t, snapshot.Err())
	return slices.Values(all)
}
