package manifest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
)

func TestLinesThatAProgramTookForOneCellAreNoTitles(t *testing.T) {
	for row, want := range map[string]string{
		"\"P,\"\"Offers, orders\"\",true\"": `"P,\"Offers, orders\",true" is all that stands in a row of 3 cells, and a comma is in it`,
		"\"P,\"\"x\"\"\"":                   `and a comma is in it`,
		"\"\"\"P, big\"\",,\"":              `and a comma is in it`,
		"\"\"\"P, big\"\"\"":                `and a comma is in it`,
		"\"P, x, true\"":                    `and a comma is in it`,
		"P;x;WAHR":                          `"P;x;WAHR" is all that stands in a row of 3 cells, and a semicolon is in it`,
		"P; x; WAHR":                        `and a semicolon is in it`,
		"P;;WAHR":                           `and a semicolon is in it`,
		"P;;":                               `and a semicolon is in it`,
		"P;Offers, orders;WAHR":             `and a semicolon is in it`,
		"P\t\tWAHR":                         `and a tab is in it`,
		"P|x|WAHR":                          `and a bar is in it`,
	} {
		m, err := readString(t, "r.csv", "title,description,isLocked\nA,b,true\n"+row+"\nC,d,no\n")
		require.ErrorContains(t, err, "r.csv:3: ", row)
		require.ErrorContains(t, err, want, row)
		assert.Len(t, messages(t, err), 1, row)
		require.NotNil(t, m, row)
		assert.True(t, m.Rows[1].Invalid && m.Rows[1].Torn(), row)
		assert.False(t, m.Rows[0].Invalid || m.Rows[2].Invalid, row)
	}
	_, err := readString(t, "r.csv", "title,key\nA;7\n")
	require.ErrorContains(t, err, "and a semicolon is in it")
	_, err = readString(t, "r.csv", "key,title\n\"7,\"\"A, B\"\"\"\n")
	require.ErrorContains(t, err, "and a comma is in it")
}

func TestShortRowsMayHaveSignsInTheirTitles(t *testing.T) {
	for row, want := range map[string]string{
		"\"Offers, orders\"":             "Offers, orders",
		"\"the \"\"A\"\" team, Berlin\"": `the "A" team, Berlin`,
		"Offers; orders":                 "Offers; orders",
		"A;B":                            "A;B",
		"A | B":                          "A | B",
		"A || B || C":                    "A || B || C",
		"A,one; two; three":              "A",
		"\"P,x,y\",,":                    "P,x,y",
		"P;;WAHR,,":                      "P;;WAHR",
		"\"the \"\"A\"\" team\"":         `the "A" team`,
	} {
		m, err := readString(t, "r.csv", "title,description,isLocked\n"+row+"\n")
		if assert.NoError(t, err, row) {
			assert.Equal(t, []string{want}, titles(m))
		}
	}
	m, err := readString(t, "r.csv", "title,key\n\"Sales, Berlin\"\nHR; all\n")
	require.NoError(t, err)
	assert.Equal(t, []string{"Sales, Berlin", "HR; all"}, titles(m))
}

func TestADelimiterThatThePersonNamedIsInNoDoubt(t *testing.T) {
	for row, title := range map[string]string{"P,x,true": "P,x,true", "P|x|no": "P|x|no", "P,,": "P,,"} {
		input := "title;description;isLocked\nA;b;yes\n" + row + "\n"
		_, err := readString(t, "r.csv", input)
		require.ErrorContains(t, err, "is all that stands in a row of 3 cells", row)
		m, err := Read(strings.NewReader(input), "r.csv", Options{Delimiter: ';'})
		require.NoError(t, err, row)
		assert.Equal(t, []string{"A", title}, titles(m))
	}
	_, err := Read(strings.NewReader("title,description\nA,b\n\"P,\"\"x, y\"\"\"\n"), "r.csv", Options{Delimiter: ','})
	assert.ErrorContains(t, err, "and a comma is in it", "the delimiter itself divided nothing")
}

// Excel leaves out columns that are empty in all of 16 rows, from the top of the file on.
func TestTheLastRowsOfExcelAreNotTorn(t *testing.T) {
	full := func(rows int) string {
		var b strings.Builder
		b.WriteString("title,description,key\n")
		for i := range rows {
			fmt.Fprintf(&b, "Room %d,\"two\nlines\",\n", i)
		}
		return b.String()
	}
	for name, test := range map[string]struct {
		input string
		torn  bool
	}{
		"a block of two rows":               {full(15) + "Sales,x\nHR,y\n", false},
		"a block with blank rows":           {full(15) + "Sales,x\nHR,y\n" + strings.Repeat(",\n", 14) + "IT,z,7\n", false},
		"rows that start no block":          {full(14) + "Sales,x\nHR,y\n", true},
		"a block that goes on":              {full(15) + "Sales,x\nHR,7\nIT,z,8\n", true},
		"at the end of a batch":             {full(batchRecords-2) + "Sales,x\nHR,7\nIT,z,8\n", true},
		"on both sides of the end of it":    {full(batchRecords-1) + "Sales,x\nHR,7\nIT,z,8\n", true},
		"many short rows at the end of one": {full(batchRecords-2) + "A,x\nB,x\nC,x\nD,x\nE,x\nIT,z,8\n", false},
	} {
		m, err := readString(t, "r.csv", test.input)
		require.NotNil(t, m, name)
		if !test.torn {
			assert.NoError(t, err, name)
		} else if assert.Len(t, messages(t, err), 2, name) {
			assert.ErrorContains(t, err, "torn in two", name)
		}
	}
}

func TestATornRowIsNotLeftOutForItsHalfWithoutAMeaning(t *testing.T) {
	_, err := readString(t, "r.csv", "Note,title,key\nx,A,1\nn,\nSales,7\ny,B,2\n")
	require.ErrorContains(t, err, "r.csv:3: the row has 2 of the 3 cells")
	assert.Len(t, messages(t, err), 2)
}

func TestATableInOneColumnIsToldOfOnce(t *testing.T) {
	csv := "\ufeff\"title,isLocked,description\nEXAMPLE,true,\"\"Offers, orders\"\"\n\"\n\"Room X,true,\"\"Offers, orders\"\"\"\n"
	book := string(workbook(t, func(f *excelize.File) {
		require.NoError(t, f.SetCellValue("Sheet1", "A1", "title;isLocked;description"))
		require.NoError(t, f.SetCellValue("Sheet1", "A2", "Room X;true;"))
	}))
	for name, input := range map[string]string{"r.csv": csv, "r.xlsx": book} {
		m, err := Read(strings.NewReader(input), name, Options{})
		assert.Nil(t, m)
		require.Len(t, messages(t, err), 1)
		assert.ErrorContains(t, err, "is the whole header in one cell")
	}
}
