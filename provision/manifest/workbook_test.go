package manifest

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
)

// partsOf returns the parts of rawWorkbook with others beside them or in their place.
func partsOf(t testing.TB, sheetXML string, others map[string]string) []byte {
	t.Helper()
	const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	parts := map[string]string{
		"_rels/.rels":              `<Relationships><Relationship Id="a" Type="` + office + `/officeDocument" Target="/book/main.xml"/></Relationships>`,
		"book/main.xml":            `<workbook><sheets><sheet name="Rooms" sheetId="1" r:id="b"/></sheets></workbook>`,
		"book/_rels/main.xml.rels": `<Relationships><Relationship Id="b" Type="` + office + `/worksheet" Target="../tabs/one.xml"/><Relationship Id="c" Type="` + office + `/sharedStrings" Target="texts.xml"/><Relationship Id="d" Type="` + office + `/styles" Target="/looks.xml"/></Relationships>`,
		"tabs/one.xml":             sheetXML,
		"book/texts.xml":           `<sst><si><t>Sales</t></si></sst>`,
		"looks.xml":                `<styleSheet><numFmts><numFmt numFmtId="200" formatCode="&quot;R&quot;000"/></numFmts><cellXfs><xf numFmtId="14"/><xf numFmtId="200"/></cellXfs></styleSheet>`,
	}
	for name, content := range others {
		parts[name] = content
	}
	return zipOf(t, parts)
}

func TestThePartsOfAWorkbookAreFoundByTheirRelations(t *testing.T) {
	m, err := readXLSXBytes(partsOf(t, sheetOf(`<row><c t="inlineStr"><is><t>title</t></is></c><c t="inlineStr"><is><t>key</t></is></c></row>`+
		`<row><c t="s" s="1"><v>0</v></c><c s="1"><v>7</v></c></row><row><c t="d" s="0"><v>2024-01-15T00:00:00</v></c><c s="0"><v>45306</v></c></row>`+
		`<row><c s="9" t="str"><v>Support</v></c></row>`, ""), nil), Options{})
	require.NoError(t, err)
	assert.Equal(t, []string{"Sales", "2024-01-15", "Support"}, titles(m))
	assert.Equal(t, []string{"R007", "2024-01-15", ""}, []string{m.Rows[0].Key, m.Rows[1].Key, m.Rows[2].Key}, "the first style has a format, too")
}

func TestANumberInAStyleThatIsNotThereIsAFault(t *testing.T) {
	rows := `<row r="1"><c t="str"><v>title</v></c></row><row r="2"><c s="9"><v>12</v></c></row><row r="3"><c s="bold"><v>13</v></c></row><row r="4"><c t="d" s="-1"><v>2024-01-15</v></c></row>`
	const undefined = " is a number whose format, of a style that the workbook does not define, shows something that cannot be told here; format the cell as text and write what it shall say"
	for name, data := range map[string][]byte{"two styles": partsOf(t, sheetOf(rows, ""), nil), "none": rawWorkbook(t, sheetOf(rows, ""))} {
		_, err := readXLSXBytes(data, Options{})
		assert.Equal(t, []string{
			`rooms.xlsx: Rooms!A2: title "12"` + undefined, `rooms.xlsx: Rooms!A3: title "13"` + undefined, `rooms.xlsx: Rooms!A4: title "45306"` + undefined,
		}, messages(t, err), name)
	}
}

func TestDaysMayBeCountedFrom1904(t *testing.T) {
	m, err := readXLSXBytes(partsOf(t, sheetOf(`<row><c t="str"><v>title</v></c></row><row><c s="0"><v>43844</v></c></row>`, ""), map[string]string{
		"book/main.xml": `<workbook><workbookPr date1904="1"/><sheets><sheet name="Rooms" sheetId="1" r:id="b"/></sheets></workbook>`,
	}), Options{})
	require.NoError(t, err)
	assert.Equal(t, []string{"2024-01-15"}, titles(m))
}

func TestTimesOfDayShowAsTheBuiltInFormatsSay(t *testing.T) {
	data := partsOf(t, sheetOf(`<row><c t="str"><v>title</v></c></row><row><c s="0"><v>0</v></c></row><row><c s="1"><v>0</v></c></row><row><c s="0"><v>0.5</v></c></row>`, ""), map[string]string{
		"looks.xml": `<styleSheet><cellXfs><xf numFmtId="20"/><xf numFmtId="21"/></cellXfs></styleSheet>`,
	})
	m, err := readXLSXBytes(data, Options{})
	require.NoError(t, err)
	assert.Equal(t, []string{"0:00", "0:00:00", "12:00"}, titles(m))
}

func TestADateInWordsShowsAsItsNumberWould(t *testing.T) {
	rows := `<row><c t="str"><v>title</v></c></row>`
	for _, date := range []string{"2024-01-15T00:00:00", "2024-01-16", "9999-12-31", "2024-01-15T12:00"} {
		rows += `<row><c t="d" s="0"><v>` + date + `</v></c></row>`
	}
	m, err := readXLSXBytes(partsOf(t, sheetOf(rows, ""), map[string]string{"looks.xml": `<styleSheet><cellXfs><xf numFmtId="22"/></cellXfs></styleSheet>`}), Options{})
	require.NoError(t, err)
	assert.Equal(t, []string{"2024-01-15 00:00", "2024-01-16 00:00", "9999-12-31 00:00", "2024-01-15 12:00"}, titles(m))

	m, err = readXLSXBytes(rawWorkbook(t, sheetOf(rows, "")), Options{})
	require.NoError(t, err)
	assert.Equal(t, []string{"45306", "45307", "2958465", "45306.5"}, titles(m), "as Excel and LibreOffice show it without a format")
}

func TestCellsThatHoldNoValueOfTheirKindAreFaults(t *testing.T) {
	rows := headerXML
	for i, cell := range []string{
		`<c t="b"><v>1</v></c><c t="b"><v> true </v></c>`, `<c t="str"><v>B</v></c><c t="b"><v>false</v></c>`,
		`<c t="str"><v>C</v></c><c t="b"><v>yes</v></c>`, `<c t="str"><v>D</v></c><c t="b"><v>2</v></c>`,
		`<c t="e"><v>#BLOCKED!</v></c>`, `<c t="e"><v>anything</v></c>`, `<c t="x"><v>1</v></c>`, `<c><v>one</v></c>`, `<c t="d" s="0"><v>today</v></c>`,
		`<c t="str"><v>E</v></c><c t="b"><v>TRUE</v></c>`, `<c t="str"><v>F</v></c><c t="b"><v>0</v></c>`,
	} {
		rows += fmt.Sprintf(`<row r="%d">%s</row>`, i+2, cell)
	}
	m, err := readXLSXBytes(rawWorkbook(t, sheetOf(rows, "")), Options{})
	const kind = " is no value that a cell of its kind can hold; write the value again in Excel or LibreOffice and save the file"
	assert.Equal(t, []string{
		`rooms.xlsx: Rooms!B4: isLocked "yes"` + kind,
		`rooms.xlsx: Rooms!B5: isLocked "2"` + kind,
		`rooms.xlsx: Rooms!A6: title "#BLOCKED!" is the error of a formula that failed; correct the formula, or write the value itself`,
		`rooms.xlsx: Rooms!A7: title "anything" is the error of a formula that failed; correct the formula, or write the value itself`,
		`rooms.xlsx: Rooms!A8: title "1"` + kind,
		`rooms.xlsx: Rooms!A9: title "one"` + kind,
		`rooms.xlsx: Rooms!A10: title "today"` + kind,
		`rooms.xlsx: Rooms!B11: isLocked "TRUE"` + kind,
	}, messages(t, err))
	assert.Equal(t, "TRUE", m.Rows[0].Title, "as the person sees it")
	assert.Equal(t, []Bool{True, False}, []Bool{m.Rows[0].IsLocked, m.Rows[1].IsLocked})
}

func TestRowsWithoutHeightAreHidden(t *testing.T) {
	data := rawWorkbook(t, sheetOf(headerXML+`<row r="2" ht="0" customHeight="1"><c><v>1</v></c></row><row r="3" ht="15"><c><v>2</v></c></row>`, ""))
	m, err := readXLSXBytes(data, Options{SkipHidden: true})
	require.NoError(t, err)
	assert.Equal(t, []string{"2"}, titles(m))
}

func TestTotalsOfATableAreNoRoom(t *testing.T) {
	m, err := readXLSXBytes([]byte(totalsWorkbook(t)), Options{})
	require.NoError(t, err)
	assert.Equal(t, []string{"Sales", "Support"}, titles(m))
}

// TestAWorkbookOfNothingTakesLittleMemory reads small files that unpack to hundreds
// of megabytes of one thing.
func TestAWorkbookOfNothingTakesLittleMemory(t *testing.T) {
	const much = 100 << 20
	sheet := sheetOf(headerXML+`<row r="2"><c t="s"><v>0</v></c></row>`, "")
	end := strings.LastIndex(sheet, "</worksheet>")
	for name, test := range map[string]struct {
		data []byte
		want string
	}{
		"blanks behind the rows": {partsOf(t, sheet[:end]+strings.Repeat(" ", much)+sheet[end:], nil), "its sheet goes on for more than 1 MiB without a cell"},
		"a comment":              {partsOf(t, sheet[:end]+"<!--"+strings.Repeat("<", much)+"-->"+sheet[end:], nil), "its sheet goes on for more than 1 MiB without a cell"},
		"an attribute":           {partsOf(t, sheet[:end]+`<a b="`+strings.Repeat("x", much)+`"/>`+sheet[end:], nil), "its sheet goes on for more than 1 MiB without a cell"},
		"a huge cell":            {partsOf(t, sheetOf(headerXML+`<row><c t="str"><v>`+strings.Repeat("x", much)+`</v></c></row>`, ""), nil), "a row of it is longer than 1 MiB"},
		"a huge shared text":     {partsOf(t, sheet, map[string]string{"book/texts.xml": `<sst><si><t>` + strings.Repeat("x", much/2) + `</t></si></sst>`}), "a text in its table of texts is longer than 1 MiB"},
		"many runs of a text":    {partsOf(t, sheet, map[string]string{"book/texts.xml": `<sst><si>` + strings.Repeat(`<r><t>xxxxxxxxxxxxxxxxxxxx</t></r>`, 1<<20) + `</si></sst>`}), "a text in its table of texts is longer than 1 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			runtime.GC()
			stop := watchHeap()
			m, err := readXLSXBytes(test.data, Options{})
			peak := stop() >> 20
			assert.Nil(t, m)
			assert.ErrorContains(t, err, test.want)
			assert.Less(t, peak, heapInUse()>>20+24, "MiB")
		})
	}
}

func TestOtherKindsOfArchivesSayWhatTheyAre(t *testing.T) {
	for part, want := range map[string]string{
		"xl/workbook.bin":    "this is an Excel binary workbook (.xlsb); open it in Excel or LibreOffice and save it as .xlsx",
		"Index/Document.iwa": "this is an Apple Numbers table (.numbers); open it in Numbers and export it (File, Export To, Excel) as .xlsx",
		"word/document.xml":  "this is a Word document; copy its table into a workbook and save that as .xlsx",
		"content.xml":        "this is an OpenDocument file (.ods); open it in Excel or LibreOffice and save it as .xlsx",
	} {
		_, err := readXLSXBytes(zipOf(t, map[string]string{part: "x"}), Options{})
		assert.ErrorContains(t, err, want)
	}
	_, err := readXLSXBytes([]byte("%PDF-1.7\n%\xe2\xe3"), Options{})
	assert.ErrorContains(t, err, `this is a PDF file; save the table as .xlsx or as "CSV UTF-8" in the program that made it`)
	for name, want := range map[string]string{
		"rooms.xls": "rooms.xls: this is an old Excel workbook by its name, which is not read; open it in Excel or LibreOffice and save it as .xlsx",
		"rooms.ODS": "this is an OpenDocument table", "rooms.xlsb": "save it as .xlsx", "rooms.numbers": "export it (File, Export To, Excel) as .xlsx", "rooms.pdf": "save the table as .xlsx",
	} {
		_, err := Load(name, Options{})
		assert.ErrorContains(t, err, want)
	}
}

func TestOptionsForAnotherFormatAreRefused(t *testing.T) {
	for name, opts := range map[string]Options{
		"r.csv": {Sheet: "Rooms"}, "r.tsv": {SkipHidden: true}, "r.xlsx": {Delimiter: ';'}, "r.xlsm": {Encoding: "utf-8"}, "r.yaml": {Delimiter: ','},
	} {
		_, err := Read(strings.NewReader("title\nA\n"), name, opts)
		assert.ErrorContains(t, err, "has no meaning for "+name+", which is read as ")
	}
}

func TestAHiddenFormatIsNoFaultWhereNothingIsRead(t *testing.T) {
	m, err := readXLSXBytes(workbook(t, func(f *excelize.File) {
		format := ";;;"
		style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
		require.NoError(t, err)
		table(t, f, "Sheet1", []any{"title", "cost"}, []any{"A", 7})
		require.NoError(t, f.SetCellStyle("Sheet1", "B2", "B2", style))
	}), Options{})
	require.NoError(t, err)
	assert.Len(t, m.Rows, 1)
}
