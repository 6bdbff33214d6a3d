package manifest

import "io"

// readCSV hands on the records of a CSV manifest.
func (t *retelling) readCSV(r io.Reader, opts Options) error {
	text, err := t.b.openCSV(r, opts)
	if err != nil {
		return err
	}
	if text == nil {
		return t.changed()
	}
	f := newCSVFile(text, t.b)
	if !f.readHeader() {
		if f.err != nil {
			return f.err
		}
		return t.changed()
	}
	if err := t.header(f.line.cells); err != nil {
		return err
	}
	for {
		record, fault, ok := f.next()
		if !ok {
			return f.err
		}
		if err := t.line(f.startOf(fault), record, len(f.line.cells)); err != nil {
			return err
		}
	}
}

// DelimiterOf returns the delimiter of a CSV manifest, a comma for any other. r
// must hold what m was read from, and opts be the same.
func DelimiterOf(r io.Reader, m *Manifest, opts Options) (rune, error) {
	if m.Format != "csv" {
		return ',', nil
	}
	text, err := newBuilder(m.Name, m.Format).openCSV(r, opts)
	if err != nil || text == nil {
		return ',', err
	}
	return text.delimiter, nil
}
