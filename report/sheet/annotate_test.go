package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"roomlift/provision/manifest"
	"roomlift/report/results"
)

// adminsBook is a workbook as an admin keeps one: a title above the table, notes,
// colours, a filter, hidden and frozen rows, rules, comments and other sheets.
func adminsBook(t testing.TB) []byte {
	return workbook(t, func(f *excelize.File) {
		const sheet = "Räume & mehr"
		require.NoError(t, f.SetSheetName("Sheet1", sheet))
		_, err := f.NewSheet("Budget")
		require.NoError(t, err)
		require.NoError(t, f.SetCellFormula("Budget", "A1", "=SUM(1,2)"))
		fill(t, f, sheet, "B2", []any{"Rooms of 2026"})
		fill(t, f, sheet, "B4",
			[]any{"Owner", "Space name", "key", "Moderated", "Start"},
			[]any{"Ada", "Sales", "0001", true, 46000.5},
			[]any{"Bob", "HR", 2, false},
			nil,
			[]any{"Cy", "=1+1", "k3", "maybe"},
			[]any{"Di", "Hidden", "k4", nil, nil},
			[]any{nil, "Lost", "k5"},
			[]any{nil, "Later", "k6"})
		bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true, Family: "Arial", Size: 14}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"FFFF00"}}})
		require.NoError(t, err)
		rule, err := f.NewConditionalStyle(&excelize.Style{Font: &excelize.Font{Color: "9A0511"}})
		require.NoError(t, err)
		date, err := f.NewStyle(&excelize.Style{NumFmt: 22})
		require.NoError(t, err)
		for _, err := range []error{
			f.MergeCell(sheet, "B2", "F2"), f.SetCellStyle(sheet, "B4", "F4", bold), f.SetCellStyle(sheet, "F5", "F11", date),
			f.SetColWidth(sheet, "C", "C", 33), f.SetColStyle(sheet, "H:Z", bold),
			f.SetRowVisible(sheet, 9, false), f.SetRowHeight(sheet, 5, 40),
			f.AutoFilter(sheet, "B4:F11", nil),
			f.SetPanes(sheet, &excelize.Panes{Freeze: true, YSplit: 4, TopLeftCell: "A5", ActivePane: "bottomLeft"}),
			f.AddComment(sheet, excelize.Comment{Cell: "C5", Author: "Ada", Text: "ask first"}),
			f.SetCellHyperLink(sheet, "B5", "https://example.com/ada", "External"),
			f.SetConditionalFormat(sheet, "C5:C11", []excelize.ConditionalFormatOptions{{Type: "duplicate", Criteria: "=", Format: &rule}}),
			f.ProtectSheet("Budget", &excelize.SheetProtectionOptions{Password: "x"}),
			f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Area", RefersTo: "'Räume & mehr'!$B$2:$F$11", Scope: sheet}),
			f.SetPageLayout(sheet, &excelize.PageLayoutOptions{Orientation: ptr("landscape")}),
		} {
			require.NoError(t, err)
		}
		choice := excelize.NewDataValidation(true)
		choice.SetSqref("E5:E11")
		require.NoError(t, choice.SetDropList([]string{"true", "false"}))
		require.NoError(t, f.AddDataValidation(sheet, choice))
	})
}

func ptr[T any](v T) *T { return &v }

// adminsRecords are what a run left of adminsBook.
func adminsRecords() []results.Record {
	return []results.Record{
		recorded("0001", "Sales", results.Created, ""),
		recorded("2", "HR", results.Failed, `Webex answered 404: no such team; check teamId "x"`),
		recorded("k4", "Hidden", results.Adopted, ""),
		recorded("k5", "Lost", results.Unknown, "the answer was lost: EOF; it is not known whether the room exists; run again to settle it"),
	}
}

func TestAnAnnotatedWorkbookSaysWhatBecameOfEachRow(t *testing.T) {
	r := reportOf(t, "r.xlsx", adminsBook(t), manifest.Options{}, adminsRecords()...)
	r.Stopped, r.Remedy = "the deadline has passed", "run again"
	_, f := annotated(t, r)
	rows, err := f.GetRows("Räume & mehr")
	require.NoError(t, err)
	added := func(row int) []string {
		cells := append(rows[row-1], make([]string, 10)...)
		return cells[6:10]
	}
	assert.Equal(t, []string{manifest.AddedStatus, manifest.AddedLink, manifest.AddedReason, manifest.AddedRemedy}, added(4))
	assert.Equal(t, []string{"existed before", openText, "", ""}, added(5))
	assert.Equal(t, []string{"failed", "", "Webex answered 404: no such team", `check teamId "x"`}, added(6))
	assert.Equal(t, []string{"", "", "", ""}, added(7))
	assert.Equal(t, []string{"failed", "", `isLocked "maybe" is neither true nor false`, "write true or false, or leave the cell empty"}, added(8))
	assert.Equal(t, "existed before", added(9)[0])
	assert.Equal(t, []string{"not settled", "", "the answer was lost: EOF; it is not known whether the room exists", "run again to settle it"}, added(10))
	assert.Equal(t, []string{"not tried", "", "the deadline has passed", "run again"}, added(11))

	linked, target, err := f.GetCellHyperLink("Räume & mehr", "H5")
	require.NoError(t, err)
	assert.True(t, linked)
	assert.Equal(t, space, target)
	linked, _, err = f.GetCellHyperLink("Räume & mehr", "H6")
	require.NoError(t, err)
	assert.False(t, linked)
}

func TestAWorkbookComesBackAsItWas(t *testing.T) {
	const sheet = "Räume & mehr"
	before := adminsBook(t)
	content, f := annotated(t, reportOf(t, "r.xlsx", before, manifest.Options{}, adminsRecords()...))
	was := opened(t, before)

	assert.Equal(t, was.GetSheetList(), f.GetSheetList())
	for row := 1; row <= 11; row++ {
		for column := 1; column <= 6; column++ {
			cell := cellName(column, row)
			for _, look := range []func(*excelize.File) (any, error){
				func(f *excelize.File) (any, error) { return f.GetCellValue(sheet, cell) },
				func(f *excelize.File) (any, error) { return f.GetCellType(sheet, cell) },
				func(f *excelize.File) (any, error) {
					id, err := f.GetCellStyle(sheet, cell)
					if err != nil {
						return nil, err
					}
					return f.GetStyle(id)
				},
			} {
				want, err := look(was)
				require.NoError(t, err)
				got, err := look(f)
				require.NoError(t, err)
				assert.Equal(t, want, got, cell)
			}
		}
		want, err := was.GetRowVisible(sheet, row)
		require.NoError(t, err)
		got, err := f.GetRowVisible(sheet, row)
		require.NoError(t, err)
		assert.Equal(t, want, got, "row %d", row)
	}
	for name, look := range map[string]func(*excelize.File) (any, error){
		"comments":            func(f *excelize.File) (any, error) { return f.GetComments(sheet) },
		"merged cells":        func(f *excelize.File) (any, error) { return f.GetMergeCells(sheet) },
		"frozen rows":         func(f *excelize.File) (any, error) { return f.GetPanes(sheet) },
		"conditional formats": func(f *excelize.File) (any, error) { return f.GetConditionalFormats(sheet) },
		"drop-downs":          func(f *excelize.File) (any, error) { return f.GetDataValidations(sheet) },
		"a column's width":    func(f *excelize.File) (any, error) { return f.GetColWidth(sheet, "C") },
		"a row's height":      func(f *excelize.File) (any, error) { return f.GetRowHeight(sheet, 5) },
		"a column's style":    func(f *excelize.File) (any, error) { return f.GetColStyle(sheet, "Z") },
		"the page":            func(f *excelize.File) (any, error) { return f.GetPageLayout(sheet) },
		"a formula":           func(f *excelize.File) (any, error) { return f.GetCellFormula("Budget", "A1") },
		"a link":              func(f *excelize.File) (any, error) { _, link, err := f.GetCellHyperLink(sheet, "B5"); return link, err },
	} {
		want, err := look(was)
		require.NoError(t, err, name)
		got, err := look(f)
		require.NoError(t, err, name)
		assert.Equal(t, want, got, name)
	}
	for name, want := range parts(t, before) {
		switch name {
		case "xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/workbook.xml", "xl/worksheets/_rels/sheet1.xml.rels":
		default:
			assert.Equal(t, want, parts(t, content)[name], "%s is not copied byte for byte", name)
		}
	}
	assert.Contains(t, parts(t, content)["xl/worksheets/sheet1.xml"], `<autoFilter ref="B4:J11">`)
	assert.Contains(t, parts(t, content)["xl/workbook.xml"], `$B$4:$J$11`)
	assert.Contains(t, parts(t, content)["xl/workbook.xml"], `$B$2:$J$11`, "what is printed")
}

func parts(t testing.TB, content []byte) map[string]string {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	require.NoError(t, err)
	parts := map[string]string{}
	for _, part := range in.File {
		r, err := part.Open()
		require.NoError(t, err)
		text, err := io.ReadAll(r)
		require.NoError(t, err)
		parts[part.Name] = string(text)
	}
	return parts
}

func TestAnAnnotatedWorkbookIsAManifestAgain(t *testing.T) {
	first := reportOf(t, "r.xlsx", adminsBook(t), manifest.Options{}, adminsRecords()...)
	once, _ := annotated(t, first)
	second := reportOf(t, "r.xlsx", once, manifest.Options{}, adminsRecords()...)
	assert.Equal(t, first.Manifest.Rows, second.Manifest.Rows)
	assert.Equal(t, first.Manifest.Warnings, second.Manifest.Warnings)

	second.Records = nil // nothing is known any more: what the columns said must go
	twice, f := annotated(t, second)
	rows, err := f.GetRows("Räume & mehr")
	require.NoError(t, err)
	assert.Len(t, rows[3], 10, "no column is added twice")
	assert.Equal(t, "not tried", rows[4][6])
	assert.Empty(t, rows[4][7])
	linked, _, err := f.GetCellHyperLink("Räume & mehr", "H5")
	require.NoError(t, err)
	assert.False(t, linked)
	_, kept, err := f.GetCellHyperLink("Räume & mehr", "B5")
	require.NoError(t, err)
	assert.Equal(t, "https://example.com/ada", kept)
	assert.NotContains(t, parts(t, twice)["xl/worksheets/_rels/sheet1.xml.rels"], "webexteams")
}

func TestARowThatIsGoneFromTheManifestLosesWhatWasSaidOfIt(t *testing.T) {
	once, _ := annotated(t, reportOf(t, "r.xlsx", adminsBook(t), manifest.Options{}, adminsRecords()...))
	book := opened(t, once)
	for _, cell := range []string{"B6", "C6", "D6", "E6"} {
		require.NoError(t, book.SetCellValue("Räume & mehr", cell, nil))
	}
	var edited bytes.Buffer
	require.NoError(t, book.Write(&edited))
	_, f := annotated(t, reportOf(t, "r.xlsx", edited.Bytes(), manifest.Options{}, adminsRecords()...))
	status, err := f.GetCellValue("Räume & mehr", "G6")
	require.NoError(t, err)
	assert.Empty(t, status)
}

func TestACopyWithMacrosIsOfTheKindThatItsNameSays(t *testing.T) {
	file := filepath.Join(t.TempDir(), "r.xlsm")
	f := excelize.NewFile()
	fill(t, f, "Sheet1", "A1", []any{"title"}, []any{"Sales"})
	require.NoError(t, errors.Join(f.SaveAs(file), f.Close()))
	macros, err := os.ReadFile(file)
	require.NoError(t, err)

	content, _ := annotated(t, reportOf(t, "r.xlsm", macros, manifest.Options{}))
	const types = "[Content_Types].xml"
	assert.Contains(t, parts(t, content)[types], "application/vnd.ms-excel.sheet.macroEnabled.main+xml")
	assert.Equal(t, parts(t, macros)[types], parts(t, content)[types])

	assert.EqualError(t, CheckAnnotated(reportOf(t, "r.xlsx", macros, manifest.Options{})), "the manifest is a workbook with macros, whose name must end in .xlsm: rename it")
	assert.EqualError(t, CheckAnnotated(reportOf(t, "r.xlsm", adminsBook(t), manifest.Options{})), "the manifest is a workbook without macros, whose name must end in .xlsx: rename it")
}

func TestATableOfExcelTakesTheAddedColumnsIn(t *testing.T) {
	table := func(t *testing.T, after string) []byte {
		return workbook(t, func(f *excelize.File) {
			fill(t, f, "Sheet1", "A1", []any{"title", "key"}, []any{"Sales", "a"}, []any{"HR", "b"})
			if after != "" {
				fill(t, f, "Sheet1", after, []any{"a note"})
			}
			require.NoError(t, f.AddTable("Sheet1", &excelize.Table{Range: "A1:B3", Name: "Rooms"}))
		})
	}
	_, f := annotated(t, reportOf(t, "r.xlsx", table(t, ""), manifest.Options{}, recorded("a", "Sales", results.Created, "")))
	tables, err := f.GetTables("Sheet1")
	require.NoError(t, err)
	require.Len(t, tables, 1)
	assert.Equal(t, "A1:F3", tables[0].Range)

	var out bytes.Buffer
	warnings, err := WriteAnnotated(&out, reportOf(t, "r.xlsx", table(t, "D5"), manifest.Options{}))
	require.NoError(t, err)
	assert.Equal(t, []string{"the added columns stand outside the table in the sheet: when the table is sorted, they are left behind"}, warnings)
}

func TestTheSheetThatIsNamedIsAnnotated(t *testing.T) {
	book := workbook(t, func(f *excelize.File) {
		_, err := f.NewSheet("Second")
		require.NoError(t, err)
		fill(t, f, "Second", "A1", []any{"title"}, []any{"Sales"})
	})
	content, f := annotated(t, reportOf(t, "r.xlsx", book, manifest.Options{Sheet: "second"}, recorded("", "Sales", results.Created, "")))
	status, err := f.GetCellValue("Second", "B2")
	require.NoError(t, err)
	assert.Equal(t, "existed before", status)
	assert.Equal(t, parts(t, book)["xl/worksheets/sheet1.xml"], parts(t, content)["xl/worksheets/sheet1.xml"])
}

func TestASheetWithoutRoomIsRefusedBeforeAnythingIsSent(t *testing.T) {
	book := workbook(t, func(f *excelize.File) {
		fill(t, f, "Sheet1", "A1", []any{"title"}, []any{"Sales"})
		fill(t, f, "Sheet1", "XFB9", []any{"a note"})
	})
	err := CheckAnnotated(reportOf(t, "r.xlsx", book, manifest.Options{}))
	assert.EqualError(t, err, "the sheet Sheet1 has a value in XFB, which leaves no room for the added columns: delete what is not needed at its right edge")
}

func TestACSVOrYAMLManifestBecomesAWorkbook(t *testing.T) {
	for name, content := range map[string]string{
		"r.csv":  "Space name;key;Note\n=1+1;a;\"two\nlines\"\nHR;b;\n",
		"r.yaml": "- {title: '=1+1', key: a}\n- {title: HR, key: b}\n",
	} {
		t.Run(name, func(t *testing.T) {
			r := reportOf(t, name, []byte(content), manifest.Options{}, recorded("a", "=1+1", results.Created, ""))
			out, f := annotated(t, r)
			for cell, want := range map[string]string{"A2": "=1+1", "B2": "a", "A3": "HR"} {
				got, err := f.GetCellValue("Rooms", cell)
				require.NoError(t, err)
				assert.Equal(t, want, got, cell)
			}
			formula, err := f.GetCellFormula("Rooms", "A2")
			require.NoError(t, err)
			assert.Empty(t, formula)
			again := reportOf(t, "r.xlsx", out, manifest.Options{})
			for i := range r.Manifest.Rows {
				want, got := r.Manifest.Rows[i], again.Manifest.Rows[i]
				got.Line = want.Line
				assert.Equal(t, want, got)
			}
		})
	}
}
