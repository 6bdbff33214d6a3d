package webex

import (
	"crypto/rand"
	"encoding/hex"
)

// NewTrackingID returns a fresh name for one attempt, ROOMLIFT_ and a random
// UUID. Webex logs it, so that its support can find the exchange.
func NewTrackingID() string {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails, see crypto/rand
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	text := append(make([]byte, 0, 45), "ROOMLIFT_"...)
	for i, part := range [][]byte{id[:4], id[4:6], id[6:8], id[8:10], id[10:]} {
		if i > 0 {
			text = append(text, '-')
		}
		text = hex.AppendEncode(text, part)
	}
	return string(text)
}
