package cli_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// echo is a Webex that repeats every secret it has heard of wherever it can, as
// careless servers and proxies do in their error pages.
type echo struct {
	webex http.Handler

	mu    sync.Mutex
	heard []string // in this run: what an earlier one used up nobody can know any more
	ever  []string
	asked map[string]int // by title
}

// forget begins another run.
func (e *echo) forget() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard, e.asked = nil, map[string]int{}
}

func (e *echo) hear(secrets ...string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, secret := range secrets {
		if secret != "" && !slices.Contains(e.heard, secret) {
			e.heard = append(e.heard, secret)
			e.ever = append(e.ever, secret)
		}
	}
}

// gossip is all that was heard, as it is and escaped.
func (e *echo) gossip() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	all := strings.Join(e.heard, " ")
	return all + " " + url.QueryEscape(all) + " " + strings.Join(e.heard, "")
}

func (e *echo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.hear(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	answer := httptest.NewRecorder()
	switch {
	case strings.HasSuffix(r.URL.Path, "/access_token"):
		form, _ := url.ParseQuery(string(body))
		e.hear(form.Get("client_secret"), form.Get("refresh_token"))
		e.webex.ServeHTTP(answer, r)
		var granted struct {
			Access  string `json:"access_token"`
			Refresh string `json:"refresh_token"`
		}
		_ = json.Unmarshal(answer.Body.Bytes(), &granted)
		e.hear(granted.Access, granted.Refresh)
		if answer.Code != http.StatusOK {
			e.refuse(w, answer.Code, "application/json")
			return
		}
	case r.Method == http.MethodPost:
		var room struct{ Title string }
		_ = json.Unmarshal(body, &room)
		if r.Header.Get("Authorization") == "" || !e.create(w, r, room.Title) {
			e.webex.ServeHTTP(answer, r)
		}
	default:
		e.webex.ServeHTTP(answer, r)
	}
	if answer.Code == http.StatusOK && answer.Body.Len() == 0 {
		return
	}
	text := answer.Body.String()
	if strings.HasSuffix(r.URL.Path, "/people/me") {
		text = strings.ReplaceAll(text, "Sandbox Admin", "Admin "+e.gossip())
	}
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.Header().Set("Trackingid", e.gossip())
	w.Header().Del("Content-Length")
	w.WriteHeader(answer.Code)
	_, _ = io.WriteString(w, text)
}

// create answers as a title asks, and reports whether it did.
func (e *echo) create(w http.ResponseWriter, r *http.Request, title string) bool {
	e.mu.Lock()
	e.asked[title]++
	first := e.asked[title] == 1
	e.mu.Unlock()
	switch {
	case title == "told in JSON":
		e.refuse(w, http.StatusBadRequest, "application/json")
	case title == "told on a page":
		e.refuse(w, http.StatusForbidden, "text/html")
	case title == "told by a redirect":
		w.Header().Set("Location", "https://"+strings.ReplaceAll(e.gossip(), " ", ".")+".example/")
		e.refuse(w, http.StatusFound, "text/plain")
	case title == "told to wait" && first:
		w.Header().Set("Retry-After", e.gossip())
		e.refuse(w, http.StatusTooManyRequests, "application/json")
	case title == "told in an id":
		fmt.Fprintf(w, `{"id": %q}`, e.gossip())
	case title == "told in a lost answer":
		e.refuse(w, http.StatusBadGateway, "text/html")
	default:
		return false
	}
	return true
}

// refuse answers with everything.
func (e *echo) refuse(w http.ResponseWriter, status int, kind string) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Trackingid", e.gossip())
	w.WriteHeader(status)
	if kind == "text/html" {
		fmt.Fprintf(w, "<html><title>No: %s</title>%s</html>", e.gossip(), e.gossip())
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{
		"message": "no: " + e.gossip(), "trackingId": e.gossip(),
		"errors": []any{map[string]string{"description": "because: " + e.gossip()}},
		"error":  e.gossip(), "error_description": e.gossip(),
	})
}
