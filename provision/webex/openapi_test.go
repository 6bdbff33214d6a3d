package webex_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision/webex"
	"roomlift/provision/webex/webextest"
)

// Webex's own description judges both sides of each exchange: what the client
// asks, and what the server of webextest answers.

const class = "Y2lzY29zcGFyazovL3VzL0NMQVNTSUZJQ0FUSU9OL2YyMDUyZTgyLTU0ZjgtMTFlYS1hMmUzLTJlNzI4Y2U4ODEyNQ"

const team = "Y2lzY29zcGFyazovL3VzL1RFQU0vZWUwMWIxMzAtMjJlYi0xMWVjLTg5MTktMGY0NjdjMGNlZmFk"

func TestEveryRequestAndAnswerIsValidByWebexsOwnDescription(t *testing.T) {
	router := loadDescription(t)
	synctest.Test(t, func(t *testing.T) {
		server := &webextest.Server{Undecryptable: func(title string) bool { return title == "secret" }}
		running := server.Start()
		defer running.Close()
		judge := &judge{t: t, router: router, next: running.Transport(), statuses: map[int]bool{}}
		client := clientOf(t, webex.Config{BaseURL: webextest.BaseURL, Transport: judge})

		ids := createEveryKindOfRoom(t, client)
		listInEveryWay(t, client)
		_, _, err := client.Me(t.Context())
		require.NoError(t, err)

		server.Change(func(s *webextest.Server) { s.Teams = []string{} })
		for _, room := range []webex.NewRoom{{}, {Title: "t", TeamID: team}, {Title: "t", IsPublic: new(true)}} {
			_, _, err := client.CreateRoom(t.Context(), "attempt", room)
			require.Error(t, err)
		}
		server.Change(func(s *webextest.Server) { s.Teams = nil })

		judge.send(http.MethodGet, "/rooms/"+ids[0], "")
		judge.send(http.MethodPut, "/rooms/"+ids[0], `{"title":"renamed","isLocked":true,"isAnnouncementOnly":true}`)
		for _, id := range ids {
			judge.send(http.MethodDelete, "/rooms/"+id, "")
		}
		judge.send(http.MethodGet, "/rooms/"+ids[0], "")
		judge.send(http.MethodGet, "/rooms?max=1001", "")
		server.Change(func(s *webextest.Server) { s.Limit = webextest.FixedWindow{} })
		judge.send(http.MethodGet, "/people/me", "")
		server.Change(func(s *webextest.Server) { s.Token = "another" })
		judge.send(http.MethodGet, "/people/me", "")

		for _, status := range []int{200, 204, 400, 401, 404, 429} {
			assert.True(t, judge.statuses[status], "no answer had the status %d", status)
		}
	})
}

// createEveryKindOfRoom sets each field, each value of a boolean, and all.
func createEveryKindOfRoom(t *testing.T, client *webex.Client) (ids []string) {
	t.Helper()
	for _, room := range []webex.NewRoom{
		{Title: "a title alone"},
		{Title: "secret"},
		{Title: "=1+1 <b>\"Ünïcorn\"</b> 🦄"},
		{Title: "t", TeamID: team},
		{Title: "t", ClassificationID: class},
		{Title: "t", IsLocked: new(true)},
		{Title: "t", IsLocked: new(false), IsPublic: new(false), IsAnnouncementOnly: new(false)},
		{Title: "t", IsPublic: new(true), Description: "d"},
		{Title: "t", TeamID: team, ClassificationID: class, IsLocked: new(true), IsPublic: new(true), Description: "d", IsAnnouncementOnly: new(true)},
	} {
		made, _, err := client.CreateRoom(t.Context(), webex.NewTrackingID(), room)
		require.NoError(t, err)
		require.NotZero(t, made.At)
		ids = append(ids, made.ID)
	}
	return ids
}

func listInEveryWay(t *testing.T, client *webex.Client) {
	t.Helper()
	for _, list := range []webex.ListRooms{
		{},
		{TeamID: team},
		{Type: "group"},
		{Type: "direct"},
		{SortBy: "id"},
		{SortBy: "lastactivity"},
		{SortBy: "created"},
		{Max: 1},
		{Max: 1000},
		{TeamID: team, Type: "group", SortBy: "created", Max: 2},
	} {
		for _, err := range client.Rooms(t.Context(), list) {
			require.NoError(t, err)
		}
	}
}

// judge is a RoundTripper that holds each exchange against the description.
type judge struct {
	t        *testing.T
	router   routers.Router
	next     http.RoundTripper
	statuses map[int]bool
}

// RoundTrip fails the test if the request or its answer is not valid. An
// invalid request is still passed on when it is meant to be refused.
func (j *judge) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	asked := r.Clone(r.Context())
	asked.Body = io.NopCloser(bytes.NewReader(body))
	route, params, err := j.router.FindRoute(asked)
	require.NoError(j.t, err, "%s %s", r.Method, r.URL)
	input := &openapi3filter.RequestValidationInput{
		Request:    asked,
		PathParams: params,
		Route:      route,
		Options: &openapi3filter.Options{
			AuthenticationFunc:    openapi3filter.NoopAuthenticationFunc,
			IncludeResponseStatus: true,
			MultiError:            true,
		},
	}
	require.NoError(j.t, openapi3filter.ValidateRequest(r.Context(), input), "%s %s %s", r.Method, r.URL, body)

	resp, err := j.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	answer, err := io.ReadAll(resp.Body)
	require.NoError(j.t, err)
	require.NoError(j.t, resp.Body.Close())
	resp.Body = io.NopCloser(bytes.NewReader(answer))
	j.statuses[resp.StatusCode] = true
	output := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input,
		Status:                 resp.StatusCode,
		Header:                 resp.Header,
		Options:                input.Options,
	}
	output.SetBodyBytes(answer)
	require.NoError(j.t, openapi3filter.ValidateResponse(r.Context(), output), "%s %s: %d %s", r.Method, r.URL, resp.StatusCode, answer)
	return resp, nil
}

// send makes a request that the client has no method for.
func (j *judge) send(method, path, body string) {
	r, err := http.NewRequestWithContext(j.t.Context(), method, webextest.BaseURL+path, strings.NewReader(body))
	require.NoError(j.t, err)
	r.Header.Set("Authorization", "Bearer "+secret)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	resp, err := j.RoundTrip(r)
	require.NoError(j.t, err)
	require.NoError(j.t, resp.Body.Close())
}

// loadDescription returns a router over Webex's description, which is looked
// for beside the checkout.
func loadDescription(t *testing.T) routers.Router {
	t.Helper()
	path, err := findDescription()
	if err != nil {
		t.Skip("Webex's OpenAPI description is not beside the checkout:", err)
	}
	description, err := openapi3.NewLoader().LoadFromFile(path)
	require.NoError(t, err)
	description.Servers = openapi3.Servers{{URL: webextest.BaseURL}}
	router, err := gorillamux.NewRouter(description)
	require.NoError(t, err)
	return router
}

// findDescription looks beside the folder that holds go.mod.
func findDescription() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			path := filepath.Join(dir, "..", "shared", "reference", "webex-rooms-openapi.json")
			_, err := os.Stat(path)
			return path, err
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", fmt.Errorf("no go.mod above %s", dir)
		}
		dir = parent
	}
}
