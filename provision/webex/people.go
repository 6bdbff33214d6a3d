package webex

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
)

// Person is the owner of a token.
type Person struct {
	ID          string   `json:"id"`
	Emails      []string `json:"emails,omitempty"`
	DisplayName string   `json:"displayName,omitempty"`
	OrgID       string   `json:"orgId,omitempty"`
	Type        string   `json:"type,omitempty"` // "person", "bot" or "appuser"
}

// Me asks who the token belongs to.
func (c *Client) Me(ctx context.Context) (Person, Response, error) {
	a, err := c.do(ctx, exchange{
		method:     http.MethodGet,
		url:        endpoint(c.base, "people", "me"),
		trackingID: NewTrackingID(),
		maxBytes:   maxBodyBytes,
	})
	if err != nil {
		return Person{}, a.Response, err
	}
	var me Person
	if err = json.Unmarshal(a.body, &me); err != nil {
		err = undecodable(a.body, err)
	} else if me.ID == "" {
		err = errors.New("it has no person id")
	} else if a.redact.holds(me.ID) {
		err = errSecretID
	}
	if err != nil {
		return Person{}, a.Response, a.unusable(err)
	}
	for _, text := range []*string{&me.DisplayName, &me.OrgID, &me.Type} {
		*text = a.redact.line(*text, maxMessage)
	}
	for i := range me.Emails {
		me.Emails[i] = a.redact.line(me.Emails[i], maxMessage)
	}
	return me, a.Response, nil
}
