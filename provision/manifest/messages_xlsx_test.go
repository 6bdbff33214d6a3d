package manifest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
)

// workbookExamples are the faultExamples that are workbooks.
func workbookExamples(t *testing.T) map[fault]faultExample {
	row := func(number int, cells string) string { return fmt.Sprintf(`<row r="%d">%s</row>`, number, cells) }
	sales := `<c t="str"><v>Sales</v></c>`
	sheet := func(rows, after string) string { return string(rawWorkbook(t, sheetOf(rows, after))) }
	return map[fault]faultExample{
		faultBrokenWorkbook: {
			"r.xlsx", sheet(headerXML+row(3, sales)+row(2, sales), ""),
			`r.xlsx: Rooms: the workbook is broken: its rows are out of order; open it in the program that wrote it, save it again as .xlsx, and try again`,
		},
		faultZipBomb: {
			"r.xlsx", string(zipOf(t, map[string]string{"xl/workbook.xml": strings.Repeat(" ", maxOtherParts+1)})),
			`r.xlsx: the workbook of 63 KB unpacks to 64 MB, more than is read; copy the table of rooms alone into a new workbook`,
		},
		faultEmptySheet: {
			"r.xlsx", sheet(row(7, `<c s="3"/>`), ""),
			`r.xlsx: Rooms: the sheet is empty; write a header and a row for each room, or name another sheet with --sheet`,
		},
		faultRichValue: {
			"r.xlsx", sheet(headerXML+row(2, `<c t="e" vm="1"><v>#VALUE!</v></c>`), ""),
			`r.xlsx: Rooms!A2: title "#VALUE!" is what the file holds in place of what newer versions of Excel show: a picture in the cell, a data type, or an error such as #SPILL!; write the value itself`,
		},
		faultDateWithoutFormat: {
			"r.xlsx", sheet(headerXML+row(2, `<c t="d"><v>2024-01-15</v></c>`), ""),
			`r.xlsx: Rooms!A2: title "2024-01-15" is a date in a cell without a format, where programs show it as the number 45306; format the cell as text and write what it shall say, or choose a fixed format, such as yyyy-mm-dd`,
		},
		faultUnanswered: {
			"r.xlsx", sheet(headerXML+row(2, `<c><f>A1</f></c>`), ""),
			`r.xlsx: Rooms!A2: title is a formula whose result the file does not hold; open the file in Excel or LibreOffice and save it, or write the value itself`,
		},
		faultUnansweredHeader: {
			"r.xlsx", sheet(`<row r="1"><c t="str"><v>title</v></c><c><f>A2</f></c></row>`+row(2, sales), ""),
			`r.xlsx: Rooms!B1: the header is a formula whose result the file does not hold; open the file in Excel or LibreOffice and save it, or write the header itself`,
		},
		faultMerged: {
			"r.xlsx", sheet(headerXML+row(2, sales), `<mergeCells><mergeCell ref="A2:A3"/></mergeCells>`),
			`r.xlsx: Rooms!A2:A3: these cells are merged, so all but the first are empty; unmerge them and write the value into each row`,
		},
		warnHidden: {
			"r.xlsx", sheet(headerXML+`<row r="2" hidden="1">`+sales+`</row>`, ""),
			`r.xlsx: Rooms: the sheet hides or filters away 1 of the rows, which are read all the same; if they are not meant, leave them out with --skip-hidden`,
		},
		warnUnnamedCells: {
			"r.xlsx", sheet(headerXML+row(2, sales+`<c r="D2"><v>1</v></c>`), ""),
			`r.xlsx: Rooms: cells in columns without a header are ignored: D2; no action is needed if they are notes; otherwise name the column`,
		},
		warnLostLetters: {
			"r.xlsx", sheet(headerXML+row(2, `<c t="str"><v>M?nchen</v></c>`)+row(3, `<c t="str"><v>?ód?</v></c>`), ""),
			`r.xlsx: Rooms: "M?nchen" has question marks where letters may have been (such cells: 2); a program may have lost them before; no action is needed if they are meant; otherwise write the letters again`,
		},
		faultNotOfItsKind: {
			"r.xlsx", sheet(headerXML+row(2, sales+`<c r="B2" t="b"><v>2</v></c>`), ""),
			`r.xlsx: Rooms!B2: isLocked "2" is no value that a cell of its kind can hold; write the value again in Excel or LibreOffice and save the file`,
		},
		faultNoTitleOnSheet: {
			"r.xlsx", workbookOf(t, "Notes", []any{"read", "me"}, "Rooms", []any{"title"}),
			`r.xlsx: Notes!A1: the sheet has no title column; the workbook also has "Rooms"; name the sheet with the rooms with --sheet, or name the columns in the first row`,
		},
		faultEmptySheetOfSeveral: {
			"r.xlsx", workbookOf(t, "Notes", nil, "Rooms", []any{"title"}),
			`r.xlsx: Notes: the sheet is empty; the workbook also has "Rooms"; name the sheet with the rooms with --sheet`,
		},
		faultUnknownFormat: {
			"r.xlsx", formattedWorkbook(t, `[DBNum1]0`),
			`r.xlsx: Sheet1!A2: title "12" is a number whose format, [DBNum1]0, shows something that cannot be told here; format the cell as text and write what it shall say`,
		},
		faultSystemDate: {
			"r.xlsx", formattedWorkbook(t, `[$-F800]dddd, mmmm dd, yyyy`),
			`r.xlsx: Sheet1!A2: title "12" is a day or a time whose format, [$-F800]dddd, mmmm dd, yyyy, looks different from computer to computer; format the cell as text and write what it shall say, or choose a fixed format, such as yyyy-mm-dd`,
		},
		faultSystemBoolean: {
			"r.xlsx", sheet(headerXML+row(2, `<c t="b"><v>1</v></c><c t="b"><v>1</v></c>`), ""),
			`r.xlsx: Rooms!A2: title "TRUE" is true or false, for which each computer shows a word of its own language; format the cell as text and write what it shall say`,
		},
		faultEmptyReference: {
			"r.xlsx", sheet(headerXML+row(2, `<c><f>A9</f><v>0</v></c>`), ""),
			`r.xlsx: Rooms!A2: title "0" is the result of a formula, as it is when it refers to an empty cell; delete the formulas of rows without a room; if the room is meant to be called so, write the value itself`,
		},
		faultSystemNumber: {
			"r.xlsx", formattedWorkbook(t, `0.0`),
			`r.xlsx: Sheet1!A2: title "12.0" is a number that shows as "12,0" on computers of another language; format the cell as text and write what it shall say`,
		},
		faultHiddenByFormat: {
			"r.xlsx", formattedWorkbook(t, `;;;`),
			`r.xlsx: Sheet1!A2: title "12" is in the cell, but its format, ;;;, shows nothing of it; delete the value, or format the cell as text and write what it shall say`,
		},
		warnHiddenColumns: {
			"r.xlsx", hidingWorkbook(t, func(f *excelize.File) error { return f.SetColVisible("Rooms", "B", false) }),
			`r.xlsx: Rooms!A1: the sheet hides columns that are read all the same: B (isLocked); no action is needed if their values are right; otherwise show the columns and correct them`,
		},
		warnHiddenSheet: {
			"r.xlsx", hidingWorkbook(t, func(f *excelize.File) error { return f.SetSheetVisible("Sheet1", false) }),
			`r.xlsx: Rooms: this is the first sheet that shows; hidden ones before it are passed over: "Sheet1"; if one of those is meant, name it with --sheet`,
		},
		warnStruck: {
			"r.xlsx", string(workbook(t, func(f *excelize.File) {
				style, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Strike: true}})
				require.NoError(t, err)
				table(t, f, "Sheet1", []any{"title"}, []any{"Sales"}, []any{"Old"})
				require.NoError(t, f.SetCellStyle("Sheet1", "A3", "A4", style))
			})),
			`r.xlsx: Sheet1!A3: "Old" has a line through it (such titles: 1), and is read like any other; no action is needed if the rooms are meant; otherwise delete the rows`,
		},
		warnTotals: {
			"r.xlsx", totalsWorkbook(t),
			`r.xlsx: Rooms!A4: the row with the totals of the table is left out; no action is needed; if it is a room, switch the total row of the table off`,
		},
	}
}
