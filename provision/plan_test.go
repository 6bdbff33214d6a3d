package provision

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision/manifest"
	"roomlift/report/results"
)

// recorded is a results file that holds these records.
func recorded(t *testing.T, records ...results.Record) *results.File {
	t.Helper()
	f, err := results.Open(t.TempDir()+"/r.csv", results.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { _ = f.Close() })
	if len(records) > 0 {
		require.NoError(t, f.Append(records...))
	}
	return f
}

func parsed(t *testing.T, csv string) *manifest.Manifest {
	t.Helper()
	m, err := manifest.Read(strings.NewReader(csv), "rooms.csv", manifest.Options{})
	require.NoError(t, err)
	return m
}

// recordOf is what an earlier run recorded for a row that was written like this.
func recordOf(row manifest.Row, status results.Status, room string) results.Record {
	return results.Record{
		Ref: row.Ref(), Key: row.Key, Title: row.Title, TeamID: row.TeamID,
		Status: status, RoomID: room, Server: "webexapis.com", CreatorID: "me",
	}
}

func planned(t *testing.T, csv string, records ...results.Record) *Plan {
	t.Helper()
	p, err := NewPlan(parsed(t, csv), nil, recorded(t, records...), "webexapis.com")
	require.NoError(t, err)
	return p
}

func actions(p *Plan) []Action {
	out := make([]Action, len(p.Steps))
	for i := range p.Steps {
		out[i] = p.Steps[i].Action
	}
	return out
}

func TestWhatIsRecordedDecidesWhatIsDone(t *testing.T) {
	row := manifest.Row{Title: "A"}
	for status, want := range map[results.Status]Action{
		results.Pending: Create, results.Failed: Create,
		results.Sending: Reconcile, results.Unknown: Reconcile,
	} {
		assert.Equal(t, []Action{want}, actions(planned(t, "title\nA\n", recordOf(row, status, ""))), status.String())
	}
	for _, status := range []results.Status{results.Created, results.Adopted} {
		assert.Equal(t, []Action{Keep}, actions(planned(t, "title\nA\n", recordOf(row, status, "id"))), status.String())
	}
}

func TestARowWhoseRefChangedTakesItsRoomAlong(t *testing.T) {
	a := manifest.Row{Title: "A"}
	team := manifest.Row{Title: "A", TeamID: "team"}
	keyed := manifest.Row{Title: "A", Key: "0012"}
	for name, c := range map[string]struct {
		csv     string
		records []results.Record
		want    []Action
	}{
		"a key column is added":              {"title,key\nA,1\n", []results.Record{recordOf(a, results.Created, "x")}, []Action{Move}},
		"a key lost its zeros":               {"title,key\nA,12\n", []results.Record{recordOf(keyed, results.Created, "x")}, []Action{Move}},
		"a key column is taken away":         {"title\nA\n", []results.Record{recordOf(keyed, results.Adopted, "x")}, []Action{Move}},
		"another team is another room":       {"title\nA\n", []results.Record{recordOf(team, results.Created, "x")}, []Action{Create}},
		"another title is another room":      {"title,key\nB,12\n", []results.Record{recordOf(keyed, results.Created, "x")}, []Action{Create}},
		"one room goes to one row":           {"title,key\nA,1\nA,2\n", []results.Record{recordOf(a, results.Created, "x")}, []Action{Move, Create}},
		"a failed record is nothing to take": {"title,key\nA,1\n", []results.Record{recordOf(a, results.Failed, "")}, []Action{Create}},
		"an intent is settled before the row is sent under its new ref": {
			"title,key\nA,1\n", []results.Record{recordOf(a, results.Sending, "")}, []Action{Reconcile},
		},
		"the row that still has the ref keeps the room": {
			"title,key\nA,\nA,1\n", []results.Record{recordOf(a, results.Created, "x")}, []Action{Keep, Create},
		},
		"rooms are taken before what is not settled": {
			"title,key\nA,1\nA,2\n",
			[]results.Record{recordOf(a, results.Unknown, ""), recordOf(keyed, results.Created, "x")},
			[]Action{Move, Reconcile},
		},
		"a room that another row holds already is not taken twice": {
			"title,key\nA,\nA,1\n",
			[]results.Record{recordOf(a, results.Created, "x"), recordOf(keyed, results.Created, "x")},
			[]Action{Keep, Create},
		},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, actions(planned(t, c.csv, c.records...)))
		})
	}
}

func TestARowThatDiffersFromItsRoomIsLeftAsItIs(t *testing.T) {
	keyed := manifest.Row{Title: "Old", Key: "1"}
	p := planned(t, "title,key\nNew,1\n", recordOf(keyed, results.Created, "x"))
	assert.Equal(t, []Action{Keep}, actions(p))
	assert.True(t, p.Steps[0].Changed)
}

func TestTheRoomsOfAnotherServerAreRefused(t *testing.T) {
	row := manifest.Row{Title: "A"}
	rehearsal := recordOf(row, results.Created, "x")
	rehearsal.Server = "sandbox"
	_, err := NewPlan(parsed(t, "title\nA\n"), nil, recorded(t, rehearsal), "webexapis.com")
	var wrong *ServerError
	require.ErrorAs(t, err, &wrong)
	assert.Equal(t, ServerError{Recorded: "sandbox", Wanted: "webexapis.com"}, *wrong)
}

func TestFaultyRowsAreRefusedAndNeverHideARoom(t *testing.T) {
	m, err := manifest.Read(strings.NewReader("title,isLocked\nA,maybe\nB,maybe\nC,true\n"), "rooms.csv", manifest.Options{})
	var faults manifest.ErrorList
	require.ErrorAs(t, err, &faults)
	p, err := NewPlan(m, faults, recorded(t, recordOf(manifest.Row{Title: "B"}, results.Created, "x")), "webexapis.com")
	require.NoError(t, err)
	assert.Equal(t, []Action{Refuse, Keep, Create}, actions(p))
	assert.Contains(t, p.Steps[0].Reason(), "isLocked")
}

func TestTheFinalRecordsAreOneForEachRowInOrder(t *testing.T) {
	b := recordOf(manifest.Row{Title: "B"}, results.Created, "x")
	b.Row = 77
	f := recorded(t, b)
	p, err := NewPlan(parsed(t, "title\nA\nB\n"), nil, f, "webexapis.com")
	require.NoError(t, err)
	var got []string
	for r := range p.Final(f) {
		got = append(got, strings.Join([]string{r.Title, r.Status.String()}, " "))
		assert.Equal(t, len(got), r.Row)
	}
	assert.Equal(t, []string{"A pending", "B created"}, got)
}

func TestWhatToDoAboutAFaultyRowStandsBehindTheLastSemicolon(t *testing.T) {
	reasons := faultsByRow(manifest.ErrorList{{Row: 3, Column: "title", Reason: "has a line separator; it does not show", Remedy: "delete it; it was pasted"}})
	assert.Equal(t, "title: has a line separator; it does not show; delete it, it was pasted", reasons[3])
}
