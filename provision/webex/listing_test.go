package webex_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision/webex"
	"roomlift/provision/webex/webextest"
)

// pages serves one answer after another, and tells what was asked for.
type pages struct {
	asked   []string
	answers []func(w http.ResponseWriter, r *http.Request)
}

func (p *pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.asked = append(p.asked, r.RequestURI)
	p.answers[len(p.asked)-1](w, r)
}

// page answers with rooms of the given ids and a link, "" for none, in which
// HOST stands for the server's address.
func page(link string, ids ...string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, r *http.Request) {
		if link != "" {
			w.Header().Set("Link", "<"+replaceHost(link, r.Host)+`>; rel="next"`)
		}
		_, _ = io.WriteString(w, `{"items":[`)
		for i, id := range ids {
			if i > 0 {
				_, _ = io.WriteString(w, ",")
			}
			_, _ = fmt.Fprintf(w, `{"id":%q,"title":"t"}`, id)
		}
		_, _ = io.WriteString(w, `]}`)
	}
}

func replaceHost(link, host string) string {
	const placeholder = "HOST"
	for i := 0; i+len(placeholder) <= len(link); i++ {
		if link[i:i+len(placeholder)] == placeholder {
			return link[:i] + host + link[i+len(placeholder):]
		}
	}
	return link
}

func status(code int) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

func TestAListingGoesFromPageToPage(t *testing.T) {
	server := &pages{answers: []func(http.ResponseWriter, *http.Request){
		page("http://HOST/v1/rooms?cursor=2", "a", "b"),
		page("/v1/rooms?cursor=3"), // empty, with a relative link
		page("http://HOST/v1/rooms?cursor=4", "c"),
		page("", "d"),
	}}
	client := newClient(t, server.ServeHTTP)
	var ids []string
	var last []bool
	for page, err := range client.Rooms(t.Context(), webex.ListRooms{TeamID: "T&1", Type: "group", SortBy: "created", Max: 1000}) {
		require.NoError(t, err)
		assert.Equal(t, 200, page.Response.StatusCode)
		last = append(last, page.Last)
		for _, room := range page.Items {
			ids = append(ids, room.ID)
		}
	}
	assert.Equal(t, []string{"a", "b", "c", "d"}, ids)
	assert.Equal(t, []bool{false, false, false, true}, last)
	assert.Equal(t, []string{
		"/v1/rooms?max=1000&sortBy=created&teamId=T%261&type=group",
		"/v1/rooms?cursor=2", "/v1/rooms?cursor=3", "/v1/rooms?cursor=4",
	}, server.asked)
}

func TestAPageIsAskedForOnlyWhenItIsPulled(t *testing.T) {
	server := &pages{answers: []func(http.ResponseWriter, *http.Request){page("/v1/rooms?cursor=2", "a")}}
	client := newClient(t, server.ServeHTTP)
	for _, err := range client.Rooms(t.Context(), webex.ListRooms{}) {
		require.NoError(t, err)
		break
	}
	assert.Equal(t, []string{"/v1/rooms"}, server.asked)
}

func TestAFailedPageIsAskedForAgainIfTheCallerGoesOn(t *testing.T) {
	server := &pages{answers: []func(http.ResponseWriter, *http.Request){
		status(http.StatusInternalServerError),
		page("/v1/rooms?cursor=2", "a"),
		status(http.StatusGatewayTimeout),
		page("http://evil.example/v1/rooms?cursor=3", "b"),
		page("", "b"),
	}}
	client := newClient(t, server.ServeHTTP)
	var outcomes []string
	for page, err := range client.Rooms(t.Context(), webex.ListRooms{}) {
		if err != nil {
			assert.Empty(t, page.Items)
			outcomes = append(outcomes, "error")
			continue
		}
		outcomes = append(outcomes, page.Items[0].ID)
	}
	assert.Equal(t, []string{"error", "a", "error", "error", "b"}, outcomes)
	assert.Equal(t, []string{"/v1/rooms", "/v1/rooms", "/v1/rooms?cursor=2", "/v1/rooms?cursor=2", "/v1/rooms?cursor=2"}, server.asked)
}

func TestAListingEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &webextest.Server{Faults: func(webextest.FaultRequest) webextest.Fault {
			return webextest.Fault{Kind: webextest.Hang}
		}}
		running := server.Start()
		defer running.Close()
		client, err := running.Client(secret)
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var failures []error
		for _, err := range client.Rooms(ctx, webex.ListRooms{}) {
			failures = append(failures, err)
		}
		require.Len(t, failures, 1)
		assert.ErrorIs(t, failures[0], context.DeadlineExceeded)
	})
}

func TestNextLinksThatAreNotFollowed(t *testing.T) {
	for name, tc := range map[string]struct{ link, want string }{
		"to another host":               {"http://evil.example/v1/rooms?cursor=2", "leads away"},
		"to another port":               {"http://127.0.0.1:1/v1/rooms?cursor=2", "leads away"},
		"to another scheme":             {"https://HOST/v1/rooms?cursor=2", "leads away"},
		"to a host without a scheme":    {"//evil.example/v1/rooms?cursor=2", "leads away"},
		"above the base path":           {"/rooms?cursor=2", "leads away"},
		"beside the base path":          {"/v10/rooms?cursor=2", "leads away"},
		"out of the base path":          {"/v1/../rooms?cursor=2", "leads away"},
		"out of it in disguise":         {"/v1/%2e%2e/rooms?cursor=2", "leads away"},
		"with a user name":              {"http://me@HOST/v1/rooms?cursor=2", "leads away"},
		"that is no URL":                {"http://[::1/v1", "malformed"},
		"to the same page":              {"http://HOST/v1/rooms", "already read"},
		"to the same page, a # further": {"http://HOST/v1/rooms#2", "already read"},
	} {
		t.Run(name, func(t *testing.T) {
			server := &pages{answers: []func(http.ResponseWriter, *http.Request){page(tc.link, "a")}}
			client := newClient(t, server.ServeHTTP)
			for _, err := range client.Rooms(t.Context(), webex.ListRooms{}) {
				var unusable *webex.BodyError
				require.ErrorAs(t, err, &unusable)
				assert.ErrorContains(t, err, tc.want)
				break
			}
		})
	}
}

func TestALoopOfPagesIsNoticed(t *testing.T) {
	server := &pages{answers: []func(http.ResponseWriter, *http.Request){
		page("/v1/rooms?cursor=2", "a"), page("/v1/rooms?cursor=3", "b"), page("/v1/rooms?cursor=2", "c"),
	}}
	client := newClient(t, server.ServeHTTP)
	var failure error
	for _, err := range client.Rooms(t.Context(), webex.ListRooms{}) {
		if failure = err; err != nil {
			break
		}
	}
	require.ErrorContains(t, failure, "already read")
}

func TestWhatIsNotCertainlyAPageIsAnError(t *testing.T) {
	for name, body := range map[string]string{
		"an empty object":         `{}`,
		"no list":                 `{"items":null}`,
		"another list":            `[]`,
		"a room without an id":    `{"items":[{"id":"a"},{"title":"t"}]}`,
		"a title that is none":    `{"items":[{"id":"a","title":7}]}`,
		"a time that is none":     `{"items":[{"id":"a","title":"t","created":"noon"}]}`,
		"an HTML page":            `<html>`,
		"an end in the middle":    `{"items":[`,
		"nothing":                 ``,
		"two pages in one answer": `{"items":[]}{"items":[]}`,
	} {
		t.Run(name, func(t *testing.T) {
			client := newClient(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) })
			for _, err := range client.Rooms(t.Context(), webex.ListRooms{}) {
				var unusable *webex.BodyError
				require.ErrorAs(t, err, &unusable)
				break
			}
		})
	}
}

func TestATitleThatWebexCouldNotDecryptIsMarked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &webextest.Server{Undecryptable: func(title string) bool { return title == "Project Unicorn" }}
		running := server.Start()
		defer running.Close()
		client, err := running.Client(secret)
		require.NoError(t, err)
		require.NoError(t, create(t, client))
		for page, err := range client.Rooms(t.Context(), webex.ListRooms{}) {
			require.NoError(t, err)
			require.Len(t, page.Items, 1)
			assert.True(t, page.Items[0].TitleUnreadable())
			assert.Equal(t, "kms_failure", page.Items[0].Errors["title"].Code)
			assert.NotEqual(t, "Project Unicorn", page.Items[0].Title)
		}
	})
}
