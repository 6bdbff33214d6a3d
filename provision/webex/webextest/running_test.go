package webextest_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"roomlift/provision/webex"
	"roomlift/provision/webex/webextest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestTenThousandRoomsAreMadeAndListedInVirtualTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &webextest.Server{Limit: webextest.TokenBucket{Rate: 5, Burst: 20}, Seed: 1}
		running := server.Start()
		defer running.Close()
		client, err := running.Client("token")
		require.NoError(t, err)

		for i := range 10_000 {
			time.Sleep(200 * time.Millisecond)
			room, response, err := client.CreateRoom(t.Context(), webex.NewTrackingID(), webex.NewRoom{Title: fmt.Sprint("room ", i)})
			require.NoError(t, err)
			require.NotEmpty(t, room.ID)
			require.Equal(t, time.Now().UTC().Truncate(time.Second), response.Date)
		}

		listed := map[string]bool{}
		pages := 0
		for page, err := range client.Rooms(t.Context(), webex.ListRooms{SortBy: "created", Max: 1000}) {
			require.NoError(t, err)
			pages++
			for _, room := range page.Items {
				listed[room.ID] = true
			}
		}
		assert.Equal(t, 10, pages)
		assert.Len(t, listed, 10_000)
		assert.Equal(t, 10_000, server.Count())
	})
}
