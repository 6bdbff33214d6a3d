package results

import (
	"bytes"
	"encoding/csv"
	"strings"
	"unicode"
	"unicode/utf8"

	"roomlift/report/formula"
)

// encoder turns records into lines: UTF-8, comma, LF, one record a line.
type encoder struct {
	buf   bytes.Buffer
	csv   *csv.Writer
	cells []string
	extra int // number of columns that are not ours
}

func newEncoder(extra int) *encoder {
	e := &encoder{extra: extra, cells: make([]string, len(columns)+extra)}
	e.csv = csv.NewWriter(&e.buf)
	return e
}

func (e *encoder) header(extra []string) {
	e.write(append(Columns(), extra...))
}

func (e *encoder) record(r *Record) {
	for i, c := range columns {
		e.cells[i] = formula.Neutralise(oneLine(c.get(r)))
	}
	for i := range e.extra {
		e.cells[len(columns)+i] = ""
		if i < len(r.extra) {
			e.cells[len(columns)+i] = formula.Neutralise(oneLine(r.extra[i]))
		}
	}
	e.write(e.cells)
}

// write cannot fail: a bytes.Buffer takes everything.
func (e *encoder) write(cells []string) {
	_ = e.csv.Write(cells)
	e.csv.Flush()
}

// take returns the lines encoded so far and starts anew.
func (e *encoder) take() []byte {
	lines := bytes.Clone(e.buf.Bytes())
	e.buf.Reset()
	return lines
}

// oneLine makes a cell printable on one line: control characters and line
// separators become spaces, bytes that are not UTF-8 become U+FFFD.
func oneLine(cell string) string {
	clean := true
	for _, r := range cell {
		if breaksLine(r) || r == utf8.RuneError {
			clean = false
			break
		}
	}
	if clean {
		return cell
	}
	return strings.Map(func(r rune) rune {
		if breaksLine(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(cell, "\uFFFD"))
}

func breaksLine(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
}
