package manifest

// The example row of a template. It says of itself that it is ignored, and so it
// is, with a warning. Its key in another row is a fault: somebody wrote a room over
// the example, and that room must not be ignored.
const (
	exampleKey   = "EXAMPLE"
	exampleTitle = "EXAMPLE: Sales Berlin (this row is ignored)"
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

// isExample reports whether the cells are those of the example row, left in.
func isExample(c *cells) bool {
	key := clean(c.Key)
	return clean(c.Title) == exampleTitle && (key == "" || key == exampleKey)
}
