package provision

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"roomlift/provision/webex"
)

func TestAsManyRowsAsCanBeAreMatchedWithARoom(t *testing.T) {
	at := func(seconds float64) time.Time {
		return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(seconds * float64(time.Second)))
	}
	for name, c := range map[string]struct {
		sent []float64 // rows, by when they were sent
		made []float64 // rooms, by when they were made
		want []float64 // each row's room, by when it was made; -1 for none
	}{
		"each row takes the room that was made after it":                       {[]float64{10, 20}, []float64{11, 21}, []float64{11, 21}},
		"a clock that is half a second ahead leaves no row without its room":   {[]float64{10, 20}, []float64{9.5, 20.1}, []float64{9.5, 20.1}},
		"a clock that is ahead for all leaves no row without its room":         {[]float64{10, 20, 30}, []float64{9.5, 19.5, 29.5}, []float64{9.5, 19.5, 29.5}},
		"a room that was never made leaves the others theirs":                  {[]float64{10, 20, 30}, []float64{9.5, 30.5}, []float64{9.5, -1, 30.5}},
		"a look-alike made just before is left alone":                          {[]float64{10}, []float64{9.5, 11}, []float64{11}},
		"of look-alikes made just before the latest is likeliest":              {[]float64{10}, []float64{6, 9.5}, []float64{9.5}},
		"a look-alike made long before is nobody's":                            {[]float64{10}, []float64{2}, []float64{-1}},
		"of several rooms the oldest that suits is taken":                      {[]float64{10}, []float64{11, 12}, []float64{11}},
		"rows sent at once take the oldest rooms in their order":               {[]float64{10, 10}, []float64{12, 11, 13}, []float64{11, 12}},
		"a row that was sent before another may take the room that came after": {[]float64{10, 20}, []float64{21, 22}, []float64{22, 21}},
	} {
		t.Run(name, func(t *testing.T) {
			here := placeOf("Room", "")
			var rows []wanted
			for _, s := range c.sent {
				rows = append(rows, wanted{[]place{here}, at(s), clockMargin})
			}
			var rooms []webex.Room
			for _, s := range c.made {
				rooms = append(rooms, webex.Room{ID: at(s).String(), Title: "Room", CreatorID: "me", Created: at(s)})
			}
			fates, ids := match(rows, rooms, "me")
			for i, want := range c.want {
				if want < 0 {
					assert.Equal(t, absent, fates[i])
					assert.Empty(t, ids[i])
					continue
				}
				assert.Equal(t, found, fates[i])
				assert.Equal(t, at(want).String(), ids[i])
			}
		})
	}
}
