package webex_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision/webex"
)

func TestBaseURLsThatAreSafe(t *testing.T) {
	for url, host := range map[string]string{
		webex.DefaultBaseURL:            "webexapis.com",
		"https://webexapis.com/v1/":     "webexapis.com",
		"HTTPS://WebexAPIs.com/v1":      "webexapis.com",
		"https://gateway.example:8443/": "gateway.example:8443",
		"http://127.0.0.1:8080/v1":      "127.0.0.1:8080",
		"http://127.8.9.10/v1":          "127.8.9.10",
		"http://[::1]:8080/v1":          "[::1]:8080",
		"http://localhost:8080/v1":      "localhost:8080",
	} {
		client, err := webex.New(webex.Config{BaseURL: url, Token: token})
		if assert.NoError(t, err, url) {
			assert.Equal(t, host, client.Host())
		}
	}
}

func TestBaseURLsThatAreRefusedSayWhatToDo(t *testing.T) {
	for url, remedy := range map[string]string{
		"":                                 "use one like https://webexapis.com/v1",
		"  ":                               "use one like",
		"webexapis.com/v1":                 "must begin with https://",
		"webexapis.com:443/v1":             "use one like",
		"ftp://webexapis.com/v1":           "must begin with https://",
		"file:///etc/passwd":               "must begin with https://",
		"https:webexapis.com":              "must begin with https://",
		"https:///v1":                      "names no host",
		"https://:443/v1":                  "names no host",
		"https://webexapis.com:0/v1":       "between 1 and 65535",
		"https://webexapis.com:70000/v1":   "between 1 and 65535",
		"https://webexapis.com:/v1":        "between 1 and 65535",
		"http://webexapis.com/v1":          "use https",
		"http://10.0.0.1/v1":               "use https",
		"http://127.0.0.1.evil.example/v1": "use https",
		"http://localhost.evil.example/v1": "use https",
		"http://0.0.0.0/v1":                "use https",
		"https://me:hunter22@host/v1":      "leave out what stands before the @",
		"https://webexapis.com/v1?x=1":     "leave out the ?",
		"https://webexapis.com/v1?":        "leave out the ?",
		"https://webexapis.com/v1#x":       "leave out the #",
		"https://webexapis.com/v1#":        "leave out the #",
		"https://webexapis.com/a/../v1":    "without them",
		"https://web exapis.com/v1":        "use one like",
		"https://x%zz/hunter22":            "use one like",
	} {
		_, err := webex.New(webex.Config{BaseURL: url, Token: token})
		if assert.ErrorContains(t, err, remedy, url) {
			assert.NotContains(t, err.Error(), "hunter22")
		}
	}
}

func TestAClientNeedsAToken(t *testing.T) {
	_, err := webex.New(webex.Config{BaseURL: webex.DefaultBaseURL})
	require.ErrorContains(t, err, "Token is required")
}
