package webextest_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
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

func TestClosingEndsWhatHangsAndLeavesTheRooms(t *testing.T) {
	server := &webextest.Server{
		Latency: webextest.Latency{Min: time.Hour, Max: time.Hour},
		Faults: func(r webextest.FaultRequest) webextest.Fault {
			switch r.Title {
			case "hangs":
				return webextest.Fault{Kind: webextest.Hang, Made: true}
			case "is late":
				return webextest.Fault{Kind: webextest.Late, Delay: time.Hour}
			}
			return webextest.Fault{}
		},
	}
	running := server.Start()
	client, err := running.Client("token")
	require.NoError(t, err)
	titles := []string{"hangs", "is late", "is slow"}
	lost := make(chan error, len(titles))
	for _, title := range titles {
		go func() {
			_, _, err := client.CreateRoom(context.Background(), "attempt", webex.NewRoom{Title: title})
			lost <- err
		}()
	}
	require.Eventually(t, func() bool { return server.Counts().Posts == len(titles) }, time.Minute, time.Millisecond)
	running.Close()
	for range titles {
		require.Error(t, <-lost)
	}
	assert.Equal(t, len(titles), server.Count())

	server.Change(func(s *webextest.Server) { s.Latency = webextest.Latency{} })
	again := server.Start()
	defer again.Close()
	client, err = again.Client("token")
	require.NoError(t, err)
	_, _, err = client.CreateRoom(t.Context(), "attempt", webex.NewRoom{Title: "one more"})
	require.NoError(t, err)
	assert.Equal(t, len(titles)+1, server.Count())
}

func TestManyWorkersMayUseAndChangeTheServerAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &webextest.Server{Latency: webextest.Latency{Min: time.Millisecond, Max: time.Second}, ListingLag: time.Second}
		running := server.Start()
		defer running.Close()
		client, err := running.Client("token")
		require.NoError(t, err)
		const workers, each = 16, 25
		var group sync.WaitGroup
		for worker := range workers {
			group.Go(func() {
				for i := range each {
					title := fmt.Sprintf("%d/%d", worker, i)
					_, _, err := client.CreateRoom(t.Context(), title, webex.NewRoom{Title: title})
					assert.NoError(t, err)
				}
				for _, err := range client.Rooms(t.Context(), webex.ListRooms{SortBy: "id", Max: 100}) {
					assert.NoError(t, err)
				}
				server.Change(func(s *webextest.Server) { s.MaxPage = 100 + worker })
			})
		}
		group.Wait()
		titles := map[string]bool{}
		for _, room := range server.Rooms() {
			titles[room.Title] = true
		}
		assert.Len(t, titles, workers*each)
		assert.Equal(t, workers*each, server.Counts().Posts)
		assert.Zero(t, server.EarlyRequests())
	})
}

func TestTheLogIsBoundedAndTheCountsAreNot(t *testing.T) {
	server := &webextest.Server{LogSize: 3}
	assert.Empty(t, server.Requests())
	for i := range 5 {
		call(server, "GET", fmt.Sprint("/rooms?max=", i+1), "", "TrackingID", fmt.Sprint("attempt ", i))
	}
	log := server.Requests()
	require.Len(t, log, 3)
	for i, request := range log {
		assert.Equal(t, fmt.Sprint("/v1/rooms?max=", i+3), request.Path)
		assert.Equal(t, fmt.Sprint("attempt ", i+2), request.TrackingID)
		assert.Equal(t, 200, request.Status)
	}
	assert.Equal(t, webextest.Counts{Requests: 5, Listings: 5, ByStatus: map[int]int{200: 5}, ByFault: map[string]int{}}, server.Counts())
}

func TestTheZeroServerServesOverTCP(t *testing.T) {
	server := httptest.NewServer(&webextest.Server{MaxPage: 2})
	defer server.Close()
	client, err := webex.New(webex.Config{
		BaseURL: server.URL + "/v1",
		Token:   func(context.Context) (string, error) { return "any", nil },
	})
	require.NoError(t, err)
	defer client.Close()
	for range 5 {
		_, _, err := client.CreateRoom(t.Context(), "attempt", webex.NewRoom{Title: "t"})
		require.NoError(t, err)
	}
	listed := 0
	for page, err := range client.Rooms(t.Context(), webex.ListRooms{}) {
		require.NoError(t, err)
		listed += len(page.Items)
	}
	assert.Equal(t, 5, listed)
}

func TestTheSandboxTakesAMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		assert.Equal(t, http.StatusOK, call(webextest.NewSandbox(), "POST", "/rooms", `{"title":"t"}`).Code)
		assert.GreaterOrEqual(t, time.Since(begun), 30*time.Millisecond)
		assert.LessOrEqual(t, time.Since(begun), 120*time.Millisecond)
	})
}
