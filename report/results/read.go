package results

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"roomlift/report/formula"
)

// content is what load finds in a results file.
type content struct {
	*Snapshot

	native bool
	how    string // encoding and delimiter of a foreign file, for a message

	// A native file may end within a line, because the writer was killed.
	tail []byte // bytes after the last LF
	kept int    // of the tail: a whole record that lacks only its LF, or 0
}

// load reads a results file. The Snapshot must be closed. Errors are *Error, and
// fs.ErrNotExist where there is no file.
func load(fsys FS, path string) (*content, error) {
	if err := regular(fsys, path); err != nil {
		return nil, err
	}
	src, err := fsys.Open(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	info, err := src.Stat()
	var c *content
	if err == nil {
		c, err = parse(src, info.Size())
	}
	if err == nil {
		c.path, c.src = path, src
		return c, nil
	}
	ours := holdsRefs(src)
	_ = src.Close() // nothing was written to it
	fault := &Error{
		Path: path, Reason: err.Error(),
		Remedy: "put back the last good copy of the file; without its records rooms would be created twice",
	}
	var d *damage
	var format *formatError
	switch {
	case errors.As(err, &format):
		fault.Remedy = format.remedy()
	case errors.As(err, &d):
		fault.Reason, fault.Line, fault.Remedy = d.reason, d.line, cmp.Or(d.remedy, fault.Remedy)
	case errors.Is(err, errNotOurs) && ours:
		fault.Reason = "holds Roomlift's records, but another program has divided its lines into other cells"
	case errors.Is(err, errNotOurs):
		fault.Reason, fault.Remedy = errNotOurs.Error(), ElsewhereRemedy
	}
	return nil, fault
}

// regular refuses what is no regular file: a device may have no end, and a pipe
// may make its reader wait for ever.
func regular(fsys FS, path string) error {
	if info, err := fsys.Stat(path); err != nil || info.Mode().IsRegular() {
		return nil //nolint:nilerr // Whoever opens it tells what is wrong.
	}
	return &Error{
		Path: path, Reason: "is not a regular file", Remedy: ElsewhereRemedy,
	}
}

func unreadable(path string, err error) error {
	return &Error{
		Path: path, Reason: "cannot be read", Err: err,
		Remedy: "make it readable for this user, or " + ElsewhereRemedy,
	}
}

// parse reads a whole file. Its errors are *damage, or say what else is wrong.
func parse(src io.ReaderAt, size int64) (*content, error) {
	c, fault := readNative(src, size)
	if fault == nil {
		return c, nil
	}
	whole, err := io.ReadAll(io.NewSectionReader(src, 0, size))
	if err != nil {
		return nil, err
	}
	if table, ok := parseNotes(whole); ok {
		return table.content(), nil
	}
	if !errors.Is(fault, errForeign) {
		return nil, fault
	}
	table, err := parseForeign(whole)
	if err != nil {
		return nil, err
	}
	return table.content(), nil
}

// errForeign says that a file is not as this package writes it.
var errForeign = errors.New("foreign")

// readSize is how much of a file is read at once.
const readSize = 256 << 10

// shortestLine is a record with nothing in it but its ref, whose other cells are
// set apart by commas.
const shortestLine = 18 + 14 + 1

// readNative reads a file front to back and keeps where its records stand. What
// it holds is not kept, so that the memory it takes does not grow with the file.
func readNative(src io.ReaderAt, size int64) (*content, error) {
	s := &Snapshot{lines: lines{src: src}}
	number := 0 // of lines
	block := make([]byte, 0, readSize)
	for start := int64(0); ; {
		if len(block) == cap(block) {
			block = slices.Grow(block, cap(block))
		}
		n, err := src.ReadAt(block[len(block):min(int64(cap(block)), size-start)], start+int64(len(block)))
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		block = block[:len(block)+n]
		atEnd := n == 0 || start+int64(len(block)) == size

		lines := string(block[:bytes.LastIndexByte(block, '\n')+1]) // one string that all cells are parts of
		if number == 0 && (lines != "" || atEnd) {
			if !isNative(block) {
				return nil, errForeign
			}
			refs := strings.Count(lines, "\n") * int(size/int64(max(1, len(lines)))+1)
			s.index = newIndex(min(refs, int(size/shortestLine)))
			if lines == "" { // the header itself is torn: nothing was recorded yet
				return &content{Snapshot: s, native: true}, nil
			}
		}
		if !utf8.ValidString(lines) || strings.IndexByte(lines, 0) >= 0 {
			return nil, errForeign
		}
		for rest := lines; rest != ""; {
			var line string
			at := span{offset: start + int64(len(lines)-len(rest))}
			line, rest, _ = strings.Cut(rest, "\n")
			at.size = int32(len(line))
			number++
			if err := s.readLine(number, line, at); err != nil {
				return nil, &damage{line: number, reason: err.Error()}
			}
		}
		start += int64(len(lines))
		block = block[:copy(block, block[len(lines):])]
		if atEnd {
			return s.withTail(bytes.Clone(block), start), nil
		}
	}
}

func (s *Snapshot) readLine(number int, line string, at span) error {
	if number == 1 {
		return s.readHeader(line)
	}
	if strings.TrimSpace(line) == "" {
		return nil
	}
	r, err := s.parser.record(line)
	if err != nil {
		return err
	}
	s.offer(&r, at)
	return nil
}

func (s *Snapshot) readHeader(line string) error {
	s.parser = nativeParser(0)
	cells, err := s.parser.split(line)
	if err != nil {
		return err
	}
	s.parser.width = len(cells)
	for _, name := range cells[len(columns):] {
		s.extra = append(s.extra, formula.Commas.Restore(name))
	}
	return nil
}

// withTail adds what stands behind the last LF. Zeros are what a file system may
// leave of a write that never reached the disk, the last LF included.
func (s *Snapshot) withTail(tail []byte, offset int64) *content {
	c := &content{Snapshot: s, native: true, tail: tail}
	line := bytes.TrimRight(tail, "\x00")
	if len(line) == 0 || !utf8.Valid(line) || bytes.IndexByte(line, 0) >= 0 {
		return c
	}
	if r, err := s.parser.record(string(line)); err == nil {
		s.offer(&r, span{offset, int32(len(line))})
		c.kept = len(line)
	}
	return c
}

// foreignTable is what a file holds that another program saved.
type foreignTable struct {
	how     string
	extra   []string // names of the columns that are not ours
	records []Record // in file order; a ref may stand several times
	// rejoined says that a line of it was one cell, see the function.
	rejoined bool
}

// content returns what the table says. Its Snapshot reads from a copy in the
// native form.
func (t *foreignTable) content() *content {
	e := newEncoder(len(t.extra))
	e.header(t.extra)
	s := &Snapshot{index: newIndex(len(t.records)), parser: nativeParser(len(columns) + len(t.extra)), extra: t.extra}
	for i := range t.records {
		at := e.record(&t.records[i])
		s.offer(&t.records[i], at)
	}
	s.lines.src = bytes.NewReader(e.buf)
	return &content{Snapshot: s, how: t.how}
}

// nativeParser reads lines whose first cells are our columns, in their order.
func nativeParser(width int) lineParser {
	p := lineParser{index: make([]int, len(columns)), width: width}
	for i := range p.index {
		p.index[i] = i
	}
	return p
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
		if err := c.set(&r, formula.Commas.Restore(cells[index[i]])); err != nil {
			return r, fmt.Errorf("column %s: %w", c.name, err)
		}
	}
	if len(cells) > len(columns) {
		for i, cell := range cells {
			if !slices.Contains(index, i) {
				r.extra = append(r.extra, formula.Commas.Restore(cell))
			}
		}
	}
	return r, r.verify()
}

func parseForeign(data []byte) (*foreignTable, error) {
	if err := checkFormat(data); err != nil {
		return nil, err
	}
	text, encodingName, err := decode(data)
	if err != nil {
		return nil, err
	}
	delimiter, text, ok := sniffDelimiter(text)
	how := fmt.Sprintf("%s, delimiter %q", encodingName, delimiter)
	if !ok {
		lines, around, whole := rejoined(text)
		if !whole {
			return nil, notOurs(text)
		}
		delimiter, text = ',', lines
		how = fmt.Sprintf("%s, with each line in one cell for the delimiter %q", encodingName, around)
	}
	c := &foreignTable{how: how}
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
			c.extra = append(c.extra, formula.Commas.Restore(name))
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
		if len(cells) == 1 && len(header) > 1 { // see rejoined
			if inner, err := csv.NewReader(strings.NewReader(cells[0])).Read(); err == nil {
				c.rejoined, cells = true, inner
			}
		}
		if len(cells) != len(header) {
			return nil, &damage{line: line, reason: fmt.Sprintf("has %d cells, the header has %d", len(cells), len(header))}
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		record, err := recordOf(cells, index)
		if err != nil {
			return nil, &damage{line: line, reason: err.Error()}
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
		return &damage{line: parse.StartLine, reason: parse.Err.Error()}
	}
	return err
}

// notOurs tells a results file that lost columns, or whose header is not at its top
// any more, from any other file.
func notOurs(text []byte) error {
	number := 0
	for line := range bytes.Lines(text) {
		number++
		missing, ok := likeHeader(line)
		switch {
		case !ok:
		case number > 1 && len(missing) == 0:
			return &damage{
				line: number, reason: "holds the header, which must be the first line",
				remedy: "move the header to the top, and delete what else stood above the records; without them rooms would be created twice",
			}
		case number == 1:
			return &damage{line: 1, reason: "lacks the column " + strings.Join(missing, ", ")}
		}
	}
	return errNotOurs
}

// likeHeader returns which columns a line lacks that has most of our header.
func likeHeader(line []byte) (missing []string, ok bool) {
	if !bytes.Contains(line, []byte("ref")) {
		return nil, false
	}
	for _, d := range delimiters {
		r := csv.NewReader(bytes.NewReader(line))
		r.Comma = d
		cells, err := r.Read()
		if err != nil {
			continue
		}
		if missing := missingColumns(cells); len(missing) <= len(columns)/2 {
			return missing, true
		}
	}
	return nil, false
}

var errNotOurs = errors.New("is not a Roomlift results file")

// anyRef finds what is a ref, however the line around it is divided.
var anyRef = regexp.MustCompile(`\br-[0-9a-f]{16}\b`)

// holdsRefs reports whether refs stand near the beginning of a file, in any encoding
// that has ASCII letters.
func holdsRefs(src Source) bool {
	head, _ := io.ReadAll(io.NewSectionReader(src, 0, 64<<10))
	return anyRef.Match(bytes.ReplaceAll(head, []byte{0}, nil))
}
