package manifest

import (
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
