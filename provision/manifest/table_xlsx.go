package manifest

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
)

// noResult stands for a formula whose result is not stored: what holds it is
// refused, as the formula was.
const noResult = "#N/A"

// readXLSX hands on the rows of a sheet, with its numbers and dates as they show.
func (t *retelling) readXLSX(r io.Reader, opts Options) (err error) {
	defer func() {
		if recover() != nil { // as in the reading before
			err = t.changed()
		}
	}()
	parts, part, err := t.b.openSheet(r, opts)
	if err != nil {
		return err
	}
	if part == nil {
		return t.changed()
	}
	texts, err := readSharedTexts(parts)
	if err != nil {
		return err
	}
	s := &sheetReader{b: t.b, texts: texts, numbers: numberFormat{parts: parts, sheet: t.b.sheet, part: part.Name}}
	defer s.numbers.close()
	s.search.b = t.b
	_, err = eachRow(part, func(row *sheetRow) error {
		if err := s.showValues(row); err != nil {
			return err
		}
		if s.header == nil {
			s.takeHeader(row)
			if s.header == nil {
				return nil
			}
			return t.header(s.names)
		}
		for i := range row.cells {
			if c := &row.cells[i]; c.unanswered() {
				for len(s.shown) < c.column {
					s.shown = append(s.shown, "")
				}
				s.shown[c.column-1] = noResult
			}
		}
		return t.line(row.number, s.shown, len(s.names))
	})
	return err
}

// eachRow calls do with each row of a sheet that has a value, and returns the
// ranges of merged cells.
func eachRow(part *zip.File, do func(*sheetRow) error) (merged []string, err error) {
	content, err := part.Open()
	if err != nil {
		return nil, err
	}
	defer content.Close()
	scanner := newSheetScanner(content)
	for {
		row, err := scanner.next()
		if errors.Is(err, io.EOF) {
			return scanner.mergedRanges()
		}
		if err != nil {
			return nil, err
		}
		if !row.hasValue() {
			continue
		}
		if err := do(row); err != nil {
			return nil, err
		}
	}
}

// openSheet returns the parts of a workbook and the one that holds the wanted
// sheet, nil if there is none.
func (b *builder) openSheet(r io.Reader, opts Options) (*zip.Reader, *zip.File, error) {
	source, size, err := readerAt(r)
	if err != nil {
		return nil, nil, err
	}
	parts := b.openWorkbook(source, size)
	if parts == nil {
		return nil, nil, nil
	}
	return parts, b.chooseSheet(parts, opts.Sheet), nil
}

// Placement says where in a workbook its rooms stand.
type Placement struct {
	Part       string         // name of the part that holds the sheet
	Sheet      string         // name of the sheet
	Index      int            // of the sheet among all sheets of the workbook, from 0
	Header     int            // row of the header, from 1
	Left       int            // leftmost column of the header that holds a name, from 1
	LastColumn int            // rightmost column with a value or a merged cell, added columns left out, from 1
	LastRow    int            // lowest row with a value
	Added      map[string]int // added columns that are there already, by name: AddedStatus and so on
}

// Place finds the rooms of a workbook. r must hold what m was read from, and opts
// be the same. The error says that r differs from what was read before.
func Place(r io.Reader, m *Manifest, opts Options) (*Placement, error) {
	b := newBuilder(m.Name, m.Format)
	parts, part, err := b.openSheet(r, opts)
	if err != nil {
		return nil, err
	}
	if part == nil {
		return nil, fmt.Errorf("%s: %w; run again", m.Name, errManifestChanged)
	}
	texts, err := readSharedTexts(parts)
	if err != nil {
		return nil, err
	}
	p := &Placement{Part: part.Name, Sheet: b.sheet, Added: map[string]int{}}
	if p.Index, err = sheetIndex(parts, b.sheet); err != nil {
		return nil, err
	}
	s := &sheetReader{b: b, texts: texts, numbers: numberFormat{parts: parts, sheet: b.sheet, part: part.Name}}
	defer s.numbers.close()
	s.search.b = b
	columns := map[int]bool{} // that hold a value
	merged, err := eachRow(part, func(row *sheetRow) error {
		for i := range row.cells {
			if !row.cells[i].empty() {
				columns[row.cells[i].column] = true
			}
		}
		p.LastRow = row.number
		if s.header != nil {
			return nil
		}
		if err := s.showValues(row); err != nil {
			return err
		}
		s.takeHeader(row)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if s.header == nil {
		return nil, fmt.Errorf("%s: %w; run again", m.Name, errManifestChanged)
	}
	p.Header = s.headerRow
	for i, name := range s.names {
		if added := addedColumn(name); added != "" && p.Added[added] == 0 {
			p.Added[added] = i + 1
			delete(columns, i+1)
		} else if name != "" && p.Left == 0 {
			p.Left = i + 1
		}
	}
	for column := range columns {
		p.LastColumn = max(p.LastColumn, column)
	}
	for _, text := range merged {
		if r, ok := parseRange(text); ok && r.bottom >= p.Header {
			p.LastColumn = max(p.LastColumn, r.right)
		}
	}
	return p, nil
}

// sheetIndex returns the place of a sheet among all tabs of the workbook.
func sheetIndex(parts *zip.Reader, name string) (int, error) {
	var book struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
		} `xml:"sheets>sheet"`
	}
	if err := decodePart(parts, "xl/workbook.xml", &book); err != nil {
		return 0, err
	}
	for i, sheet := range book.Sheets {
		if sheet.Name == name {
			return i, nil
		}
	}
	return 0, errNoSheets
}
