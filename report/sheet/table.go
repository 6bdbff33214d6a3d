package sheet

import (
	"fmt"
	"unicode/utf8"

	"roomlift/provision/manifest"
)

// shape is what must be known of a table before it is written: its header is the
// first that is written, and its rows may have more cells than the header.
type shape struct {
	header  []string
	longest []int // characters of the longest text of each column
	torn    bool  // some row is not whole
	rows    int
	long    int // number of a row with a text that no cell of a workbook holds; 0 for none
}

// shape looks at the header and at the rows that wanted chooses.
func (r *Report) shape(wanted func(*manifest.Row) bool) (*shape, error) {
	s := &shape{}
	err := manifest.VisitTable(r.content(), r.Manifest, r.Options, func(row *manifest.Row, cells []string) error {
		if row == nil {
			s.header = append(s.header, cells...)
		} else if !wanted(row) {
			return nil
		}
		if row != nil {
			s.rows++
			s.torn = s.torn || row.Torn()
		}
		for i, cell := range cells {
			if cell == "" {
				continue
			}
			for len(s.longest) <= i {
				s.longest = append(s.longest, 0)
			}
			s.longest[i] = max(s.longest[i], utf8.RuneCountInString(cell))
			if s.long == 0 && row != nil && tooLong(cell) {
				s.long = row.Number
			}
		}
		return nil
	})
	for len(s.header) < len(s.longest) {
		s.header = append(s.header, "")
	}
	return s, err
}

// fits reports what keeps a table out of a workbook.
func (s *shape) fits() error {
	if s.long > 0 {
		return &longTextError{s.long}
	}
	if s.rows >= maxRows {
		return fmt.Errorf("the %d rows do not fit into a sheet, which has %d", s.rows, maxRows)
	}
	return nil
}

// widths are those of the columns.
func (s *shape) widths() []float64 {
	widths := make([]float64, len(s.header))
	for i := range widths {
		longest := 0
		if i < len(s.longest) {
			longest = s.longest[i]
		}
		widths[i] = columnWidth(longest)
	}
	return widths
}

// padded returns the cells of a row, as many as the header has.
func (s *shape) padded(into, cells []string) []string {
	into = append(into[:0], cells[:min(len(cells), len(s.header))]...)
	for len(into) < len(s.header) {
		into = append(into, "")
	}
	return into
}
