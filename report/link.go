package report

import (
	"cmp"
	"encoding/base64"
	"net"
	"regexp"
	"strings"
)

var uuid = regexp.MustCompile(`^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// SpaceScheme and the id of a space are a link that opens the space in the Webex
// app. The Webex Help Center documents it ("Add links for meetings or spaces with
// the webexteams protocol", https://help.webex.com/article/n5yzg8y); the app hands
// the same out for Ctrl+Shift+K. There is no documented address in the web client:
// https://web.webex.com/spaces/ takes an encoded URL of an internal service, which
// a room id does not hold.
const SpaceScheme = "webexteams://im?space="

// SpaceID returns what the Webex app knows a room by: a UUID. The API's room id is
// the base64 of ciscospark://CLUSTER/ROOM/UUID.
//
// It is "" where the id is not of that form, or the server is not Webex.
func SpaceID(server, roomID string) string {
	if NotWebex(server) != "" {
		return ""
	}
	return decodeID(roomID, "ROOM")
}

// SpaceLink returns the link that opens a room in the Webex app, "" where SpaceID
// is.
func SpaceLink(server, roomID string) string {
	id := SpaceID(server, roomID)
	if id == "" {
		return ""
	}
	return SpaceScheme + id
}

// ShortTeam returns the UUID in the id of a team, or the id itself where it holds
// none.
func ShortTeam(id string) string { return cmp.Or(decodeID(id, "TEAM"), id) }

// decodeID returns the UUID in an id of the given kind, or "".
func decodeID(id, kind string) string {
	id = strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimRight(id, "="))
	text, err := base64.RawURLEncoding.DecodeString(id)
	if err != nil {
		return ""
	}
	name, ok := strings.CutPrefix(string(text), "ciscospark://")
	if !ok {
		return ""
	}
	_, name, ok = strings.Cut(name, "/"+kind+"/")
	if !ok || !uuid.MatchString(name) {
		return ""
	}
	return name
}

// NotWebex says what the rooms of a server are where it is not Webex itself: the
// embedded one, or one on loopback, which may be anything. It is "" for all others.
func NotWebex(server string) string {
	host := server
	if name, _, err := net.SplitHostPort(server); err == nil {
		host = name
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	switch {
	case host == "sandbox":
		return "this was a rehearsal on the embedded Webex, so there is no room in Webex"
	case host == "localhost" || ip != nil && ip.IsLoopback():
		return "this went to a server on the same machine, not straight to Webex: " +
			"unless that passes everything on to Webex, there is no room in Webex"
	}
	return ""
}
