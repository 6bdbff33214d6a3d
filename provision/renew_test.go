package provision

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision/credentials"
	"roomlift/provision/webex"
	"roomlift/provision/webex/webextest"
	"roomlift/ratelimit"
	"roomlift/report/results"
)

// renewable is a world whose token is an integration's.
func renewable(t *testing.T, rows int, lifetime time.Duration) *world {
	w := newWorld(t, numbered(rows))
	w.server.Integration = &webextest.Integration{
		ClientID: "C1", ClientSecret: "S1", AccessToken: "A1", RefreshToken: "R1", Lifetime: lifetime, Rotate: true,
	}
	return w
}

// runRenewing applies the manifest with a token that renews itself, which the
// credentials file says is good for longer than it is.
func (w *world) runRenewing(ctx context.Context, believed time.Duration) (*Outcome, error) {
	w.t.Helper()
	path := filepath.Join(w.t.TempDir(), "webex.json")
	text, err := json.Marshal(map[string]string{
		"client_id": "C1", "client_secret": "S1", "refresh_token": "R1",
		"access_token": "A1", "expiry": time.Now().Add(believed).Format(time.RFC3339),
	})
	require.NoError(w.t, err)
	require.NoError(w.t, os.WriteFile(path, text, 0o600))

	running := w.server.Start()
	defer running.Close()
	source, err := credentials.Open(credentials.Config{
		Path: path, TokenURL: webextest.BaseURL + "/access_token", Transport: running.Transport(),
	})
	require.NoError(w.t, err)
	client, err := webex.New(webex.Config{
		BaseURL: webextest.BaseURL, Token: source.Token, Transport: running.Transport(),
	})
	require.NoError(w.t, err)
	defer client.Close()
	file, err := results.Open(w.path, results.Options{})
	require.NoError(w.t, err)
	defer func() { assert.NoError(w.t, file.Close()) }()
	plan, err := NewPlan(w.rows(), nil, file, client.Host())
	require.NoError(w.t, err)
	w.limiter = ratelimit.New(ratelimit.Config{Workers: w.workers})
	engine := New(Config{
		Client: client, Results: file, Workers: w.workers, Renew: source.Renew, Limiter: w.limiter,
	})
	if _, err := engine.Identify(ctx); err != nil {
		return nil, err
	}
	outcome, err := engine.Run(ctx, plan)
	require.NoError(w.t, file.Compact(plan.Final(file)))
	return outcome, err
}

func TestATokenThatExpiresInMidRunIsRenewedOnceForAll(t *testing.T) {
	for name, c := range map[string]struct{ lifetime, believed time.Duration }{
		"as the file said":            {time.Hour, 6 * time.Minute},
		"before the file said it did": {30 * time.Second, 24 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := renewable(t, 600, c.lifetime)
				w.server.Limit = webextest.TokenBucket{Rate: 5, Burst: 5}
				outcome, err := w.runRenewing(t.Context(), c.believed)
				require.NoError(t, err)
				assert.True(t, outcome.Complete())
				assert.Positive(t, w.server.Renewals())
				assert.Equal(t, 600, w.rooms())
				w.agree()
			})
		})
	}
}

func TestWorkersThatAreRefusedTogetherShareOneRenewalAndSendAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := renewable(t, 200, time.Hour)
		w.server.Faults = func(r webextest.FaultRequest) webextest.Fault {
			if r.Method == http.MethodPost && r.Number == 50 {
				w.server.ExpireTokens()
			}
			return webextest.Fault{}
		}
		outcome, err := w.runRenewing(t.Context(), 24*time.Hour)
		require.NoError(t, err)
		assert.True(t, outcome.Complete())
		assert.Equal(t, 1, w.server.Renewals())
		assert.Positive(t, outcome.Requests[http.StatusUnauthorized])
		assert.Equal(t, 200, w.rooms())
		w.agree()
	})
}

func TestTheQuestionWhoseTokenItIsRenewsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := renewable(t, 1, time.Hour)
		w.server.ExpireTokens()
		outcome, err := w.runRenewing(t.Context(), 24*time.Hour)
		require.NoError(t, err)
		assert.True(t, outcome.Complete())
		assert.Equal(t, 1, w.server.Renewals())
	})
}

func TestListingGoesOnWithARenewedToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := renewable(t, 3, time.Hour)
		lost := webextest.Script(http.MethodPost, webextest.Fault{Kind: webextest.Reset, Made: true})
		w.server.Faults = func(r webextest.FaultRequest) webextest.Fault {
			if r.Method == http.MethodPost && r.Number == 3 {
				w.server.ExpireTokens()
			}
			return lost(r)
		}
		outcome, err := w.runRenewing(t.Context(), 24*time.Hour)
		require.NoError(t, err)
		assert.Equal(t, 1, outcome.Done[results.Adopted])
		assert.Equal(t, 3, w.rooms())
		w.agree()
	})
}

func TestARenewalThatIsRefusedStopsTheRunAndFailsNoRow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := renewable(t, 100, time.Hour)
		w.server.Integration.Revoked = true
		w.server.Faults = func(r webextest.FaultRequest) webextest.Fault {
			if r.Method == http.MethodPost && r.Number == 40 {
				w.server.ExpireTokens()
			}
			return webextest.Fault{}
		}
		outcome, err := w.runRenewing(t.Context(), 24*time.Hour)
		var token *webex.TokenError
		require.ErrorAs(t, err, &token)
		assert.Zero(t, outcome.Statuses[results.Failed])
		assert.Zero(t, outcome.Statuses[results.Sending])
		assert.Positive(t, outcome.Statuses[results.Pending])
		w.agree()
	})
}

func TestATokenThatIsRefusedAsSoonAsItIsRenewedStopsTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := renewable(t, 100, time.Nanosecond)
		_, err := w.runRenewing(t.Context(), 24*time.Hour)
		require.Error(t, err)
		assert.Equal(t, 1, w.server.Renewals())
		assert.Zero(t, w.rooms())
		w.agree()
	})
}
