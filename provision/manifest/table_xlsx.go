package manifest

import (
	"fmt"
	"io"
)

// noResult stands for a formula whose result is not stored: what holds it is
// refused, as the formula was.
const noResult = "#N/A"

// readXLSX hands on the rows of a sheet, with its numbers and dates as they show.
func (t *retelling) readXLSX(r io.Reader, opts Options) error {
	s, err := t.b.openSheet(r, opts)
	if err != nil {
		return err
	}
	if s == nil {
		return t.changed()
	}
	_, err = eachRow(s.sheet.part, func(_ *sheetScanner, row *sheetRow) error {
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
		s.hideUnread(row)
		return t.line(row.number, s.shown, len(s.names))
	})
	return err
}

// openSheet returns a reader of the wanted sheet, nil if there is none.
func (b *builder) openSheet(r io.Reader, opts Options) (*sheetReader, error) {
	source, size, err := readerAt(r)
	if err != nil {
		return nil, err
	}
	parts := b.openWorkbook(source, size)
	if parts == nil {
		return nil, nil
	}
	sheet := b.chooseSheet(parts, opts.Sheet)
	if sheet == nil {
		return nil, nil
	}
	return newSheetReader(b, parts, sheet)
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
	s, err := b.openSheet(r, opts)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return nil, fmt.Errorf("%s: %w; run again", m.Name, errManifestChanged)
	}
	p := &Placement{Part: s.sheet.part.Name, Sheet: b.sheet, Index: s.sheet.index, Added: map[string]int{}}
	columns := map[int]bool{} // that hold a value
	merged, err := eachRow(s.sheet.part, func(_ *sheetScanner, row *sheetRow) error {
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
