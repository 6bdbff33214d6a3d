package webex

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/tidwall/gjson"
)

// NewRoom is what POST /rooms takes. What is empty or nil is left out of the
// request: an empty teamId would be refused, and an absent boolean is not the
// same as false.
type NewRoom struct {
	Title              string `json:"title"`
	TeamID             string `json:"teamId,omitempty"`
	ClassificationID   string `json:"classificationId,omitempty"`
	IsLocked           *bool  `json:"isLocked,omitempty"`
	IsPublic           *bool  `json:"isPublic,omitempty"`
	Description        string `json:"description,omitempty"`
	IsAnnouncementOnly *bool  `json:"isAnnouncementOnly,omitempty"`
}

// Room is a room as Webex describes it. A field that Webex leaves out is
// zero.
type Room struct {
	ID                 string    `json:"id"`
	Title              string    `json:"title"`
	Type               string    `json:"type,omitempty"` // "direct" or "group"
	IsLocked           bool      `json:"isLocked"`
	TeamID             string    `json:"teamId,omitempty"`
	LastActivity       time.Time `json:"lastActivity,omitzero"`
	CreatorID          string    `json:"creatorId,omitempty"`
	Created            time.Time `json:"created,omitzero"`
	OwnerID            string    `json:"ownerId,omitempty"`
	ClassificationID   string    `json:"classificationId,omitempty"`
	IsAnnouncementOnly bool      `json:"isAnnouncementOnly"`
	IsReadOnly         bool      `json:"isReadOnly"`
	IsPublic           bool      `json:"isPublic"`
	MadePublic         time.Time `json:"madePublic,omitzero"`
	Description        string    `json:"description,omitempty"`
	// Errors tells, by field name, which fields of a listed room could not be
	// filled in.
	Errors map[string]FieldError `json:"errors,omitempty"`
}

// FieldError says why Webex could not fill in a field.
type FieldError struct {
	Code   string `json:"code"` // such as "kms_failure": could not be decrypted
	Reason string `json:"reason,omitempty"`
}

// TitleUnreadable reports whether Title is not the room's title, but what was
// left when Webex failed to decrypt it.
func (r Room) TitleUnreadable() bool {
	_, failed := r.Errors["title"]
	return failed
}

// Created is what matters of the answer to a request for a new room; the rest
// repeats the request.
type Created struct {
	ID string
	At time.Time // by Webex's clock; zero if it cannot be read
}

// CreateRoom asks for a new room, once. trackingID names this attempt, see
// [NewTrackingID]. When it returns no error the room exists. When it returns
// a *[TransportError] that was sent, a *[BodyError] or an *[Error] of the 5xx
// kind, the room may exist or not. Once ctx ends it returns without waiting
// for the answer.
func (c *Client) CreateRoom(ctx context.Context, trackingID string, room NewRoom) (Created, Response, error) {
	body, err := json.Marshal(room)
	if err != nil {
		return Created{}, Response{}, &TransportError{Err: err}
	}
	a, err := c.do(ctx, exchange{
		method:     http.MethodPost,
		url:        c.rooms,
		body:       body,
		trackingID: trackingID,
		maxBytes:   maxBodyBytes,
	})
	if err != nil {
		return Created{}, a.Response, err
	}
	created, err := decodeCreated(a.body)
	if err == nil && a.redact.holds(created.ID) {
		err = errSecretID
	}
	if err != nil {
		return Created{}, a.Response, a.unusable(err)
	}
	return created, a.Response, nil
}

// decodeCreated reads the room that was made. Whatever else is malformed matters
// less than the id: with an id the room is known to exist. It is read at one look,
// without the whole answer being decoded, since it costs most of what a room costs
// beside the exchange itself.
func decodeCreated(body []byte) (Created, error) {
	if !gjson.ValidBytes(body) {
		return Created{}, undecodable(body, new(json.SyntaxError))
	}
	id := gjson.GetBytes(body, "id")
	switch {
	case id.Exists() && id.Type != gjson.String:
		return Created{}, undecodable(body, nil)
	case id.Str == "":
		return Created{}, errors.New("it has no room id")
	}
	at, err := time.Parse(time.RFC3339, gjson.GetBytes(body, "created").Str)
	if err != nil {
		at = time.Time{}
	}
	return Created{ID: id.Str, At: at}, nil
}

// errSecretID says that an id, which is written down as it is, holds what must
// never be.
var errSecretID = errors.New("its id holds a secret, as no id of Webex does")

// undecodable says why a body could not be decoded, without quoting it.
func undecodable(body []byte, err error) error {
	body = bytes.TrimSpace(body)
	var syntax *json.SyntaxError
	switch {
	case len(body) == 0:
		return errors.New("it is empty")
	case body[0] == '<':
		return errors.New("it is an HTML page, as a proxy or a login page sends it, and not JSON")
	case errors.As(err, &syntax):
		return errors.New("it is not JSON, or cut off")
	}
	return errors.New("its JSON is not of the expected shape")
}
