package report

import (
	"testing"

	"github.com/rivo/uniseg"
	"github.com/stretchr/testify/assert"
)

func TestALineThatIsTooNarrowSaysWhatMattersMost(t *testing.T) {
	waiting := []phrase{
		{"17 created", howManyCreated},
		{"2 failed", whatWentWrong},
		{"6.3/s", howFast},
		{"Webex asks for 7.8 s", whatItWaitsFor},
		{"until 23:17:10", whenItGoesOn},
	}
	for name, test := range map[string]struct {
		columns int
		want    string
	}{
		"there is room for all":                {66, "17 created, 2 failed, 6.3/s, Webex asks for 7.8 s, until 23:17:10"},
		"a column too few leaves out the rate": {64, "17 created, 2 failed, Webex asks for 7.8 s, until 23:17:10"},
		"then what the count says as well":     {57, "2 failed, Webex asks for 7.8 s, until 23:17:10"},
		"then the end":                         {42, "2 failed, Webex asks for 7.8 s"},
		"then all but the wait":                {20, "Webex asks for 7.8 s"},
		"which is cut at last":                 {10, "Webex ask…"},
		"one column":                           {1, "…"},
		"none at all":                          {0, ""},
		"fewer than none":                      {-7, ""},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want, fit(waiting, test.columns))
		})
	}
}

func TestWideCharactersCountTwice(t *testing.T) {
	assert.Equal(t, "東京営業部", shorten("東京営業部", 10))
	assert.Equal(t, "東京営業…", shorten("東京営業部", 9))
	assert.Equal(t, "東京営…", shorten("東京営業部", 8), "half a character is none")
	for columns := range 30 {
		line := shorten("東京 👩‍👩‍👧 営業部 Köln e\u0301te\u0301", columns)
		assert.LessOrEqual(t, uniseg.StringWidth(line), columns, line)
	}
}
