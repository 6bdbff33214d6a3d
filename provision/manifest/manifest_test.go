package manifest

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// messages returns what an ErrorList says, a line for each fault.
func messages(t *testing.T, err error) []string {
	t.Helper()
	var list ErrorList
	require.ErrorAs(t, err, &list)
	return strings.Split(list.Error(), "\n")
}

func TestReadCSVGivesRowsAsWritten(t *testing.T) {
	m, err := Read(strings.NewReader("\xef\xbb\xbfTitle,team_id,Is Locked,IS-PUBLIC,description,isAnnouncementOnly,classificationId,key\r\n"+
		"  Sales\u00a0,T1,TRUE,yes,\"two\nlines\",false,C1,0012\r\n"+
		",,,,,,,\r\n"+
		"0123,,,,,,,\r\n"), "rooms.csv", Options{})
	require.NoError(t, err)
	assert.Equal(t, "csv", m.Format)
	assert.Empty(t, m.Warnings)
	assert.Equal(t, []Row{
		{
			Title: "Sales", TeamID: "T1", ClassificationID: "C1", Description: "two\nlines", Key: "0012",
			IsLocked: True, IsPublic: True, IsAnnouncementOnly: False, Number: 1, Line: 2,
		},
		{Title: "0123", Number: 2, Line: 5},
	}, asWritten(m.Rows))
}

func TestReadYAMLGivesRowsAsWritten(t *testing.T) {
	m, err := Read(strings.NewReader(`defaults:
  isLocked: yes
  teamId: T1
rooms:
  - title: 0123
  - title: 1.10
    team-id: ~
    isLocked: ""
    description: |
      two
      lines
  - {title: yes, key: 0012, isLocked: false}
`), "rooms.yaml", Options{})
	require.NoError(t, err)
	assert.Equal(t, []Row{
		{Title: "0123", TeamID: "T1", IsLocked: True, Number: 1, Line: 5},
		{Title: "1.10", Description: "two\nlines", Number: 2, Line: 6},
		{Title: "yes", TeamID: "T1", Key: "0012", IsLocked: False, Number: 3, Line: 12},
	}, asWritten(m.Rows))
}

func TestReadReportsEveryFaultOfACSVManifest(t *testing.T) {
	m, err := Read(strings.NewReader(`title,isLocked,isPublic,description,isAnnouncementOnly,notes
Good,,,,,
,maybe,,,,
Good,,,,,
A,,yes,,yes,
Sales, Berlin,,,,,
Short,
"a" b,,,,,
c "d",,,,,
Last,,,,,
`), "rooms.csv", Options{})
	require.NotNil(t, m)
	assert.Equal(t, []string{
		`rooms.csv:3: title is blank; give the room a title, or delete it`,
		`rooms.csv:3: isLocked "maybe" is neither true nor false; write true or false, or leave the cell empty`,
		`rooms.csv:4: title "Good" is the same title and team as in rooms.csv:2; delete one of the two rows, or give each a key of its own if both rooms are wanted`,
		`rooms.csv:5: isPublic needs a description; describe the room, or set isPublic to false`,
		`rooms.csv:5: isAnnouncementOnly needs isLocked to be true as well; set isLocked to true, or isAnnouncementOnly to false`,
		`rooms.csv:6: "Berlin" is too much: the row has 7 cells, but the header has 6; put quotes around a cell that holds the delimiter, and remove what is too much`,
		`rooms.csv:8: the quoted cell goes on after its closing quote in line 8; double the quotes inside a quoted cell, or close the quote that the row opens: "the ""A"" team"`,
		`rooms.csv:9: a cell that does not start with a quote has one in it; put quotes around the whole cell, with no space or = before them, and double those inside it: "the ""A"" team"`,
	}, messages(t, err))
	require.Len(t, m.Warnings, 2)
	assert.Contains(t, m.Warnings[0].Error(), "what they lack is read as empty: lines 7")
	assert.Len(t, m.Rows, 9)
}

// asWritten returns the rows as a test spells them: with a name of their own, but
// without the hash of it, which TestARowThatWasReadHasTheRefOfOneThatIsSpelt checks.
func asWritten(rows []Row) []Row {
	spelt := slices.Clone(rows)
	for i := range spelt {
		spelt[i].identity = 0
	}
	return spelt
}

func TestARowThatWasReadHasTheRefOfOneThatIsSpelt(t *testing.T) {
	m, err := Read(strings.NewReader("title,teamId,key\nA,,\nA,T,\nA,,0012\nB,,0013\n"), "rooms.csv", Options{})
	require.NoError(t, err)
	for i, spelt := range asWritten(m.Rows) {
		assert.Equal(t, spelt.Ref(), m.Rows[i].Ref())
	}
}
