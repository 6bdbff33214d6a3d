package results

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

func TestATimeIsReadInEveryFormThatSpreadsheetProgramsGiveIt(t *testing.T) {
	for cell, want := range map[string]string{
		"2026-03-04T12:00:59.250Z":      "2026-03-04T12:00:59.250Z",
		"2026-03-04T13:00:59.250+01:00": "2026-03-04T12:00:59.250Z",
		"2026-03-04T12:00:59":           "2026-03-04T12:00:59.000Z",
		"2026-03-04 12:00:59.250":       "2026-03-04T12:00:59.250Z",
		"2026-03-04 12:00":              "2026-03-04T12:00:00.000Z",
		"2026/3/4 12:00":                "2026-03-04T12:00:00.000Z",
		"2026-03-04":                    "2026-03-04T00:00:00.000Z",
		"04.03.2026 12:00:59":           "2026-03-04T12:00:59.000Z",
		"04.03.2026, 12:00":             "2026-03-04T12:00:00.000Z",
		"04.03.26 12:00":                "2026-03-04T12:00:00.000Z",
		"03/25/26 11:59 PM":             "2026-03-25T23:59:00.000Z",
		"25/03/2026 23:59":              "2026-03-25T23:59:00.000Z",
		"03/03/26 12:00":                "2026-03-03T12:00:00.000Z",
		"46085.5006857639":              "2026-03-04T12:00:59.250Z",
		"46085,5006857639":              "2026-03-04T12:00:59.250Z",
	} {
		assert.Equal(t, want, readTime(cell).likely().Format(timeLayout), cell)
	}
	for _, cell := range []string{
		"", "March", "12:00", "00:59.3", "46085", "46085.5", "1.25", "03/04", "2026-02-30", "2026-13-01 12:00",
		"03/04/1926 12:00", "03/04/26 25:00", "a/b/c", "TRUE", "1/2/3/4", "04.03.20266",
	} {
		assert.Equal(t, shownTime{}, readTime(cell), cell)
	}
}

func TestADateWhoseDayAndMonthCanBeConfusedIsTheEarlierForAnIntentAndNothingElse(t *testing.T) {
	for cell, earlier := range map[string]string{
		"03/04/26 12:00":      "2026-03-04T12:00:00.000Z",
		"04/03/26 12:00 PM":   "2026-03-04T12:00:00.000Z",
		"4-3-2026 12:00":      "2026-03-04T12:00:00.000Z",
		"05/11/2026 12:00:59": "2026-05-11T12:00:59.000Z",
		"26/03/28 12:00":      "2026-03-28T12:00:00.000Z",
	} {
		shown := readTime(cell)
		assert.True(t, shown.doubtful, cell)
		assert.Zero(t, shown.likely(), cell)
		assert.Equal(t, earlier, shown.earliest.Format(timeLayout), cell)
		assert.Equal(t, eastmost+rounding, shown.earliest.Sub(shown.bound()), cell)
	}
}

func TestOnlyATimeAsWeWroteItSaysWhenAnAnswerWasLost(t *testing.T) {
	set := func(r *Record, started, finished string) {
		for _, c := range columns {
			switch c.name {
			case "startedAt":
				_ = c.set(r, started)
			case "finishedAt":
				_ = c.set(r, finished)
			}
		}
	}
	ours := Record{Status: Unknown}
	set(&ours, "2026-03-04T12:00:00.250Z", "2026-03-04T12:00:01.250Z")
	assert.Equal(t, time.Second, ours.FinishedAt.Sub(ours.StartedAt))

	rewritten := Record{Status: Unknown}
	set(&rewritten, "2026-03-04 12:00:00", "2026-03-04 12:00:01")
	assert.Zero(t, rewritten.FinishedAt)
	assert.Equal(t, "2026-03-03T21:59:59.000Z", rewritten.StartedAt.Format(timeLayout))

	settled := Record{Status: Failed}
	set(&settled, "2026-03-04 12:00:00", "2026-03-04 12:00:01")
	assert.Equal(t, time.Second, settled.FinishedAt.Sub(settled.StartedAt))
	assert.Equal(t, 12, settled.StartedAt.Hour())
}

func TestATimeIsWrittenInItsLayout(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		nanoseconds := rapid.Int64().Draw(t, "nanoseconds") // years 1677 to 2262
		at := time.Unix(0, nanoseconds).In(time.FixedZone("", rapid.IntRange(-12, 14).Draw(t, "zone")*3600))
		assert.Equal(t, "x"+at.UTC().Format(timeLayout), string(appendTime([]byte("x"), at)))
	})
}
