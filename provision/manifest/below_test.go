package manifest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
)

func TestTotalsBelowATableAreNoRooms(t *testing.T) {
	for _, title := range []string{
		"Total", "TOTAL", "Totals:", "Grand total", "Summe", "Summe 12", "Gesamt:", "Gesamt: 5 Räume", "Gesamtsumme", "Total rooms: 1.234", "Anzahl: 12",
		"Total général", "Somme", "Totale", "Totaal 5", "Subtotal", "Zwischensumme", "Total général 3",
	} {
		_, err := readString(t, "r.csv", "title\nSales\nHR\n"+title+"\n")
		require.Error(t, err, title)
		assert.Len(t, messages(t, err), 1)
		assert.ErrorContains(t, err, `r.csv:4: title "`+title+`" stands in the last row like the total of the table`)
	}
	for name, text := range map[string]string{
		"other rooms":                "title\nSales\nTotal quality\nSummer party\nSumme der Teile\nTotal 2 go\n",
		"a row above others":         "title\nTotal\nSales\n",
		"the only row":               "title\nTotal\n",
		"a key that is no number":    "title,key\nSales,a\nTotal,b\n",
		"a group of titles alone":    "title\nA\nB\n\nTotal\nC\n",
		"a row with a team":          "title,teamId\nSales,\nTotal,T1\n",
		"one among others to follow": "title,key\nSales,a\nSubtotal,1\nHR,b\n",
	} {
		_, err := readString(t, "r.csv", text)
		assert.NoError(t, err, name)
	}
	_, err := readString(t, "r.yaml", "- title: Sales\n- title: Total\n")
	require.NoError(t, err, "nobody writes totals below a list")

	for name, text := range map[string]string{
		"with numbers in other columns":    "title,key,Seats\nSales,a,3\nTotal,2,3\n",
		"after a blank row":                "title,key\nSales,a\n\nTotal,\n",
		"above notes":                      "title,key\nSales,a\nTotal,\n\nAsk Ada,\n",
		"alone in a file of refused rows":  "title," + AddedRefusal + "\nTotal,no\n",
		"below another one, among numbers": "title,key\nSales,a\nSubtotal,1\nTotal,1\n",
	} {
		m, err := readString(t, "r.csv", text)
		assert.ErrorContains(t, err, "like the total of the table", name)
		assert.True(t, m.Rows[len(m.Rows)-1].Invalid || m.Rows[1].Invalid, name)
	}
	_, err = readXLSXBytes(workbook(t, func(f *excelize.File) {
		table(t, f, "Sheet1", []any{"title", "key"}, []any{"Sales", "a"}, []any{}, []any{"Summe", 1})
	}), Options{})
	assert.ErrorContains(t, err, `Sheet1!A4: title "Summe" stands in the last row`)
}

func TestNotesBelowATableAreWarnedOf(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		note string // "" for none
	}{
		"a title alone below rows with more":   {"title,key\nA,1\nB,2\n\nAsk Ada\n", `r.csv:5: "Ask Ada"`},
		"with all its cells":                   {"title,key\nA,1\nB,2\n\nAsk Ada,\nOr Bob,\n", `r.csv:5: "Ask Ada" stands with a title alone below a blank row at the end of the table (such rows: 2)`},
		"below a row of blank cells":           {"title,key\nA,1\nB,2\n , \nAsk Ada,\n", `r.csv:5: "Ask Ada"`},
		"right below the table":                {"title,key\nA,1\nB,2\nAsk Ada,\n", ""},
		"above more rooms":                     {"title,key\nA,1\nC,3\n\nAsk Ada,\n\nB,2\n", ""},
		"groups of titles alone":               {"title\nA\nB\n\nC\nD\n", ""},
		"groups, some with more":               {"title,key\nA,1\nB,\n\nC,\nD,\n", ""},
		"what says that it is a note":          {"title\nA\nB\n\nStand: May\n", `r.csv:5: "Stand: May"`},
		"a sentence":                           {"title\nA\nB\n\nThese rooms are for everybody.\n", `r.csv:5: "These rooms are for everybody."`},
		"what says so, in the midst of titles": {"title\nA\n* B\n", ""},
		"below text of several lines":          {"title,description\nA,\"one\n\ntwo\"\nB,\n", ""},
		"too few rows above to tell":           {"title,key\nA,1\n\nB,\n", ""},
		"a first room below a blank line":      {"title,key\n\nA,\nB,\n", ""},
	} {
		m, err := Read(strings.NewReader(c.text), "r.csv", Options{})
		require.NoError(t, err, name)
		var found []string
		for _, w := range m.Warnings {
			if w.fault == warnBelow {
				found = append(found, w.Error())
			}
		}
		if c.note == "" {
			assert.Empty(t, found, name)
		} else if assert.Len(t, found, 1, name) {
			assert.Contains(t, found[0], c.note, name)
		}
	}
}
