package webextest

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"strings"

	"roomlift/provision/webex"
)

// uuid is the part of a Webex id that tells one thing from another.
type uuid [16]byte

// Streams keep the chances of one seed apart.
const (
	roomStream = iota + 1
	trackingStream
	tokenStream
)

// newUUID returns the nth id of a stream of a seed.
func newUUID(seed, stream, n uint64) uuid {
	chance := rand.NewPCG(seed^stream<<56, n)
	var id uuid
	binary.LittleEndian.PutUint64(id[:8], chance.Uint64())
	binary.LittleEndian.PutUint64(id[8:], chance.Uint64())
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return id
}

func (id uuid) String() string {
	var text [36]byte
	hex.Encode(text[0:8], id[0:4])
	hex.Encode(text[9:13], id[4:6])
	hex.Encode(text[14:18], id[6:8])
	hex.Encode(text[19:23], id[8:10])
	hex.Encode(text[24:36], id[10:16])
	for _, dash := range []int{8, 13, 18, 23} {
		text[dash] = '-'
	}
	return string(text[:])
}

const idScheme = "ciscospark://"

// encodeID returns the id of a thing as Webex writes it.
func encodeID(kind string, id uuid) string {
	return base64.RawURLEncoding.EncodeToString([]byte(idScheme + "us/" + kind + "/" + id.String()))
}

// decodeRoomID returns the room that an id names.
func decodeRoomID(id string) (uuid, bool) {
	text, ok := decodeID(id)
	name := text[strings.LastIndexByte(text, '/')+1:]
	var room uuid
	raw := strings.ReplaceAll(name, "-", "")
	if !ok || len(name) != 36 || len(raw) != 32 {
		return room, false
	}
	_, err := hex.Decode(room[:], []byte(raw))
	return room, err == nil && encodeID("ROOM", room) == strings.TrimRight(id, "=")
}

// decodeID returns what an id stands for, and whether it is of Webex's form.
func decodeID(id string) (string, bool) {
	text, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(id, "="))
	return string(text), err == nil && strings.HasPrefix(string(text), idScheme)
}

// PersonID returns an id as Webex gives to people, always the same for the
// same name.
func PersonID(name string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(idScheme + "us/PEOPLE/" + name))
}

// The ids of the person, and of the organisation, that a Server has unless it
// is told another.
const (
	defaultPersonID = "Y2lzY29zcGFyazovL3VzL1BFT1BMRS81YTZkMGIwZS0wMDAwLTQwMDAtODAwMC0wMDAwMDAwMDAwMDE"
	defaultOrgID    = "Y2lzY29zcGFyazovL3VzL09SR0FOSVpBVElPTi81YTZkMGIwZS0wMDAwLTQwMDAtODAwMC0wMDAwMDAwMDAwMDI"
)

// completePerson fills in what a person must have.
func completePerson(p webex.Person) webex.Person {
	if p.ID == "" {
		p.ID = defaultPersonID
	}
	if p.DisplayName == "" {
		p.DisplayName = "Sandbox Admin"
	}
	if p.Emails == nil {
		p.Emails = []string{"admin@sandbox.example"}
	}
	if p.OrgID == "" {
		p.OrgID = defaultOrgID
	}
	if p.Type == "" {
		p.Type = "person"
	}
	return p
}
