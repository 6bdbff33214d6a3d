package manifest

import (
	"errors"
	"fmt"
	"io"
)

// Visitor is told of a manifest as the person sees it: first of its header, with
// a nil row, and then of each row. The cells are good until it returns; a row may
// have fewer or more of them than the header. Its error ends the reading.
type Visitor func(row *Row, cells []string) error

// VisitTable reads a manifest once more, as it stands: every column in its own
// order and under its own name, also those that have no meaning, but for the
// columns that Roomlift added. Only one row is in memory at a time. Of YAML the
// columns are the fields that occur.
//
// r must hold what m was read from, and opts be the same. A formula without a
// stored result is #N/A. The error is the visitor's, or says that r differs from
// what was read before.
func VisitTable(r io.Reader, m *Manifest, opts Options, visit Visitor) error {
	b := newBuilder(m.Name, m.Format)
	t := &retelling{b: b, rows: m.Rows, visit: visit}
	read := map[string]func(io.Reader, Options) error{
		"csv": t.readCSV, "yaml": t.readYAML, "xlsx": t.readXLSX,
	}[m.Format]
	if read == nil {
		return fmt.Errorf("%s: there is no table of the format %q", m.Name, m.Format)
	}
	if err := read(r, opts); err != nil {
		return err
	}
	if len(t.rows) > 0 {
		return t.changed()
	}
	return nil
}

// retelling is a manifest that is read once more.
type retelling struct {
	b     *builder
	rows  []Row // those that are still to come
	visit Visitor
	own   []int // indexes of the columns that are the person's own
	kept  []string
}

var errManifestChanged = errors.New("it is not what was read before")

func (t *retelling) changed() error {
	return fmt.Errorf("%s: %w; run again", t.b.manifest.Name, errManifestChanged)
}

// header hands on a header, without the added columns.
func (t *retelling) header(cells []string) error {
	for i, name := range cells {
		if addedColumn(name) == "" {
			t.own = append(t.own, i)
		} else if addedColumn(name) == AddedRefusal {
			t.b.neutralised = true
		}
	}
	return t.hand(nil, cells, len(cells))
}

// line hands on what stands in a line, if it is a row of the manifest.
func (t *retelling) line(number int, cells []string, width int) error {
	if len(t.rows) == 0 || t.rows[0].Line != number {
		return nil // blank, an example, or left out
	}
	row := &t.rows[0]
	t.rows = t.rows[1:]
	return t.hand(row, cells, width)
}

// hand hands on a line; width is the number of cells of the header.
func (t *retelling) hand(row *Row, cells []string, width int) error {
	t.kept = t.kept[:0]
	for _, i := range t.own {
		if i < len(cells) {
			t.kept = append(t.kept, t.text(cells[i]))
		}
	}
	for i := width; i < len(cells); i++ {
		t.kept = append(t.kept, t.text(cells[i]))
	}
	return t.visit(row, t.kept)
}

// text returns a cell as it was before it was neutralised, if it was.
func (t *retelling) text(cell string) string {
	if t.b.neutralised {
		return t.b.value(cell)
	}
	return cell
}

// readYAML hands on the fields that occur, under the names of the columns.
func (t *retelling) readYAML(r io.Reader, opts Options) error {
	var rooms []cells
	t.b.visitYAML = func(c *cells) { rooms = append(rooms, *c) }
	if err := readYAML(r, t.b, opts); err != nil {
		return err
	}
	if len(rooms) != len(t.rows) {
		return t.changed()
	}
	var columns []*Column
	var names []string
	for i := range t.b.columns {
		column := &t.b.columns[i]
		used := column.Required
		for n := 0; n < len(rooms) && !used; n++ {
			used = *column.cell(&rooms[n]) != ""
		}
		if used {
			columns, names = append(columns, column), append(names, column.Name)
		}
	}
	if err := t.header(names); err != nil {
		return err
	}
	values := make([]string, len(columns))
	for i := range rooms {
		for n, column := range columns {
			values[n] = *column.cell(&rooms[i])
		}
		if err := t.line(t.rows[0].Line, values, len(values)); err != nil {
			return err
		}
	}
	return nil
}
