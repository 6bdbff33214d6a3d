package provision

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision/webex"
	"roomlift/provision/webex/webextest"
	"roomlift/report/results"
)

// everyFault is each way in which an answer can be lost, after the room was
// made and before.
func everyFault() []webextest.Fault {
	var faults []webextest.Fault
	for _, made := range []bool{true, false} {
		for _, f := range []webextest.Fault{
			{Kind: webextest.ErrorAnswer, Status: 500},
			{Kind: webextest.ErrorAnswer, Status: 502},
			{Kind: webextest.ErrorAnswer, Status: 503},
			{Kind: webextest.ErrorAnswer, Status: 504},
			{Kind: webextest.HTML, Status: 502},
			{Kind: webextest.Empty, Status: 200},
			{Kind: webextest.NoID},
			{Kind: webextest.Half, Status: 200},
			{Kind: webextest.Cut, Status: 200},
			{Kind: webextest.Drop},
			{Kind: webextest.Reset},
			{Kind: webextest.Hang},
			{Kind: webextest.Garbage},
		} {
			f.Made = made
			faults = append(faults, f)
		}
	}
	return append(faults, webextest.Fault{Kind: webextest.Late, Delay: 4 * time.Second})
}

func TestALostAnswerOfAnyKindMakesNeitherASecondRoomNorNone(t *testing.T) {
	for _, fault := range everyFault() {
		t.Run(fault.Name(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, numbered(20))
				w.server.ListingLag = 3 * time.Second
				w.server.Faults = webextest.Script(http.MethodPost, fault, webextest.Fault{}, fault, fault)
				outcome, err := w.run(t.Context())
				require.NoError(t, err)
				assert.True(t, outcome.Complete(), "%v", outcome.Statuses)
				assert.Equal(t, 20, w.rooms())
				w.agree()
			})
		})
	}
}

func TestBadWeatherCostsAFewListingsAndLittleTime(t *testing.T) {
	tenth := func(fault webextest.Fault) func(webextest.FaultRequest) webextest.Fault {
		return webextest.RandomFaults(7, webextest.Chance{Fault: fault, Rate: 0.1})
	}
	run := func(t *testing.T, rate float64, faults func(webextest.FaultRequest) webextest.Fault) (took, settling time.Duration, o *Outcome) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, numbered(1000))
			w.server.Limit = webextest.TokenBucket{Rate: rate, Burst: 20}
			w.server.Faults = faults
			var until time.Time // nothing was left to do but to wait until then
			w.observe = func(e Event) {
				if e.Kind == Settling {
					if e.Time.After(until) {
						until = e.Time
					}
					settling += max(e.Until.Sub(until), 0)
					until = e.Until
				}
			}
			outcome, err := w.run(t.Context())
			require.NoError(t, err)
			require.True(t, outcome.Complete())
			require.Equal(t, 1000, w.rooms())
			w.agree()
			took, o = outcome.Elapsed, outcome
		})
		return took, settling, o
	}
	for name, c := range map[string]struct {
		rate  float64
		fault webextest.Fault
	}{
		"dropped after the room was made, 5/s": {5, webextest.Fault{Kind: webextest.Drop, Made: true}},
		"502 before the room was made, 20/s":   {20, webextest.Fault{Kind: webextest.ErrorAnswer, Status: 502}},
		"504 after the room was made, 20/s":    {20, webextest.Fault{Kind: webextest.ErrorAnswer, Status: 504, Made: true}},
		"hanging after the room was made, 5/s": {5, webextest.Fault{Kind: webextest.Hang, Made: true}},
	} {
		t.Run(name, func(t *testing.T) {
			calm, _, _ := run(t, c.rate, nil)
			rough, settling, outcome := run(t, c.rate, tenth(c.fault))
			ratio := (rough - settling).Seconds() / calm.Seconds()
			t.Logf("%v without faults; %v with a tenth of the answers lost, %v of that settling: %.2f times; %d listings",
				calm, rough, settling, ratio, outcome.Listings)
			assert.LessOrEqual(t, ratio, 1.3)
			assert.LessOrEqual(t, outcome.Listings, 8)
		})
	}
}

func TestARoomThatIsListedLateIsNotMadeAgain(t *testing.T) {
	for _, lag := range []time.Duration{5 * time.Second, 12 * time.Second, 25 * time.Second} {
		t.Run(lag.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, numbered(300))
				w.server.Limit = webextest.TokenBucket{Rate: 1, Burst: 5} // looks in mid-run, too
				w.server.ListingLag = lag
				w.server.Faults = webextest.RandomFaults(4,
					webextest.Chance{Fault: webextest.Fault{Kind: webextest.Drop, Made: true}, Rate: 0.2})
				outcome, err := w.run(t.Context())
				require.NoError(t, err)
				assert.True(t, outcome.Complete())
				assert.Equal(t, 300, w.rooms())
				w.agree()
			})
		})
	}
}

func TestWhatCannotBeSettledStaysUnknownAndIsNeverSentAgain(t *testing.T) {
	lost := webextest.Chance{Fault: webextest.Fault{Kind: webextest.Drop, Made: true}, Rate: 0.3}
	for name, c := range map[string]struct {
		spoil  func(*webextest.Server)
		reason string
	}{
		"rooms may not be listed": {
			func(s *webextest.Server) {
				s.Faults = webextest.RandomFaults(5, lost, webextest.Chance{
					Method: http.MethodGet, Rate: 1, Fault: webextest.Fault{Kind: webextest.ErrorAnswer, Status: 403},
				})
			}, "spark:rooms_read",
		},
		"titles cannot be decrypted": {
			func(s *webextest.Server) {
				s.Faults = webextest.RandomFaults(5, lost)
				s.Undecryptable = func(string) bool { return true }
			}, "could not decrypt",
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, numbered(30))
				me := w.whoami()
				c.spoil(w.server)
				if name == "rooms may not be listed" { // but whose token it is may be asked
					plan := w.server.Faults
					w.server.Faults = func(r webextest.FaultRequest) webextest.Fault {
						if strings.Contains(r.Path, "people") {
							return webextest.Fault{}
						}
						return plan(r)
					}
				}
				outcome, err := w.run(t.Context())
				require.NoError(t, err)
				unknown := outcome.Statuses[results.Unknown]
				require.NotZero(t, unknown)
				assert.Equal(t, 30, w.server.Counts().Posts, "nothing is sent twice")
				for r := range w.records() {
					if r.Status == results.Unknown {
						assert.Contains(t, r.Error, c.reason)
						assert.Equal(t, me.ID, r.CreatorID)
					}
				}

				w.server.Change(func(s *webextest.Server) { s.Faults, s.Undecryptable = nil, nil })
				outcome, err = w.run(t.Context())
				require.NoError(t, err)
				assert.True(t, outcome.Complete(), "the next run settles them")
				assert.Equal(t, unknown, outcome.Done[results.Adopted])
				assert.Equal(t, 30, w.rooms())
				w.agree()
			})
		})
	}
}

func TestAnotherIdentityCannotSettleTheseRows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, numbered(10))
		w.server.Identities = map[string]webex.Person{"token": {ID: "ann"}, "other": {ID: "bob"}}
		w.server.Faults = func(r webextest.FaultRequest) webextest.Fault {
			if r.Title == "Room 3" || strings.Contains(r.Path, "/rooms?") {
				return webextest.Fault{Kind: webextest.Drop, Made: true}
			}
			return webextest.Fault{}
		}
		_, err := w.run(t.Context())
		require.NoError(t, err)

		w.server.Change(func(s *webextest.Server) { s.Faults = nil })
		w.token = "other"
		w.manifest += "New\n"
		outcome, err := w.run(t.Context())
		require.NoError(t, err)
		assert.Equal(t, 1, outcome.Statuses[results.Unknown])
		assert.Equal(t, 10, outcome.Statuses[results.Created], "the others go on")
		for cause := range outcome.Causes {
			assert.Contains(t, cause.Error, "another account")
		}

		w.token = "token"
		outcome, err = w.run(t.Context())
		require.NoError(t, err)
		assert.True(t, outcome.Complete())
		assert.Equal(t, 11, w.rooms())
		w.agree()
	})
}

func TestARowThatIsSettledTookAsLongAsThisRunWasAtIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, numbered(3))
		w.server.Faults = func(r webextest.FaultRequest) webextest.Fault {
			made := r.Title == "Room 0"
			if r.Method == http.MethodPost && r.Attempt == 1 && r.Title != "Room 2" {
				return webextest.Fault{Kind: webextest.Reset, Made: made}
			}
			return webextest.Fault{}
		}
		took := func() map[string]time.Duration {
			all := map[string]time.Duration{}
			for _, e := range w.events {
				if e.Kind == RowDone {
					all[e.Result.Row.Title] = e.Result.Duration
				}
			}
			return all
		}
		_, err := w.run(t.Context())
		require.NoError(t, err)
		assert.GreaterOrEqual(t, took()["Room 0"], DefaultSettle, "it was adopted")
		assert.GreaterOrEqual(t, took()["Room 1"], absenceFactor*DefaultSettle, "it was sent again")
		assert.Less(t, took()["Room 2"], DefaultSettle)

		w = newWorld(t, numbered(1))
		w.server.Faults = webextest.Script(http.MethodPost, webextest.Fault{Kind: webextest.Reset, Made: true})
		ctx, stop := context.WithTimeout(t.Context(), DefaultSettle/2)
		defer stop()
		_, err = w.run(ctx)
		require.Error(t, err)
		assert.Positive(t, took()["Room 0"], "it stays unknown")
		_, err = w.run(t.Context())
		require.NoError(t, err)
		assert.Positive(t, took()["Room 0"], "it is adopted by the next run")
	})
}

func TestARowWhoseAnswersAreAlwaysLostFailsInTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, numbered(3))
		w.server.Faults = func(r webextest.FaultRequest) webextest.Fault {
			if r.Title == "Room 1" {
				return webextest.Fault{Kind: webextest.ErrorAnswer, Status: 502}
			}
			return webextest.Fault{}
		}
		outcome, err := w.run(t.Context())
		require.NoError(t, err)
		assert.Equal(t, map[results.Status]int{results.Created: 2, results.Failed: 1}, outcome.Statuses)
		assert.Equal(t, maxLosses, outcome.Requests[502])
		w.agree()
	})
}
