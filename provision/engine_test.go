package provision

import (
	"context"
	"errors"
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

func TestEveryRowBecomesOneRoomAndARerunSendsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, numbered(100))
		outcome, err := w.run(t.Context())
		require.NoError(t, err)
		assert.True(t, outcome.Complete())
		assert.Equal(t, 100, w.rooms())
		w.agree()

		before := w.server.Counts().Requests
		outcome, err = w.run(t.Context())
		require.NoError(t, err)
		assert.True(t, outcome.Complete())
		assert.Equal(t, 100, outcome.Kept)
		assert.Equal(t, before, w.server.Counts().Requests, "a rerun with nothing to do asks for nothing")
	})
}

func TestEveryFieldIsSentAsItWasWrittenAndAnEmptyCellIsNotSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "title,teamId,classificationId,isLocked,isPublic,description,isAnnouncementOnly,key\n"+
			`"All, of it",Y2lzY29zcGFyazovL3VzL1RFQU0vMQ,Y2lzY29zcGFyazovL3VzL0NMQVNTLzE,true,true,"What ""it"" is",true,K-1`+"\n"+
			"No,,,false,,,,\n")
		_, err := w.run(t.Context())
		require.NoError(t, err)
		rooms := map[string]webex.Room{}
		for _, r := range w.server.Rooms() {
			rooms[r.Title] = r
		}
		all := rooms["All, of it"]
		assert.Equal(t, "Y2lzY29zcGFyazovL3VzL1RFQU0vMQ", all.TeamID)
		assert.Equal(t, "Y2lzY29zcGFyazovL3VzL0NMQVNTLzE", all.ClassificationID)
		assert.Equal(t, `What "it" is`, all.Description)
		assert.True(t, all.IsLocked && all.IsPublic && all.IsAnnouncementOnly)
		assert.Contains(t, rooms, "No")
		w.agree()
	})
}

func TestARefusedRowFailsAndTheOthersGoOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "title,teamId\nGood,\nBad,no-such-team\nAlso good,\n")
		outcome, err := w.run(t.Context())
		require.NoError(t, err, "a row's failure does not end the run")
		assert.False(t, outcome.Complete())
		assert.Equal(t, map[results.Status]int{results.Created: 2, results.Failed: 1}, outcome.Statuses)
		for cause := range outcome.Causes {
			assert.Contains(t, cause.Error, "404")
			assert.Contains(t, cause.Error, "check the teamId")
		}
		w.agree()

		outcome, err = w.run(t.Context())
		require.NoError(t, err)
		assert.Equal(t, 1, outcome.Done[results.Failed], "a rerun tries the failed row again")
		assert.Equal(t, 2, w.rooms())
	})
}

func TestARateLimitIsWaitedForByEverybodyAndNothingIsLost(t *testing.T) {
	for name, limit := range map[string]webextest.Limit{
		"bucket":  webextest.TokenBucket{Rate: 3, Burst: 5},
		"window":  webextest.FixedWindow{Quota: 30, Period: time.Minute},
		"sliding": webextest.SlidingWindow{Quota: 30, Period: time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, numbered(200))
				w.server.Limit = limit
				outcome, err := w.run(t.Context())
				require.NoError(t, err)
				assert.True(t, outcome.Complete())
				assert.NotZero(t, outcome.Requests[429], "the limit was met")
				assert.Zero(t, w.server.EarlyRequests(), "nobody sends inside a Retry-After")
				w.agree()
			})
		})
	}
}

func TestATokenThatIsRefusedStopsTheRunAndFailsNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, numbered(50))
		w.server.Token = "token"
		w.observe = func(e Event) {
			if e.Kind == RowDone {
				w.server.Change(func(s *webextest.Server) { s.Token = "another" })
			}
		}
		outcome, err := w.run(t.Context())
		var answer *webex.Error
		require.ErrorAs(t, err, &answer)
		assert.Equal(t, http.StatusUnauthorized, answer.StatusCode)
		assert.Zero(t, outcome.Statuses[results.Failed])
		assert.Equal(t, 50, outcome.Statuses[results.Created]+outcome.Statuses[results.Pending])
		w.agree()

		w.observe, w.token = nil, "another"
		outcome, err = w.run(t.Context())
		require.NoError(t, err)
		assert.True(t, outcome.Complete())
		w.agree()
	})
}

func TestAStopLetsWhatIsInFlightFinishAndARerunGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, numbered(60))
		ctx, cancel := context.WithCancelCause(t.Context())
		enough := errors.New("interrupted by a test")
		done := 0
		w.observe = func(e Event) {
			if e.Kind == RowDone {
				if done++; done == 20 {
					cancel(enough)
				}
			}
		}
		outcome, err := w.run(ctx)
		var stop *StopError
		require.ErrorAs(t, err, &stop)
		assert.Equal(t, Interrupted, stop.Reason)
		require.ErrorIs(t, err, enough)
		assert.NotZero(t, outcome.Statuses[results.Pending])
		assert.Zero(t, outcome.Statuses[results.Sending]+outcome.Statuses[results.Unknown], "in flight is not lost")
		w.agree()

		w.observe = nil
		outcome, err = w.run(t.Context())
		require.NoError(t, err)
		assert.True(t, outcome.Complete())
		assert.Equal(t, 60, w.rooms())
		w.agree()
	})
}

func TestAStopIsBoundedEvenWhenTheServerHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, numbered(30))
		w.server.Faults = func(webextest.FaultRequest) webextest.Fault {
			return webextest.Fault{Kind: webextest.Hang, Made: true}
		}
		w.server.Faults = webextest.Script(http.MethodPost,
			webextest.Fault{Kind: webextest.Hang, Made: true}, webextest.Fault{Kind: webextest.Hang})
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(3*time.Second, cancel)
		start := time.Now()
		outcome, err := w.run(ctx)
		var stop *StopError
		require.ErrorAs(t, err, &stop)
		assert.LessOrEqual(t, time.Since(start), 3*time.Second+DefaultDrain+time.Second)
		assert.Equal(t, 2, outcome.Statuses[results.Unknown])

		outcome, err = w.run(t.Context())
		require.NoError(t, err)
		assert.True(t, outcome.Complete())
		assert.Equal(t, 30, w.rooms())
		w.agree()
	})
}

func TestADeadlineThatARetryAfterOutlastsEndsTheRunAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, numbered(10))
		w.server.Faults = webextest.Script(http.MethodPost,
			webextest.Fault{Kind: webextest.ErrorAnswer, Status: 429, RetryAfter: "3600"})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		start := time.Now()
		_, err := w.run(ctx)
		var stop *StopError
		require.ErrorAs(t, err, &stop)
		assert.Equal(t, Closed, stop.Reason)
		assert.WithinDuration(t, start.Add(time.Hour), stop.Until, 10*time.Second)
		assert.Less(t, time.Since(start), 10*time.Second)
		w.agree()
	})
}

func TestTooManyFailuresStopTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "title,teamId\n"+strings.ReplaceAll(strings.TrimPrefix(numbered(50), "title\n"), "\n", ",nope\n"))
		w.maxFailures, w.workers = 3, 1
		outcome, err := w.run(t.Context())
		var stop *StopError
		require.ErrorAs(t, err, &stop)
		assert.Equal(t, TooManyFailures, stop.Reason)
		assert.Equal(t, 3, outcome.Statuses[results.Failed])
		assert.Equal(t, 47, outcome.Statuses[results.Pending])
	})
}

func TestARowThatIsLockedForEverFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, numbered(3))
		w.server.Faults = func(r webextest.FaultRequest) webextest.Fault {
			if r.Title == "Room 1" {
				return webextest.Fault{Kind: webextest.ErrorAnswer, Status: 423, RetryAfter: "2"}
			}
			return webextest.Fault{}
		}
		outcome, err := w.run(t.Context())
		require.NoError(t, err)
		assert.Equal(t, map[results.Status]int{results.Created: 2, results.Failed: 1}, outcome.Statuses)
		assert.Equal(t, maxLocked, outcome.Requests[423])
	})
}

func TestAServerThatCannotBeReachedStopsTheRunAndLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, numbered(5))
		file, err := results.Open(w.path, results.Options{})
		require.NoError(t, err)
		defer file.Close()
		running := w.server.Start()
		client, err := running.Client("token")
		require.NoError(t, err)
		plan, err := NewPlan(w.rows(), nil, file, client.Host())
		require.NoError(t, err)
		running.Close()

		limiter := unlimited()
		engine := New(Config{Client: client, Results: file, Workers: 2, Limiter: limiter})
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour) // who has no turn left waits for ever
		defer cancel()
		outcome, err := engine.Run(ctx, plan)
		var stop *StopError
		require.ErrorAs(t, err, &stop)
		assert.Equal(t, Unreachable, stop.Reason)
		assert.Less(t, time.Since(start), 5*time.Minute)
		assert.Equal(t, 5, outcome.Statuses[results.Pending])
		assert.Empty(t, outcome.Requests, "none left")
		assert.Zero(t, w.rooms())
		assert.Zero(t, limiter.Stats().InFlight, "turns that led nowhere are given back")
	})
}

func TestARunThatIsStoppedBeforeWebexAnsweredSaysSo(t *testing.T) {
	for name, c := range map[string]struct {
		fault webextest.FaultKind
		after time.Duration
		want  string
	}{
		"and with what error":                    {webextest.Drop, time.Second, "stopped: the deadline, and Webex did not answer: EOF"},
		"and that nothing came back":             {webextest.Hang, 10 * time.Second, "stopped: the deadline, and Webex did not answer: nothing came back"},
		"unless it hardly had the time":          {webextest.Hang, time.Second, "stopped: the deadline"},
		"unless it answered, if only with a 503": {webextest.ErrorAnswer, time.Second, "stopped: the deadline"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, numbered(1))
				w.server.Faults = func(webextest.FaultRequest) webextest.Fault {
					return webextest.Fault{Kind: c.fault, Status: http.StatusServiceUnavailable}
				}
				ctx, cancel := context.WithTimeoutCause(t.Context(), c.after, errors.New("the deadline"))
				defer cancel()
				_, err := w.run(ctx)
				var stop *StopError
				require.ErrorAs(t, err, &stop)
				assert.EqualError(t, stop, c.want)
			})
		})
	}
}

func TestABotMayNotClassifyTheRoomsThatItCreates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "title,classificationId\nPlain,\nSecret,abc\n")
		w.server.Me = webex.Person{Type: "bot"}
		outcome, err := w.run(t.Context())
		require.NoError(t, err)
		assert.Equal(t, map[results.Status]int{results.Created: 1, results.Failed: 1}, outcome.Statuses)
		assert.Equal(t, 1, w.server.Counts().Posts, "a row that is certain to be refused is not sent")
	})
}
