package provision

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision/webex/webextest"
)

func TestARowThatIsSentAgainIsToldOfFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, numbered(10))
		w.server.Faults = func(r webextest.FaultRequest) webextest.Fault {
			if r.Title == "Room 3" && r.Attempt == 1 {
				return webextest.Fault{Kind: webextest.ErrorAnswer, Status: 502}
			}
			return webextest.Fault{}
		}
		outcome, err := w.run(t.Context())
		require.NoError(t, err)
		require.True(t, outcome.Complete())
		var kinds []EventKind
		for _, e := range w.events {
			if e.Result != nil && e.Result.Row.Title == "Room 3" {
				kinds = append(kinds, e.Kind)
			}
		}
		assert.Equal(t, []EventKind{AnswerLost, Absent, RowDone}, kinds)
	})
}

func TestAQuestionThatIsRefusedForTheRateIsToldOfLikeARow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, numbered(10))
		refuse := webextest.Fault{Kind: webextest.ErrorAnswer, Status: http.StatusTooManyRequests, RetryAfter: "7"}
		refused := map[string]bool{}
		w.server.Faults = func(r webextest.FaultRequest) webextest.Fault {
			path, _, _ := strings.Cut(r.Path, "?")
			switch {
			case r.Title == "Room 3" && r.Attempt == 1:
				return webextest.Fault{Kind: webextest.Drop, Made: true}
			case r.Method == http.MethodGet && !refused[path]:
				refused[path] = true
				return refuse
			}
			return webextest.Fault{}
		}
		outcome, err := w.run(t.Context())
		require.NoError(t, err)
		require.True(t, outcome.Complete())
		assert.Equal(t, Asked{People: Questions{Sent: 2, Refused: 1}, Listings: Questions{Sent: 2, Refused: 1}}, w.asked)
		assert.Equal(t, Questions{Sent: 4, Refused: 2}, w.asked.Sum())
		told := 0
		for _, e := range w.events {
			if e.Kind == Refused {
				told++
				assert.Equal(t, 7*time.Second, e.Asked)
				assert.Equal(t, 7*time.Second, e.Until.Sub(e.Time))
				assert.Contains(t, e.Cause, "Webex answered 429: ")
			}
		}
		assert.Equal(t, 2, told, "one before the run, one within")
	})
}
