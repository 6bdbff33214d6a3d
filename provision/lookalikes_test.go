package provision

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision/webex"
	"roomlift/provision/webex/webextest"
)

func TestLookAlikesAreNotMistakenForTheRowsRoom(t *testing.T) {
	lost := webextest.Fault{Kind: webextest.Drop, Made: true}
	never := webextest.Fault{Kind: webextest.Drop}
	for name, c := range map[string]struct {
		fault webextest.Fault
		room  webex.Room // made before the run; creator "" is me
		age   time.Duration
	}{
		"mine, an hour old, and the room was made":      {lost, webex.Room{Title: "Room 0"}, time.Hour},
		"mine, an hour old, and the room was not made":  {never, webex.Room{Title: "Room 0"}, time.Hour},
		"mine, a minute old, and the room was made":     {lost, webex.Room{Title: "Room 0"}, time.Minute},
		"mine, a minute old, and the room was not made": {never, webex.Room{Title: "Room 0"}, time.Minute},
		"mine, made just now, and the room was made":    {lost, webex.Room{Title: "Room 0"}, time.Second},
		"somebody else's": {never, webex.Room{Title: "Room 0", CreatorID: "somebody"}, 0},
		"in a team":       {never, webex.Room{Title: "Room 0", TeamID: "Y2lzY29zcGFyazovL3VzL1RFQU0vMQ"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, numbered(3))
				me := w.whoami()
				c.room.Created = time.Now().Add(-c.age)
				if c.room.CreatorID == "" {
					c.room.CreatorID = me.ID
				}
				before := w.server.AddRoom(c.room, me.ID)
				w.server.Faults = webextest.Script(http.MethodPost, c.fault, c.fault, c.fault)
				outcome, err := w.run(t.Context())
				require.NoError(t, err)
				assert.True(t, outcome.Complete())
				assert.Equal(t, 1+3, w.rooms())
				for r := range w.records() {
					assert.NotEqual(t, before.ID, r.RoomID, "the look-alike was adopted")
				}
			})
		})
	}
}

func TestRowsOfTheSameTitleAreEachSettled(t *testing.T) {
	for seed := range uint64(10) {
		synctest.Test(t, func(t *testing.T) {
			var b strings.Builder
			b.WriteString("title,key\n")
			for i := range 40 {
				fmt.Fprintf(&b, "Same,%d\n", i)
			}
			w := newWorld(t, b.String())
			w.server.Faults = webextest.RandomFaults(seed,
				webextest.Chance{Fault: webextest.Fault{Kind: webextest.Drop, Made: true}, Rate: 0.3},
				webextest.Chance{Fault: webextest.Fault{Kind: webextest.Drop}, Rate: 0.2})
			outcome, err := w.run(t.Context())
			require.NoError(t, err)
			assert.True(t, outcome.Complete(), "seed %d", seed)
			assert.Equal(t, 40, w.rooms(), "seed %d", seed)
			w.agree()
		})
	}
}

func TestALookWhileOthersAreInFlightTakesNobodysRoom(t *testing.T) {
	for seed := range uint64(8) {
		synctest.Test(t, func(t *testing.T) {
			var b strings.Builder
			b.WriteString("title,key\n")
			for i := range 120 {
				fmt.Fprintf(&b, "Same,%d\n", i)
			}
			w := newWorld(t, b.String())
			// Slow enough that lost answers are looked for in mid-run, with answers
			// slow enough that others are always in flight then.
			w.server.Limit = webextest.TokenBucket{Rate: 0.3, Burst: 3}
			w.server.Latency = webextest.Latency{Min: 5 * time.Second, Max: 20 * time.Second}
			w.server.Faults = webextest.RandomFaults(seed,
				webextest.Chance{Fault: webextest.Fault{Kind: webextest.Drop}, Rate: 0.2})
			outcome, err := w.run(t.Context())
			require.NoError(t, err)
			assert.True(t, outcome.Complete(), "seed %d", seed)
			assert.Equal(t, 120, w.rooms(), "seed %d", seed)
			w.agree()
		})
	}
}

func TestALookAlikeIsToldByTheServersClockNotByOurs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, numbered(3))
		w.server.ClockSkew = 10 * time.Minute
		me := w.whoami()
		before := w.server.AddRoom(webex.Room{
			Title: "Room 0", CreatorID: me.ID, Created: time.Now().Add(w.server.ClockSkew - 5*time.Minute),
		}, me.ID)
		w.server.Faults = webextest.Script(http.MethodPost, webextest.Fault{Kind: webextest.Drop},
			webextest.Fault{Kind: webextest.Drop}, webextest.Fault{Kind: webextest.Drop})
		_, err := w.run(t.Context())
		require.NoError(t, err)
		for r := range w.records() {
			assert.NotEqual(t, before.ID, r.RoomID)
		}
		assert.Equal(t, 4, w.rooms())
	})
}

func TestTheClocksOfServerAndClientMayDiffer(t *testing.T) {
	for _, skew := range []time.Duration{-10 * time.Minute, -time.Second, 700 * time.Millisecond, 10 * time.Minute} {
		t.Run(skew.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, numbered(20))
				w.server.ClockSkew = skew
				w.server.Faults = webextest.RandomFaults(3,
					webextest.Chance{Fault: webextest.Fault{Kind: webextest.Reset, Made: true}, Rate: 0.5})
				outcome, err := w.run(t.Context())
				require.NoError(t, err)
				assert.True(t, outcome.Complete())
				w.agree()
			})
		})
	}
}

func TestTitlesThatTheServerTrimmedAreRecognised(t *testing.T) {
	assert.Equal(t, placeOf("Title", "x"), placeOf(" Title ", "x"))
}
