package manifest

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"
)

// readCSV hands on the records of a CSV manifest with the dialect that readCSV
// finds.
func (t *retelling) readCSV(r io.Reader, opts Options) error {
	reader, err := t.b.openRecords(r, opts)
	if err != nil {
		return err
	}
	if reader == nil {
		return t.changed()
	}
	search := headerSearch{b: t.b}
	width, found := 0, false
	for first := true; ; first = false {
		record, line, err := nextRecord(reader)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch {
		case found:
			err = t.line(line, record, width)
		case isBlank(record) || first && isSepLine(record, reader.Comma):
		default:
			var header headerLine
			if header, found = search.offer(record, t.at(line)); found {
				width = len(header.cells)
				err = t.header(header.cells)
			}
		}
		if err != nil {
			return err
		}
	}
}

// nextRecord reads a record and the line where it starts. One whose quoting is
// broken has the cells before the fault.
func nextRecord(reader *csv.Reader) (record []string, line int, err error) {
	record, err = reader.Read()
	var broken *csv.ParseError
	if errors.As(err, &broken) {
		return record, broken.StartLine, nil
	}
	if err == nil {
		line, _ = reader.FieldPos(0)
	}
	return record, line, err
}

func (t *retelling) at(line int) func(int) Position {
	return func(int) Position { return t.b.at(line) }
}

func isSepLine(record []string, delimiter rune) bool {
	_, sep := sepLine(strings.Join(record, string(delimiter)))
	return sep
}

// openRecords returns the records of a CSV text, nil if it is none.
func (b *builder) openRecords(r io.Reader, opts Options) (*csv.Reader, error) {
	text, err := b.openCSV(r, opts)
	if text == nil || err != nil {
		return nil, err
	}
	reader := csv.NewReader(text)
	reader.Comma, reader.FieldsPerRecord = text.delimiter, -1
	return reader, nil
}

// DelimiterOf returns the delimiter of a CSV manifest, a comma for any other. r
// must hold what m was read from, and opts be the same.
func DelimiterOf(r io.Reader, m *Manifest, opts Options) (rune, error) {
	if m.Format != "csv" {
		return ',', nil
	}
	reader, err := newBuilder(m.Name, m.Format).openRecords(r, opts)
	if err != nil || reader == nil {
		return ',', err
	}
	return reader.Comma, nil
}
