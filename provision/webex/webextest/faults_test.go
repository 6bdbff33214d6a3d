package webextest_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision/webex"
	"roomlift/provision/webex/webextest"
)

func TestFaultsStrikeAsTheySayAndTheTruthIsKept(t *testing.T) {
	const lost = 0
	for name, tc := range map[string]struct {
		fault  webextest.Fault
		status int    // of the answer, lost if there is none
		body   string // what the body is or contains; "cut" if its end is missing
		took   time.Duration
	}{
		"an error answer":          {fault: webextest.Fault{Kind: webextest.ErrorAnswer}, status: 500, body: "Failed to create room."},
		"an error of a status":     {fault: webextest.Fault{Kind: webextest.ErrorAnswer, Status: 503}, status: 503, body: "trackingId"},
		"an HTML page":             {fault: webextest.Fault{Kind: webextest.HTML}, status: 502, body: "<title>502 Bad Gateway</title>"},
		"an HTML page of a status": {fault: webextest.Fault{Kind: webextest.HTML, Status: 200}, status: 200, body: "<html>"},
		"no body":                  {fault: webextest.Fault{Kind: webextest.Empty, Status: 504}, status: 504},
		"no id":                    {fault: webextest.Fault{Kind: webextest.NoID}, status: 200, body: "{}"},
		"half an answer":           {fault: webextest.Fault{Kind: webextest.Half}, status: 0, body: `{"`},
		"a cut answer":             {fault: webextest.Fault{Kind: webextest.Cut}, status: 0, body: "cut"},
		"a dropped connection":     {fault: webextest.Fault{Kind: webextest.Drop}, status: lost},
		"a reset connection":       {fault: webextest.Fault{Kind: webextest.Reset}, status: lost},
		"no end":                   {fault: webextest.Fault{Kind: webextest.Hang}, status: lost, took: webex.DefaultTimeout},
		"no HTTP":                  {fault: webextest.Fault{Kind: webextest.Garbage}, status: lost},
		"a slow answer":            {fault: webextest.Fault{Kind: webextest.Slow, Delay: 7 * time.Second}, status: 0, body: `"`, took: 7 * time.Second},
		"a slow reset":             {fault: webextest.Fault{Kind: webextest.Reset, Delay: 7 * time.Second}, status: lost, took: 7 * time.Second},
	} {
		for _, made := range []bool{false, true} {
			t.Run(fmt.Sprint(name, ", made: ", made), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					tc.fault.Made = made
					server := &webextest.Server{Faults: webextest.Script("POST", tc.fault)}
					running := server.Start()
					defer running.Close()
					begun := time.Now()
					status, body, err := post(t, running)
					assert.Equal(t, tc.took, time.Since(begun))

					count := 0
					if made {
						count = 1
					}
					assert.Equal(t, count, server.Count())
					assert.Equal(t, map[string]int{tc.fault.Name(): 1}, server.Counts().ByFault)
					assert.Equal(t, tc.fault, server.Requests()[0].Fault)
					if tc.status == lost && tc.body == "" {
						assert.Error(t, err)
						assert.Zero(t, status)
						assert.Zero(t, server.Requests()[0].Status)
						return
					}
					want := tc.status
					if want == 0 { // the natural one
						want = map[bool]int{false: 502, true: 200}[made]
					}
					assert.Equal(t, want, status)
					assert.Equal(t, want, server.Requests()[0].Status)
					if tc.body == "cut" {
						assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
						return
					}
					require.NoError(t, err)
					assert.Contains(t, body, tc.body)
				})
			})
		}
	}
}

// post makes one request, and gives up when a client would.
func post(t *testing.T, running *webextest.Running) (status int, body string, err error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, webextest.BaseURL+"/rooms", strings.NewReader(`{"title":"t"}`))
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer token")
	r.Header.Set("Content-Type", "application/json")
	client := &http.Client{Transport: running.Transport(), Timeout: webex.DefaultTimeout}
	resp, err := client.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	read, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(read), err
}

func TestALateRoomIsMadeAfterItsAnswerWasLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &webextest.Server{Faults: webextest.Script("POST", webextest.Fault{Kind: webextest.Late, Delay: 3 * time.Second})}
		running := server.Start()
		defer running.Close()
		begun := time.Now()
		_, _, err := post(t, running)
		require.Error(t, err)
		assert.Zero(t, time.Since(begun))
		time.Sleep(3*time.Second - 1)
		synctest.Wait()
		assert.Zero(t, server.Count())
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		assert.Equal(t, 1, server.Count())
	})
}

func TestAResetIsAResetOverTCP(t *testing.T) {
	faulty := &webextest.Server{Faults: func(webextest.FaultRequest) webextest.Fault {
		return webextest.Fault{Kind: webextest.Reset, Made: true}
	}}
	server := httptest.NewServer(faulty)
	defer server.Close()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	require.NoError(t, err)
	defer conn.Close()
	_, err = io.WriteString(conn, "POST /v1/rooms HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer t\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n"+`{"title":"t"}`)
	require.NoError(t, err)
	_, err = conn.Read(make([]byte, 1))
	require.ErrorIs(t, err, syscall.ECONNRESET)
	assert.Equal(t, 1, faulty.Count())
}

func TestFaultsConcernListingsToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &webextest.Server{Faults: webextest.Script("GET",
			webextest.Fault{Kind: webextest.ErrorAnswer, Status: 504},
			webextest.Fault{Kind: webextest.Half, Made: true},
		)}
		running := server.Start()
		defer running.Close()
		client, err := running.Client("token")
		require.NoError(t, err)
		var failures []error
		for _, err := range client.Rooms(t.Context(), webex.ListRooms{}) {
			failures = append(failures, err)
		}
		require.Len(t, failures, 3)
		assert.ErrorContains(t, failures[0], "504 Gateway Timeout")
		assert.ErrorContains(t, failures[1], "cannot be used")
		assert.NoError(t, failures[2])
	})
}

func TestOnlyAdmittedRequestsMeetFaults(t *testing.T) {
	asked := 0
	server := &webextest.Server{
		Token: "token",
		Limit: webextest.FixedWindow{Quota: 1, Period: time.Hour},
		Faults: func(webextest.FaultRequest) webextest.Fault {
			asked++
			return webextest.Fault{Kind: webextest.ErrorAnswer}
		},
	}
	assert.Equal(t, 401, call(server, "POST", "/rooms", `{"title":"t"}`, "Authorization", "Bearer x").Code)
	assert.Equal(t, 500, call(server, "POST", "/rooms", `{"title":"t"}`).Code)
	assert.Equal(t, 429, call(server, "POST", "/rooms", `{"title":"t"}`).Code)
	assert.Equal(t, 1, asked)
}

func TestAPlanKnowsWhatIsAskedAndHowOften(t *testing.T) {
	var asked []webextest.FaultRequest
	server := &webextest.Server{Me: webex.Person{ID: "me"}, Faults: func(r webextest.FaultRequest) webextest.Fault {
		asked = append(asked, r)
		return webextest.Fault{}
	}}
	call(server, "POST", "/rooms", `{"title":"a","teamId":"`+team+`"}`)
	call(server, "POST", "/rooms", `{"title":"b"}`)
	call(server, "POST", "/rooms", `{"title":"b"}`)
	call(server, "GET", "/rooms?max=1", "")
	assert.Equal(t, []webextest.FaultRequest{
		{Method: "POST", Path: "/v1/rooms", Person: "me", Title: "a", TeamID: team, Attempt: 1, Number: 1},
		{Method: "POST", Path: "/v1/rooms", Person: "me", Title: "b", Attempt: 1, Number: 2},
		{Method: "POST", Path: "/v1/rooms", Person: "me", Title: "b", Attempt: 2, Number: 3},
		{Method: "GET", Path: "/v1/rooms?max=1", Person: "me", Attempt: 1, Number: 1},
	}, asked)
}

func TestRandomFaultsDependOnTheRequestAndNotOnTheOrder(t *testing.T) {
	chances := []webextest.Chance{
		{Fault: webextest.Fault{Kind: webextest.Reset, Made: true}, Rate: 0.1},
		{Fault: webextest.Fault{Kind: webextest.HTML}, Rate: 0.2, Method: "POST"},
		{Fault: webextest.Fault{Kind: webextest.Hang}, Rate: 1, Method: "DELETE"},
	}
	var requests []webextest.FaultRequest
	for i := range 10_000 {
		requests = append(requests, webextest.FaultRequest{Method: "POST", Title: fmt.Sprint(i / 2), Attempt: i%2 + 1, Number: i})
	}
	plan := webextest.RandomFaults(42, chances...)
	forwards := make(map[string]int)
	outcome := make([]webextest.Fault, len(requests))
	for i, r := range requests {
		outcome[i] = plan(r)
		forwards[outcome[i].Name()]++
	}
	again := webextest.RandomFaults(42, chances...)
	for i, r := range slices.Backward(requests) {
		r.Number = 0 // the order does not matter
		require.Equal(t, outcome[i], again(r))
	}
	assert.InDelta(t, 1000, forwards["reset+made"], 150)
	assert.InDelta(t, 2000, forwards["html"], 200)
	assert.Zero(t, forwards["hang"])
	assert.Equal(t, webextest.Fault{}, plan(webextest.FaultRequest{Method: "GET"}))

	other, differ := webextest.RandomFaults(43, chances...), 0
	for i, r := range requests {
		if other(r) != outcome[i] {
			differ++
		}
	}
	assert.Positive(t, differ)
}

func TestChancesAreReadFromFlags(t *testing.T) {
	for flag, want := range map[string]webextest.Chance{
		"reset+made=0.1":          {Fault: webextest.Fault{Kind: webextest.Reset, Made: true}, Rate: 0.1},
		"status:429@1s/rand(3)=0": {Fault: webextest.Fault{Kind: webextest.ErrorAnswer, Status: 429, Delay: time.Second, RetryAfter: "rand(3)"}},
		"hang":                    {Fault: webextest.Fault{Kind: webextest.Hang}, Rate: 1},
		"GET status:504=0.5":      {Fault: webextest.Fault{Kind: webextest.ErrorAnswer, Status: 504}, Rate: 0.5, Method: "GET"},
		"late@3s=0.01":            {Fault: webextest.Fault{Kind: webextest.Late, Delay: 3 * time.Second}, Rate: 0.01},
		"status+made:502@20ms=0":  {Fault: webextest.Fault{Kind: webextest.ErrorAnswer, Made: true, Status: 502, Delay: 20 * time.Millisecond}},
		"POST html+made:200=1e-3": {Fault: webextest.Fault{Kind: webextest.HTML, Made: true, Status: 200}, Rate: 0.001, Method: "POST"},
	} {
		chance, err := webextest.ParseChance(flag)
		require.NoError(t, err, flag)
		assert.Equal(t, want, chance, flag)
	}
	for flag, remedy := range map[string]string{
		"":              "there are cut, drop, empty, ",
		"rest=0.1":      `no fault is called "rest"; there are`,
		"reset=2":       "between 0 and 1",
		"reset=NaN":     "between 0 and 1",
		"reset=":        "between 0 and 1",
		"status:99":     "between 200 and 599",
		"status:twice":  "between 200 and 599",
		"late@soon":     "such as 2s",
		"late@-1s":      "such as 2s",
		"FETCH reset=1": "GET",
	} {
		_, err := webextest.ParseChance(flag)
		assert.ErrorContains(t, err, remedy, flag)
	}
}

func TestEveryKindOfFaultIsKnownByItsName(t *testing.T) {
	for kind, help := range webextest.FaultKinds() {
		assert.NotEmpty(t, help)
		chance, err := webextest.ParseChance(string(kind))
		require.NoError(t, err)
		assert.Equal(t, kind, chance.Fault.Kind)
	}
	assert.True(t, bytes.Contains(call(&webextest.Server{Faults: webextest.Script("GET", webextest.Fault{Kind: "odd"})}, "GET", "/rooms", "").Body.Bytes(), []byte("odd")))
}
