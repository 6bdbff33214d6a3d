package cli_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision/webex/webextest"
)

func TestATokenThatExpiresInMidRunIsRenewedAndNothingIsLost(t *testing.T) {
	t.Parallel()
	n := newNight(t, manifestOf(40))
	n.faults(func(r webextest.FaultRequest) webextest.Fault {
		if r.Method == http.MethodPost && r.Number == 20 {
			n.server.ExpireTokens()
		}
		return webextest.Fault{}
	})
	code, stdout, stderr := n.run(n.watched("--log-format", "json")...)
	require.Equal(t, 0, code, stdout+stderr)
	assert.Contains(t, stdout, "40 rows: 40 created")
	assert.Contains(t, stderr, "the token was renewed")
	assert.Equal(t, 40, n.server.Count())
	assert.Equal(t, 1, n.server.Renewals(), "one renewal for all workers")
	assert.Positive(t, n.summary().Requests.Create["401"])
	assert.NotContains(t, n.read("webex.json"), "R-first-refresh-token")

	code, stdout, stderr = n.run("whoami", "--credentials", n.path("webex.json"))
	require.Equal(t, 0, code, stderr)
	assert.Contains(t, stdout, "it is renewed by itself")
	assert.Regexp(t, `expires +\d{4}-\d\d-\d\dT`, stdout)
}

func TestARefreshTokenThatWasRevokedEndsTheRunWith4AndSaysWhatToDo(t *testing.T) {
	n := newNight(t, manifestOf(3))
	n.revoke(true)
	code, _, stderr := n.run(n.watched()...)
	assert.Equal(t, 4, code)
	assert.Contains(t, stderr, "Webex does not renew the token: 400 Bad Request: The refresh token provided is expired")
	assert.Contains(t, stderr, "hint: the refresh token has expired or was revoked: authorise the integration")
	assert.Zero(t, n.server.Count())
	assert.Contains(t, n.summary().Hint, "authorise the integration")

	n.revoke(false)
	code, _, stderr = n.run(n.watched()...)
	assert.Equal(t, 0, code, stderr)
	assert.Equal(t, 3, n.server.Count())
}

// tireRenewal ends the token, and lets Webex be too busy to renew it.
func (n *night) tireRenewal() {
	n.server.ExpireTokens()
	n.faults(func(r webextest.FaultRequest) webextest.Fault {
		if r.Path != "/v1/access_token" {
			return webextest.Fault{}
		}
		return webextest.Fault{Kind: webextest.ErrorAnswer, Status: http.StatusServiceUnavailable, RetryAfter: "3600"}
	})
}
