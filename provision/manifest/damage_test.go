package manifest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWhatSpreadsheetProgramsDidToTextIsFound(t *testing.T) {
	for text, want := range map[string]fault{
		"MÃ¼nchen": faultMisreadUTF8, "CafÃ©": faultMisreadUTF8, "â€œA": faultMisreadUTF8, "Ã‰cole": faultMisreadUTF8, "StraÃŸe": faultMisreadUTF8,
		"ÐœÐ¾ÑÐºÐ²Ð°": faultMisreadUTF8, "10 â‚¬": faultMisreadUTF8, "NÂ°5": faultMisreadUTF8,
		"MÜNCHEN": faultNone, "“IRMÃ”": faultNone, "Â": faultNone, "São": faultNone, "Ã": faultNone, "ÉÈ": faultNone, "CAFÉ”": faultNone, "AÇÃO": faultNone,

		"#N/A": faultErrorValue, "#n/a": faultErrorValue, "Err:502": faultErrorValue, "####": faultNarrowColumn, "#FIELD!": faultErrorValue, "#CONNECT!": faultErrorValue,
		"#": faultNone, "#sales": faultNone, "Err: 5": faultNone, "Err:": faultNone, "# 5": faultNone,

		"1.23457E+14": faultLostDigits, "1,23457E+14": faultLostDigits, "1E+14": faultLostDigits, "-2.5E-07": faultLostDigits,
		"1E5": faultNone, "12E+05": faultNone, "E+14": faultNone, "1.2.3E+14": faultNone, "2.E+": faultNone, "A 1.2E+05": faultNone,

		`="0012"`: faultKeptZeros, `=0012`: faultNone,
		"Sales\u2028Berlin": faultLineSeparator, "Sales\u2029Berlin": faultLineSeparator,
	} {
		b := newBuilder("r.csv", "csv")
		f, _ := b.checkCell(&b.columns[colTitle], text)
		assert.Equal(t, want, f, text)
	}
	b := newBuilder("r.csv", "csv")
	f, _ := b.checkCell(&b.columns[colDescription], "Sales\u2028Berlin")
	assert.Equal(t, faultNone, f, "it stands in no other file")
}

func TestTitlesThatLookAlikeAreToldOf(t *testing.T) {
	m, err := readString(t, "r.csv", "title,teamId,key\nSales Berlin,,\nSales\u00a0Berlin,,\nSales\u200bBerlin,T1,\nSalesBerlin,T1,\nA\u00a0B,,1\nA B,,2\nA\u00a0B,T2,\n👩\u200d🔧,,\n")
	require.NoError(t, err)
	assert.Equal(t, []string{
		`r.csv:3: "Sales\u00a0Berlin" looks like the title in r.csv:2, and differs only in spaces, in signs that do not show, or in how accents are stored; delete one of the two rows, or give each a key if both rooms are wanted`,
		`r.csv:5: "SalesBerlin" looks like the title in r.csv:4, and differs only in spaces, in signs that do not show, or in how accents are stored; delete one of the two rows, or give each a key if both rooms are wanted`,
	}, faultTexts(m.Warnings))
}

func TestTitlesWithAccentsInTwoPartsLookAlike(t *testing.T) {
	m, err := readString(t, "r.csv", "title,key\nCafé,\nCafe\u0301,\nCafe,\nCafe\u0301,1\n")
	require.NoError(t, err)
	require.Len(t, m.Warnings, 1)
	assert.Contains(t, m.Warnings[0].Error(), "looks like the title in r.csv:2, and differs only in")
	assert.Equal(t, 3, m.Warnings[0].Pos.Line)
}

func TestAccentsMayBeWrittenInTwoParts(t *testing.T) {
	m, err := readString(t, "r.csv", "title\u200e,isLocked,isPub\u200blic\nA,si\u0301,\nB,na\u0303o,\n")
	require.NoError(t, err)
	assert.Equal(t, []Bool{True, False}, []Bool{m.Rows[0].IsLocked, m.Rows[1].IsLocked})
}

func TestRowsMayEndEarlyAsExcelWritesThem(t *testing.T) {
	var b strings.Builder
	b.WriteString("title,key,description,isLocked\n")
	for range 20 {
		b.WriteString("\"\"\n")
	}
	b.WriteString("A,1\nB,2\nC,3\nD\nE,5,\n")
	m, err := readString(t, "r.csv", b.String())
	require.NoError(t, err)
	assert.Equal(t, []string{"A", "B", "C", "D", "E"}, titles(m))
	require.Len(t, m.Warnings, 1)
	assert.Contains(t, m.Warnings[0].Error(), "lines 22, 23, 24, 25, 26;")
	for input, want := range map[string]string{
		"title,key\nA,1\nB":               "r.csv:3: the row has 1 of the 2 cells",
		"key,title\n1,A\n2\n":             "r.csv:3: the row has 1 of the 2 cells",
		"title,a,b\nA,,\nB,x\ny,z\nC,,\n": "r.csv:4: the row has 2 of the 3 cells that the header has, and with its neighbour",
	} {
		_, err := readString(t, "r.csv", input)
		assert.ErrorContains(t, err, want, input)
	}
}

func TestOnlyAnExampleThatNobodyTouchedIsIgnored(t *testing.T) {
	example := strings.TrimPrefix(strings.Split(string(template(t, "csv")), "\r\n")[1], "\ufeff")
	header := "title,teamId,classificationId,isLocked,isPublic,description,isAnnouncementOnly,key\n"
	for row, want := range map[string]string{
		example: "",
		strings.ReplaceAll(example, "true", "WAHR"):               "",
		strings.Replace(example, "EXAMPLE\n", "\n", 1):            "",
		strings.Replace(example, "Offers", "My", 1):               "is the title of the template's example row",
		strings.Replace(example, ",EXAMPLE", ",K1", 1):            "is the title of the template's example row",
		strings.Replace(example, " (this row is ignored)", "", 1): "is the title of the template's example row",
		"Mine" + example[len(exampleTitle):]:                      "is the id in the template's example row",
		"Mine,,,,,,," + exampleKey:                                "is the key of the template's example row",
	} {
		_, err := readString(t, "r.csv", header+row+"\nSales,,,,,,,\n")
		if want == "" {
			assert.NoError(t, err, row)
			continue
		}
		assert.ErrorContains(t, err, want, row)
	}
	m, err := readString(t, "r.csv", "title,isLocked\n"+exampleTitle+",true\nSales,\n")
	require.NoError(t, err, "columns may be deleted")
	assert.Len(t, m.Rows, 1)
}

func TestLinesOfTablesInTextAreNoRooms(t *testing.T) {
	for text, want := range map[string]bool{
		"---": true, "-------+-----": true, ":---:": true, "=====": true, "(2 rows)": true, "(1 row)": true, "2 rows in set (0.01 sec)": true, "├───┼──┤": true, "───": true,
		"-": false, "--": false, "...": false, "***": false, "- A -": false, "2 rows": false, "(2 rooms)": false, "+49 30 123": false, "A---": false, "C++": false,
	} {
		assert.Equal(t, want, isDrawn(text), text)
	}
}

func TestAnEntityThatIsMeantPasses(t *testing.T) {
	for text, damaged := range map[string]bool{"R&amp;D": true, "Caf&eacute;": true, "It&#39;s": true, "a&nbsp;b": true, "R&D; Sales": false, "A&B": false, "?a=1&copy=2;": false, "&": false} {
		_, err := readString(t, "r.csv", "title\n"+text+"\n")
		assert.Equal(t, damaged, err != nil, text)
		m, err := Read(strings.NewReader("title\n"+text+"\n"), "r.csv", Options{Encoding: "utf-8"})
		require.NoError(t, err, text)
		assert.Equal(t, []string{text}, titles(m))
	}
}

func TestOnlyTextsThatAreSplitAreSaidToBe(t *testing.T) {
	for row, split := range map[string]string{
		"“Offers, orders”,x": "“Offers, orders”", "„A, B“,x": "„A, B“", "«A,B, C»": "«A,B, C»", "x,'A, B'": "'A, B'",
		"'s-Hertogenbosch,x,y": "", "“A”,“B”,x": "", "'A','B','C'": "", "rock ’n’ roll,’t,x": "", "Bob’s,x,the boys’": "",
	} {
		assert.Equal(t, split, splitQuotation(strings.Split(row, ","), ","), row)
	}
}

func TestWhatStandsForNothingIsNoTitle(t *testing.T) {
	m, err := readString(t, "r.csv", "title,description,key\n-,-,1\nN/A,N/A,2\nNone,None,3\nnan,x,4\nSales,nan,5\n--,,6\n")
	var invalid []bool
	for i := range m.Rows {
		invalid = append(invalid, m.Rows[i].Invalid)
	}
	assert.Equal(t, []bool{true, true, true, true, true, false}, invalid)
	assert.Len(t, messages(t, err), 5)
	m, err = readString(t, "r.yaml", "- title: None\n- title: \"-\"\n")
	require.NoError(t, err)
	assert.Equal(t, []string{"None", "-"}, titles(m), "nothing is written out in YAML")
}
