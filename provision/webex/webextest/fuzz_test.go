package webextest_test

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"roomlift/provision/webex/webextest"
)

// FuzzServer holds that no request makes the server panic, answer with a
// server error, or make a room without saying so.
func FuzzServer(f *testing.F) {
	f.Add("POST", "/v1/rooms", "", `{"title":"t"}`)
	f.Add("GET", "/v1/rooms", "max=1&cursor=MTox&sortBy=created", "")
	f.Add("PUT", "/v1/rooms/Y2lzY29zcGFyazovL3VzL1JPT00v", "", `{"title":"t","isPublic":null}`)
	f.Fuzz(func(t *testing.T, method, path, query, body string) {
		for _, b := range []byte(method) {
			if b <= ' ' || b >= 0x7f || strings.IndexByte(`()<>@,;:\"/[]?={}`, b) >= 0 {
				t.Skip("not a method")
			}
		}
		if method == "" {
			t.Skip("not a method")
		}
		server := &webextest.Server{MaxPage: 1, Seed: 1}
		fill(server, 2)
		r := httptest.NewRequest("GET", "/", strings.NewReader(body))
		r.Method, r.URL = method, &url.URL{Path: path, RawQuery: query}
		r.Header.Set("Authorization", "Bearer token")
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		server.ServeHTTP(w, r)
		assert.Less(t, w.Code, 500)
		made := method == "POST" && w.Code == 200
		assert.Equal(t, made, server.Count() == 3)
	})
}
