package manifest

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
)

// workbook returns the bytes of a workbook that change has been applied to.
func workbook(t testing.TB, change func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	change(f)
	var buffer bytes.Buffer
	require.NoError(t, f.Write(&buffer))
	require.NoError(t, f.Close())
	return buffer.Bytes()
}

// table writes rows from A1 on.
func table(t testing.TB, f *excelize.File, sheet string, rows ...[]any) {
	t.Helper()
	for i, row := range rows {
		require.NoError(t, f.SetSheetRow(sheet, fmt.Sprintf("A%d", i+1), &row))
	}
}

// rawWorkbook returns a workbook with one sheet of exactly this XML.
func rawWorkbook(t testing.TB, sheetXML string) []byte {
	t.Helper()
	const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	return zipOf(t, map[string]string{
		"[Content_Types].xml":        `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`,
		"_rels/.rels":                `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="` + office + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="` + office + `"><sheets><sheet name="Rooms" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="` + office + `/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml":   sheetXML,
	})
}

// sheetOf returns the XML of a worksheet with these rows, and what follows them.
func sheetOf(rows, after string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` +
		rows + `</sheetData>` + after + `</worksheet>`
}

const headerXML = `<row r="1"><c r="A1" t="inlineStr"><is><t>title</t></is></c><c r="B1" t="inlineStr"><is><t>isLocked</t></is></c></row>`

func zipOf(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var buffer bytes.Buffer
	w := zip.NewWriter(&buffer)
	for name, content := range parts {
		part, err := w.Create(name)
		require.NoError(t, err)
		_, err = io.WriteString(part, content)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return buffer.Bytes()
}

// workbookOf returns a workbook of two sheets with one row each.
func workbookOf(t testing.TB, first string, rowOfFirst []any, second string, rowOfSecond []any) string {
	return string(workbook(t, func(f *excelize.File) {
		require.NoError(t, f.SetSheetName("Sheet1", first))
		_, err := f.NewSheet(second)
		require.NoError(t, err)
		table(t, f, first, rowOfFirst)
		table(t, f, second, rowOfSecond)
	}))
}

// formattedWorkbook returns a workbook with the titles 12 and 0 in that format.
func formattedWorkbook(t testing.TB, format string) string {
	return string(workbook(t, func(f *excelize.File) {
		style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
		require.NoError(t, err)
		table(t, f, "Sheet1", []any{"title"}, []any{12}, []any{0})
		require.NoError(t, f.SetCellStyle("Sheet1", "A2", "A3", style))
	}))
}

// hidingWorkbook returns a workbook whose second sheet, Rooms, has a room, and that
// hides something.
func hidingWorkbook(t testing.TB, hide func(*excelize.File) error) string {
	return string(workbook(t, func(f *excelize.File) {
		_, err := f.NewSheet("Rooms")
		require.NoError(t, err)
		table(t, f, "Rooms", []any{"title", "isLocked"}, []any{"Sales", true})
		f.SetActiveSheet(1)
		require.NoError(t, f.SetSheetVisible("Sheet1", false))
		require.NoError(t, hide(f))
	}))
}

// totalsWorkbook returns a workbook with a table of two rooms and a row of totals.
func totalsWorkbook(t testing.TB) string {
	data := workbook(t, func(f *excelize.File) {
		require.NoError(t, f.SetSheetName("Sheet1", "Rooms"))
		table(t, f, "Rooms", []any{"title", "key"}, []any{"Sales", 1}, []any{"Support", 2}, []any{"Total", 2})
		require.NoError(t, f.AddTable("Rooms", &excelize.Table{Range: "A1:B4", Name: "Table1"}))
	})
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	require.NoError(t, err)
	parts := map[string]string{}
	for _, part := range archive.File {
		content, err := part.Open()
		require.NoError(t, err)
		text, err := io.ReadAll(content)
		require.NoError(t, err)
		parts[part.Name] = strings.Replace(string(text), `ref="A1:B4"`, `ref="A1:B4" totalsRowCount="1"`, 1)
	}
	return string(zipOf(t, parts))
}

func readXLSXBytes(data []byte, opts Options) (*Manifest, error) {
	return Read(bytes.NewReader(data), "rooms.xlsx", opts)
}

func TestWorkbookCellsAreReadAsPeopleSeeThem(t *testing.T) {
	data := workbook(t, func(f *excelize.File) {
		style := func(format string) int {
			id, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
			require.NoError(t, err)
			return id
		}
		date := style("yyyy-mm-dd")
		table(t, f, "Sheet1",
			[]any{"Rooms of 2026"},
			nil,
			[]any{"Space name", "Moderated", "Key", "Description"},
			[]any{"0012", true, "0012", "text"},
			[]any{123456789012345, false, 12, "a long number"},
			[]any{35, "WAHR", nil, "a number"},
			[]any{12, "no", nil, "a number shown with zeros"},
			[]any{time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC), nil, nil, "a date"},
			[]any{time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC), nil, nil, "a date of its own form"},
			[]any{1.1 + 0.9, 1, nil, "a sum"},
			[]any{" padded\u00a0", "x", nil, "one\ntwo"},
			[]any{"A formula", nil, nil, nil},
			[]any{1e14, nil, nil, "a huge number"},
		)
		require.NoError(t, f.SetCellStyle("Sheet1", "A7", "A7", style("0000")))
		require.NoError(t, f.SetCellStyle("Sheet1", "A8", "A8", date))
		require.NoError(t, f.SetCellStyle("Sheet1", "A9", "A9", style("dd.mm.yyyy")))
		require.NoError(t, f.MergeCell("Sheet1", "A1", "D1"))
		require.NoError(t, f.SetCellStyle("Sheet1", "A500", "F900", date))
	})
	m, err := readXLSXBytes(data, Options{})
	require.NoError(t, err)
	assert.Equal(t, []string{
		"0012", "123456789012345", "35", "0012", "2026-11-22", "22.11.2026", "2", "padded", "A formula", "100000000000000",
	}, titles(m))
	assert.Equal(t, Row{Title: "0012", Key: "0012", IsLocked: True, Description: "text", Number: 1, Line: 4}, asWritten(m.Rows)[0])
	assert.Equal(t, "12", m.Rows[1].Key)
	assert.Equal(t, "one\ntwo", m.Rows[7].Description)
	var locked []Bool
	for i := range m.Rows {
		locked = append(locked, m.Rows[i].IsLocked)
	}
	assert.Equal(t, []Bool{True, False, True, False, Unset, Unset, True, True, Unset, Unset}, locked)
	require.Len(t, m.Warnings, 1)
	assert.Equal(t, `rooms.xlsx: Sheet1!A1: "Rooms of 2026" stands above the header and is ignored; no action is needed if it is a heading; otherwise move it below the header`, m.Warnings[0].Error())
}

func TestWorkbookFaultsNameTheirCells(t *testing.T) {
	m, err := readXLSXBytes(rawWorkbook(t, sheetOf(headerXML+
		`<row r="3"><c r="A3" t="str"><f>B1&amp;"x"</f><v>Sales</v></c><c r="B3" t="b"><v>1</v></c></row>`+
		`<row r="4"><c r="A4"><f>VLOOKUP(1,2,3)</f></c></row>`+
		`<row r="5"><c r="A5" t="e"><v>#N/A</v></c><c r="B5"><f>TRUE()</f><v></v></c></row>`+
		`<row r="6" hidden="1"><c r="A6"><v>7</v></c><c r="B6"><v>2</v></c><c r="F6"><v>9</v></c></row>`+
		`<row r="7"><c r="A7" s="0"/><c r="B7" t="b"><v>0</v></c></row>`+
		`<row r="8"><c r="A8" t="str"><f>B1&amp;""</f><v></v></c></row>`+
		`<row r="9"><c r="A9" t="inlineStr"><is><t>Sales</t></is></c></row>`, "")), Options{})
	assert.Equal(t, []string{
		`rooms.xlsx: Rooms!A4: title is a formula whose result the file does not hold; open the file in Excel or LibreOffice and save it, or write the value itself`,
		`rooms.xlsx: Rooms!A5: title "#N/A" is the error of a formula that failed; correct the formula, or write the value itself`,
		`rooms.xlsx: Rooms!B5: isLocked is a formula whose result the file does not hold; open the file in Excel or LibreOffice and save it, or write the value itself`,
		`rooms.xlsx: Rooms!B6: isLocked "2" is neither true nor false; write true or false, or leave the cell empty`,
		`rooms.xlsx: Rooms!A7: title is blank; give the room a title, or delete it`,
		`rooms.xlsx: Rooms!A9: title "Sales" is the same title and team as in rooms.xlsx: Rooms!A3; delete one of the two rows, or give each a key of its own if both rooms are wanted`,
	}, messages(t, err))
	require.NotNil(t, m)
	assert.Equal(t, []string{"Sales", "", "#N/A", "7", "", "Sales"}, titles(m))
	var warnings []string
	for _, w := range m.Warnings {
		warnings = append(warnings, w.Error())
	}
	assert.Equal(t, []string{
		`rooms.xlsx: Rooms: the sheet hides or filters away 1 of the rows, which are read all the same; if they are not meant, leave them out with --skip-hidden`,
		`rooms.xlsx: Rooms: cells in columns without a header are ignored: F6; no action is needed if they are notes; otherwise name the column`,
	}, warnings)
}

func TestAColumnWithoutAMeaningIsNamedByItsCell(t *testing.T) {
	m, err := readXLSXBytes(workbook(t, func(f *excelize.File) {
		table(t, f, "Sheet1", []any{"Rooms of 2026"}, nil, []any{"title", "key", nil, nil, nil, nil, "Budget", "Floor"}, []any{"Sales"})
	}), Options{})
	require.NoError(t, err)
	assert.Contains(t, faultTexts(m.Warnings)[1], `rooms.xlsx: Sheet1!G3: columns without a meaning here are ignored: "Budget", "Floor"; `)
}

func TestHiddenRowsCanBeLeftOut(t *testing.T) {
	data := rawWorkbook(t, sheetOf(headerXML+
		`<row r="2"><c r="A2"><v>1</v></c></row><row r="3" hidden="1"><c r="A3"><v>2</v></c></row><row r="4" hidden="true"><c r="B4"/></row><row r="5"><c r="A5"><v>3</v></c></row>`, ""))
	m, err := readXLSXBytes(data, Options{SkipHidden: true})
	require.NoError(t, err)
	assert.Equal(t, []string{"1", "3"}, titles(m))
	assert.Equal(t, []string{`rooms.xlsx: Rooms: the sheet hides or filters away 1 of the rows, which are left out; show them in the sheet, or leave --skip-hidden away, if they are meant`}, faultTexts(m.Warnings))
}

func faultTexts(list []*Error) []string {
	var all []string
	for _, e := range list {
		all = append(all, e.Error())
	}
	return all
}

func TestMergedCellsAreRefusedWithTheirRange(t *testing.T) {
	rows := headerXML + `<row r="2"><c r="A2"><v>1</v></c></row><row r="3"><c r="B3" t="b"><v>1</v></c></row>`
	for name, test := range map[string]struct {
		ref, want string
	}{
		"over rows":                   {"A2:A3", "rooms.xlsx: Rooms!A2:A3: these cells are merged, so all but the first are empty; unmerge them and write the value into each row"},
		"over the header":             {"B1:C1", "rooms.xlsx: Rooms!B1:C1: these cells are merged, so all but the first are empty; unmerge them and write the value into each row"},
		"as in a formula":             {"$A$2:$A$3", "rooms.xlsx: Rooms!$A$2:$A$3: these cells are merged, so all but the first are empty; unmerge them and write the value into each row"},
		"in small letters":            {"a2:a3", "rooms.xlsx: Rooms!a2:a3: these cells are merged, so all but the first are empty; unmerge them and write the value into each row"},
		"over columns without header": {"C2:F9", ""},
		"below the rooms":             {"A4:B9", ""},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := readXLSXBytes(rawWorkbook(t, sheetOf(rows, `<mergeCells count="1"><mergeCell ref="`+test.ref+`"/></mergeCells>`)), Options{})
			if test.want == "" {
				assert.NotNil(t, m)
				assert.NotContains(t, err.Error(), "merged")
				return
			}
			assert.Nil(t, m)
			assert.Contains(t, messages(t, err), test.want)
		})
	}
}

func TestRowsWithoutAMeaningAreLeftOut(t *testing.T) {
	m, err := readXLSXBytes(workbook(t, func(f *excelize.File) {
		table(t, f, "Sheet1", []any{"No", "title", "isLocked", "Done"}, []any{1, "Sales", true, true}, []any{2, nil, nil, false}, []any{3, "HR"}, []any{4})
		require.NoError(t, f.SetCellValue("Sheet1", "F9", "as of March"))
	}), Options{})
	require.NoError(t, err)
	assert.Equal(t, []string{"Sales", "HR"}, titles(m))
	assert.Equal(t, `rooms.xlsx: Sheet1!A3: rows with values only in columns without a meaning are left out: 3, this the first; no action is needed if they are no rooms; otherwise write their titles`, m.Warnings[1].Error())

	_, err = readXLSXBytes(workbook(t, func(f *excelize.File) {
		table(t, f, "Sheet1", []any{"No", "title", "isLocked"}, []any{1, "Sales"}, []any{2, nil, false})
	}), Options{})
	assert.Equal(t, []string{`rooms.xlsx: Sheet1!B3: title is blank; give the room a title, or delete it`}, messages(t, err))

	_, err = readXLSXBytes(rawWorkbook(t, sheetOf(`<row r="1"><c t="str"><v>No</v></c><c t="str"><v>title</v></c></row><row r="2"><c><v>1</v></c><c t="str"><v>Sales</v></c></row>`+
		`<row r="3"><c><v>2</v></c><c><f>A1</f></c></row><row r="4"><c><v>3</v></c><c t="e"><v></v></c></row>`, "")), Options{})
	assert.Len(t, messages(t, err), 2, "a formula without a result and an error may be titles")
}

func TestSheetsAreChosenByNameOrTheFirstThatShows(t *testing.T) {
	data := workbook(t, func(f *excelize.File) {
		for _, name := range []string{"Räume", "Other"} {
			_, err := f.NewSheet(name)
			require.NoError(t, err)
			table(t, f, name, []any{"title"}, []any{"from " + name})
		}
		table(t, f, "Sheet1", []any{"title"}, []any{"from Sheet1"})
		f.SetActiveSheet(1)
		require.NoError(t, f.SetSheetVisible("Sheet1", false))
	})
	for wanted, title := range map[string]string{"": "from Räume", "Other": "from Other", " other ": "from Other", "Sheet1": "from Sheet1"} {
		m, err := readXLSXBytes(data, Options{Sheet: wanted})
		require.NoError(t, err, wanted)
		assert.Equal(t, []string{title}, titles(m), wanted)
	}
	_, err := readXLSXBytes(data, Options{Sheet: "Rooms"})
	assert.Equal(t, []string{`rooms.xlsx: "Rooms" is not a sheet of the workbook; it has "Sheet1", "Räume", "Other"; name one of these with --sheet`}, messages(t, err))
}

func TestFilesThatAreNoWorkbookSayWhatTheyAre(t *testing.T) {
	encrypted, err := excelize.Encrypt(workbook(t, func(*excelize.File) {}), &excelize.Options{Password: "secret"})
	require.NoError(t, err)
	whole := rawWorkbook(t, sheetOf(headerXML+strings.Repeat(`<row><c><v>1</v></c></row>`, 1000), ""))
	bomb := zipOf(t, map[string]string{"xl/styles.xml": strings.Repeat("\x00", maxOtherParts+1)})
	for name, test := range map[string]struct {
		data []byte
		want string
	}{
		"empty":                 {nil, "the file is empty"},
		"CSV":                   {[]byte("title\nA\n"), "this is a text file, not a workbook; name it .csv if it is CSV"},
		"CSV in UTF-16":         {[]byte("\xff\xfet\x00i\x00"), "this is a text file, not a workbook; name it .csv if it is CSV"},
		"a web page":            {[]byte("\n<html><table>"), "this is a web page or XML file that only has the name of a workbook; open it in Excel"},
		"with a password":       {encrypted, "this is a password-protected workbook; remove the password in Excel"},
		".xls":                  {[]byte(oleMark + strings.Repeat("\x00", 600) + "W\x00o\x00r\x00k\x00b\x00o\x00o\x00k\x00"), "this is an old Excel workbook (.xls); open it in Excel or LibreOffice and save it as .xlsx"},
		".ods":                  {[]byte(zipMark + strings.Repeat("\x00", 26) + "mimetypeapplication/vnd.oasis.opendocument.spreadsheet"), "this is an OpenDocument file (.ods); open it"},
		"a picture":             {[]byte("\x89PNG\r\n\x1a\n\x00\x00"), "this is not an Excel workbook; check"},
		"cut off":               {whole[:len(whole)/2], "the workbook is broken: it is cut off or damaged; open it in the program that wrote it"},
		"a ZIP of other things": {zipOf(t, map[string]string{"a.txt": "A"}), "the workbook is broken: it is a ZIP file with no workbook in it; "},
		"a bomb":                {bomb, "the workbook of 63 KB unpacks to 64 MB, more than is read; copy the table"},
		"XML cut off":           {rawWorkbook(t, strings.TrimSuffix(sheetOf(headerXML, ""), "</sheetData></worksheet>")), "the workbook is broken: a part of it is cut off"},
		"XML in ISO-8859-1":     {rawWorkbook(t, strings.Replace(sheetOf(headerXML, ""), "UTF-8", "ISO-8859-1", 1)), "the workbook is broken: a part of it is in ISO-8859-1, and not in UTF-8, as all parts of a workbook are; open it"},
		"rows out of order":     {rawWorkbook(t, sheetOf(headerXML+`<row r="3"/><row r="2"/>`, "")), "the workbook is broken: its rows are out of order"},
		"an empty sheet":        {workbook(t, func(*excelize.File) {}), "rooms.xlsx: Sheet1: the sheet is empty; write a header"},
		"a mark of UTF-8":       {workbook(t, func(f *excelize.File) { table(t, f, "Sheet1", []any{"ï»¿title", "key"}, []any{"BÃ¼ro", 1}) }), "rooms.xlsx: Sheet1!A1: \"ï»¿\" starts the table: a program took the byte-order mark"},
		"a header alone":        {rawWorkbook(t, sheetOf(headerXML, "")), "rooms.xlsx: Rooms: there are no rooms in it; add at least one room"},
		"no title column":       {rawWorkbook(t, sheetOf(`<row r="2"><c r="B2" t="str"><v>name of it</v></c><c r="C2"><v>5</v></c></row>`, "")), "rooms.xlsx: Rooms!A2: the header has no title column"},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := readXLSXBytes(test.data, Options{})
			assert.Nil(t, m)
			all := messages(t, err)
			assert.Len(t, all, 1)
			assert.Contains(t, all[0], test.want)
		})
	}
}

func TestAFlippedBitInAWorkbookIsNeverSilent(t *testing.T) {
	whole := workbook(t, func(f *excelize.File) {
		table(t, f, "Sheet1", []any{"title"}, []any{"A"}, []any{"B"}, []any{"C"})
	})
	for i := 0; i < len(whole); i += 7 {
		damaged := bytes.Clone(whole)
		damaged[i] ^= 0x10
		m, err := readXLSXBytes(damaged, Options{})
		if err == nil {
			require.Equal(t, []string{"A", "B", "C"}, titles(m), "byte %d", i)
		}
	}
}
