package report

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestDurationsAreWrittenAsPeopleSayThem(t *testing.T) {
	for want, d := range map[string]time.Duration{
		"0 s":        -time.Second,
		"0.4 s":      449 * time.Millisecond,
		"8 s":        8 * time.Second,
		"10 s":       9999 * time.Millisecond,
		"59 s":       59400 * time.Millisecond,
		"1 min 0 s":  59500 * time.Millisecond,
		"3 min 14 s": 3*time.Minute + 14*time.Second,
		"1 h 0 min":  time.Hour - time.Millisecond,
		"2 h 5 min":  2*time.Hour + 5*time.Minute,
		"27 h 0 min": 27 * time.Hour,
	} {
		assert.Equal(t, want, Duration(d), "%s", d)
	}
}

func TestNumbersHaveTheirThousandsSeparated(t *testing.T) {
	for want, n := range map[string]int{
		"0": 0, "999": 999, "1,000": 1000, "1,234,567": 1234567, "-999": -999, "-1,000": -1000,
	} {
		assert.Equal(t, want, Number(n))
	}
	assert.Equal(t, "1 row", Count(1, "row", "rows"))
	assert.Equal(t, "0 rows", Count(0, "row", "rows"))
}

func TestTextFromOutsideDoesNothingToATerminal(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"an escape sequence":     {"\x1b[31mred\x1b[0m", `\x1b[31mred\x1b[0m`},
		"a bell and a backspace": {"a\a\b", `a\a\b`},
		"a C1 control":           {"\u009b2J", `\u009b2J`},
		"text that turns around": {"a\u202egpj.exe", `a\u202egpj.exe`},
		"a line separator":       {"a\u2028b", `a\u2028b`},
		"ordinary text":          {"Köln 東京 🚀 it's \"fine\"", "Köln 東京 🚀 it's \"fine\""},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want, Printable(test.text))
		})
	}
}
