package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/rivo/uniseg"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var halfway = []phrase{{"150 created", howManyCreated}, {"4.9/s", howFast}, {"about 31 s left", howLongYet}}

func TestTheBarTakesTheRoomThatTheTextLeaves(t *testing.T) {
	for name, test := range map[string]struct {
		columns int
		want    string
	}{
		"a wide screen":   {100, "50% ████████████░░░░░░░░░░░░ (150/300) 150 created, 4.9/s, about 31 s left"},
		"the usual one":   {80, "50% ████████████░░░░░░░░░░░░ (150/300) 150 created, 4.9/s, about 31 s left"},
		"a narrower one":  {70, "50% ███████░░░░░░░░ (150/300) 150 created, 4.9/s, about 31 s left"},
		"a narrow one":    {60, "50% ██████░░░░░░ (150/300) 150 created, about 31 s left"},
		"a telephone":     {40, "50% ██░░░ (150/300) about 31 s left"},
		"a slit":          {20, "50%  (150/300)"},
		"hardly anything": {5, "50%  (150/300)"},
	} {
		t.Run(name, func(t *testing.T) {
			line := drawLine(test.columns, 150, 300, halfway)
			assert.Equal(t, test.want, strings.TrimSpace(line))
			if test.columns >= 20 {
				assert.LessOrEqual(t, uniseg.StringWidth(line), test.columns-2)
			}
		})
	}
	assert.Contains(t, drawLine(80, 0, 300, halfway), "0% ░")
	assert.Contains(t, drawLine(80, 300, 300, halfway), "100% "+strings.Repeat("█", 24))
}

func TestLinesAreWrittenAboveTheBar(t *testing.T) {
	var out bytes.Buffer
	screen := NewScreen(&out)
	write := func(line string) {
		n, err := screen.Write([]byte(line))
		require.NoError(t, err)
		require.Equal(t, len(line), n)
	}
	write("before\n")
	assert.Equal(t, "before\n", out.String(), "no escapes while there is no bar")

	screen.show(300)
	screen.update(150, halfway)
	bar := drawLine(usualColumns, 150, 300, halfway)
	out.Reset()
	write("meanwhile\n")
	assert.Equal(t, clearLine+"meanwhile\n"+bar, out.String())

	out.Reset()
	screen.hide()
	assert.Equal(t, clearLine, out.String())
	write("after\n")
	screen.update(151, halfway)
	screen.hide()
	assert.Equal(t, clearLine+"after\n", out.String(), "the bar stays away")
}

func TestLinesThatFollowAtOnceAreWrittenTogether(t *testing.T) {
	var out bytes.Buffer
	screen := NewScreen(&out)
	write := func(line string) {
		n, err := screen.Write([]byte(line))
		require.NoError(t, err)
		require.Equal(t, len(line), n)
	}
	screen.Hold(true)
	write("first\n")
	write("second\n")
	assert.Empty(t, out.String())
	screen.Hold(false)
	assert.Equal(t, "first\nsecond\n", out.String())
	write("third\n")
	assert.Equal(t, "first\nsecond\nthird\n", out.String(), "nothing follows at once")

	out.Reset()
	screen.Hold(true)
	long := strings.Repeat("x", mostHeld) + "\n"
	write(long)
	assert.Equal(t, long, out.String(), "there is an end to what is held back")

	screen.show(300)
	screen.update(150, halfway)
	bar := drawLine(usualColumns, 150, 300, halfway)
	out.Reset()
	write("meanwhile\n")
	screen.Hold(false)
	assert.Equal(t, clearLine+"meanwhile\n"+bar, out.String())
}
