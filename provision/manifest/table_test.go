package manifest

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"
)

// visited reads a manifest and then its table: the header and the rows, each with
// the number of its row.
func visited(t require.TestingT, name, input string, opts Options) (m *Manifest, header []string, rows map[int][]string) {
	m, err := Read(strings.NewReader(input), name, opts)
	if err != nil {
		var faults ErrorList
		require.ErrorAs(t, err, &faults)
	}
	require.NotNil(t, m)
	rows = map[int][]string{}
	require.NoError(t, VisitTable(strings.NewReader(input), m, opts, func(row *Row, cells []string) error {
		if row == nil {
			header = append([]string{}, cells...)
		} else {
			rows[row.Number] = append([]string{}, cells...)
		}
		return nil
	}))
	return m, header, rows
}

func TestATableIsReadAsThePersonSeesIt(t *testing.T) {
	for name, c := range map[string]struct {
		name, input string
		header      []string
		rows        map[int][]string
	}{
		"columns without a meaning, in their order": {
			"r.csv", "\ufeffsep=;\r\nOwner;Space name;is_locked\r\nAda; Sales ;WAHR\r\n\r\n;HR;\r\n",
			[]string{"Owner", "Space name", "is_locked"},
			map[int][]string{1: {"Ada", " Sales ", "WAHR"}, 2: {"", "HR", ""}},
		},
		"text in windows-1252": {
			"r.csv", "Besitzer;title\nJ\xfcrgen;B\xfcro\n", []string{"Besitzer", "title"}, map[int][]string{1: {"Jürgen", "Büro"}},
		},
		"text in UTF-16": {
			"r.csv", "\xff\xfet\x00i\x00t\x00l\x00e\x00\r\x00\n\x00\xd6\x00\r\x00\n\x00", []string{"title"}, map[int][]string{1: {"Ö"}},
		},
		"lines that end in a lone CR": {
			"r.csv", "note,title\rx,A\r\ry,B\r", []string{"note", "title"}, map[int][]string{1: {"x", "A"}, 2: {"y", "B"}},
		},
		"a table below a heading": {
			"r.csv", "Rooms of 2026,\n\ntitle,key\nA,1\n", []string{"title", "key"}, map[int][]string{1: {"A", "1"}},
		},
		"rows that are not whole, as far as they can be read": {
			"r.csv", "title,key,note\nA\nB,1,x,y\nC,say \"no\",\nD,,\n",
			[]string{"title", "key", "note"},
			map[int][]string{1: {"A"}, 2: {"B", "1", "x", "y"}, 3: {"C"}, 4: {"D", "", ""}},
		},
		"without what was added, and as it was before it was neutralised": {
			"r.csv", "title,Roomlift: why it was refused,note\n'=1+1,refused,'-x\n'n Roses,refused,''=y\n",
			[]string{"title", "note"},
			map[int][]string{1: {"=1+1", "-x"}, 2: {"'n Roses", "'=y"}},
		},
		"as it stands, where nothing was neutralised": {
			"r.csv", "title,Roomlift: status\n'=1+1,failed\n", []string{"title"}, map[int][]string{1: {"'=1+1"}},
		},
		"the example of the template is no row": {
			"r.csv", "title,key\n" + exampleTitle + "," + exampleKey + "\nA,1\n", []string{"title", "key"}, map[int][]string{1: {"A", "1"}},
		},
		"YAML by the names of its fields, with defaults": {
			"r.yaml", "defaults: {is_locked: true}\nrooms: [{title: A}, {key: '0012', title: B, is_locked: off}]\n",
			[]string{"title", "isLocked", "key"},
			map[int][]string{1: {"A", "true", ""}, 2: {"B", "off", "0012"}},
		},
		"YAML that is no value is none": {
			"r.yaml", "- {title: A, isLocked: [x]}\n- just text\n",
			[]string{"title", "isLocked"},
			map[int][]string{1: {"A", noResult}, 2: {"", ""}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, header, rows := visited(t, c.name, c.input, Options{})
			assert.Equal(t, c.header, header)
			assert.Equal(t, c.rows, rows)
		})
	}
}

func TestASheetIsReadAsThePersonSeesIt(t *testing.T) {
	input := string(workbook(t, func(f *excelize.File) {
		for cell, value := range map[string]any{
			"B1": "Rooms", "B3": "Owner", "C3": "title", "D3": "isLocked", "E3": AddedStatus, "F3": "key",
			"B4": "Ada", "C4": "Sales", "D4": true, "E4": "created", "F4": 12,
			"B6": 1.5, "C6": "HR", "F6": "0012", "H6": "a note",
		} {
			require.NoError(t, f.SetCellValue("Sheet1", cell, value))
		}
		require.NoError(t, f.SetCellFormula("Sheet1", "D6", "A1"))
		require.NoError(t, f.SetRowVisible("Sheet1", 6, false))
	}))
	m, header, rows := visited(t, "r.xlsx", input, Options{})
	assert.Equal(t, []string{"", "Owner", "title", "isLocked", "key"}, header)
	assert.Equal(t, map[int][]string{
		1: {"", "Ada", "Sales", "TRUE", "12"}, 2: {"", "1.5", "HR", noResult, "0012", "", "a note"},
	}, rows)

	place, err := Place(strings.NewReader(input), m, Options{})
	require.NoError(t, err)
	assert.Equal(t, &Placement{
		Part: "xl/worksheets/sheet1.xml", Sheet: "Sheet1", Header: 3, Left: 2, LastColumn: 8, LastRow: 6,
		Added: map[string]int{AddedStatus: 5},
	}, place)
}

func TestATableThatChangedMeanwhileIsNoticed(t *testing.T) {
	m, err := Read(strings.NewReader("title\nA\nB\n"), "r.csv", Options{})
	require.NoError(t, err)
	err = VisitTable(strings.NewReader("title\nA\n"), m, Options{}, func(*Row, []string) error { return nil })
	require.ErrorIs(t, err, errManifestChanged)
	stop := errors.New("stop")
	require.ErrorIs(t, VisitTable(strings.NewReader("title\nA\nB\n"), m, Options{}, func(*Row, []string) error { return stop }), stop)
}

// TestATableHasWhatTheManifestWasMadeFrom compares the two ways in which a CSV
// manifest is read.
func TestATableHasWhatTheManifestWasMadeFrom(t *testing.T) {
	rapid.Check(t, func(drawn *rapid.T) {
		cell := rapid.SampledFrom([]string{"A", " B ", "\"C, D\"", "\"say \"\"E\"\"\"", "'=F", "", "\"G\nH\"", "I \"J\"", "Ö"})
		var b strings.Builder
		b.WriteString("note,title,key\n")
		for i := range rapid.IntRange(1, 8).Draw(drawn, "rows") {
			if i > 0 && rapid.Bool().Draw(drawn, "blank") {
				b.WriteString(",,\n\n")
			}
			for n := range rapid.IntRange(1, 4).Draw(drawn, "cells") {
				if n > 0 {
					b.WriteByte(',')
				}
				b.WriteString(cell.Draw(drawn, "cell"))
			}
			b.WriteByte('\n')
		}
		m, err := Read(strings.NewReader(b.String()), "r.csv", Options{})
		if m == nil {
			require.Error(drawn, err)
			return
		}
		next := 0
		require.NoError(drawn, VisitTable(strings.NewReader(b.String()), m, Options{}, func(row *Row, cells []string) error {
			if row == nil {
				return nil
			}
			assert.Same(drawn, &m.Rows[next], row)
			next++
			if !row.Torn() {
				cells = append(slices.Clone(cells), make([]string, 3)...) // rows may end early
				assert.Equal(drawn, row.Title, clean(cells[1]))
				assert.Equal(drawn, row.Key, clean(cells[2]))
			}
			return nil
		}))
		assert.Len(drawn, m.Rows, next)
	})
}

func TestANeutralisedCellIsRestoredAsItStands(t *testing.T) {
	for meant, cell := range map[string]string{`"=cmd"`: " \n'\"=cmd\"", "'=x": " '=x", "=1": "'\t'=1", "=x": "'=x"} {
		written := `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
		m, err := readString(t, "r.csv", "title,description,"+AddedRefusal+"\nSales,"+written+",\n")
		require.NoError(t, err)
		assert.Equal(t, meant, m.Rows[0].Description)
	}
}

func TestWhatRoomliftAddedToASheetIsPassedOver(t *testing.T) {
	for _, added := range []string{
		AddedStatus + "," + AddedLink + "," + AddedReason + "," + AddedRemedy,
		AddedRefusal + "," + AddedRemedy,
		strings.ToUpper(AddedStatus) + ", " + AddedLink,
	} {
		m, err := Read(strings.NewReader("title,"+added+"\nA"+strings.Repeat(",x", strings.Count(added, ",")+1)+"\n"), "r.csv", Options{})
		require.NoError(t, err)
		assert.Empty(t, m.Warnings)
		assert.Equal(t, "A", m.Rows[0].Title)
	}
}

func TestARowWithNothingButWhatRoomliftAddedIsBlank(t *testing.T) {
	csv := "title,key," + AddedStatus + "," + AddedTorn + "\nSales,1,created,\n,,failed,\n,,,delete me\nHR,2,created,\n"
	book := string(workbook(t, func(f *excelize.File) {
		for i, row := range [][]any{{"title", "key", AddedStatus}, {"Sales", "1", "created"}, {nil, nil, "failed"}, {"HR", "2", "created"}} {
			require.NoError(t, f.SetSheetRow("Sheet1", cellName(1, i+1), &row))
		}
	}))
	for name, input := range map[string]string{"r.csv": csv, "r.xlsx": book} {
		m, err := Read(strings.NewReader(input), name, Options{})
		require.NoError(t, err)
		require.Len(t, m.Rows, 2)
		assert.Equal(t, "HR", m.Rows[1].Title)
	}
}

func TestACellIsRestoredOnlyWhereTheHeaderSaysSo(t *testing.T) {
	for input, want := range map[string]string{
		"title," + AddedRefusal + "\n'=A,x\n":   "=A",
		"title," + AddedRefusal + "\n''=A,x\n":  "'=A",
		"title," + AddedRefusal + "\n=A,x\n":    "=A",
		"title," + AddedRefusal + "\n'A,x\n":    "'A",
		"title," + AddedRefusal + "\n'\t=A,x\n": "=A",
		"title," + AddedReason + "\n'=A,x\n":    "'=A",
		"title,note\n'=A,x\n":                   "'=A",
	} {
		m, err := Read(strings.NewReader(input), "r.csv", Options{})
		require.NoError(t, err)
		assert.Equal(t, want, m.Rows[0].Title, input)
	}
}

func TestARowThatIsNotWholeIsRefusedUntilSomebodySaysSo(t *testing.T) {
	csv := "title,key," + AddedRefusal + "," + AddedTorn + "\nSales,,why,delete me\nHR,,why,\n"
	book := string(workbook(t, func(f *excelize.File) {
		for i, row := range [][]any{{"title", "key", AddedReason, AddedTorn}, {"Sales", nil, "why", "delete me"}, {"HR", nil, "why"}} {
			require.NoError(t, f.SetSheetRow("Sheet1", cellName(1, i+1), &row))
		}
	}))
	for name, input := range map[string]string{"r.csv": csv, "r.xlsx": book} {
		m, err := Read(strings.NewReader(input), name, Options{})
		var faults ErrorList
		require.ErrorAs(t, err, &faults)
		require.Len(t, faults, 1)
		assert.Equal(t, faultStillTorn, faults[0].fault)
		assert.Empty(t, m.Warnings)
		require.Len(t, m.Rows, 2)
		assert.True(t, m.Rows[0].Invalid && m.Rows[0].Torn())
		assert.False(t, m.Rows[1].Invalid)
	}
}
