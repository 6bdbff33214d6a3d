package results

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"roomlift/report/formula"
)

// content is what stands in a results file.
type content struct {
	native  bool
	how     string   // encoding and delimiter of a foreign file, for a message
	extra   []string // names of the columns that are not ours
	records []Record // in file order; a ref may stand several times

	// A native file may end within a line, because the writer was killed.
	tail     []byte // bytes after the last LF
	tailKept bool   // the tail is a whole record that lacks only its LF
}

// parse reads a whole file. Its errors are *damage, or say what else is wrong.
func parse(data []byte) (*content, error) {
	if isNative(data) {
		return parseNative(data)
	}
	return parseForeign(data)
}

func parseNative(data []byte) (*content, error) {
	c := &content{native: true}
	end := bytes.LastIndexByte(data, '\n') + 1
	body, tail := data[:end], data[end:]
	if end == 0 { // the header itself is torn: nothing was recorded yet
		return c, nil
	}
	text, encodingName, err := decode(body)
	if err != nil {
		return nil, err
	}
	if encodingName == "UTF-16" {
		return nil, &damage{1, "holds a NUL byte"}
	}

	header, rest, _ := bytes.Cut(text, []byte("\n"))
	p := lineParser{index: make([]int, len(columns))}
	for i := range p.index {
		p.index[i] = i
	}
	cells, err := p.split(string(header))
	if err != nil {
		return nil, &damage{1, err.Error()}
	}
	p.width = len(cells)
	c.extra = slices.Clone(cells[len(columns):])

	c.records = make([]Record, 0, bytes.Count(rest, []byte("\n")))
	lines := string(rest) // one string that all cells are parts of
	for number := 2; lines != ""; number++ {
		var line string
		line, lines, _ = strings.Cut(lines, "\n")
		if strings.TrimSpace(line) == "" {
			continue
		}
		r, err := p.record(line)
		if err != nil {
			return nil, &damage{number, err.Error()}
		}
		c.records = append(c.records, r)
	}

	if c.tail = bytes.Clone(tail); len(tail) > 0 && utf8.Valid(tail) {
		if r, err := p.record(string(tail)); err == nil {
			c.records, c.tailKept = append(c.records, r), true
		}
	}
	return c, nil
}

// lineParser reads records that stand on one line each.
type lineParser struct {
	index []int // place of each of our columns
	width int   // number of cells a record has
	cells []string
}

func (p *lineParser) split(line string) ([]string, error) {
	if !strings.Contains(line, `"`) {
		p.cells = p.cells[:0]
		for cell := range strings.SplitSeq(line, ",") {
			p.cells = append(p.cells, cell)
		}
		return p.cells, nil
	}
	cells, err := csv.NewReader(strings.NewReader(line)).Read()
	if err != nil {
		return nil, errors.New("its quotation marks do not match")
	}
	return cells, nil
}

func (p *lineParser) record(line string) (Record, error) {
	cells, err := p.split(line)
	if err != nil {
		return Record{}, err
	}
	if len(cells) != p.width {
		return Record{}, fmt.Errorf("has %d cells, the header has %d", len(cells), p.width)
	}
	return recordOf(cells, p.index)
}

// recordOf makes a record of one line's cells; index says where each of our
// columns stands.
func recordOf(cells []string, index []int) (Record, error) {
	var r Record
	for i, c := range columns {
		if err := c.set(&r, formula.Restore(cells[index[i]])); err != nil {
			return r, fmt.Errorf("column %s: %w", c.name, err)
		}
	}
	if len(cells) > len(columns) {
		for i, cell := range cells {
			if !slices.Contains(index, i) {
				r.extra = append(r.extra, formula.Restore(cell))
			}
		}
	}
	return r, r.verify()
}

func parseForeign(data []byte) (*content, error) {
	text, encodingName, err := decode(data)
	if err != nil {
		return nil, err
	}
	delimiter, text, ok := sniffDelimiter(text)
	if !ok {
		return nil, notOurs(text)
	}
	c := &content{how: fmt.Sprintf("%s, delimiter %q", encodingName, delimiter)}
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma = delimiter
	r.FieldsPerRecord = -1
	header, err := r.Read()
	if err != nil {
		return nil, csvDamage(err)
	}
	index := make([]int, len(columns))
	for i, column := range columns {
		index[i] = columnIndex(header, column.name)
	}
	for i, name := range header {
		if !slices.Contains(index, i) {
			c.extra = append(c.extra, name)
		}
	}
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return c, nil
		}
		if err != nil {
			return nil, csvDamage(err)
		}
		if blank(cells) {
			continue
		}
		line, _ := r.FieldPos(0)
		if len(cells) != len(header) {
			return nil, &damage{line, fmt.Sprintf("has %d cells, the header has %d", len(cells), len(header))}
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		record, err := recordOf(cells, index)
		if err != nil {
			return nil, &damage{line, err.Error()}
		}
		c.records = append(c.records, record)
	}
}

func blank(cells []string) bool {
	return !slices.ContainsFunc(cells, func(cell string) bool { return strings.TrimSpace(cell) != "" })
}

func csvDamage(err error) error {
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		return &damage{parse.StartLine, parse.Err.Error()}
	}
	return err
}

// notOurs tells a results file that lost columns from any other file.
func notOurs(text []byte) error {
	header, _, _ := bytes.Cut(text, []byte("\n"))
	for _, d := range delimiters {
		r := csv.NewReader(bytes.NewReader(header))
		r.Comma = d
		cells, err := r.Read()
		if err != nil {
			continue
		}
		if missing := missingColumns(cells); len(missing) <= len(columns)/2 {
			return &damage{1, "lacks the column " + strings.Join(missing, ", ")}
		}
	}
	return errNotOurs
}

var errNotOurs = errors.New("is not a Roomlift results file")
