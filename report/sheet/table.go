package sheet

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"roomlift/provision/manifest"
)

// shape is what must be known of a table before it is written: its header is the
// first that is written, and its rows may have more cells than the header.
type shape struct {
	header  []string
	longest []int // characters of the longest text of each column
	torn    bool  // some row is not whole
	whole   func(*manifest.Row) bool
	rows    int
	long    int // number of a row with a text that no cell of a workbook holds; 0 for none
}

// wholeInCSV reports a row that is read from CSV as it was, or refused again.
func wholeInCSV(row *manifest.Row) bool { return !row.Torn() }

// wholeInBook is the same for a workbook.
func wholeInBook(row *manifest.Row) bool { return !row.Torn() && !row.Mangled() }

// tornCell returns what stands in the column of rows that are not whole.
func (s *shape) tornCell(row *manifest.Row) string {
	if s.whole(row) {
		return ""
	}
	return tornText
}

// shape looks at the header and at the rows that wanted chooses; whole says which of
// them can be read again as they are.
func (r *Report) shape(wanted, whole func(*manifest.Row) bool) (*shape, error) {
	s := &shape{whole: whole}
	err := manifest.VisitTable(r.content(), r.Manifest, r.Options, func(row *manifest.Row, cells []string) error {
		if row == nil {
			s.header = append(s.header, cells...)
		} else if !wanted(row) {
			return nil
		}
		if row != nil {
			s.rows++
			s.torn = s.torn || !whole(row)
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

// cellsOf returns the cells of a row to be written. One of which nothing is known
// would be blank, and passed over when it is read again.
func (s *shape) cellsOf(into []string, row *manifest.Row, own []string) []string {
	cells := s.padded(into, own)
	if row.Torn() && len(cells) > 0 && isBlank(cells) {
		cells[0] = fmt.Sprintf("(line %d of the original)", row.Line)
	}
	return cells
}

func isBlank(cells []string) bool {
	return !slices.ContainsFunc(cells, func(cell string) bool { return strings.TrimSpace(cell) != "" })
}
