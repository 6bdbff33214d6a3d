package page

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision"
	"roomlift/report/results"
)

func TestNoTextTurnsThePageRound(t *testing.T) {
	assert.Equal(t, `AAA \u202egnp\u2066.exe`, straight("AAA \u202egnp\u2066.exe"))
	for _, honest := range []string{"", "Ops", "שלום Ops", "مرحبا \u200f(1)\u200e", "日本語"} {
		assert.Equal(t, honest, straight(honest))
	}
}

func TestAHostileTitleStaysInItsPlace(t *testing.T) {
	const hostile = "AAA \u202egnp\u2066.exe"
	record := results.Record{
		Ref: "r-0123456789abcdef", Row: 1, Key: hostile, Title: hostile, TeamID: hostile,
		Status: results.Failed, Attempts: 1, HTTPStatus: 400, Error: "Webex answered 400: " + hostile + "; correct the row",
	}
	var page bytes.Buffer
	require.NoError(t, Write(&page, &Report{File: "rooms.results.csv", Records: slices.Values([]results.Record{record})}))
	assert.False(t, turns.Match(page.Bytes()))
	assert.Contains(t, page.String(), `AAA \u202egnp\u2066.exe`)
}

func TestRoomsThatWereAdoptedAreNoCreationsOfTheirMoment(t *testing.T) {
	timeline := &Timeline{}
	for i, status := range []results.Status{results.Created, results.Adopted, results.Failed, results.Created} {
		timeline.Observe(provision.Event{
			Kind: provision.RowDone, Time: time.Unix(int64(i), 0),
			Result: &provision.Result{Record: results.Record{Status: status}},
		})
	}
	assert.Equal(t, []time.Duration{0, 3 * time.Second}, timeline.created)
}
