package provision

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"roomlift/provision/manifest"
	"roomlift/report/results"
)

func TestWhatASpreadsheetProgramMakesOfATitleIsToldFromTheTitle(t *testing.T) {
	for title, shown := range map[string]string{
		"0014": "14", "1.10": "1.1", "1,10": "1,1", "+1 555": "1555", "1E5": "1.00E+05", "1e5": "100000",
		"123456789012345678": "1.23456789012346E+017",
		"true":               "TRUE", "Комната": "???????", "3-4": "2026-04-03", "1/2": "01/02/26", "00:30": "00:30:00",
		"7 pm": "19:00:00", "7:30 PM": "19:30:00",
	} {
		assert.True(t, rewritten(title, shown), "%q shown as %q", title, shown)
		assert.False(t, rewritten(shown, title), "%q shown as %q", shown, title)
	}
	for _, same := range [][2]string{{"14", "15"}, {"14", "14"}, {"2026-01-02", "2026-02-01"}, {"A", "B"}, {"", "0"}} {
		assert.False(t, rewritten(same[0], same[1]), "%q", same)
	}
}

func TestWhatMayBeATitleThatHasLeftIsKnownInEveryLanguage(t *testing.T) {
	for title, all := range map[string][]string{
		"1-2": {"2-Jan", "02-Jan", "01. Feb", "02. Jan", "1-févr"}, "2026-04-03": {"03.04.2026", "4/3/2026", "03.04.26"},
		"1/2": {"01. Feb", "02-Jan", "01/02/26"}, "3-4": {"04. Mrz", "2026-04-03"}, "1.5": {"1,5"}, "1,5": {"1.5"},
		"1.234,50": {"1234,5", "1234.5"}, "TRUE": {"WAHR", "VRAI"}, "true": {"TRUE", "VERO"}, "1:30": {"01:30", "01:30:00"},
		"25.00%": {"25,00 %", "0.25"}, "10%": {"0.1", "10,00 %"}, "May 5": {"05. Mai", "5-May"}, "0012": {"12"},
		"77.000": {"77000"}, "1,000": {"1000"}, "1.234.567": {"1234567"}, "1 000": {"1000"}, "(5)": {"-5"}, "8-": {"-8"},
		"7 pm": {"19:00:00", "7:00 PM", "07:00 p. m."}, "7:30 PM": {"19:30"}, "R0012": {"12"}, "Room 12": {"12"}, "5 Stück": {"5"}, "1,50 kg": {"1.5"},
		"$5": {"$5.00", "5"}, "€9": {"9", "9.00 €"}, "$1,000": {"1000", "$1000.00"},
	} {
		for _, shown := range all {
			assert.True(t, mayBeShown(shown) && mayBe(title, shown), "%q shown as %q", title, shown)
			assert.Equal(t, []Action{Refuse}, actions(planned(t, "title\n\""+shown+"\"\n",
				recordOf(manifest.Row{Title: title}, results.Created, "x"))), "%q shown as %q", title, shown)
		}
	}
	for _, other := range [][2]string{
		{"2026-01-02", "2026-02-01"},
		{"1.5", "2.5"},
		{"Room 1", "Room 2"},
		{"1-2", "3-Jan"},
		{"TRUE", "FALSCH"},
		{"May", "Mai"},
		{"10%", "10"},
		{"1.000", "1001"},
		{"(5)", "5"},
		{"$5", "€5"},
		{"5", "$5.00"},
		{"1000", "1.000"},
		{"1.000", "2.000"},
		{"(5)", "(6)"},
		{"Room 1.000", "Room 1000"},
		{"R0012", "13"},
		{"R0012", "R12"},
		{"R2-D2", "2"},
		{"12", "R0012"},
		{"7 pm", "7:30 PM"},
		{"19:00", "7 pm"},
	} {
		assert.Equal(t, []Action{Create}, actions(planned(t, "title\n\""+other[1]+"\"\n",
			recordOf(manifest.Row{Title: other[0]}, results.Created, "x"))), "%q", other)
	}
}

func TestATitleThatASpreadsheetProgramRewroteMakesNoRoom(t *testing.T) {
	failed := func(key, title string) results.Record {
		return refusedOf(manifest.Row{Key: key, Title: title, TeamID: "gone"})
	}
	for name, c := range map[string]struct {
		csv     string
		records []results.Record
		want    []Action
	}{
		"0014 without a key":               {"title\n14\n", []results.Record{failed("", "0014")}, []Action{Refuse}},
		"0014 with its key":                {"title,key\n14,k\n", []results.Record{failed("k", "0014")}, []Action{Refuse}},
		"0014, whose key is rewritten too": {"title,key\n14,7\n", []results.Record{failed("007", "0014")}, []Action{Refuse}},
		"a date":                           {"title\n2026-04-03\n", []results.Record{failed("", "3-4")}, []Action{Refuse}},
		"a truth value":                    {"title\nTRUE\n", []results.Record{failed("", "true")}, []Action{Refuse}},
		"a lost letter":                    {"title\nA ?\n", []results.Record{failed("", "A й")}, []Action{Refuse}},

		"as it was written":          {"title\n0014\n", []results.Record{failed("", "0014")}, []Action{Create}},
		"as it was written, again":   {"title\n0014\n", []results.Record{failed("", "0014"), failed("", "14")}, []Action{Create}},
		"meant, and with a new key":  {"title,key\n14,new\n", []results.Record{failed("", "0014")}, []Action{Create}},
		"both":                       {"title\n0014\n14\n", []results.Record{recordOf(manifest.Row{Title: "0014"}, results.Failed, "")}, []Action{Create, Create}},
		"of a row that has a room":   {"title\n14\n", []results.Record{recordOf(manifest.Row{Title: "0014"}, results.Created, "x")}, []Action{Refuse}},
		"of a row that may have one": {"title\n14\n", []results.Record{recordOf(manifest.Row{Title: "0014"}, results.Unknown, "")}, []Action{Refuse}},
		"beside the one with a room": {"title\n0014\n14\n", []results.Record{recordOf(manifest.Row{Title: "0014"}, results.Created, "x")}, []Action{Keep, Create}},
		"both rewritten": {"title\n14\n", []results.Record{{
			Ref: titleRef("0014", ""), Title: "14", Status: results.Created, RoomID: "x", Server: "webexapis.com",
		}}, []Action{Move}},
		"whose results file a spreadsheet program rewrote": {
			"title,key\n0014,k\n", []results.Record{failed("k", "14")}, []Action{Create},
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := planned(t, c.csv, c.records...)
			assert.Equal(t, c.want, actions(p))
			for _, step := range p.Steps {
				assert.Equal(t, step.Action == Refuse, step.Reason() != "")
			}
		})
	}
}

func TestARewrittenTitleStaysRefusedUntilItIsCorrected(t *testing.T) {
	step := planned(t, "title\n14\n", refusedOf(manifest.Row{Title: "0014", TeamID: "gone"})).Steps[0]
	assert.Equal(t, `title: it is what a spreadsheet program makes of "0014", which failed before; `+
		`format the column as text and write "0014" again, or give the row a new key if "14" is meant`, step.Reason())
	again := recordOf(*step.Row, results.Failed, "")
	again.Error = step.Reason()
	assert.Equal(t, []Action{Refuse}, actions(planned(t, "title\n14\n", again)), "the old failure is gone by now")
	assert.Equal(t, []Action{Create}, actions(planned(t, "title\n0014\n", again)))
}

func TestARowThatMayBeTheTwinOfTheOneWhoseRoomItTakesIsTold(t *testing.T) {
	bare := manifest.Row{Title: "A"}
	first := recordOf(bare, results.Created, "x")
	twin := recordOf(manifest.Row{Title: "A", Key: "made up for a row without a name"}, results.Failed, "")
	twin.Key = ""
	p := planned(t, "title,key\nA,b\n", first, twin)
	assert.Equal(t, []Action{Move}, actions(p))
	assert.True(t, p.Steps[0].Twin)
	assert.False(t, planned(t, "title,key\nA,b\n", first).Steps[0].Twin, "a key that was added")
}
