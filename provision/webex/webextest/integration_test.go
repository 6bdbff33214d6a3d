package webextest_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision/webex/webextest"
)

// renewed is what POST /access_token answers, good or bad.
type renewed struct {
	AccessToken           string `json:"access_token"`
	ExpiresIn             int64  `json:"expires_in"`
	RefreshToken          string `json:"refresh_token"`
	RefreshTokenExpiresIn int64  `json:"refresh_token_expires_in"`
	Message               string `json:"message"`
	status                int
}

func renew(t *testing.T, via http.RoundTripper, form url.Values) renewed {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
		webextest.BaseURL+"/access_token", strings.NewReader(form.Encode()))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := via.RoundTrip(request)
	require.NoError(t, err)
	defer answer.Body.Close()
	var r renewed
	require.NoError(t, json.NewDecoder(answer.Body).Decode(&r))
	r.status = answer.StatusCode
	return r
}

func renewalForm(refresh string) url.Values {
	return url.Values{
		"grant_type": {"refresh_token"}, "client_id": {"C1"}, "client_secret": {"S1"}, "refresh_token": {refresh},
	}
}

// status is what GET /people/me answers to a token.
func status(t *testing.T, running *webextest.Running, token string) int {
	t.Helper()
	client, err := running.Client(token)
	require.NoError(t, err)
	_, response, _ := client.Me(t.Context())
	return response.StatusCode
}

func TestAnIntegrationsTokensExpireAndAreRenewed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &webextest.Server{Integration: &webextest.Integration{
			ClientID: "C1", ClientSecret: "S1", AccessToken: "first", RefreshToken: "R1",
			Lifetime: time.Hour, RefreshLifetime: 24 * time.Hour,
		}}
		running := server.Start()
		defer running.Close()
		via := running.Transport()

		assert.Equal(t, 200, status(t, running, "first"))
		assert.Equal(t, 401, status(t, running, "another"))
		time.Sleep(time.Hour)
		assert.Equal(t, 401, status(t, running, "first"), "its hour is over")

		second := renew(t, via, renewalForm("R1"))
		assert.Equal(t, 200, second.status)
		assert.EqualValues(t, 3600, second.ExpiresIn)
		assert.EqualValues(t, 86400, second.RefreshTokenExpiresIn)
		assert.Equal(t, "R1", second.RefreshToken, "it stays the same unless tokens rotate")
		assert.Equal(t, 200, status(t, running, second.AccessToken))

		server.ExpireTokens()
		assert.Equal(t, 401, status(t, running, second.AccessToken))
		assert.Equal(t, 1, server.Renewals())

		time.Sleep(24 * time.Hour)
		late := renew(t, via, renewalForm("R1"))
		assert.Equal(t, 400, late.status, "the refresh token has expired")
		assert.Contains(t, late.Message, "refresh token")
	})
}

func TestARotatedRefreshTokenIsGoodOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &webextest.Server{Integration: &webextest.Integration{
			ClientID: "C1", ClientSecret: "S1", RefreshToken: "R1", Rotate: true,
		}}
		running := server.Start()
		defer running.Close()
		via := running.Transport()
		second := renew(t, via, renewalForm("R1"))
		require.Equal(t, 200, second.status)
		assert.NotEqual(t, "R1", second.RefreshToken)
		assert.Equal(t, 400, renew(t, via, renewalForm("R1")).status)
		assert.Equal(t, 200, renew(t, via, renewalForm(second.RefreshToken)).status)
	})
}

func TestARenewalThatIsNotInOrderIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &webextest.Server{Integration: &webextest.Integration{ClientID: "C1", ClientSecret: "S1", RefreshToken: "R1"}}
		running := server.Start()
		defer running.Close()
		via := running.Transport()
		for name, c := range map[string]struct {
			field, value string
			status       int
		}{
			"a wrong secret":              {"client_secret", "S2", 401},
			"another client":              {"client_id", "C2", 401},
			"another grant":               {"grant_type", "password", 400},
			"an unknown refresh token":    {"refresh_token", "R2", 400},
			"a refresh token left empty":  {"refresh_token", "", 400},
			"everything, but it is right": {"refresh_token", "R1", 200},
		} {
			form := renewalForm("R1")
			form.Set(c.field, c.value)
			assert.Equal(t, c.status, renew(t, via, form).status, name)
		}
		server.Change(func(s *webextest.Server) { s.Integration.Revoked = true })
		assert.Equal(t, 400, renew(t, via, renewalForm("R1")).status)
	})
}
