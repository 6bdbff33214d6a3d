package manifest

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"github.com/gocarina/gocsv"
)

// readCSV reads a CSV manifest: record by record through a csv.Reader, and in
// batches through gocsv, which puts the cells into their columns.
func readCSV(r io.Reader, b *builder, opts Options) error {
	text, err := b.openCSV(r, opts)
	if text == nil || err != nil {
		return err
	}
	b.vouched = opts.Encoding != ""
	if opts.Delimiter == 0 && b.contradictsSep(text.head, text.rows) {
		b.reportFileValue(faultSepContradicts, b.at(1), string(text.delimiter))
		return nil
	}
	if err := readRecords(text, b); err != nil {
		return err
	}
	if text.legacy != nil && text.legacy.mode == isWindows1252 {
		b.warnValue(warnWindows1252, b.at(0), text.legacy.words.odd)
	}
	return nil
}

// csvText is the text of a CSV file in UTF-8, whose lines end in LF, and its dialect.
type csvText struct {
	io.Reader
	delimiter rune
	named     bool          // the person named the delimiter, so it is in no doubt
	head      []byte        // how it starts
	rows      [][]string    // the records of head, the header among them
	legacy    *legacyReader // tells the encoding; nil if that was known before
}

// openCSV finds the dialect of a CSV file. It reports a file that is none, one that
// a program spoilt at its start and one whose delimiter is in doubt, and returns nil then.
func (b *builder) openCSV(r io.Reader, opts Options) (*csvText, error) {
	decoded, err := b.openText(r, opts)
	if decoded == nil || err != nil {
		return nil, err
	}
	text := &csvText{named: opts.Delimiter != 0}
	if !b.decoded {
		text.legacy = &legacyReader{src: decoded, doubted: func(why doubt) { b.doubt = why }}
		decoded = text.legacy
	}
	source := bufio.NewReaderSize(decoded, dialectLength)
	text.Reader = source
	text.head, _ = source.Peek(dialectLength) // an error comes again when the rows are read
	if letters := misreadMark(text.head); letters != "" {
		b.reportFileValue(faultMisreadMark, b.at(1), letters)
		return nil, nil
	}
	if bytes.Contains(text.head, []byte("\r\r\n")) {
		text.head = bytes.ReplaceAll(text.head, []byte("\r\r"), []byte{'\r'})
		text.Reader = &singleCR{src: source}
	}
	if endsInCR(text.head) {
		text.head = bytes.ReplaceAll(text.head, []byte{'\r'}, []byte{'\n'})
		text.Reader = &lineEnds{src: source}
	}
	var ok bool
	if text.delimiter, ok = b.chooseDelimiter(text.head, opts.Delimiter); !ok {
		return nil, nil
	}
	text.rows = firstRecords(text.head, text.delimiter)
	b.headings = b.countHeadings(text.rows)
	return text, nil
}

// dialectLength is the number of bytes that tell delimiter and line ends: more
// than ten long lines.
const dialectLength = 64 << 10

// readRecords reads the rows of a CSV text in UTF-8.
func readRecords(text *csvText, b *builder) error {
	f := newCSVFile(text, b)
	if !f.readHeader() {
		return f.err
	}
	rows := make([]cells, batchRecords)
	for first := true; f.readBatch(); first = false {
		if first {
			f.foresee()
		}
		if err := gocsv.UnmarshalCSV(f, &rows); err != nil {
			return err
		}
		for i := range f.batch {
			f.deliver(i, &rows[i])
		}
	}
	if f.longer.count > 0 {
		b.warn(warnExtraCells, b.at(0), f.longer.String())
	}
	if f.index.count > 0 {
		b.warn(warnUnnamedFirst, b.at(0), f.index.String())
	}
	if f.shorter.count > 0 {
		b.warn(warnShortRows, b.at(0), f.shorter.String())
	}
	return f.err
}

// A batch ends at this many records or bytes, whichever comes first. gocsv looks
// at the header once a batch, so a batch is long beside that, and short beside
// the memory that a manifest takes.
const (
	batchRecords = 512
	batchBytes   = 1 << 20
)

// csvFile is a CSV file under way. It is the source that gocsv reads batches from.
type csvFile struct {
	b      *builder
	guard  *guard
	reader *csv.Reader
	header *layout
	line   headerLine
	names  []string // the header for gocsv: canonical names, "" for no column
	batch  []csvRecord
	named  bool  // see csvText
	short  bool  // the last three records before the batch are too short
	row    int   // see csvRecord; of the record that was read last
	breaks int   // line breaks within the cells so far
	below  int   // line below the record that was read last
	apart  bool  // a blank line, or a record of blank cells, stands before that record
	err    error // why the file could not be read to its end
	ended  bool

	index   lineList // with a value in the first column although that has no header
	longer  lineList // with more cells than the header, the extra ones empty
	shorter lineList // with fewer cells
}

// csvRecord is a record and where it stands.
type csvRecord struct {
	cells  []string
	from   origin
	row    int             // of the sheet that it may come from, where a line break ends no row
	total  int             // cells that the record has; those beyond the header are cut off
	fault  *csv.ParseError // broken quoting: cells are those before it
	over   string          // the first cell with a value that has no header
	where  int             // the place of over, from 1
	cutOff bool            // the file ends within it, without a line end
	split  string          // a text whose quotation marks did not keep it in one cell
	space  string          // the first cell with a space before it, as behind a comma in a text
}

func newCSVFile(text *csvText, b *builder) *csvFile {
	f := &csvFile{b: b, guard: newGuard(text, text.delimiter), named: text.named}
	f.reader = csv.NewReader(f.guard)
	f.reader.Comma = text.delimiter
	f.reader.FieldsPerRecord = -1 // rows of another length are faults with a place of their own
	return f
}

// Read implements gocsv.CSVReader; gocsv reads batches with ReadAll.
func (f *csvFile) Read() ([]string, error) { return nil, io.EOF }

// ReadAll implements gocsv.CSVReader: the header and the records of the batch.
func (f *csvFile) ReadAll() ([][]string, error) {
	records := make([][]string, 0, len(f.batch)+1)
	records = append(records, f.names)
	for i := range f.batch {
		records = append(records, f.batch[i].cells)
	}
	return records, nil
}

// readHeader reads records until it has the header, and matches it with the
// columns. It returns false when nothing below it can be read.
func (f *csvFile) readHeader() bool {
	search := headerSearch{b: f.b}
	found := false
	for first := true; !found; first = false {
		record, fault, ok := f.next()
		if fault != nil {
			f.b.recordFile(f.quotingError(fault))
			return false
		}
		if !ok {
			if f.err != nil || f.b.broken {
				return false
			}
			if f.line, found = search.end(); !found {
				f.b.reportFile(faultEmpty, f.b.at(0))
				return false
			}
			break
		}
		if isBlank(record) || first && isSepLine(record, f.reader.Comma) {
			continue
		}
		line := f.startOf(fault)
		f.line, found = search.offer(record, func(int) Position { return f.b.at(line) })
	}
	f.header = f.b.matchHeader(f.line.cells, f.line.at)
	if f.header == nil {
		return false
	}
	f.names = make([]string, len(f.header.columns))
	for i, column := range f.header.columns {
		if column != nil {
			f.names[i] = column.Name
		}
	}
	return true
}

// foresee makes room for the rows that the file has if they go on like this.
func (f *csvFile) foresee() {
	if read := f.reader.InputOffset(); f.b.size > read {
		f.b.expect(int(float64(len(f.batch)) * float64(f.b.size) / float64(read) * 1.02))
	}
}

// readBatch reads the next records, and returns false when there are none. Records
// that may be halves of one row are in the same batch.
func (f *csvFile) readBatch() bool {
	f.short = f.endsShort(shortRun)
	f.batch = f.batch[:0]
	start := f.reader.InputOffset()
	for !f.b.full && (len(f.batch) < batchRecords && f.reader.InputOffset()-start < batchBytes || f.endsShort(1) && !f.endsShort(shortRun)) {
		record, fault, ok := f.next()
		if !ok {
			break
		}
		if fault == nil && f.header.blank(record) {
			f.below = 0 // none is right below this one
			continue
		}
		f.batch = append(f.batch, f.locate(record, fault))
	}
	return len(f.batch) > 0
}

// locate notes where the record and its cells stand, while the reader knows it.
func (f *csvFile) locate(record []string, fault *csv.ParseError) csvRecord {
	r := csvRecord{cells: record, total: len(record), fault: fault}
	r.from.line = f.startOf(fault)
	r.row = f.row
	r.from.apart = f.apart
	for i, cell := range record {
		line, _ := f.reader.FieldPos(i)
		unnamed := i >= len(f.header.names) || f.header.names[i] == ""
		switch {
		case i < len(f.header.columns) && f.header.columns[i] != nil:
			r.from.cells[f.header.columns[i].index].line = int32(line)
		case !unnamed || clean(cell) == "":
		case i == 0 && f.header.torn != 1:
			f.index.add(r.from.line) // no comma in a text moves a cell there
		case r.over == "":
			r.over, r.where = clean(cell), i+1
		}
	}
	if len(record) > 0 && strings.HasPrefix(record[0], "# ") {
		f.b.comments.note(record[0], r.from.line)
	}
	if i := spacedCell(record); i > 0 {
		r.space = clean(record[i])
	}
	if !f.b.neutralised {
		r.split = splitQuotation(record, string(f.reader.Comma))
	}
	r.cutOff = f.guard.cutOff() && f.reader.InputOffset() == f.guard.passed
	r.cells = record[:min(len(record), len(f.names))]
	return r
}

// deliver hands a record of the batch to the builder, as a row or as a fault.
func (f *csvFile) deliver(i int, c *cells) {
	r := &f.batch[i]
	width := len(f.header.columns)
	line, sign := f.undivided(r)
	switch {
	case r.fault != nil:
		row := f.b.addTorn(c, &r.from)
		f.b.recordRow(row, f.quotingError(r.fault))
		if r.fault.Line != r.fault.StartLine {
			f.b.broken = true // rows between the two lines were read as one cell
		}
	case sign != 0:
		row := f.b.addTorn(c, &r.from)
		f.b.reportRowValue(row, faultUndivided, f.b.at(r.from.line), line, width, delimiterName(sign))
	case r.split != "":
		row := f.b.addTorn(c, &r.from)
		f.b.reportRowValue(row, faultSplitQuotation, f.b.at(r.from.line), r.split)
	case f.tornInTwo(i):
		row := f.b.addTorn(c, &r.from)
		f.b.reportRow(row, faultTornInTwo, f.b.at(r.from.line), r.total, width)
	case f.isIdle(i, c):
		f.b.idle.note("", r.from.line)
	case r.total < width && !endsEarly(r, c):
		row := f.b.addTorn(c, &r.from)
		f.b.reportRow(row, faultTooFewCells, f.b.at(r.from.line), r.total, width)
	case r.over != "" && r.where > width:
		row := f.b.addTorn(c, &r.from)
		f.b.reportRowValue(row, faultTooManyCells, f.b.at(r.from.line), r.over, r.total, width)
	case r.over != "" && r.where == f.header.torn:
		row := f.b.addTorn(c, &r.from)
		f.b.reportRowValue(row, faultStillTorn, f.b.at(r.from.line), r.over)
	case r.over != "":
		row := f.b.addTorn(c, &r.from)
		f.b.reportRowValue(row, faultUnnamedColumn, f.b.at(r.from.line), r.over, r.where)
	case r.total > f.line.width && r.space != "" && !f.line.spaced:
		// One comma too many, and what it cuts off starts with a space: it belongs to
		// a text, and all cells behind it stand one column too far to the right.
		row := f.b.addTorn(c, &r.from)
		f.b.reportRowValue(row, faultTooManyCells, f.b.at(r.from.line), r.space, r.total, width)
	default:
		switch {
		case r.total > f.line.width:
			f.longer.add(r.from.line)
		case r.total < width:
			f.shorter.add(r.from.line)
		}
		f.b.add(c, &r.from)
	}
}

// next reads one record. A record whose quoting is broken comes with the fault
// and the cells before it. ok is false at the end, and when reading cannot go on;
// that is reported then, or in f.err if it is no fault of the content.
func (f *csvFile) next() (record []string, fault *csv.ParseError, ok bool) {
	if f.ended {
		return nil, nil, false
	}
	record, err := f.reader.Read()
	if err == nil {
		start, within := f.startOf(nil), 0
		for _, cell := range record {
			within += strings.Count(cell, "\n")
		}
		f.row, f.apart, f.below = start-f.breaks, start != f.below, start+within+1
		f.breaks += within
		return record, nil, true
	}
	var broken *csv.ParseError
	atEnd := f.guard.err != nil && f.reader.InputOffset() == f.guard.passed
	unclosed := atEnd && f.guard.quotes.open()
	if errors.As(err, &broken) && !unclosed {
		return record, broken, true
	}
	f.ended = true
	quotes, ended := &f.guard.quotes, f.guard.err
	switch {
	case errors.Is(ended, errEncodingDoubt):
		f.b.reportDoubt(quotes.line)
	case errors.Is(ended, errNUL):
		f.b.reportFile(faultNUL, f.b.at(quotes.line))
	case quotes.open() && (broken != nil || quotes.opened < quotes.line):
		f.b.reportFile(faultUnclosedQuote, f.b.at(quotes.opened))
	case errors.Is(ended, errRecordTooLong):
		f.b.reportFile(faultLongLine, f.b.at(quotes.line), maxRecordText)
	case !errors.Is(err, io.EOF):
		f.err = err
	}
	return nil, nil, false
}

// quotingError says what is wrong with the quotes of a record.
func (f *csvFile) quotingError(e *csv.ParseError) *Error {
	if errors.Is(e.Err, csv.ErrBareQuote) {
		return newError(faultBareQuote, f.b.at(e.Line))
	}
	return newError(faultStrayQuote, f.b.at(e.StartLine), e.Line)
}

// startOf returns the line where the record starts that was read last.
func (f *csvFile) startOf(fault *csv.ParseError) int {
	if fault != nil {
		return fault.StartLine
	}
	line, _ := f.reader.FieldPos(0)
	return line
}

// isBlank reports whether no cell of the record holds anything.
func isBlank(record []string) bool {
	for _, cell := range record {
		if clean(cell) != "" {
			return false
		}
	}
	return true
}
