package webextest

import (
	"cmp"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// Lifetimes of the tokens of integrations and Service Apps, as Webex documents
// them.
const (
	accessLifetime  = 14 * 24 * time.Hour
	refreshLifetime = 90 * 24 * time.Hour
)

// Integration is an integration or a Service App: its access tokens, which are
// Me's, expire, and POST /access_token renews them. Where Webex's documentation
// is silent it decides as follows: a wrong client is a 401, everything else that
// is wrong with a renewal a 400, an access token stays good until it expires
// although another one was issued, and renewals count against no limit.
type Integration struct {
	ClientID     string
	ClientSecret string
	// AccessToken is the one that was issued before the server began. It
	// expires after Lifetime, counted from the first request that carries it.
	AccessToken string
	// RefreshToken is the first refresh token.
	RefreshToken string
	// Lifetime is how long access tokens are good; 0 means Webex's 14 days.
	Lifetime time.Duration
	// RefreshLifetime is how long a refresh token is good after it was last
	// used; 0 means Webex's 90 days.
	RefreshLifetime time.Duration
	// Rotate makes each renewal issue a new refresh token and end the old one.
	// Else the same one is answered again, with its life prolonged.
	Rotate bool
	// Revoked makes every renewal fail, as after a person has withdrawn the
	// permission. Access tokens stay good until they expire.
	Revoked bool
}

// issued are the tokens of an Integration.
type issued struct {
	mu       sync.Mutex
	access   map[string]time.Time // tokens that were issued or seen, and when they expire
	refresh  string               // the one that is good; "" before the first renewal
	expires  time.Time            // of refresh; zero before the first renewal
	renewals int
}

// ExpireTokens ends every access token of the Integration that was issued until
// now, the first one included.
func (s *Server) ExpireTokens() {
	integration := s.config().integration
	if integration == nil {
		return
	}
	s.issued.mu.Lock()
	defer s.issued.mu.Unlock()
	s.issued.put(integration.AccessToken, time.Time{})
	for token := range s.issued.access {
		s.issued.put(token, time.Time{})
	}
}

// Renewals returns how often a token was renewed.
func (s *Server) Renewals() int {
	s.issued.mu.Lock()
	defer s.issued.mu.Unlock()
	return s.issued.renewals
}

// holds reports whether an access token is good now.
func (i *issued) holds(token string, by *Integration, now time.Time) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if _, seen := i.access[token]; !seen && token == by.AccessToken {
		i.put(token, now.Add(cmp.Or(by.Lifetime, accessLifetime)))
	}
	return now.Before(i.access[token])
}

// put remembers when a token expires. The caller holds mu.
func (i *issued) put(token string, expires time.Time) {
	if i.access == nil {
		i.access = make(map[string]time.Time)
	}
	i.access[token] = expires
}

// renewal is the answer to POST /access_token.
type renewal struct {
	AccessToken           string `json:"access_token"`
	ExpiresIn             int64  `json:"expires_in"` // seconds
	RefreshToken          string `json:"refresh_token"`
	RefreshTokenExpiresIn int64  `json:"refresh_token_expires_in"` // seconds
	TokenType             string `json:"token_type"`
	Scope                 string `json:"scope"`
}

// renewToken answers POST /access_token.
func renewToken(x *exchange) reply {
	integration := x.config.integration
	if integration == nil {
		return refuse(http.StatusNotFound, "The requested resource could not be found.")
	}
	form, refusal := x.readForm()
	if refusal != nil {
		return *refusal
	}
	switch {
	case form.Get("grant_type") != "refresh_token":
		return refuse(http.StatusBadRequest, fmt.Sprintf("The grant type %q is not supported here.", form.Get("grant_type")))
	case form.Get("client_id") != integration.ClientID || form.Get("client_secret") != integration.ClientSecret:
		return refuse(http.StatusUnauthorized, "The client could not be authenticated.")
	}
	answer, ok := x.server.issued.renew(integration, form.Get("refresh_token"), x)
	if !ok {
		return refuse(http.StatusBadRequest, "The refresh token provided is expired, revoked, malformed, or invalid.")
	}
	return respond(http.StatusOK, answer)
}

// renew issues an access token, if the refresh token is good.
func (i *issued) renew(by *Integration, refresh string, x *exchange) (renewal, bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.refresh == "" {
		i.refresh = by.RefreshToken
	}
	expired := !i.expires.IsZero() && !x.arrived.Before(i.expires)
	if by.Revoked || expired || refresh == "" || refresh != i.refresh {
		return renewal{}, false
	}
	i.renewals++
	life, refreshLife := cmp.Or(by.Lifetime, accessLifetime), cmp.Or(by.RefreshLifetime, refreshLifetime)
	if by.Rotate {
		i.refresh = fmt.Sprintf("refresh-%d-%s", i.renewals, newUUID(x.server.seed(), tokenStream, x.number))
	}
	i.expires = x.arrived.Add(refreshLife)
	access := fmt.Sprintf("access-%d-%s", i.renewals, newUUID(x.server.seed(), tokenStream, ^x.number))
	i.put(access, x.arrived.Add(life))
	return renewal{
		AccessToken: access, ExpiresIn: int64(life / time.Second),
		RefreshToken: i.refresh, RefreshTokenExpiresIn: int64(refreshLife / time.Second),
		TokenType: "Bearer", Scope: "spark:rooms_read spark:rooms_write",
	}, true
}

// readForm reads the body of a renewal.
func (x *exchange) readForm() (url.Values, *reply) {
	mediaType, _, err := mime.ParseMediaType(x.r.Header.Get("Content-Type"))
	if err != nil || mediaType != "application/x-www-form-urlencoded" {
		refusal := refuse(http.StatusUnsupportedMediaType, "The Content-Type must be application/x-www-form-urlencoded.")
		return nil, &refusal
	}
	body, err := io.ReadAll(http.MaxBytesReader(x.w, x.r.Body, maxBody))
	if err != nil {
		refusal := refuse(http.StatusBadRequest, "The body could not be read.")
		return nil, &refusal
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		refusal := refuse(http.StatusBadRequest, "The body is not a form.")
		return nil, &refusal
	}
	return form, nil
}

// isRenewal reports a request that needs no access token.
func isRenewal(r *http.Request) bool {
	return r.Method == http.MethodPost && r.URL.Path == basePath+"/access_token"
}
