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
		"looks.xml":                `<styleSheet><numFmts><numFmt numFmtId="200" formatCode="&quot;R&quot;000"/><numFmt numFmtId="201" formatCode="yyyy-mm-dd"/></numFmts><cellXfs><xf numFmtId="201"/><xf numFmtId="200"/></cellXfs></styleSheet>`,
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

// TestADayWhoseLooksAreNotInTheFileIsAFault is of the formats that a day or a time has
// that somebody types: they follow the computer on which the file is open.
func TestADayWhoseLooksAreNotInTheFileIsAFault(t *testing.T) {
	for id, name := range map[int]string{14: "Short Date", 15: "d-mmm-yy", 20: "h:mm", 22: "m/d/yy h:mm", 31: "of the language of the program"} {
		data := partsOf(t, sheetOf(`<row><c t="str"><v>title</v></c><c t="str"><v>key</v></c><c t="str"><v>description</v></c><c t="str"><v>notes</v></c></row>`+
			`<row><c t="str" s="0"><v>Sales</v></c><c t="d" s="0"><v>2024-01-15T12:00</v></c><c s="0"><v>45306</v></c><c s="0"><v>45306</v></c></row>`, ""), map[string]string{
			"looks.xml": fmt.Sprintf(`<styleSheet><cellXfs><xf numFmtId="%d"/></cellXfs></styleSheet>`, id),
		})
		_, err := readXLSXBytes(data, Options{})
		what := " is a day or a time whose format, " + name + ", looks different from computer to computer; format the cell as text and write what it shall say, or choose a fixed format, such as yyyy-mm-dd"
		assert.Equal(t, []string{
			`rooms.xlsx: Rooms!B2: key "45306.5"` + what, `rooms.xlsx: Rooms!C2: description "45306"` + what,
		}, messages(t, err))
	}
}

func TestAnAmountInTheComputersCurrencyIsAFault(t *testing.T) {
	for _, id := range []int{5, 6, 7, 8, 42, 44} {
		data := partsOf(t, sheetOf(`<row><c t="str"><v>title</v></c></row><row><c s="0"><v>5</v></c></row>`, ""), map[string]string{
			"looks.xml": fmt.Sprintf(`<styleSheet><cellXfs><xf numFmtId="%d"/></cellXfs></styleSheet>`, id),
		})
		_, err := readXLSXBytes(data, Options{})
		assert.ErrorContains(t, err, `Rooms!A2: title "5" is a number whose format, of a number that the workbook does not define, shows`, id)
	}
}

func TestADateInWordsShowsAsItsFormatSays(t *testing.T) {
	rows := `<row><c t="str"><v>title</v></c></row>`
	for _, date := range []string{"2024-01-15T00:00:00", "2024-01-16", "9999-12-31", "2024-01-15T12:00"} {
		rows += `<row><c t="d" s="0"><v>` + date + `</v></c></row>`
	}
	m, err := readXLSXBytes(partsOf(t, sheetOf(rows, ""), map[string]string{"looks.xml": `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy-mm-dd hh:mm"/></numFmts><cellXfs><xf numFmtId="164"/></cellXfs></styleSheet>`}), Options{})
	require.NoError(t, err)
	assert.Equal(t, []string{"2024-01-15 00:00", "2024-01-16 00:00", "9999-12-31 00:00", "2024-01-15 12:00"}, titles(m))

	m, err = readXLSXBytes(rawWorkbook(t, sheetOf(rows, "")), Options{})
	require.ErrorContains(t, err, `Rooms!A5: title "2024-01-15T12:00" is a date in a cell without a format, where programs show it as the number 45306.5;`)
	for i := range m.Rows {
		assert.True(t, m.Rows[i].Invalid, "Excel and LibreOffice show a number, which nobody means")
	}
}

func TestCellsThatHoldNoValueOfTheirKindAreFaults(t *testing.T) {
	rows := headerXML
	for i, cell := range []string{
		`<c t="str"><v>A</v></c><c t="b"><v> true </v></c>`, `<c t="str"><v>B</v></c><c t="b"><v>false</v></c>`,
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
		"blanks behind the rows": {partsOf(t, sheet[:end]+strings.Repeat(" ", much)+sheet[end:], nil), "the workbook of 100 KB unpacks to 100 MB, more than is read; copy the table of rooms alone"},
		"a comment":              {partsOf(t, sheet[:end]+"<!--"+strings.Repeat("<", much)+"-->"+sheet[end:], nil), "the workbook of 100 KB unpacks to 100 MB, more than is read; copy the table of rooms alone"},
		"an attribute":           {partsOf(t, sheet[:end]+`<a b="`+strings.Repeat("x", much)+`"/>`+sheet[end:], nil), "the workbook of 100 KB unpacks to 100 MB, more than is read; copy the table of rooms alone"},
		"styles without end":     {partsOf(t, sheet, map[string]string{"looks.xml": `<styleSheet><cellXfs>` + strings.Repeat(`<xf numFmtId="14"/>`, maxStyles+1) + `</cellXfs></styleSheet>`}), "unpacks to 2 MB, more than is read"},
		"formats without end":    {partsOf(t, sheet, map[string]string{"looks.xml": `<styleSheet><numFmts>` + strings.Repeat(`<numFmt numFmtId="200" formatCode="0"/>`, maxFormats+1) + `</numFmts></styleSheet>`}), "more than is read"},
		"sheets without end":     {partsOf(t, sheet, map[string]string{"book/main.xml": `<workbook><sheets>` + strings.Repeat(`<sheet name="Rooms" r:id="b"/>`, maxSheets+1) + `</sheets></workbook>`}), "more than is read"},
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

// TestAnOldWorkbookIsNotBroken reads a workbook in which styles and the names of ranges
// have piled up over the years.
func TestAnOldWorkbookIsNotBroken(t *testing.T) {
	names := strings.Repeat(`<definedName name="_old_range_of_2009" hidden="1">#REF!</definedName>`, 100_000)
	looks := strings.Repeat(`<xf numFmtId="0" fontId="12" fillId="0" borderId="7" xfId="0" applyNumberFormat="1" applyAlignment="1">`+
		`<alignment horizontal="general" vertical="bottom" textRotation="0" wrapText="false" indent="0" shrinkToFit="false"/>`+
		`<protection locked="true" hidden="false"/></xf>`, 65_000)
	fonts := strings.Repeat(`<font><sz val="11"/><color rgb="FF000000"/><name val="Calibri"/></font>`, 65_000)
	rows := headerXML + `<row r="2"><c s="65000"><v>7</v></c></row>`
	m, err := readXLSXBytes(partsOf(t, sheetOf(rows, ""), map[string]string{
		"book/main.xml": `<workbook><sheets><sheet name="Rooms" sheetId="1" r:id="b"/></sheets><definedNames>` + names + `</definedNames></workbook>`,
		"looks.xml": `<styleSheet><numFmts><numFmt numFmtId="200" formatCode="&quot;R&quot;000"/></numFmts><fonts>` + fonts + `</fonts>` +
			`<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>` + looks + `<xf numFmtId="200"/></cellXfs>` +
			`<dxfs><dxf><numFmt numFmtId="200" formatCode="000"/></dxf></dxfs></styleSheet>`,
	}), Options{})
	require.NoError(t, err)
	assert.Equal(t, []string{"R007"}, titles(m))
}

func TestAFormatOfEndlessSignsIsAFault(t *testing.T) {
	_, err := readXLSXBytes(partsOf(t, sheetOf(headerXML+`<row r="2"><c s="0"><v>7</v></c></row>`, ""), map[string]string{
		"looks.xml": `<styleSheet><numFmts><numFmt numFmtId="200" formatCode="` + strings.Repeat("0", maxFormatCode+1) + `"/></numFmts><cellXfs><xf numFmtId="200"/></cellXfs></styleSheet>`,
	}), Options{})
	assert.ErrorContains(t, err, `Rooms!A2: title "7" is a number whose format, of more signs than programs take, shows something that cannot be told here`)
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
