package webextest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"roomlift/provision/webex"
)

// roomFields is what POST and PUT take. A nil field is not set.
type roomFields struct {
	Title              *string `json:"title"`
	TeamID             *string `json:"teamId"`
	ClassificationID   *string `json:"classificationId"`
	IsLocked           *bool   `json:"isLocked"`
	IsPublic           *bool   `json:"isPublic"`
	Description        *string `json:"description"`
	IsAnnouncementOnly *bool   `json:"isAnnouncementOnly"`
	IsReadOnly         *bool   `json:"isReadOnly"`
}

// createRoom answers POST /rooms.
func createRoom(x *exchange) reply {
	fields, refusal := x.roomFields()
	if refusal != nil {
		return *refusal
	}
	wanted := webex.Room{CreatorID: x.person.ID, OwnerID: x.person.OrgID}
	fields.apply(&wanted)
	if refusal := x.checkRoom(fields, wanted); refusal != nil {
		return *refusal
	}
	if x.person.Type == "bot" && fields.ClassificationID != nil {
		return refuse(http.StatusForbidden, "Bots are not able to create and simultaneously classify a room.")
	}
	wanted.Created = x.now()
	made := newRoom(wanted, nil)
	if lag := x.config.listingLag; lag > 0 {
		made.listedFrom = time.Now().Add(lag)
	}
	x.server.store.add(made, x.server.seed())
	return respond(http.StatusOK, made.wire())
}

// roomFields decodes the body and checks its types.
func (x *exchange) roomFields() (roomFields, *reply) {
	var fields roomFields
	if err := json.Unmarshal(x.body, &fields); err != nil {
		refusal := refuse(http.StatusBadRequest, "The body is not a JSON object with fields of the documented types.")
		return fields, &refusal
	}
	if fields.Title == nil || strings.TrimSpace(*fields.Title) == "" {
		refusal := refuse(http.StatusBadRequest, "The field title is required and must not be blank.")
		return fields, &refusal
	}
	if x.config.trimTitles {
		trimmed := strings.TrimSpace(*fields.Title)
		fields.Title = &trimmed
	}
	return fields, nil
}

// apply sets the fields that are set.
func (f roomFields) apply(room *webex.Room) {
	set(&room.Title, f.Title)
	set(&room.TeamID, f.TeamID)
	set(&room.ClassificationID, f.ClassificationID)
	set(&room.IsLocked, f.IsLocked)
	set(&room.IsPublic, f.IsPublic)
	set(&room.Description, f.Description)
	set(&room.IsAnnouncementOnly, f.IsAnnouncementOnly)
	set(&room.IsReadOnly, f.IsReadOnly)
}

func set[T any](field *T, value *T) {
	if value != nil {
		*field = *value
	}
}

// checkRoom applies the rules of the documentation to a room as it would be.
func (x *exchange) checkRoom(fields roomFields, room webex.Room) *reply {
	var refusal reply
	switch {
	case fields.TeamID != nil && !x.config.knowsTeam(*fields.TeamID):
		refusal = refuse(http.StatusNotFound, "The team could not be found.")
	case room.IsPublic && strings.TrimSpace(room.Description) == "":
		refusal = refuse(http.StatusBadRequest, "A public room must have a description.")
	case room.IsAnnouncementOnly && !room.IsLocked:
		refusal = refuse(http.StatusBadRequest, "A room can only be put into announcement mode when it is locked.")
	default:
		return nil
	}
	return &refusal
}

func (c config) knowsTeam(id string) bool {
	if c.teams != nil {
		return slices.Contains(c.teams, id)
	}
	_, ok := decodeID(id)
	return ok
}

// getRoom answers GET /rooms/{roomId}.
func getRoom(x *exchange) reply {
	id, ok := decodeRoomID(roomID(x.r))
	if !ok {
		return noSuchRoom()
	}
	found, ok := x.server.store.get(id, x.person.ID)
	if !ok {
		return noSuchRoom()
	}
	return respond(http.StatusOK, x.readable(found))
}

// updateRoom answers PUT /rooms/{roomId}.
func updateRoom(x *exchange) reply {
	id, ok := decodeRoomID(roomID(x.r))
	if !ok {
		return noSuchRoom()
	}
	fields, refusal := x.roomFields()
	if refusal != nil {
		return *refusal
	}
	now := x.now()
	changed, ok := x.server.store.change(id, x.person.ID, func(r *room) {
		wanted := r.wire()
		fields.apply(&wanted)
		if refusal = x.checkRoom(fields, wanted); refusal != nil {
			return
		}
		if r.teamID != "" && wanted.TeamID != r.teamID {
			moved := refuse(http.StatusBadRequest, "A room cannot be moved from one team to another.")
			refusal = &moved
			return
		}
		r.update(wanted, now.UnixMilli())
	})
	switch {
	case !ok:
		return noSuchRoom()
	case refusal != nil:
		return *refusal
	}
	return respond(http.StatusOK, changed.wire())
}

// update takes over what a PUT may change.
func (r *room) update(wanted webex.Room, now int64) {
	if wanted.IsPublic && !r.public {
		r.madePublic = now
	}
	r.title = wanted.Title
	r.teamID = wanted.TeamID
	r.classificationID = wanted.ClassificationID
	r.description = wanted.Description
	r.locked = wanted.IsLocked
	r.public = wanted.IsPublic
	r.announcement = wanted.IsAnnouncementOnly
	r.readOnly = wanted.IsReadOnly
	r.lastActivity = now
}

// deleteRoom answers DELETE /rooms/{roomId}: a room of a team is archived,
// any other is gone.
func deleteRoom(x *exchange) reply {
	id, ok := decodeRoomID(roomID(x.r))
	if !ok {
		return noSuchRoom()
	}
	_, ok = x.server.store.change(id, x.person.ID, func(r *room) {
		r.archived = r.teamID != ""
		r.readOnly = r.readOnly || r.archived
		r.gone = !r.archived
	})
	if !ok {
		return noSuchRoom()
	}
	return reply{status: http.StatusNoContent}
}

func noSuchRoom() reply {
	return refuse(http.StatusNotFound, "The requested resource could not be found.")
}

// readable returns a stored room as this server reads it back.
func (x *exchange) readable(r room) webex.Room {
	w := r.wire()
	if x.config.undecryptable != nil && x.config.undecryptable(w.Title) {
		w.Title = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0.." + r.id.String()
		w.Errors = map[string]webex.FieldError{"title": {
			Code:   "kms_failure",
			Reason: "Key management server failed to respond appropriately. For more information: https://developer.webex.com/errors",
		}}
	}
	return w
}
