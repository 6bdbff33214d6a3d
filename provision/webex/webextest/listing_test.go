package webextest_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision/webex"
	"roomlift/provision/webex/webextest"
)

type listPage struct{ Items []webex.Room }

// listed returns the ids of a whole listing, page after page, in its order.
func listed(t *testing.T, s *webextest.Server, query string, header ...string) (ids []string) {
	t.Helper()
	for path := "/rooms" + query; path != ""; {
		var page []string
		page, path = listedPage(t, s, path, header...)
		ids = append(ids, page...)
	}
	return ids
}

// listedPage returns the ids of one page, and the path of the next.
func listedPage(t *testing.T, s *webextest.Server, path string, header ...string) (ids []string, next string) {
	t.Helper()
	w := call(s, "GET", path, "", header...)
	require.Equal(t, http.StatusOK, w.Code, w.Body)
	for _, room := range decode[listPage](t, w).Items {
		ids = append(ids, room.ID)
	}
	link := w.Header().Get("Link")
	if link == "" {
		return ids, ""
	}
	require.Regexp(t, `^<http://example\.com/v1/rooms\?.*>; rel="next"$`, link)
	u, err := url.Parse(link[1:strings.Index(link, ">")])
	require.NoError(t, err)
	return ids, strings.TrimPrefix(u.RequestURI(), "/v1")
}

// fill makes n rooms, a minute apart, and returns their ids, oldest first.
func fill(s *webextest.Server, n int) (ids []string) {
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range n {
		room := s.AddRoom(webex.Room{Title: fmt.Sprint("room ", i), Created: begin.Add(time.Duration(i) * time.Minute)})
		ids = append(ids, room.ID)
	}
	return ids
}

func reversed(ids []string) []string {
	ids = slices.Clone(ids)
	slices.Reverse(ids)
	return ids
}

func TestAListingHasPages(t *testing.T) {
	server := &webextest.Server{}
	ids := fill(server, 250)
	sorted := slices.Sorted(slices.Values(ids))
	assert.Equal(t, reversed(ids), listed(t, server, ""))
	assert.Equal(t, 3, server.Counts().Listings, "100 rooms a page by default")
	assert.Equal(t, reversed(ids), listed(t, server, "?sortBy=created&max=7"))
	assert.Equal(t, reversed(ids), listed(t, server, "?sortBy=lastactivity&max=1000&type=group"))
	assert.ElementsMatch(t, sorted, listed(t, server, "?sortBy=id&max=7"))
	assert.Empty(t, listed(t, server, "?type=direct"))
	assert.Empty(t, listed(t, server, "?teamId="+team))

	before := server.Counts().Listings
	assert.Len(t, listed(t, server, "?max=250"), 250)
	assert.Equal(t, before+1, server.Counts().Listings, "a last page that is full has no next")

	server.Change(func(s *webextest.Server) { s.MaxPage = 100 })
	assert.Len(t, listed(t, server, "?max=1000"), 250)
	assert.Equal(t, before+4, server.Counts().Listings)
}

func TestPagesNeitherRepeatNorHideRoomsWhileOthersComeAndGo(t *testing.T) {
	for _, order := range []string{"", "&sortBy=id", "&sortBy=created"} {
		t.Run("order"+order, func(t *testing.T) {
			server := &webextest.Server{}
			ids := fill(server, 50)
			var seen []string
			for path := "/rooms?max=10" + order; path != ""; {
				var page []string
				page, path = listedPage(t, server, path)
				seen = append(seen, page...)
				// One comes, and the one that the next page begins after goes.
				server.AddRoom(webex.Room{Title: "new"})
				call(server, "DELETE", "/rooms/"+page[len(page)-1], "")
			}
			counts := map[string]int{}
			for _, id := range seen {
				counts[id]++
			}
			for _, id := range ids {
				assert.Equal(t, 1, counts[id])
			}
		})
	}
}

func TestEmptyPagesMayStandBetween(t *testing.T) {
	server := &webextest.Server{EmptyPages: true}
	ids := fill(server, 5)
	assert.Equal(t, reversed(ids), listed(t, server, "?max=2"))
	assert.Equal(t, 6, server.Counts().Listings)
	assert.ElementsMatch(t, ids, listed(t, server, "?max=2&sortBy=id"))
	first, next := listedPage(t, server, "/rooms?max=2")
	assert.Empty(t, first)
	assert.NotEmpty(t, next)
}

func TestTheOrderThatIsAskedForMayBeIgnored(t *testing.T) {
	server := &webextest.Server{IgnoreSort: true}
	ids := fill(server, 50)
	assert.ElementsMatch(t, ids, listed(t, server, "?sortBy=created&max=7"))
	assert.NotEqual(t, reversed(ids), listed(t, server, "?sortBy=created&max=7"))
}

func TestPagesThatAreTooLargeMayTimeOut(t *testing.T) {
	server := &webextest.Server{SlowPage: 50}
	assert.Equal(t, http.StatusGatewayTimeout, call(server, "GET", "/rooms", "").Code)
	assert.Equal(t, http.StatusOK, call(server, "GET", "/rooms?max=50", "").Code)
}

func TestRoomsAreListedByCreationInWhateverOrderTheyWereAdded(t *testing.T) {
	server := &webextest.Server{}
	now := time.Now()
	second := server.AddRoom(webex.Room{Title: "second", Created: now.Add(-time.Hour)})
	third := server.AddRoom(webex.Room{Title: "third", Created: now})
	first := server.AddRoom(webex.Room{Title: "first", Created: now.Add(-2 * time.Hour)})
	assert.Equal(t, []string{third.ID, second.ID, first.ID}, listed(t, server, "?max=1"))
}

func TestARoomIsListedOnlyAfterTheLag(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &webextest.Server{ListingLag: 5 * time.Second, ClockSkew: -10 * time.Minute}
		made := decode[webex.Room](t, call(server, "POST", "/rooms", `{"title":"t"}`))
		assert.Equal(t, http.StatusOK, call(server, "GET", "/rooms/"+made.ID, "").Code)
		time.Sleep(5*time.Second - 1)
		assert.Empty(t, listed(t, server, ""))
		assert.Empty(t, listed(t, server, "?sortBy=id"))
		time.Sleep(time.Nanosecond)
		assert.Equal(t, []string{made.ID}, listed(t, server, ""))
		assert.Equal(t, []string{made.ID}, listed(t, server, "?sortBy=id"))
	})
}

func TestTheServersClockMayBeWrong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &webextest.Server{ClockSkew: 10 * time.Minute}
		w := call(server, "POST", "/rooms", `{"title":"t"}`)
		want := time.Now().Add(10 * time.Minute).UTC()
		assert.Equal(t, want, decode[webex.Room](t, w).Created)
		assert.Equal(t, want.Format(http.TimeFormat), w.Header().Get("Date"))
	})
}
