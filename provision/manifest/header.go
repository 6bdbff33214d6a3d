package manifest

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// normalizeName reduces a header or field name to what counts when names are
// compared: no case, no white space, no "_" and no "-".
func normalizeName(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '_' || r == '-' || isSpace(r):
			return -1
		default:
			return unicode.ToLower(r)
		}
	}, name)
}

// matchColumn returns the column that the name means, nil if there is none.
func matchColumn(table []Column, name string) *Column {
	wanted := normalizeName(name)
	if wanted == "" {
		return nil
	}
	for i := range table {
		if normalizeName(table[i].Name) == wanted {
			return &table[i]
		}
		for _, alias := range table[i].Aliases {
			if normalizeName(alias) == wanted {
				return &table[i]
			}
		}
	}
	return nil
}

// closestColumn returns the column that a name not in the table probably meant,
// and the spelling of it that is closest, or nil.
func closestColumn(table []Column, name string) (column *Column, spelling string) {
	wanted := normalizeName(name)
	best := 0
	for i := range table {
		for _, known := range append([]string{table[i].Name}, table[i].Aliases...) {
			d, ok := closeness(wanted, normalizeName(known))
			if ok && (column == nil || d < best) {
				column, spelling, best = &table[i], known, d
			}
		}
	}
	return column, spelling
}

// closeness returns the distance of two names and whether one is a likely
// misspelling of the other: at most two slips, and at most one in three
// characters, so that short names must be nearly the same.
func closeness(a, b string) (distance int, ok bool) {
	shorter, longer := utf8.RuneCountInString(a), utf8.RuneCountInString(b)
	if shorter > longer {
		shorter, longer = longer, shorter
	}
	if longer-shorter > 2 || shorter < 3 {
		return 0, false
	}
	distance = editDistance([]rune(a), []rune(b))
	return distance, distance <= min(2, shorter/3)
}

// editDistance is the Damerau-Levenshtein distance (optimal string alignment):
// how many characters must be inserted, deleted, replaced or swapped with their
// neighbour to make b from a.
func editDistance(a, b []rune) int {
	before, above, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range above {
		above[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, above, row = above, row, before
	}
	return above[len(b)]
}

// layout is a matched header: which column each cell of a row belongs to.
type layout struct {
	columns []*Column // nil where the header is unknown or empty
	names   []string  // the header's cells, trimmed
}

// matchHeader matches a header's cells with the columns and reports what is wrong
// with it; at(i) is the place of cell i. A misspelt header is taken for the column
// that it probably means, so that the rows below can be checked all the same.
func (b *builder) matchHeader(header []string, at func(i int) Position) *layout {
	for len(header) > 0 && header[len(header)-1] == "" {
		header = header[:len(header)-1]
	}
	l := &layout{columns: make([]*Column, len(header)), names: header}
	first := map[int]int{} // column → cell
	var unknown []string
	for i, name := range header {
		if l.columns[i] = matchColumn(b.columns, name); l.columns[i] != nil {
			if earlier, repeated := first[l.columns[i].index]; repeated {
				b.reportHeader(faultRepeatedHeader, at(i), name, l.columns[i].Name, header[earlier])
				l.columns[i] = nil
				continue
			}
			first[l.columns[i].index] = i
		}
	}
	for i, name := range header {
		if l.columns[i] != nil || name == "" || matchColumn(b.columns, name) != nil {
			continue
		}
		column, spelling := closestColumn(b.columns, name)
		if column == nil {
			unknown = append(unknown, escape(name))
			continue
		}
		b.reportHeader(faultMisspeltHeader, at(i), name, spelling)
		if _, taken := first[column.index]; !taken {
			first[column.index] = i
			l.columns[i] = column
		}
	}
	if _, ok := first[colTitle]; !ok {
		b.reportHeader(faultNoTitleColumn, at(0), "")
		b.noTitles = true
	}
	if len(unknown) > 0 {
		b.warn(warnUnknownColumns, at(0), strings.Join(unknown, ", "), columnNames(b.columns))
	}
	return l
}
