package manifest

import (
	"io"
	"strings"

	"github.com/xuri/excelize/v2"
)

// The sheets of the workbook that is a template.
const (
	roomsSheet = "Rooms"
	helpSheet  = "How to fill it in"
)

// writeXLSXTemplate writes a workbook with a sheet to fill in and one that explains
// the columns and the rules.
func writeXLSXTemplate(w io.Writer) (err error) {
	book := excelize.NewFile()
	defer func() {
		if closing := book.Close(); err == nil {
			err = closing
		}
	}()
	t := &workbookTemplate{book: book}
	t.fillRooms()
	t.fillHelp()
	if t.err != nil {
		return t.err
	}
	return book.Write(w)
}

// workbookTemplate is the template under way. After the first error its methods do
// nothing.
type workbookTemplate struct {
	book *excelize.File
	err  error
}

func (t *workbookTemplate) do(step func() error) {
	if t.err == nil {
		t.err = step()
	}
}

func (t *workbookTemplate) style(style *excelize.Style) (id int) {
	t.do(func() (err error) {
		id, err = t.book.NewStyle(style)
		return err
	})
	return id
}

// textFormat is Excel's number format "@": what is typed stays as it is typed, so
// that 0012 does not become 12.
const textFormat = 49

func (t *workbookTemplate) fillRooms() {
	header := t.style(&excelize.Style{
		Font:      &excelize.Font{Bold: true, Color: "FFFFFF"},
		Fill:      excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"1F4E78"}},
		Alignment: &excelize.Alignment{Vertical: "center"},
	})
	example := t.style(&excelize.Style{
		Font:   &excelize.Font{Italic: true, Color: "7F7F7F"},
		Fill:   excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"F2F2F2"}},
		NumFmt: textFormat,
	})
	text := t.style(&excelize.Style{NumFmt: textFormat})

	t.do(func() error { return t.book.SetSheetName("Sheet1", roomsSheet) })
	columns := Columns()
	for i := range columns {
		t.fillColumn(i+1, &columns[i], header, example, text)
	}
	t.do(func() error { return t.book.SetRowHeight(roomsSheet, 1, 24) })
	t.do(func() error {
		return t.book.SetPanes(roomsSheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
	})
}

// fillColumn writes a column: its header with a comment, its example, and a
// drop-down list where it is a boolean.
func (t *workbookTemplate) fillColumn(number int, c *Column, header, example, text int) {
	letters := columnLetters(number)
	if c.Type == Text {
		t.do(func() error { return t.book.SetColStyle(roomsSheet, letters, text) })
	}
	t.do(func() error { return t.book.SetColWidth(roomsSheet, letters, letters, columnWidth(c)) })
	t.do(func() error { return t.book.SetCellStr(roomsSheet, letters+"1", c.Name) })
	t.do(func() error { return t.book.SetCellStr(roomsSheet, letters+"2", exampleCell(c)) })
	t.do(func() error { return t.book.SetCellStyle(roomsSheet, letters+"1", letters+"1", header) })
	t.do(func() error { return t.book.SetCellStyle(roomsSheet, letters+"2", letters+"2", example) })
	t.do(func() error {
		return t.book.AddComment(roomsSheet, excelize.Comment{
			Cell: letters + "1", Author: "roomlift", Width: 300, Height: 90,
			Text: c.Doc + " (" + c.Type.String() + ", " + c.need() + ")",
		})
	})
	if c.Type == Boolean {
		choice := excelize.NewDataValidation(true)
		choice.SetSqref(letters + "2:" + cellName(number, maxSheetRows))
		choice.SetError(excelize.DataValidationErrorStyleStop, c.Name, "Write true or false, or leave the cell empty.")
		t.do(func() error { return choice.SetDropList([]string{"true", "false"}) })
		t.do(func() error { return t.book.AddDataValidation(roomsSheet, choice) })
	}
}

// columnWidth returns a width in characters that suits what people write.
func columnWidth(c *Column) float64 {
	if c.Type == Boolean {
		return float64(len(c.Name) + 4)
	}
	return 44
}

func (t *workbookTemplate) fillHelp() {
	bold := t.style(&excelize.Style{Font: &excelize.Font{Bold: true}})
	wrap := t.style(&excelize.Style{Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	t.do(func() error {
		_, err := t.book.NewSheet(helpSheet)
		return err
	})
	lines := [][]string{{"Column", "It holds", "", "Meaning", "Also understood", "Example"}}
	columns := Columns()
	for i := range columns {
		c := &columns[i]
		lines = append(lines, []string{c.Name, c.Type.String(), c.need(), c.Doc, strings.Join(c.Aliases, ", "), c.Example})
	}
	rules := len(lines) + 2
	for row, line := range lines {
		for column, value := range line {
			t.do(func() error { return t.book.SetCellStr(helpSheet, cellName(column+1, row+1), value) })
		}
	}
	t.do(func() error { return t.book.SetCellStr(helpSheet, cellName(1, rules), "Rules") })
	for i, rule := range Rules() {
		t.do(func() error { return t.book.SetCellStr(helpSheet, cellName(1, rules+1+i), rule) })
	}
	t.do(func() error { return t.book.SetCellStyle(helpSheet, "A1", "F1", bold) })
	t.do(func() error { return t.book.SetCellStyle(helpSheet, "A2", cellName(6, len(lines)), wrap) })
	t.do(func() error { return t.book.SetCellStyle(helpSheet, cellName(1, rules), cellName(1, rules), bold) })
	for i, width := range []float64{20, 13, 10, 60, 40, 50} {
		letters := columnLetters(i + 1)
		t.do(func() error { return t.book.SetColWidth(helpSheet, letters, letters, width) })
	}
}
