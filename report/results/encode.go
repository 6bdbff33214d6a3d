package results

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"roomlift/report/formula"
)

// encoder turns records into lines: UTF-8, comma, LF, one record a line.
type encoder struct {
	buf   []byte
	extra int // number of columns that are not ours
}

func newEncoder(extra int) *encoder { return &encoder{extra: extra} }

func (e *encoder) header(extra []string) {
	for i, name := range Columns() {
		e.separate(i)
		e.buf = append(e.buf, name...)
	}
	for i, name := range extra {
		e.separate(len(columns) + i)
		e.buf = appendQuoted(e.buf, formula.Commas.Neutralise(oneLine(name)))
	}
	e.buf = append(e.buf, '\n')
}

// record appends a line and returns where in buf it stands.
func (e *encoder) record(r *Record) span {
	first := len(e.buf)
	for i := range columns {
		e.separate(i)
		start := len(e.buf)
		e.buf = columns[i].append(e.buf, r)
		if !plain(e.buf[start:]) {
			cell := string(e.buf[start:])
			e.buf = appendQuoted(e.buf[:start], formula.Commas.Neutralise(oneLine(cell)))
		}
	}
	for i := range e.extra {
		e.separate(len(columns) + i)
		if i < len(r.extra) {
			e.buf = appendQuoted(e.buf, formula.Commas.Neutralise(oneLine(r.extra[i])))
		}
	}
	at := span{int64(first), int32(len(e.buf) - first)}
	e.buf = append(e.buf, '\n')
	return at
}

// separate begins the i-th cell of a line.
func (e *encoder) separate(i int) {
	if i > 0 {
		e.buf = append(e.buf, ',')
	}
}

// reset forgets the lines, and keeps their memory for the next ones.
func (e *encoder) reset() { e.buf = e.buf[:0] }

// plain reports a cell that stands in the file as it is: ASCII that needs no
// quotes and that no spreadsheet program can take for a formula.
func plain(cell []byte) bool {
	if len(cell) == 0 {
		return true
	}
	if strings.IndexByte(" '=+-@\\", cell[0]) >= 0 {
		return false
	}
	for _, c := range cell {
		if !plainBytes[c] {
			return false
		}
	}
	return true
}

// plainBytes are the printable ASCII that may stand anywhere behind a plain cell's
// beginning.
var plainBytes = func() (is [256]bool) {
	for c := ' '; c <= '~'; c++ {
		is[c] = c != '"' && c != ',' && c != ';' && c != '|'
	}
	return is
}()

// appendQuoted appends a cell that stands on one line, in quotes where a reader
// of CSV needs them, as encoding/csv writes it.
func appendQuoted(b []byte, cell string) []byte {
	first, _ := utf8.DecodeRuneInString(cell)
	if cell != `\.` && !strings.ContainsAny(cell, `,"`) && !unicode.IsSpace(first) {
		return append(b, cell...)
	}
	b = append(b, '"')
	b = append(b, strings.ReplaceAll(cell, `"`, `""`)...)
	return append(b, '"')
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
