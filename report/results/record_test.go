package results

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"roomlift/report/formula"
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 250_000_000, time.UTC)

// room returns a record as a run leaves it for a row that has its room.
func room(n byte) Record {
	id := string(rune('a' + n%6))
	return Record{
		Ref: "r-" + strings.Repeat(id, 16), Row: int(n), Title: "Room " + id, Status: Created,
		RoomID: "room-" + id, Attempts: 1, HTTPStatus: 200, TrackingID: "ROUTER_" + id,
		CreatorID: "me", Server: "webexapis.com", StartedAt: noon, FinishedAt: noon.Add(time.Second),
	}
}

func parseText(data []byte) (*content, error) {
	return parse(bytes.NewReader(data), int64(len(data)))
}

func TestNeutralisedCellsComeBackAsTheyWere(t *testing.T) {
	for _, cell := range []string{
		"", "plain", "=1+1", "+49 30", "-5", "@team", "'=quoted", "''=twice", "'plain", "'", "=", "a=b",
	} {
		guarded := formula.Commas.Neutralise(cell)
		assert.Equal(t, cell, formula.Commas.Restore(guarded), "cell %q was written as %q", cell, guarded)
		if guarded != "" {
			assert.NotContains(t, "=+-@\t\r", guarded[:1], "cell %q would run as a formula", guarded)
		}
	}
}

func TestEveryRecordIsReadBackAsItWasWritten(t *testing.T) {
	clean := rapid.StringOf(rapid.RuneFrom([]rune(`abc äß=+-@'",;|😀 \`)))
	rapid.Check(t, func(t *rapid.T) {
		status := Status(rapid.IntRange(0, 5).Draw(t, "status"))
		r := Record{
			Ref: rapid.StringMatching(`r-[0-9a-f]{16}`).Draw(t, "ref"), Row: rapid.IntRange(0, 1e6).Draw(t, "row"),
			Key: clean.Draw(t, "key"), Title: clean.Draw(t, "title"), TeamID: clean.Draw(t, "team"),
			Server: "webexapis.com",
			Status: status, HTTPStatus: rapid.IntRange(0, 599).Draw(t, "http"), Error: clean.Draw(t, "error"),
		}
		if status.HasRoom() {
			r.RoomID = rapid.StringMatching(`[A-Za-z0-9]{1,20}`).Draw(t, "room")
		}
		if status != Pending {
			r.Attempts, r.StartedAt = 1, noon
		}
		e := newEncoder(0)
		e.header(nil)
		e.record(&r)
		data := e.buf
		require.Equal(t, 2, strings.Count(string(data), "\n"), "one record is one line: %q", data)
		c, err := parseText(data)
		require.NoError(t, err)
		require.True(t, c.native)
		require.Equal(t, []Record{r}, slices.Collect(c.All()))
	})
}

func TestWhatIsBehindADividerIsNoFormulaEither(t *testing.T) {
	for _, divider := range []string{";", "|"} {
		r := room(1)
		r.Title = "A" + divider + "=1+1"
		e := newEncoder(0)
		e.header(nil)
		e.record(&r)
		assert.Contains(t, string(e.buf), "A"+divider+"'=1+1")
		c, err := parseText(e.buf)
		require.NoError(t, err)
		got, _ := c.Get(r.Ref)
		assert.Equal(t, r.Title, got.Title)
	}
}

func TestALineBreakInACellBecomesASpace(t *testing.T) {
	r := room(1)
	r.Error = "two\nlines\r\nand\x00more\u2028here"
	e := newEncoder(0)
	e.header(nil)
	e.record(&r)
	c, err := parseText(e.buf)
	require.NoError(t, err)
	got, _ := c.Get(r.Ref)
	assert.Equal(t, "two lines  and more here", got.Error)
}

func TestARecordThatContradictsItselfIsDamage(t *testing.T) {
	for name, spoil := range map[string]func(*Record){
		"a ref that is not one":         func(r *Record) { r.Ref = "r-12" },
		"a room without its id":         func(r *Record) { r.RoomID = "" },
		"an id without a room":          func(r *Record) { r.Status = Failed },
		"an intent turned into pending": func(r *Record) { r.Status, r.RoomID = Pending, "" },
	} {
		t.Run(name, func(t *testing.T) {
			r := room(1)
			spoil(&r)
			e := newEncoder(0)
			e.header(nil)
			e.record(&r)
			_, err := parseText(e.buf)
			var d *damage
			require.ErrorAs(t, err, &d)
			assert.Equal(t, 2, d.line)
		})
	}
}

func TestLinesAreThoseOfTheStandardLibrary(t *testing.T) {
	cell := rapid.StringOf(rapid.RuneFrom([]rune("ab, \"'\\.;ä\u00a0\u3000😀")))
	rapid.Check(t, func(t *rapid.T) {
		r := Record{Ref: "r-0123456789abcdef", Title: cell.Draw(t, "title"), Error: cell.Draw(t, "error")}
		var want bytes.Buffer
		w := csv.NewWriter(&want)
		require.NoError(t, w.Write([]string{r.Ref, "", "", formula.Commas.Neutralise(r.Title), "", "pending", "", "", "", formula.Commas.Neutralise(r.Error), "", "", "", "", ""}))
		w.Flush()
		e := newEncoder(0)
		e.record(&r)
		require.Equal(t, want.String(), string(e.buf))
	})
}
