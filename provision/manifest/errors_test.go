package manifest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPositionsReadAsPeopleLookThemUp(t *testing.T) {
	for want, pos := range map[string]Position{
		"rooms.csv":                      {File: "rooms.csv"},
		"rooms.csv:14":                   {File: "rooms.csv", Line: 14},
		"rooms.yaml:14:3":                {File: "rooms.yaml", Line: 14, Col: 3},
		"rooms.xlsx: Sheet1!C14":         {File: "rooms.xlsx", Sheet: "Sheet1", Cell: "C14", Line: 14},
		"rooms.xlsx: Sheet1":             {File: "rooms.xlsx", Sheet: "Sheet1"},
		"standard input:2":               {File: "-", Line: 2},
		`a\nb\x1b[0m.csv: \u202eevil!A1`: {File: "a\nb\x1b[0m.csv", Sheet: "\u202eevil", Cell: "A1"},
	} {
		assert.Equal(t, want, pos.String())
	}
}

func TestErrorsAreOneShortLineWhateverTheValueHolds(t *testing.T) {
	for name, value := range map[string]string{
		"control characters": "a\x1b[31m\r\nb\x00",
		"direction marks":    "a\u202eb\u2066",
		"invalid UTF-8":      "a\xff\xfe",
		"quotes":             `a"b'c` + "`",
		"a long text":        strings.Repeat("ab\u00e9\n", 10000),
	} {
		t.Run(name, func(t *testing.T) {
			e := &Error{Pos: Position{File: "r.csv", Line: 2}, Column: "title", Value: value, Reason: "is wrong", Remedy: "mend it"}
			text := e.Error()
			assert.Regexp(t, `^r\.csv:2: title "[ -~é…]*" is wrong; mend it$`, text)
			assert.Less(t, len(text), 600)
		})
	}
}

func TestAnErrorListGivesItsFaults(t *testing.T) {
	_, err := readString(t, "r.csv", "title\n,\n\n\n")
	var list ErrorList
	require.ErrorAs(t, err, &list)
	_, err = readString(t, "r.csv", "title,isLocked\n,maybe\n")
	require.ErrorAs(t, err, &list)
	var first *Error
	require.ErrorAs(t, err, &first)
	assert.Same(t, list[0], first)
	assert.ErrorIs(t, err, list[1])
	assert.Equal(t, 1, first.Row)
}
