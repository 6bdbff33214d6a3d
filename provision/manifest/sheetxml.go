package manifest

import (
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
)

// sheetScanner reads the XML of a worksheet row by row for what excelize does not
// tell: the types of cells, formulas without a value, hidden rows and merged cells.
// It also finds XML that breaks off, which excelize takes for the end of the rows.
type sheetScanner struct {
	decoder *xml.Decoder
	row     sheetRow
	ended   bool // the rows are over
}

// sheetRow is one row as the XML has it.
type sheetRow struct {
	number int
	hidden bool
	cells  []sheetCell // in the order of columns
}

// sheetCell is one cell as the XML has it.
type sheetCell struct {
	column  int // from 1
	kind    string
	value   string // of a number or an error; of others only whether it is empty
	formula bool
	stored  bool // it has a value, which may be empty
}

// empty reports whether the cell holds nothing but a style.
func (c *sheetCell) empty() bool { return !c.formula && !c.stored }

// unanswered reports whether the cell is a formula whose result is not stored. A
// stored empty text is one; a stored nothing is not.
func (c *sheetCell) unanswered() bool {
	return c.formula && (!c.stored || (c.value == "" && c.kind != "str"))
}

func newSheetScanner(r io.Reader) *sheetScanner {
	return &sheetScanner{decoder: xml.NewDecoder(r)}
}

var errSheetOrder = errors.New("its rows are out of order")

// next reads the next row, which is good until the following call. It returns
// io.EOF when the rows are over.
func (s *sheetScanner) next() (*sheetRow, error) {
	for {
		token, err := s.token()
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if t.Name.Local == "row" {
				return &s.row, s.readRow(t)
			}
		case xml.EndElement:
			if t.Name.Local == "sheetData" {
				s.ended = true
				return nil, io.EOF
			}
		}
	}
}

// token returns the next token; the end of the text is unexpected as long as it is
// called.
func (s *sheetScanner) token() (xml.Token, error) {
	token, err := s.decoder.RawToken()
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return token, err
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
			s.row.hidden = a.Value == "1" || a.Value == "true"
		}
	}
	for {
		token, err := s.token()
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
		}
	}
	keep := cell.kind == "" || cell.kind == "n" || cell.kind == "e"
	inValue := false
	for {
		token, err := s.token()
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "f":
				cell.formula = true
			case "v", "is":
				inValue, cell.stored = t.Name.Local == "v", true
			}
		case xml.CharData:
			if inValue && (keep || cell.value == "") {
				cell.value += string(t[:min(len(t), maxNumber)])
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "v":
				inValue = false
			case "c":
				s.row.cells = append(s.row.cells, cell)
				return nil
			}
		}
	}
}

// maxNumber is the most characters of a number or error that are kept. Excel
// writes up to 24.
const maxNumber = 64

// mergedRanges reads what stands behind the rows, to the end of the XML, and
// returns the ranges of merged cells.
func (s *sheetScanner) mergedRanges() ([]string, error) {
	var ranges []string
	for {
		token, err := s.decoder.RawToken()
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

// columnNumber returns the column of a cell's name: 3 of "C14".
func columnNumber(cell string) (int, bool) {
	column := 0
	for i := 0; i < len(cell) && cell[i] >= 'A' && cell[i] <= 'Z'; i++ {
		column = column*26 + int(cell[i]-'A') + 1
		if column > maxColumns {
			return 0, false
		}
	}
	return column, column > 0
}

// columnLetters returns the letters of a column: "C" of 3.
func columnLetters(column int) string {
	var letters []byte
	for ; column > 0; column = (column - 1) / 26 {
		letters = append([]byte{byte('A' + (column-1)%26)}, letters...)
	}
	return string(letters)
}

// cellName returns the name of a cell: "C14".
func cellName(column, row int) string {
	return columnLetters(column) + strconv.Itoa(row)
}

// cellRange is a rectangle of cells; columns and rows count from 1.
type cellRange struct{ left, top, right, bottom int }

// parseRange returns the rectangle that "A1:C3" names.
func parseRange(text string) (r cellRange, ok bool) {
	first, last, both := strings.Cut(text, ":")
	if !both {
		last = first
	}
	var okFirst, okLast bool
	r.left, okFirst = columnNumber(first)
	r.right, okLast = columnNumber(last)
	top, errTop := strconv.Atoi(strings.TrimLeft(first, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
	bottom, errBottom := strconv.Atoi(strings.TrimLeft(last, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
	r.top, r.bottom = top, bottom
	return r, okFirst && okLast && errTop == nil && errBottom == nil
}
