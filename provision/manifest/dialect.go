package manifest

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// delimiters are those that spreadsheet programs write, the standard one first.
const delimiters = ",;\t|"

// delimiterName returns how messages call a delimiter.
func delimiterName(d rune) string {
	switch d {
	case ',':
		return "a comma"
	case ';':
		return "a semicolon"
	case '\t':
		return "a tab"
	case '|':
		return "a bar"
	default:
		return strconv.QuoteRune(d)
	}
}

// checkDelimiter returns an error unless the delimiter can stand between cells.
// 0 is for detection.
func checkDelimiter(d rune) error {
	if d == 0 || d == '\t' || (d > ' ' && d < unicode.MaxASCII && d != '"' && !unicode.IsLetter(d) && !unicode.IsDigit(d)) {
		return nil
	}
	return unreadable("use one of , ; | or a tab", "%q cannot be the delimiter of a CSV file", d)
}

// sepLine returns the delimiter that a first line such as "sep=;" names, as Excel
// reads and writes it. ok is false if the line is something else.
func sepLine(line string) (delimiter rune, ok bool) {
	text := strings.Trim(clean(line), `"`)
	if len(text) < 4 || !strings.EqualFold(text[:4], "sep=") {
		return 0, false
	}
	rest := []rune(strings.Trim(strings.TrimRight(line, "\r\n"), `" `)[4:])
	if len(rest) != 1 || checkDelimiter(rest[0]) != nil {
		return 0, false
	}
	return rest[0], true
}

func isSepLine(record []string, delimiter rune) bool {
	_, sep := sepLine(strings.Join(record, string(delimiter)))
	return sep
}

// chooseDelimiter returns the delimiter that the caller wants, that the first line
// names, or that the header shows. It reports one that is in doubt; ok is false then.
func (b *builder) chooseDelimiter(head []byte, wanted rune) (delimiter rune, ok bool) {
	if wanted != 0 {
		return wanted, true
	}
	first, _, _ := bytes.Cut(head, []byte{'\n'})
	if named, ok := sepLine(string(first)); ok {
		return named, true
	}
	if delimiter, ok = b.detectDelimiter(head); !ok {
		b.reportFile(faultDelimiterDoubt, b.at(1))
		return 0, false
	}
	if cell, other, line := b.dividedOtherwise(head, delimiter); other != 0 {
		b.reportFileValue(faultDividedOtherwise, b.at(line), cell, delimiterName(delimiter), delimiterName(other))
		return 0, false
	}
	return delimiter, true
}

// detectDelimiter returns the delimiter of a CSV text that starts with head: the
// one that splits a line near the top into the most known headers, or, where none
// does, into a word for the title in another language. ok is false if two do equally
// well. One that stands as in a sentence counts for less than one that makes a title.
func (b *builder) detectDelimiter(head []byte) (delimiter rune, ok bool) {
	var found []headerSplit
	for _, candidate := range delimiters {
		if split := b.splitHeader(head, candidate); split.known > 0 {
			found = append(found, split)
		}
	}
	if slices.ContainsFunc(found, func(s headerSplit) bool { return !s.prose && s.title }) {
		found = slices.DeleteFunc(found, func(s headerSplit) bool { return s.prose })
	}
	if len(found) > 0 {
		slices.SortStableFunc(found, func(a, b headerSplit) int { return b.known - a.known })
		return found[0].delimiter, len(found) == 1 || found[0].known > found[1].known
	}
	for _, candidate := range delimiters {
		for _, record := range firstRecords(head, candidate) {
			if len(record) > 1 && (b.hasTitle(record) || foreignTitle(record) >= 0) {
				return candidate, true
			}
		}
	}
	return ',', true
}

// headerSplit is what a delimiter makes of the one of the first lines that it splits
// into the most known headers. What it does not split counts as nothing.
type headerSplit struct {
	delimiter rune
	known     int  // how many
	title     bool // one of them is the title
	prose     bool // the delimiter stands there as in a sentence
}

func (b *builder) splitHeader(head []byte, delimiter rune) headerSplit {
	best := headerSplit{delimiter: delimiter}
	for _, record := range firstRecords(head, delimiter) {
		if len(record) < 2 || len(record) > maxColumns {
			continue
		}
		if known := b.knownHeaders(record); known > best.known {
			sign := string(delimiter)
			best = headerSplit{delimiter, known, b.hasTitle(record), isProse(strings.Join(record, sign), sign)}
		}
	}
	return best
}

// firstRecords returns those records of head that may be the header, or stand above
// it. Blank ones are left out, and so is a first line such as "sep=;".
func firstRecords(head []byte, delimiter rune) (records [][]string) {
	eachRecord(head, delimiter, func(record []string, _ int) { records = append(records, record) })
	return records
}

// eachRecord hands those records on, each with the line where it starts.
func eachRecord(head []byte, delimiter rune, visit func(record []string, line int)) {
	reader := csv.NewReader(bytes.NewReader(head))
	reader.Comma, reader.LazyQuotes, reader.FieldsPerRecord = delimiter, true, -1
	for first, count := true, 0; count <= headerDepth; first = false {
		record, err := reader.Read()
		if err != nil {
			break
		}
		if !isBlank(record) && !(first && isSepLine(record, delimiter)) {
			line, _ := reader.FieldPos(0)
			visit(record, line)
			count++
		}
	}
}

// dividedOtherwise returns a cell of the header that another delimiter divides into
// known headers, or stands at the end of, as if it divided the cells of all rows;
// not one in which it stands as in a sentence.
func (b *builder) dividedOtherwise(head []byte, delimiter rune) (cell string, other rune, line int) {
	var header []string
	best := 0
	eachRecord(head, delimiter, func(record []string, at int) {
		if known := b.knownHeaders(record); known > best {
			header, best, line = trimHeader(record), known, at
		}
	})
	for i, cell := range header {
		for _, other := range delimiters {
			if other == delimiter || b.matchColumn(cell) != nil || isProse(cell, string(other)) {
				continue
			}
			parts := strings.Split(cell, string(other))
			last := i == len(header)-1 && parts[len(parts)-1] == ""
			if len(parts) > 1 && (last || b.knownHeaders(parts) > 0) {
				return cell, other, line
			}
		}
	}
	return "", 0, 0
}

// contradictsSep reports whether the first line names a delimiter that does not
// divide the header, while another would.
func (b *builder) contradictsSep(head []byte, rows [][]string) bool {
	first, rest, _ := bytes.Cut(head, []byte{'\n'})
	if _, named := sepLine(string(first)); !named || len(rows) == 0 {
		return false
	}
	for _, row := range rows {
		if b.knownHeaders(row) > 0 {
			return false
		}
	}
	other, ok := b.detectDelimiter(rest)
	return ok && b.splitHeader(rest, other).known > 0
}
