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
		// What the list lacks may be right all the same: yes, x, WAHR.
		choice.SetError(excelize.DataValidationErrorStyleInformation, c.Name, "True and false are in the list; yes, no, 1, 0, x and the words of other languages are understood, too.")
		t.do(func() error { return choice.SetDropList([]string{"true", "false"}) })
		t.do(func() error { return t.book.AddDataValidation(roomsSheet, choice) })
	}
}

// columnWidth returns a width in characters that suits what people write.
func columnWidth(c *Column) float64 {
	switch {
	case c.Type == Boolean:
		return float64(len(c.Name) + 4)
	case c.index == colTitle || c.index == colDescription:
		return 44
	default:
		return 24
	}
}

// fillHelp writes the sheet that explains the columns and the rules.
func (t *workbookTemplate) fillHelp() {
	bold := t.style(&excelize.Style{Font: &excelize.Font{Bold: true}})
	wrap := t.style(&excelize.Style{Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	t.do(func() error {
		_, err := t.book.NewSheet(helpSheet)
		return err
	})
	widths := []float64{20, 13, 10, 48, 36, 40}
	for i, width := range widths {
		letters := columnLetters(i + 1)
		t.do(func() error { return t.book.SetColWidth(helpSheet, letters, letters, width) })
	}
	row := t.helpLine(1, []string{"Column", "It holds", "Needed", "Meaning", "Also understood as a heading", "Example"}, bold, 1)
	columns := Columns()
	for i := range columns {
		c := &columns[i]
		cells := []string{c.Name, c.Type.String(), c.need(), c.Doc, strings.Join(c.Aliases, ", "), c.Example}
		lines := 1
		for n, text := range cells {
			lines = max(lines, linesOf(text, widths[n]))
		}
		row = t.helpLine(row, cells, wrap, lines)
	}
	var whole float64
	for _, width := range widths {
		whole += width
	}
	row = t.helpLine(row+1, []string{"Rules"}, bold, 1)
	about := "The sheet " + roomsSheet + " starts with an example row, whose title begins with " + exampleMark +
		" It is ignored as long as nothing in it is changed. Write your rooms below it, or delete it."
	for _, rule := range append([]string{about}, Rules()...) {
		last := cellName(len(widths), row)
		t.do(func() error { return t.book.MergeCell(helpSheet, cellName(1, row), last) })
		row = t.helpLine(row, []string{rule}, wrap, linesOf(rule, whole))
	}
	t.printOn(helpSheet)
	t.printOn(roomsSheet)
}

// helpLine writes a row that is so many lines high, and returns the next one.
func (t *workbookTemplate) helpLine(row int, cells []string, style, lines int) (next int) {
	for i, text := range cells {
		cell := cellName(i+1, row)
		t.do(func() error { return t.book.SetCellStr(helpSheet, cell, text) })
		t.do(func() error { return t.book.SetCellStyle(helpSheet, cell, cell, style) })
	}
	const lineHeight = 15 // points
	t.do(func() error { return t.book.SetRowHeight(helpSheet, row, float64(lines*lineHeight)) })
	return row + 1
}

// linesOf returns how many lines a text takes in a cell of that width, with room to
// spare for words that do not fit the end of a line.
func linesOf(text string, width float64) int {
	return 1 + int(float64(len(text))*1.15/width)
}

// printOn makes a sheet print across, as wide as the paper.
func (t *workbookTemplate) printOn(sheet string) {
	fit, landscape, one, many := true, "landscape", 1, 0
	t.do(func() error { return t.book.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit}) })
	t.do(func() error {
		return t.book.SetPageLayout(sheet, &excelize.PageLayoutOptions{Orientation: &landscape, FitToWidth: &one, FitToHeight: &many})
	})
}
