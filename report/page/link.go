package page

import (
	"encoding/base64"
	"net"
	"regexp"
	"strings"
)

var uuid = regexp.MustCompile(`^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// spaceID returns what the Webex app knows a room by, which the page's script
// turns into webexteams://im?space=ID. The Webex Help Center documents that link
// ("Add links for meetings or spaces with the webexteams protocol",
// https://help.webex.com/article/n5yzg8y); the app hands the same out for
// Ctrl+Shift+K, with a UUID for the ID. The API's room id is the base64 of
// ciscospark://CLUSTER/ROOM/UUID. There is no documented address in the web
// client: https://web.webex.com/spaces/ takes an encoded URL of an internal
// service, which the room id does not hold.
//
// It is "" where the id is not of that form, or the server is not Webex.
func spaceID(server, roomID string) string {
	if rehearsal(server) {
		return ""
	}
	return decode(roomID, "ROOM")
}

// decode returns the UUID in an id of the given kind, or "".
func decode(id, kind string) string {
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

// rehearsal reports a server that is not Webex: the embedded one, or one on
// loopback.
func rehearsal(server string) bool {
	host := server
	if name, _, err := net.SplitHostPort(server); err == nil {
		host = name
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "sandbox" || host == "localhost" || ip != nil && ip.IsLoopback()
}
