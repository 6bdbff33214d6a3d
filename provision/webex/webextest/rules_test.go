package webextest_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision/webex"
	"roomlift/provision/webex/webextest"
)

const team = "Y2lzY29zcGFyazovL3VzL1RFQU0vZWUwMWIxMzAtMjJlYi0xMWVjLTg5MTktMGY0NjdjMGNlZmFk"

// call makes one request of the handler itself.
func call(s *webextest.Server, method, path, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/v1"+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer token")
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func decode[T any](t *testing.T, w *httptest.ResponseRecorder) T {
	t.Helper()
	var value T
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &value), w.Body)
	return value
}

func TestRequestsThatAreRefused(t *testing.T) {
	const bot, unset = "bot", "-"
	for name, tc := range map[string]struct {
		method, path, body string
		token, mediaType   string
		status             int
		message            string
	}{
		"no token":                         {method: "GET", path: "/rooms", token: unset, status: 401, message: "valid access token"},
		"another scheme":                   {method: "GET", path: "/rooms", token: "Basic token", status: 401, message: "valid access token"},
		"a wrong token":                    {method: "POST", path: "/rooms", token: "Bearer wrong", status: 401, message: "not known"},
		"an unknown path":                  {method: "GET", path: "/room", status: 404, message: "could not be found"},
		"a path below a room":              {method: "GET", path: "/rooms/x/y", status: 404, message: "could not be found"},
		"a room that is none":              {method: "GET", path: "/rooms/x", status: 404, message: "could not be found"},
		"an unknown team":                  {method: "POST", path: "/rooms", body: `{"title":"t","teamId":"x"}`, status: 404, message: "team"},
		"an empty teamId":                  {method: "POST", path: "/rooms", body: `{"title":"t","teamId":""}`, status: 404, message: "team"},
		"a listing of an unknown team":     {method: "GET", path: "/rooms?teamId=x", status: 404, message: "team"},
		"a listing of an empty team":       {method: "GET", path: "/rooms?teamId=", status: 404, message: "team"},
		"a method that rooms lack":         {method: "PUT", path: "/rooms", body: `{}`, status: 405, message: "PUT"},
		"a method that a room lacks":       {method: "POST", path: "/rooms/x", status: 405, message: "POST"},
		"a method that a person lacks":     {method: "DELETE", path: "/people/me", status: 405, message: "DELETE"},
		"another media type":               {method: "POST", path: "/rooms", body: `{"title":"t"}`, mediaType: "text/plain", status: 415, message: "application/json"},
		"no media type":                    {method: "POST", path: "/rooms", body: `{"title":"t"}`, mediaType: unset, status: 415, message: "application/json"},
		"malformed JSON":                   {method: "POST", path: "/rooms", body: `{"title":`, status: 400, message: "JSON"},
		"an array":                         {method: "POST", path: "/rooms", body: `[]`, status: 400, message: "JSON"},
		"a title that is a number":         {method: "POST", path: "/rooms", body: `{"title":7}`, status: 400, message: "types"},
		"a boolean that is text":           {method: "POST", path: "/rooms", body: `{"title":"t","isLocked":"true"}`, status: 400, message: "types"},
		"no body":                          {method: "POST", path: "/rooms", status: 400, message: "JSON"},
		"no title":                         {method: "POST", path: "/rooms", body: `{}`, status: 400, message: "title"},
		"a blank title":                    {method: "POST", path: "/rooms", body: `{"title":" \t"}`, status: 400, message: "title"},
		"public without a description":     {method: "POST", path: "/rooms", body: `{"title":"t","isPublic":true}`, status: 400, message: "description"},
		"announcement without a lock":      {method: "POST", path: "/rooms", body: `{"title":"t","isAnnouncementOnly":true}`, status: 400, message: "locked"},
		"a bot that classifies":            {method: "POST", path: "/rooms", body: `{"title":"t","classificationId":"c"}`, token: "Bearer " + bot, status: 403, message: "Bots"},
		"a page of none":                   {method: "GET", path: "/rooms?max=0", status: 400, message: "max"},
		"a page of too many":               {method: "GET", path: "/rooms?max=1001", status: 400, message: "max"},
		"a page of some":                   {method: "GET", path: "/rooms?max=some", status: 400, message: "max"},
		"a type that is none":              {method: "GET", path: "/rooms?type=team", status: 400, message: "type"},
		"an order that is none":            {method: "GET", path: "/rooms?sortBy=title", status: 400, message: "sortBy"},
		"a cursor that was not given":      {method: "GET", path: "/rooms?cursor=AAAA", status: 400, message: "cursor"},
		"a cursor of the other kind":       {method: "GET", path: "/rooms?sortBy=id&cursor=MTox", status: 400, message: "cursor"},
		"a body of more than one megabyte": {method: "POST", path: "/rooms", body: `{"title":"` + strings.Repeat("t", 1<<20) + `"}`, status: 400, message: "too long"},
	} {
		t.Run(name, func(t *testing.T) {
			server := &webextest.Server{Token: "token", Identities: map[string]webex.Person{bot: {ID: "b", Type: "bot"}}}
			token, mediaType := "Bearer token", "application/json"
			if tc.token != "" {
				token = strings.TrimPrefix(tc.token, unset)
			}
			if tc.mediaType != "" {
				mediaType = strings.TrimPrefix(tc.mediaType, unset)
			}
			w := call(server, tc.method, tc.path, tc.body, "Authorization", token, "Content-Type", mediaType)
			assert.Equal(t, tc.status, w.Code)
			answer := decode[struct {
				Message    string
				Errors     []struct{ Description string }
				TrackingID string
			}](t, w)
			assert.Contains(t, answer.Message, tc.message)
			require.NotEmpty(t, answer.Errors)
			assert.Equal(t, answer.Message, answer.Errors[0].Description)
			assert.Equal(t, w.Header().Get("Trackingid"), answer.TrackingID)
			assert.Regexp(t, "^ROUTER_", answer.TrackingID)
			assert.Equal(t, tc.status == http.StatusMethodNotAllowed, w.Header().Get("Allow") != "")
			assert.Zero(t, server.Count())
		})
	}
}

func TestARoomIsMadeAsItWasAskedFor(t *testing.T) {
	server := &webextest.Server{Me: webex.Person{ID: "me", OrgID: "org"}}
	w := call(server, "POST", "/rooms", `{"title":" Ünïcorn ","teamId":"`+team+`","classificationId":"c","isLocked":true,"isPublic":true,"description":"d","isAnnouncementOnly":true}`,
		"Content-Type", "application/json; charset=utf-8")
	require.Equal(t, http.StatusOK, w.Code)
	made := decode[webex.Room](t, w)
	assert.NotEmpty(t, made.ID)
	assert.NotZero(t, made.Created)
	assert.Equal(t, webex.Room{
		ID: made.ID, Title: " Ünïcorn ", Type: "group", IsLocked: true, TeamID: team,
		LastActivity: made.Created, CreatorID: "me", Created: made.Created, OwnerID: "org",
		ClassificationID: "c", IsAnnouncementOnly: true, IsPublic: true, MadePublic: made.Created, Description: "d",
	}, made)
	assert.Equal(t, []webex.Room{made}, server.Rooms())
	assert.Equal(t, made, decode[webex.Room](t, call(server, "GET", "/rooms/"+made.ID, "")))
}

func TestTitlesAreNotUnique(t *testing.T) {
	server := &webextest.Server{}
	first := decode[webex.Room](t, call(server, "POST", "/rooms", `{"title":"t"}`))
	second := decode[webex.Room](t, call(server, "POST", "/rooms", `{"title":"t"}`))
	assert.NotEqual(t, first.ID, second.ID)
	assert.Equal(t, 2, server.Count())
}

func TestATitleMayBeTrimmed(t *testing.T) {
	server := &webextest.Server{TrimTitles: true}
	assert.Equal(t, "t", decode[webex.Room](t, call(server, "POST", "/rooms", `{"title":" t\n"}`)).Title)
}

func TestTeamsMayBeNamed(t *testing.T) {
	server := &webextest.Server{Teams: []string{"known"}}
	assert.Equal(t, http.StatusOK, call(server, "POST", "/rooms", `{"title":"t","teamId":"known"}`).Code)
	assert.Equal(t, http.StatusNotFound, call(server, "POST", "/rooms", `{"title":"t","teamId":"`+team+`"}`).Code)
}

func TestARoomIsUpdated(t *testing.T) {
	server := &webextest.Server{}
	made := decode[webex.Room](t, call(server, "POST", "/rooms", `{"title":"t"}`))
	w := call(server, "PUT", "/rooms/"+made.ID, `{"title":"new","teamId":"`+team+`","isLocked":true}`)
	require.Equal(t, http.StatusOK, w.Code, w.Body)
	updated := decode[webex.Room](t, w)
	assert.Equal(t, "new", updated.Title)
	assert.True(t, updated.IsLocked)
	assert.Equal(t, []webex.Room{updated}, server.Rooms())
	assert.Len(t, listed(t, server, "?teamId="+team), 1, "it joins the listing of its team")

	for name, tc := range map[string]struct {
		body   string
		status int
	}{
		"no title":                     {`{"isLocked":false}`, 400},
		"public without a description": {`{"title":"t","isPublic":true}`, 400},
		"unlocked by announcement":     {`{"title":"t","isLocked":false,"isAnnouncementOnly":true}`, 400},
		"moved to another team":        {`{"title":"t","teamId":"` + made.ID + `"}`, 400},
		"moved to no team":             {`{"title":"t","teamId":""}`, 404},
	} {
		assert.Equal(t, tc.status, call(server, "PUT", "/rooms/"+made.ID, tc.body).Code, name)
	}
	assert.Equal(t, []webex.Room{updated}, server.Rooms(), "a refused change changes nothing")
}

func TestADeletedRoomIsGone(t *testing.T) {
	server := &webextest.Server{}
	made := decode[webex.Room](t, call(server, "POST", "/rooms", `{"title":"t"}`))
	w := call(server, "DELETE", "/rooms/"+made.ID, "")
	assert.Equal(t, http.StatusNoContent, w.Code)
	assert.Empty(t, w.Body.Bytes())
	assert.Equal(t, http.StatusNotFound, call(server, "GET", "/rooms/"+made.ID, "").Code)
	assert.Equal(t, http.StatusNotFound, call(server, "DELETE", "/rooms/"+made.ID, "").Code)
	assert.Empty(t, listed(t, server, ""))
	assert.Empty(t, server.Rooms())
	assert.Zero(t, server.Count())
}

func TestADeletedRoomOfATeamIsArchived(t *testing.T) {
	server := &webextest.Server{}
	made := decode[webex.Room](t, call(server, "POST", "/rooms", `{"title":"t","teamId":"`+team+`"}`))
	require.Equal(t, http.StatusNoContent, call(server, "DELETE", "/rooms/"+made.ID, "").Code)
	assert.True(t, decode[webex.Room](t, call(server, "GET", "/rooms/"+made.ID, "")).IsReadOnly)
	assert.Empty(t, listed(t, server, ""))
	assert.Equal(t, 1, server.Count())
}

func TestEachPersonListsTheRoomsTheyAreAMemberOf(t *testing.T) {
	alice, bob := webex.Person{ID: "alice"}, webex.Person{ID: "bob", Type: "bot"}
	server := &webextest.Server{Identities: map[string]webex.Person{"a": alice, "b": bob}}
	asAlice, asBob := []string{"Authorization", "Bearer a"}, []string{"Authorization", "Bearer b"}
	made := decode[webex.Room](t, call(server, "POST", "/rooms", `{"title":"hers"}`, asAlice...))
	shared := server.AddRoom(webex.Room{Title: "shared", CreatorID: "carol"}, "alice", "bob")

	assert.Equal(t, "alice", made.CreatorID)
	assert.ElementsMatch(t, []string{made.ID, shared.ID}, listed(t, server, "", asAlice...))
	assert.Equal(t, []string{shared.ID}, listed(t, server, "", asBob...))
	assert.Equal(t, http.StatusNotFound, call(server, "GET", "/rooms/"+made.ID, "", asBob...).Code)
	assert.Equal(t, "bot", decode[webex.Person](t, call(server, "GET", "/people/me", "", asBob...)).Type)
	assert.Equal(t, http.StatusUnauthorized, call(server, "GET", "/people/me", "").Code, "others are strangers")
}

func TestIDsLookLikeWebexsAndRepeatWithTheSeed(t *testing.T) {
	make3 := func(seed uint64) (ids []string) {
		server := &webextest.Server{Seed: seed}
		for range 3 {
			ids = append(ids, decode[webex.Room](t, call(server, "POST", "/rooms", `{"title":"t"}`)).ID)
		}
		return ids
	}
	assert.Equal(t, make3(7), make3(7))
	assert.NotEqual(t, make3(7), make3(8))
	assert.NotEqual(t, make3(0), make3(0))
	for _, id := range make3(7) {
		assert.Regexp(t, "^Y2lzY29zcGFyazovL3VzL1JPT00v[A-Za-z0-9]{48}$", id)
	}
}
