package manifest

import (
	"encoding/xml"
	"errors"
	"io"
	"strconv"
)

// sheetScanner reads the XML of a worksheet as a stream, row by row: values with
// their types, formulas, hidden rows and merged cells. XML that breaks off is an
// error, never the end of the rows.
type sheetScanner struct {
	tokens        *tokenSource
	row           sheetRow
	hiddenColumns []cellRange // rows do not count; known when the first row is
	lastRow       int         // as the sheet says of itself, when the first row is known; 0 if it does not
}

// sheetRow is one row as the XML has it.
type sheetRow struct {
	number int
	hidden bool
	cells  []sheetCell // in the order of columns
	size   int         // bytes of its values
}

// sheetCell is one cell as the XML has it.
type sheetCell struct {
	column  int    // from 1
	kind    string // the attribute t: "" and "n" are numbers, "s" a shared text, "b" a boolean, "e" an error
	style   int
	value   string
	formula bool
	stored  bool // it has a value, which may be empty
	rich    bool // what it shows stands elsewhere, and the error in its value is for programs that do not know of that
}

// empty reports whether the cell holds nothing but a style.
func (c *sheetCell) empty() bool { return !c.formula && !c.stored }

// unanswered reports whether the cell is a formula whose result is not stored. A
// stored empty text is one; a stored nothing is not.
func (c *sheetCell) unanswered() bool {
	return c.formula && (!c.stored || (c.value == "" && c.kind != "str"))
}

func newSheetScanner(r io.Reader) *sheetScanner {
	return &sheetScanner{tokens: newTokenSource(r, errTooMuch)}
}

var (
	errSheetOrder = errors.New("its rows are out of order")
	errSheetRow   = errors.New("a row of it is longer than " + maxRecordText)
)

// next reads the next row, which is good until the following call. It returns
// io.EOF when the rows are over.
func (s *sheetScanner) next() (*sheetRow, error) {
	for {
		token, err := s.tokens.next()
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "row":
				return &s.row, s.readRow(t)
			case "col":
				s.readColumns(t)
			case "dimension":
				for _, a := range t.Attr {
					if r, ok := parseRange(a.Value); ok && a.Name.Local == "ref" {
						s.lastRow = min(r.bottom, maxSheetRows)
					}
				}
			}
		case xml.EndElement:
			if t.Name.Local == "sheetData" {
				return nil, io.EOF
			}
		}
	}
}

// readColumns notes which columns a "col" element hides.
func (s *sheetScanner) readColumns(start xml.StartElement) {
	var r cellRange
	hidden := false
	for _, a := range start.Attr {
		switch a.Name.Local {
		case "min":
			r.left, _ = strconv.Atoi(a.Value)
		case "max":
			r.right, _ = strconv.Atoi(a.Value)
		case "hidden":
			hidden = hidden || isTrue(a.Value)
		case "width":
			hidden = hidden || isZero(a.Value)
		}
	}
	if hidden && len(s.hiddenColumns) < maxColumns {
		s.hiddenColumns = append(s.hiddenColumns, r)
	}
}

func isTrue(attribute string) bool { return attribute == "1" || attribute == "true" }

func isZero(attribute string) bool {
	number, err := strconv.ParseFloat(attribute, 64)
	return err == nil && number == 0
}

func (s *sheetScanner) readRow(start xml.StartElement) error {
	before := s.row.number
	s.row = sheetRow{number: before + 1, cells: s.row.cells[:0]}
	for _, a := range start.Attr {
		switch a.Name.Local {
		case "r":
			n, err := strconv.Atoi(a.Value)
			if err != nil || n <= before || n > maxSheetRows {
				return errSheetOrder
			}
			s.row.number = n
		case "hidden":
			s.row.hidden = s.row.hidden || isTrue(a.Value)
		case "ht":
			s.row.hidden = s.row.hidden || isZero(a.Value)
		}
	}
	for {
		token, err := s.tokens.next()
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if t.Name.Local == "c" {
				if err := s.readCell(t); err != nil {
					return err
				}
			}
		case xml.EndElement:
			if t.Name.Local == "row" {
				return nil
			}
		}
	}
}

// noStyle is the style of a cell that names one by something else than a number.
const noStyle = -1

// maxSheetRows is the number of rows of an Excel sheet.
const maxSheetRows = 1 << 20

func (s *sheetScanner) readCell(start xml.StartElement) error {
	cell := sheetCell{column: 1}
	if n := len(s.row.cells); n > 0 {
		cell.column = s.row.cells[n-1].column + 1
	}
	for _, a := range start.Attr {
		switch a.Name.Local {
		case "r":
			column, ok := columnNumber(a.Value)
			if !ok || column < cell.column {
				return errSheetOrder
			}
			cell.column = column
		case "t":
			cell.kind = a.Value
		case "vm":
			cell.rich = !isZero(a.Value)
		case "s":
			style, err := strconv.Atoi(a.Value)
			if err != nil {
				style = noStyle
			}
			cell.style = style
		}
	}
	for {
		token, err := s.tokens.next()
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "f":
				cell.formula = true
			case "v", "is":
				cell.stored = true
				if cell.value, err = readText(s.tokens, t.Name.Local, errSheetRow); err != nil {
					return err
				}
				if s.row.size += len(cell.value); s.row.size > maxRecord {
					return errSheetRow
				}
			}
		case xml.EndElement:
			if t.Name.Local == "c" {
				s.row.cells = append(s.row.cells, cell)
				return nil
			}
		}
	}
}

// mergedRanges reads what stands behind the rows, to the end of the XML, and
// returns the ranges of merged cells.
func (s *sheetScanner) mergedRanges() ([]string, error) {
	var ranges []string
	for {
		token, err := s.tokens.nextOrEnd()
		if errors.Is(err, io.EOF) {
			return ranges, nil
		}
		if err != nil {
			return nil, err
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != "mergeCell" {
			continue
		}
		for _, a := range start.Attr {
			if a.Name.Local == "ref" {
				ranges = append(ranges, a.Value)
			}
		}
	}
}
