package webex_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision/retryafter"
	"roomlift/provision/webex"
	"roomlift/provision/webex/webextest"
)

func TestCreateRoomSendsWhatIsSetAndNothingElse(t *testing.T) {
	yes, no := true, false
	for name, tc := range map[string]struct {
		room webex.NewRoom
		want string
	}{
		"a title alone": {webex.NewRoom{Title: "Ünïcorn"}, `{"title":"Ünïcorn"}`},
		"every field": {
			webex.NewRoom{Title: "t", TeamID: "team", ClassificationID: "class", IsLocked: &yes, IsPublic: &no, Description: "d", IsAnnouncementOnly: &yes},
			`{"title":"t","teamId":"team","classificationId":"class","isLocked":true,"isPublic":false,"description":"d","isAnnouncementOnly":true}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			var got *http.Request
			var body []byte
			client := newClient(t, func(w http.ResponseWriter, r *http.Request) {
				got = r
				body, _ = io.ReadAll(r.Body)
				w.Header().Set("Trackingid", "ROUTER_1")
				w.Header().Set("Date", "Wed, 04 Mar 2026 04:00:00 GMT")
				_, _ = io.WriteString(w, `{"id":"room-1","title":"t","created":"2026-03-04T04:00:00.123Z","unknown":[]}`)
			})
			room, response, err := client.CreateRoom(t.Context(), "ROOMLIFT_1", tc.room)
			require.NoError(t, err)
			assert.Equal(t, "room-1", room.ID)
			assert.Equal(t, time.Date(2026, 3, 4, 4, 0, 0, 123e6, time.UTC), room.At)
			assert.Equal(t, webex.Response{StatusCode: 200, TrackingID: "ROUTER_1", Date: time.Date(2026, 3, 4, 4, 0, 0, 0, time.UTC)}, response)

			assert.Equal(t, http.MethodPost, got.Method)
			assert.Equal(t, "/v1/rooms", got.RequestURI)
			assert.JSONEq(t, tc.want, string(body))
			assert.Equal(t, []string{"application/json"}, got.Header["Content-Type"])
			assert.Equal(t, []string{"Bearer " + secret}, got.Header["Authorization"])
			assert.Equal(t, []string{"ROOMLIFT_1"}, got.Header["Trackingid"])
			assert.Equal(t, []string{"roomlift"}, got.Header["User-Agent"])
			assert.NotContains(t, got.Header, "Idempotency-Key")
			assert.NotContains(t, got.Header, "X-Idempotency-Key")
		})
	}
}

func TestARoomWithAnIDExistsWhateverElseIsWrongWithTheAnswer(t *testing.T) {
	client := newClient(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusAccepted)
		_, _ = io.WriteString(w, `{"created":"yesterday","isLocked":"no","id":"room-1"}`)
	})
	room, _, err := client.CreateRoom(t.Context(), "attempt", webex.NewRoom{Title: "t"})
	require.NoError(t, err)
	assert.Equal(t, "room-1", room.ID)
}

func TestAnswersThatRefuse(t *testing.T) {
	for name, tc := range map[string]struct {
		status  int
		header  map[string]string
		body    string
		message string
		details []string
	}{
		"carry Webex's message": {
			status:  404,
			body:    `{"message":"The team could not be found.","errors":[{"description":"The team could not be found."}],"trackingId":"ROUTER_2"}`,
			message: "The team could not be found.",
		},
		"carry what the errors add": {
			status:  400,
			body:    `{"message":"Bad","errors":[{"description":"title is blank"},{"description":""},{"description":"Bad"}],"trackingId":"ROUTER_2"}`,
			message: "Bad",
			details: []string{"title is blank"},
		},
		"carry the message although another field has the wrong type": {
			status: 400, body: `{"message":"Bad","errors":"none","trackingId":"ROUTER_2"}`, message: "Bad",
		},
		"are one line": {
			status: 400, header: map[string]string{"Trackingid": "ROUTER_2"}, body: "{\"message\":\"a\\r\\nb\\u0000\\u001b[31m\\u202e c\"}", message: "a b c",
		},
		"hold no part of what colours a terminal": {
			status: 400, header: map[string]string{"Trackingid": "ROUTER_2"},
			body:    "{\"message\":\"bad \\u001b[31mred\\u001b[0m \\u001b]0;owned\\u0007RTL\\u009b1m [1] \\u001b(B.\"}",
			message: "bad red RTL [1] .",
		},
		"say that the body is empty": {
			status: 502, header: map[string]string{"Trackingid": "ROUTER_2"}, message: "the answer is empty",
		},
		"say that the body is HTML, and its title": {
			status: 502, header: map[string]string{"Trackingid": "ROUTER_2", "Content-Type": "text/html"},
			body: "<html><title>\n 502 Bad &amp; <b>Gateway\x00 </title>", message: `the answer is an HTML page titled "502 Bad & <b>Gateway"`,
		},
		"say that the body is HTML without a title": {
			status: 503, header: map[string]string{"Trackingid": "ROUTER_2"}, body: "  <!doctype html>", message: "the answer is an HTML page",
		},
		"say that the body is something else": {
			status: 500, header: map[string]string{"Trackingid": "ROUTER_2"}, body: "upstream", message: "the answer is not JSON",
		},
		"say that the body is JSON that says nothing": {
			status: 500, header: map[string]string{"Trackingid": "ROUTER_2"}, body: "null", message: "the answer says no more",
		},
		"say where a redirect points": {
			status: 302, header: map[string]string{"Trackingid": "ROUTER_2", "Location": "https://me:pw@login.example/sso?token=" + secret},
			message: "the server redirects to login.example, which is not followed; check --base-url",
		},
		"do not show the token that the server echoes": {
			status: 401, header: map[string]string{"Trackingid": "ROUTER_2"}, body: `{"message":"bad token ` + secret + `","errors":[{"description":"'` + secret + `'"}]}`,
			message: "bad token [redacted]", details: []string{"'[redacted]'"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			client := newClient(t, func(w http.ResponseWriter, _ *http.Request) {
				for key, value := range tc.header {
					w.Header().Set(key, value)
				}
				w.Header().Set("Retry-After", "4")
				w.Header().Set("Date", "Wed, 04 Mar 2026 04:00:00 GMT")
				w.WriteHeader(tc.status)
				_, _ = io.WriteString(w, tc.body)
			})
			var refusal *webex.Error
			err := create(t, client)
			require.ErrorAs(t, err, &refusal)
			assert.Equal(t, &webex.Error{
				StatusCode: tc.status,
				Message:    tc.message,
				Details:    tc.details,
				TrackingID: "ROUTER_2",
				RetryAfter: retryafter.Wait{Delay: 4 * time.Second, Valid: true, Raw: "4"},
				Date:       time.Date(2026, 3, 4, 4, 0, 0, 0, time.UTC),
			}, refusal)
			assert.NotContains(t, err.Error(), secret)
		})
	}
}

func TestALongMessageIsCutBetweenCharacters(t *testing.T) {
	client := newClient(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_ = json.NewEncoder(w).Encode(map[string]string{"message": strings.Repeat("é", 1000)})
	})
	var refusal *webex.Error
	require.ErrorAs(t, create(t, client), &refusal)
	assert.Equal(t, strings.Repeat("é", 250)+"…", refusal.Message)
}

func TestAnswersThatCannotBeUsed(t *testing.T) {
	for name, tc := range map[string]struct{ body, want string }{
		"are empty":            {"", "it is empty"},
		"are HTML":             {"<html>signed out</html>", "an HTML page"},
		"are half":             {`{"id":"room`, "not JSON"},
		"have no id":           {`{"title":"t"}`, "no room id"},
		"have an empty id":     {`{"id":""}`, "no room id"},
		"have a number as id":  {`{"id":7}`, "not of the expected shape"},
		"are an array":         {`[]`, "no room id"},
		"are null":             {`null`, "no room id"},
		"go on after the JSON": {`{"id":"a"}{"id":"b"}`, "not JSON"},
		"are too long":         {`{"id":"a"` + strings.Repeat(" ", 1<<20) + `}`, "longer than 1048576 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			client := newClient(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Trackingid", "ROUTER_3")
				_, _ = io.WriteString(w, tc.body)
			})
			var unusable *webex.BodyError
			err := create(t, client)
			require.ErrorAs(t, err, &unusable)
			assert.Equal(t, 200, unusable.StatusCode)
			assert.Equal(t, "ROUTER_3", unusable.TrackingID)
			assert.ErrorContains(t, err, tc.want)
		})
	}
}

func TestABombOfZerosIsCutAtTheBound(t *testing.T) {
	var bomb bytes.Buffer
	zip := gzip.NewWriter(&bomb)
	_, _ = zip.Write(bytes.Repeat([]byte(" "), 64<<20))
	require.NoError(t, zip.Close())
	client := newClient(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(bomb.Bytes())
	})
	var unusable *webex.BodyError
	require.ErrorAs(t, create(t, client), &unusable)
	assert.ErrorContains(t, unusable, "longer than")
}

func TestMeTellsTheOwnerOfTheToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &webextest.Server{Me: webex.Person{DisplayName: "Robot", Type: "bot"}}
		running := server.Start()
		defer running.Close()
		client, err := running.Client(secret)
		require.NoError(t, err)
		me, response, err := client.Me(t.Context())
		require.NoError(t, err)
		assert.Equal(t, "Robot", me.DisplayName)
		assert.Equal(t, "bot", me.Type)
		assert.NotEmpty(t, me.ID)
		assert.Equal(t, time.Now().UTC(), response.Date)
	})
}

func TestAPersonWithoutAnIDIsUnusable(t *testing.T) {
	client := newClient(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"type":"bot"}`) })
	var unusable *webex.BodyError
	_, _, err := client.Me(t.Context())
	require.ErrorAs(t, err, &unusable)
}

func TestATokenThatNoHeaderMayCarryIsRefusedUnseen(t *testing.T) {
	for name, bad := range map[string]string{
		"an empty token":                "",
		"a token with a line break":     "hunter2\n",
		"a token with a space":          "hunter2 hunter2",
		"a token with a byte over 127":  "hunter2\xff",
		"a token with a smart quote":    "“hunter2”",
		"a token with a NUL byte in it": "hunter\x002",
	} {
		t.Run(name, func(t *testing.T) {
			client := clientOf(t, webex.Config{
				BaseURL:   webex.DefaultBaseURL,
				Token:     func(context.Context) (string, error) { return bad, nil },
				Transport: roundTrip(func(*http.Request) (*http.Response, error) { panic("must not be sent") }),
			})
			err := create(t, client)
			var refused *webex.TokenError
			require.ErrorAs(t, err, &refused)
			assert.NotContains(t, err.Error(), "hunter")
		})
	}
}

func TestATokenThatCannotBeHadSaysWhy(t *testing.T) {
	cause := errors.New("the refresh token has expired")
	client := clientOf(t, webex.Config{
		BaseURL: webex.DefaultBaseURL,
		Token:   func(context.Context) (string, error) { return "", cause },
	})
	err := create(t, client)
	require.ErrorIs(t, err, cause)
	var refused *webex.TokenError
	require.ErrorAs(t, err, &refused)
}

func TestTrackingIDsAreFreshUUIDs(t *testing.T) {
	const form = `^ROOMLIFT_[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`
	first, second := webex.NewTrackingID(), webex.NewTrackingID()
	assert.Regexp(t, form, first)
	assert.NotEqual(t, first, second)
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// FuzzAnswer holds that no answer makes the client panic, show the token or
// speak in control characters.
func FuzzAnswer(f *testing.F) {
	f.Add(200, "", "", `{"id":"a"}`)
	f.Add(429, "rand(30),add(30)", "ROUTER", `{"message":"x","errors":[{}]}`)
	f.Add(302, "", "", "<title>"+secret+"</title>")
	f.Add(502, "", "\x1b[0m", "<title>\x00")
	f.Fuzz(func(t *testing.T, status int, retry, tracking, body string) {
		client, err := webex.New(webex.Config{
			BaseURL: webex.DefaultBaseURL,
			Token:   token,
			Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				return &http.Response{
					StatusCode: status,
					Header:     http.Header{"Retry-After": {retry}, "Trackingid": {tracking}, "Link": {body}, "Location": {body}},
					Body:       io.NopCloser(strings.NewReader(body)),
					Request:    r,
				}, nil
			}),
		})
		require.NoError(t, err)
		_, _, err = client.CreateRoom(t.Context(), "attempt", webex.NewRoom{Title: "t"})
		for _, listErr := range client.Rooms(t.Context(), webex.ListRooms{}) {
			err = errors.Join(err, listErr)
			break
		}
		if err == nil {
			return
		}
		assert.NotContains(t, err.Error(), secret)
		control := strings.IndexFunc(strings.ReplaceAll(err.Error(), "\n", ""), unicode.IsControl) // Join's own
		assert.Equal(t, -1, control, "%q", err)
	})
}
