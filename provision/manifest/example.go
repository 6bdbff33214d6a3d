package manifest

import "strings"

// The example row of a template. It says of itself that it is ignored, and so it
// is, with a warning, as long as nobody has written anything over it. What is left
// of it in another row is a fault: somebody made a room of the example, and must
// not get one that is called so, or none.
const (
	exampleKey   = "EXAMPLE"
	exampleMark  = "EXAMPLE:"
	exampleTitle = exampleMark + " Sales Berlin (this row is ignored)"
)

// exampleCell returns what the example row holds in a column.
func exampleCell(column *Column) string {
	switch column.index {
	case colTitle:
		return exampleTitle
	case colKey:
		return exampleKey
	default:
		return column.Example
	}
}

// isExample reports whether the cells are those of the example row, left as it was.
// Columns may have been deleted.
func (b *builder) isExample(c *cells, from *origin) bool {
	if clean(c.Title) != exampleTitle {
		return false
	}
	for i := range b.columns {
		column := &b.columns[i]
		text, example := clean(*column.cell(c)), exampleCell(column)
		absent := text == "" && from.cells[i].line == 0
		if !absent && text != example && (column.Type != Boolean || !sameBool(text, example)) {
			return false
		}
	}
	return true
}

func sameBool(a, b string) bool {
	first, ok := parseBool(a)
	second, _ := parseBool(b)
	return ok && first == second
}

// checkExample reports what a row has left of the example.
func (b *builder) checkExample(row *Row, from *origin) {
	switch {
	case strings.HasPrefix(row.Title, exampleMark):
		b.reportCell(row, faultExampleTitle, from, colTitle, row.Title)
	case row.Key == exampleKey:
		b.reportCell(row, faultExampleKey, from, colKey, row.Key)
	}
	if row.TeamID == b.columns[colTeamID].Example {
		b.reportCell(row, faultExampleID, from, colTeamID, row.TeamID)
	}
	if row.ClassificationID == b.columns[colClassificationID].Example {
		b.reportCell(row, faultExampleID, from, colClassificationID, row.ClassificationID)
	}
}
