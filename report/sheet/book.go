package sheet

import (
	"archive/zip"
	"bufio"
	"fmt"
	"io"
	"strconv"
)

// book is a new workbook with one sheet of texts.
type book struct {
	sheet  string
	header []string
	widths []float64 // of the columns, in characters
	styles []int     // of the columns
	look   look
	looks  []byte // the part of the styles
	out    *bufio.Writer
	row    int
	line   []byte
}

// maxRows is the number of rows of a sheet.
const maxRows = 1 << 20

// sheetPart is the part that a book's sheet is in.
const sheetPart = "xl/worksheets/sheet1.xml"

func newBook(sheet string, header []string, widths []float64) (*book, error) {
	looks, l, err := addLook([]byte(plainStyles))
	if err != nil {
		return nil, err
	}
	b := &book{sheet: sheet, header: header, widths: widths, look: l, looks: looks}
	for range header {
		b.styles = append(b.styles, l.text)
	}
	return b, nil
}

// write writes the workbook. rows calls its argument for each row.
func (b *book) write(w io.Writer, rows func(func(cells []string) error) error) error {
	parts := zip.NewWriter(w)
	part, err := parts.Create(sheetPart)
	if err != nil {
		return err
	}
	b.out = bufio.NewWriterSize(part, 1<<16)
	b.begin()
	if err := rows(b.add); err != nil {
		return err
	}
	last := cellName(max(len(b.header), 1), b.row)
	fmt.Fprintf(b.out, `</sheetData><autoFilter ref="A1:%s"/><pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/><pageSetup orientation="landscape" fitToHeight="0"/></worksheet>`, last)
	if err := b.out.Flush(); err != nil {
		return err
	}
	for _, p := range []struct{ name, content string }{
		{"[Content_Types].xml", contentTypes},
		{"_rels/.rels", rootRelationships},
		{"xl/_rels/workbook.xml.rels", bookRelationships},
		{"xl/styles.xml", string(b.looks)},
		{"xl/workbook.xml", fmt.Sprintf(bookXML, appendAttribute(nil, b.sheet), appendAttribute(nil, b.sheet), letters(len(b.header)), b.row)},
	} {
		part, err := parts.Create(p.name)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(part, p.content); err != nil {
			return err
		}
	}
	return parts.Close()
}

// begin writes everything up to the first row: the header stays in sight, and the
// sheet is printed as wide as the paper.
func (b *book) begin() {
	fmt.Fprint(b.out, xmlHead+`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`+
		`<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>`+
		`<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>`+
		`<selection pane="bottomLeft" activeCell="A2" sqref="A2"/></sheetView></sheetViews><cols>`)
	for i, width := range b.widths {
		fmt.Fprintf(b.out, `<col min="%d" max="%d" width="%g" customWidth="1"/>`, i+1, i+1, width)
	}
	fmt.Fprint(b.out, `</cols><sheetData>`)
	styles := b.styles
	b.styles = nil
	_ = b.add(b.header) // what goes wrong is told by Flush
	b.styles = styles
}

// add writes a row; the header's style is that of columns without one.
func (b *book) add(cells []string) error {
	b.row++
	lines := 1
	for i, cell := range cells {
		lines = max(lines, linesOf(cell, b.widths[i]))
	}
	b.line = fmt.Appendf(b.line[:0], `<row r="%d" ht="%g">`, b.row, b.look.height(lines))
	for i, cell := range cells {
		style := b.look.header
		if b.styles != nil {
			style = b.styles[i]
		}
		b.line = appendCell(b.line, "", cellName(i+1, b.row), style, cell)
	}
	b.line = append(b.line, "</row>"...)
	_, err := b.out.Write(b.line)
	return err
}

// columnWidth returns the width that suits texts of so many characters at most.
func columnWidth(longest int) float64 { return float64(min(max(longest+2, 10), 44)) }

const (
	xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

	contentTypes = xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` +
		`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>` +
		`<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>`

	rootRelationships = xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`

	bookRelationships = xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>` +
		`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>`

	bookXML = xmlHead + `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">` +
		`<sheets><sheet name="%s" sheetId="1" r:id="rId1"/></sheets><definedNames>` +
		`<definedName name="_xlnm._FilterDatabase" localSheetId="0" hidden="1">'%s'!$A$1:$%s$%d</definedName></definedNames></workbook>`

	plainStyles = xmlHead + `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">` +
		`<fonts count="1"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>` +
		`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
		`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
		`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
		`<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>` +
		`<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`
)

// longTextError is a text that no cell of a workbook can hold.
type longTextError struct{ row int }

func (e *longTextError) Error() string {
	return "row " + strconv.Itoa(e.row) + " has a text of more than 32,767 characters, which no cell of a workbook can hold; " +
		"shorten the text, or make a .csv file of it"
}
