package credentials_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision/credentials"
	"roomlift/provision/webex/webextest"
)

func TestARefusedRefreshTokenIsSentOnce(t *testing.T) {
	for name, c := range map[string]struct {
		fault webextest.Fault
		sent  int
	}{
		"however many wait for the answer": {webextest.Fault{}, 1},
		"and one that meets a busy server, by one of them alone": {
			webextest.Fault{Kind: webextest.ErrorAnswer, Status: http.StatusServiceUnavailable}, 5,
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, func(i *webextest.Integration) { i.Revoked = true })
				var posts atomic.Int64
				w.server.Faults = func(r webextest.FaultRequest) webextest.Fault {
					posts.Add(1)
					return c.fault
				}
				source := w.open()
				time.Sleep(2 * time.Hour) // the access token is gone, too
				sent := time.Now()
				time.Sleep(time.Second)
				var waiting sync.WaitGroup
				for range 8 {
					waiting.Go(func() { assert.Error(t, source.Renew(t.Context(), sent)) })
					waiting.Go(func() {
						_, err := source.Token(t.Context())
						assert.Error(t, err)
					})
				}
				waiting.Wait()
				assert.EqualValues(t, c.sent, posts.Load())
			})
		})
	}
}

func TestARefusalIsRememberedUntilTheFileSaysSomethingElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(i *webextest.Integration) { i.RefreshToken = "REFRESH-TWO" })
		var posts atomic.Int64
		w.server.Faults = func(webextest.FaultRequest) webextest.Fault {
			posts.Add(1)
			return webextest.Fault{}
		}
		source := w.open()
		first := source.Renew(t.Context(), time.Now())
		require.ErrorContains(t, first, "refresh token")
		time.Sleep(time.Minute)
		require.Equal(t, first, source.Renew(t.Context(), time.Now()))
		assert.EqualValues(t, 1, posts.Load(), "it would be refused again")

		w.write(map[string]string{"client_id": "C1", "client_secret": "S3CRET-CLIENT", "refresh_token": "REFRESH-TWO"})
		require.NoError(t, source.Renew(t.Context(), time.Now()))
		assert.EqualValues(t, 2, posts.Load())
	})
}

func TestEverySecretIsToldAndAShortOneSpoilsNoMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(i *webextest.Integration) { i.ClientSecret = "e" })
		w.write(map[string]string{
			"client_id": "C1", "client_secret": "e", "refresh_token": "REFRESH-ONE", "access_token": "ACCESS-ONE",
		})
		source := w.open()
		require.NoError(t, source.Renew(t.Context(), time.Now()))
		now := w.file()
		for _, secret := range []string{"e", "REFRESH-ONE", "ACCESS-ONE", now["access_token"], now["refresh_token"]} {
			assert.Contains(t, source.Secrets(), secret)
		}
		w.server.Change(func(s *webextest.Server) {
			integration := *s.Integration
			integration.Revoked = true
			s.Integration = &integration
		})
		time.Sleep(2 * time.Minute)
		require.ErrorContains(t, source.Renew(t.Context(), time.Now()), "The refresh token provided is expired")
	})
}

// echo is a server that repeats what it was sent, as careless ones do, and
// leads away.
type echo struct {
	status int
	kind   string
	asked  *[]string // the hosts that requests went to
}

func (e echo) RoundTrip(r *http.Request) (*http.Response, error) {
	body, _ := io.ReadAll(r.Body)
	*e.asked = append(*e.asked, r.URL.Host)
	if e.status == 0 {
		return nil, fmt.Errorf("proxy http://user:%s@proxy: %s", "S3CRET-CLIENT", body)
	}
	return &http.Response{
		StatusCode: e.status, Request: r,
		Header: http.Header{"Content-Type": {e.kind}, "Location": {"https://elsewhere.example/?" + string(body)}},
		Body:   io.NopCloser(strings.NewReader(fmt.Sprintf(`{"message": "no: \u001b[31m%s", "error": "x", "error_description": "\u001b[31m"}`, body))),
	}, nil
}

func TestNoErrorHoldsASecretWhateverTheServerSays(t *testing.T) {
	for _, e := range []echo{
		{status: 400, kind: "application/json"},
		{status: 401, kind: "text/plain"},
		{status: 200, kind: "application/json"},
		{status: 200, kind: "text/html"},
		{status: 307, kind: "application/json"},
		{status: 404, kind: "text/html"},
		{},
	} {
		t.Run(fmt.Sprint(e.status, " ", e.kind), func(t *testing.T) {
			e.asked = new([]string)
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, nil)
				source, err := credentials.Open(credentials.Config{
					Path: w.path, TokenURL: "https://webex.example/v1/access_token", Transport: e,
				})
				require.NoError(t, err)
				err = source.Renew(t.Context(), time.Now())
				require.Error(t, err)
				assertNoSecret(t, err.Error())
				assert.NotContains(t, err.Error(), "[31m")
				var fault *credentials.Error
				require.ErrorAs(t, err, &fault)
				assertNoSecret(t, fault.Remedy())
				assert.Subset(t, []string{"webex.example"}, *e.asked, "a redirect is not followed")
			})
		})
	}
}
