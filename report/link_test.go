package report

import (
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestALinkLeadsToTheRoomOfItsID(t *testing.T) {
	const name = "5a6d0b0e-0000-4000-8000-000000000001"
	id := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	for title, test := range map[string]struct{ server, id, want string }{
		"a room":                       {"webexapis.com", id("ciscospark://us/ROOM/" + name), name},
		"a room of another cluster":    {"webexapis.com", id("ciscospark://urn:TEAM:eu-central-1_k/ROOM/" + name), name},
		"a padded id":                  {"webexapis.com", base64.StdEncoding.EncodeToString([]byte("ciscospark://us/ROOM/" + name + "")), name},
		"a team is no room":            {"webexapis.com", id("ciscospark://us/TEAM/" + name), ""},
		"something after the id":       {"webexapis.com", id("ciscospark://us/ROOM/" + name + "&x=1"), ""},
		"something else than a UUID":   {"webexapis.com", id("ciscospark://us/ROOM/javascript:alert(1)"), ""},
		"an id that is not encoded":    {"webexapis.com", "room-1", ""},
		"no id":                        {"webexapis.com", "", ""},
		"a room of the embedded Webex": {"sandbox", id("ciscospark://us/ROOM/" + name), ""},
		"a room on loopback":           {"127.0.0.1:8080", id("ciscospark://us/ROOM/" + name), ""},
		"a room on loopback, IPv6":     {"[::1]:8080", id("ciscospark://us/ROOM/" + name), ""},
	} {
		t.Run(title, func(t *testing.T) {
			assert.Equal(t, test.want, SpaceID(test.server, test.id))
			if test.want != "" {
				test.want = "webexteams://im?space=" + test.want
			}
			assert.Equal(t, test.want, SpaceLink(test.server, test.id))
		})
	}
}

func TestOnlyTheEmbeddedWebexIsSurelyNone(t *testing.T) {
	for server, want := range map[string]string{
		"webexapis.com":     "",
		"webex.example:443": "",
		"10.0.0.7:8080":     "",
		"":                  "",
		"sandbox":           "this was a rehearsal on the embedded Webex",
		"127.0.0.1:8080":    "unless that passes everything on to Webex",
		"[::1]:8080":        "unless that passes everything on to Webex",
		"localhost":         "unless that passes everything on to Webex",
	} {
		if want == "" {
			assert.Empty(t, NotWebex(server), server)
		} else {
			assert.Contains(t, NotWebex(server), want, server)
		}
	}
}
