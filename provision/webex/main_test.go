package webex_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"roomlift/provision/webex"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// secret is a token that must not be seen anywhere.
const secret = "c2VjcmV0LXRva2Vu_PE93"

func token(context.Context) (string, error) { return secret, nil }

// newClient returns a client of a server on loopback.
func newClient(t *testing.T, handler http.HandlerFunc) *webex.Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return clientOf(t, webex.Config{BaseURL: server.URL + "/v1"})
}

func clientOf(t *testing.T, config webex.Config) *webex.Client {
	t.Helper()
	if config.Token == nil {
		config.Token = token
	}
	client, err := webex.New(config)
	require.NoError(t, err)
	t.Cleanup(client.Close)
	return client
}

func create(t *testing.T, client *webex.Client) error {
	t.Helper()
	_, _, err := client.CreateRoom(t.Context(), "attempt", webex.NewRoom{Title: "Project Unicorn"})
	return err
}
