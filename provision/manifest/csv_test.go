package manifest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func readString(t *testing.T, name, input string) (*Manifest, error) {
	t.Helper()
	return Read(strings.NewReader(input), name, Options{})
}

func titles(m *Manifest) []string {
	var all []string
	for i := range m.Rows {
		all = append(all, m.Rows[i].Title)
	}
	return all
}

func TestCSVRowsThatNeedNoRepair(t *testing.T) {
	for name, test := range map[string]struct {
		input string
		want  []string
	}{
		"lines end in CR LF":                           {"title\r\nA\r\nB\r\n", []string{"A", "B"}},
		"lines end in CR CR LF":                        {"\"title\",\"key\"\r\r\n\"A\",\"1\"\r\r\nB,2\r\r\n", []string{"A", "B"}},
		"the first column numbers the rows":            {",title,key\n0,A,a\n1,B,b\n2,,\n", []string{"A", "B"}},
		"the last line has no end":                     {"title\nA\nB", []string{"A", "B"}},
		"blank lines and rows are skipped":             {"\n\ntitle,key\n\n,\n \u00a0,\nA,\n\n", []string{"A"}},
		"more than a record's worth of blank lines":    {"title\n" + strings.Repeat("\n", 2*maxRecord) + "A\n", []string{"A"}},
		"extra cells that are empty are ignored":       {"title,key\nA,,,, \n", []string{"A"}},
		"columns without header and value are ignored": {"title,,key,,\nA,,\nB,,,,\n", []string{"A", "B"}},
		"white space around a title is no part of it":  {"title\n\" A \"\n\t\u00a0B\u200b\n", []string{"A", "B"}},
		"a heading stands above the word title":        {"Rooms to create\n\ntitle\nA\n", []string{"A"}},
		"white space inside a title stays":             {"title\nA\u00a0 B\n", []string{"A\u00a0 B"}},
		"quotes are doubled inside quotes":             {"title\n\"the \"\"A\"\" team\"\n", []string{`the "A" team`}},
		"joiners and marks belong to the text":         {"title\n👩\u200d🔧\n", []string{"👩\u200d🔧"}},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := readString(t, "r.csv", test.input)
			require.NoError(t, err)
			assert.Equal(t, test.want, titles(m))
		})
	}
}

func TestCSVPlacesAreTrueAcrossCellsOfManyLines(t *testing.T) {
	m, err := readString(t, "r.csv", "title,description,isLocked\n\"A\",\"one\ntwo\nthree\",maybe\nB,,perhaps\n")
	assert.Equal(t, []string{
		`r.csv:4: isLocked "maybe" is neither true nor false; write true or false, or leave the cell empty`,
		`r.csv:5: isLocked "perhaps" is neither true nor false; write true or false, or leave the cell empty`,
	}, messages(t, err))
	assert.Equal(t, []int{2, 5}, []int{m.Rows[0].Line, m.Rows[1].Line})
}

func TestAFaultyRowNeverTakesAGoodRowsIdentity(t *testing.T) {
	m, err := readString(t, "r.csv", "title,key\nSales,Berlin,\nSales,x,y\nSales,\n,\n ,\n\"\",\nSales,\n")
	require.Error(t, err)
	good := &Row{Title: "Sales"}
	refs := map[string]bool{}
	for i := range m.Rows {
		ref := m.Rows[i].Ref()
		assert.False(t, refs[ref], "ref %s stands twice", ref)
		refs[ref] = true
		if ref == good.Ref() {
			assert.False(t, m.Rows[i].Invalid)
		}
	}
	assert.True(t, refs[good.Ref()])
}

func TestRowsBelowAFaultyHeaderAreCheckedButNotTrusted(t *testing.T) {
	m, err := readString(t, "r.csv", "titel,isLockd\nA,maybe\n,\n,yes\n")
	assert.Nil(t, m)
	assert.Equal(t, []string{
		`r.csv:1: "titel" is not a column; did you mean "title"?; correct the header, or rename the column if it is something else`,
		`r.csv:1: "isLockd" is not a column; did you mean "isLocked"?; correct the header, or rename the column if it is something else`,
		`r.csv:2: isLocked "maybe" is neither true nor false; write true or false, or leave the cell empty`,
		`r.csv:4: title is blank; give the room a title, or delete it`,
	}, messages(t, err))
}

func TestAManifestThatWasNotReadToItsEndGivesNoRows(t *testing.T) {
	for name, input := range map[string]string{
		"a quote is never closed":              "title\nA\n\"B\n",
		"a quote is closed some rows below":    "title,key\nA,\n\"B,\nC,\n\"D\",\nE,\n",
		"a NUL byte stands in the middle":      "title\nA\n\x00\nB\n",
		"a line has no end in a million bytes": "title\nA\n" + strings.Repeat("x", maxRecord+bufferSlack),
	} {
		t.Run(name, func(t *testing.T) {
			m, err := readString(t, "r.csv", input)
			assert.Nil(t, m)
			assert.Len(t, messages(t, err), 1)
		})
	}
}

// bufferSlack is more than what csv.Reader reads ahead.
const bufferSlack = 64 << 10

func TestQuotesAreFollowedAsCSVReaderDoes(t *testing.T) {
	for name, test := range map[string]struct {
		input  string
		opened int
	}{
		"in the first cell":                          {"title\n\"A\n", 2},
		"after a cell of many lines":                 {"title,key\n\"A\nB\nC\",\"D\n", 4},
		"after doubled quotes":                       {"title\n\"A \"\"B\"\" C\n\n\"\"\n", 2},
		"after a row with a misplaced quote":         {"title\nA \"B\" \"C\n\"D\n", 3},
		"after a row with a quote after its closing": {"title\n\"A\" \"B\n\"D\n", 3},
		"after lines that end in CR LF":              {"title\r\n\"A\"\r\n\"B\r\n", 3},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readString(t, "r.csv", test.input)
			var list ErrorList
			require.ErrorAs(t, err, &list)
			last := list[len(list)-1]
			assert.Equal(t, faultUnclosedQuote, last.fault, last)
			assert.Equal(t, test.opened, last.Pos.Line)
		})
	}
}
