package provision

import (
	"testing"
	"testing/synctest"

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
