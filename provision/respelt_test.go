package provision

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestWhatASpreadsheetProgramMakesOfATitleIsKnownAgain(t *testing.T) {
	for text, shown := range map[string]string{
		"0012": "12", "1E5": "1.00E+05", "1e5": "100000", "123456789012345678": "1.23456789012346E+017",
		"+1 555": "1555", "1.50": "1,5", "true": "TRUE", "Комната": "???????", "会議 😀": "?? ?", "Räume 😀": "Räume ??",
		"1/2": "01/02/26", "12:30": "12:30:00 PM", "2026-01-02": "02.01.26", "3-4": "2026-04-03",
		"7 pm": "19:00:00", "7 p": "7:00 PM", "1:30 pm": "13:30", "12 AM": "00:00:00", "9 a.m.": "09:00", "8 PM": "08:00:00 p. m.",
	} {
		assert.True(t, respelt(text, shown), "%q shown as %q", text, shown)
	}
	for text, other := range map[string]string{
		"0012": "13", "Комната": "Комнаты", "Комнат": "???????", "Room?": "Room", "Rooms": "Room?", "3-4": "3-5",
		"1/2": "01/03/26", "Ops": "OPS", "12:30": "12:31:00", "": "", "A": "", "same": "same", "a-1": "1", "Inf": "inf",
		"1-2": "2-1", "7 am": "19:00:00", "13 pm": "13:00:00", "7 PM": "7 pm", "1:30": "01:30:00 PM",
	} {
		assert.False(t, respelt(text, other), "%q and %q", text, other)
	}
}
