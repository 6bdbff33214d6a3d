package manifest

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// builder collects what a reader finds: rows, faults and warnings. One reader
// feeds it, row by row, and finish returns what [Load] does.
type builder struct {
	manifest *Manifest
	columns  []Column
	names    map[string]*Column // by normalised name and alias
	faults   ErrorList

	earlier  map[uint64]int32    // hash of an identity → index of the row that has it
	hash     func([]byte) uint64 // identityHash, but for tests of collisions
	identity []byte              // reused for each row
	texts    arena
	ids      map[string]string // of teams and classifications, as they are kept
	borrow   bool              // texts that the reader gives stay as they are; none is part of a larger one

	sheet        string           // of a workbook
	otherSheets  string           // the others that show, in words, if the sheet was not named
	header       *cells           // what the header calls the columns; nil in YAML
	headings     int              // rows with values that surely stand above the header
	sheetColumns [columnCount]int // where the columns are in the sheet, from 1; 0 for one that is not there
	packed       int64            // bytes of the file of a workbook
	unpacked     uint64           // bytes of all that it unpacks to
	maxInline    int              // maxInlineTexts, but for tests

	size        int64        // of the file in bytes; 0 is not known
	visitYAML   func(*cells) // nil, or told of every room of a YAML manifest
	neutralised bool         // the header says that cells may have an apostrophe before a formula
	apostrophes tally        // cells that look as if they were, although the header says nothing
	quoted      bool         // the header of a CSV file stands in other marks than straight double quotes
	unknown     bool         // the header has columns without a meaning
	idle        tally        // rows that hold nothing in the columns with a meaning
	struck      tally        // titles of a workbook with a line through them
	comments    tally        // rows of a CSV file that start like a comment
	refusals    bool         // the file is one of refused rows
	gaps        []int32      // numbers of the rows that a blank row stands before
	questions   tally        // cells of a workbook in which question marks stand like lost letters

	doubt   doubt // why nobody can say in what encoding the text is
	decoded bool  // the encoding of the text stands in the file or was named
	vouched bool  // letters are what they look like: the encoding was named, or the format loses none
	broken  bool  // the file as a whole cannot be relied upon
	full    bool  // there are so many faults that nothing more is read
}

// maxFaults is the most faults that are listed. Nobody reads more of them, and a
// file of another kind must not fill the memory with them.
const maxFaults = 100_000

// mark is where one cell stands: a line and, where the format has them, a column.
type mark struct{ line, col int32 }

// origin is where a row stands.
type origin struct {
	line  int
	col   int               // in YAML
	cells [columnCount]mark // by column; zero for a cell that is not there
	apart bool              // a blank row stands before it

	// unread says which cells hold something that is no value. That is reported
	// already, so they must not be called empty as well.
	unread [columnCount]bool
}

func newBuilder(name, format string) *builder {
	columns := Columns()
	return &builder{
		manifest: &Manifest{Name: name, Format: format},
		columns:  columns,
		names:    columnsByName(columns),
		earlier:  map[uint64]int32{},
		ids:      map[string]string{},
		hash:     identityHash,

		maxInline: maxInlineTexts,
	}
}

// finish returns the manifest and its faults, as [Load] promises them.
func (b *builder) finish() (*Manifest, error) {
	if len(b.manifest.Rows) == 0 && len(b.faults) == 0 {
		if b.refusals {
			b.reportFile(faultNoRefusals, b.at(0))
		} else {
			b.reportFile(faultNoRooms, b.at(0))
		}
	}
	if b.manifest.Format != "yaml" {
		b.reportBelow()
	}
	b.warnOfTallies()
	b.warnOfLookalikes()
	b.reportSideways()
	sortByPlace(b.manifest.Warnings)
	if len(b.faults) == 0 {
		return b.manifest, nil
	}
	sortByPlace(b.faults)
	if b.broken {
		return nil, b.faults
	}
	return b.manifest, b.faults
}

// at returns the position of a line; 0 is the file, or the sheet, as a whole.
func (b *builder) at(line int) Position {
	return Position{File: b.manifest.Name, Sheet: b.sheet, Line: line}
}

// cell returns the position of a cell of a sheet; both count from 1.
func (b *builder) cell(column, row int) Position {
	pos := b.at(row)
	pos.Cell, pos.Col = cellName(column, row), column
	return pos
}

// place returns where a row is, as a message about another row says it.
func (b *builder) place(row *Row, column int) string {
	if b.sheet != "" {
		return b.cell(max(1, b.sheetColumns[column]), row.Line).String()
	}
	return b.at(row.Line).String()
}

// start returns the place where a row starts.
func (b *builder) start(from *origin) Position {
	if b.sheet != "" {
		return b.cell(1, from.line)
	}
	pos := b.at(from.line)
	pos.Col = from.col
	return pos
}

// position returns the place of a cell, or of its row where the cell is absent.
func (b *builder) position(from *origin, column int) Position {
	pos := b.start(from)
	if m := from.cells[column]; m.line != 0 && b.sheet != "" {
		return b.cell(int(m.col), int(m.line))
	} else if m.line != 0 {
		pos.Line, pos.Col = int(m.line), int(m.col)
	}
	return pos
}

// reportFile records a fault after which no row can be relied upon.
func (b *builder) reportFile(f fault, pos Position, args ...any) {
	b.recordFile(newError(f, pos, args...))
}

// reportFileValue records such a fault of a value: the rows after it are checked, but
// none of them can be relied upon.
func (b *builder) reportFileValue(f fault, pos Position, value string, args ...any) {
	e := newError(f, pos, args...)
	e.Value = value
	b.recordFile(e)
}

// reportRow records a fault of a row as a whole.
func (b *builder) reportRow(row *Row, f fault, pos Position, args ...any) {
	b.recordRow(row, newError(f, pos, args...))
}

// reportRowValue records a fault of a row that a value outside its columns shows.
func (b *builder) reportRowValue(row *Row, f fault, pos Position, value string, args ...any) {
	e := newError(f, pos, args...)
	e.Value = value
	b.recordRow(row, e)
}

// reportCell records a fault of one cell of a row.
func (b *builder) reportCell(row *Row, f fault, from *origin, column int, value string, args ...any) {
	e := newError(f, b.position(from, column), args...)
	e.Column, e.Value, e.rank = b.columns[column].Name, value, column
	b.recordRow(row, e)
}

// reportDoubt records that nobody can say in what encoding the text is; line is where
// it ends.
func (b *builder) reportDoubt(line int) {
	if b.doubt.other != "" {
		b.reportFileValue(faultEitherEncoding, b.at(b.doubt.line), b.doubt.word, quote(b.doubt.other))
		return
	}
	b.reportFileValue(faultEncodingDoubt, b.at(cmp.Or(b.doubt.line, line)), b.doubt.word, exampleEncodings)
}

func (b *builder) recordFile(e *Error) {
	b.broken = true
	b.record(e)
}

func (b *builder) recordRow(row *Row, e *Error) {
	e.Row, row.Invalid = row.Number, true
	b.record(e)
}

// record adds a fault to the list, unless the list is full.
func (b *builder) record(e *Error) {
	if len(b.faults) < maxFaults {
		b.faults = append(b.faults, e)
		return
	}
	if !b.full {
		b.full, b.broken = true, true
		b.faults = append(b.faults, newError(faultTooManyFaults, e.Pos, maxFaults))
	}
}

func (b *builder) warn(f fault, pos Position, args ...any) {
	b.warnValue(f, pos, "", args...)
}

func (b *builder) warnValue(f fault, pos Position, value string, args ...any) {
	e := newError(f, pos, args...)
	e.Value = value
	b.manifest.Warnings = append(b.manifest.Warnings, e)
}

// expect makes room for so many rows in all. It is a guess: more may come.
func (b *builder) expect(rows int) {
	if more := rows - len(b.manifest.Rows); more > 0 {
		b.manifest.Rows = slices.Grow(b.manifest.Rows, more)
		earlier := make(map[uint64]int32, rows)
		maps.Copy(earlier, b.earlier)
		b.earlier = earlier
	}
}

// open appends a row for a record that starts at the line, and returns it. The
// pointer is good until the next open.
func (b *builder) open(line int) *Row {
	rows := &b.manifest.Rows
	if len(*rows) == cap(*rows) {
		*rows = slices.Grow(*rows, max(64, len(*rows)/2)) // append grows by a quarter, which copies twice as much
	}
	*rows = append(*rows, Row{Number: len(*rows) + 1, Line: line})
	return &(*rows)[len(*rows)-1]
}

// add appends the row that the cells make and checks it. It returns nil for a
// template's example row, which it passes over.
func (b *builder) add(c *cells, from *origin) *Row {
	if b.isExample(c, from) {
		b.warnValue(warnExample, b.position(from, colTitle), clean(c.Title))
		return nil
	}
	row := b.open(from.line)
	again := b.isHeaderAgain(c)
	if again {
		for i := range from.unread {
			from.unread[i] = true
		}
	}
	b.store(row, c, from)
	if again {
		b.reportCell(row, faultHeaderAgain, from, colTitle, row.Title)
	} else {
		b.checkRow(row, from)
	}
	b.claimIdentity(row, from)
	if from.apart {
		b.gaps = append(b.gaps, int32(row.Number))
	}
	return row
}

// tally counts what is told of once, with the first of it.
type tally struct {
	count int
	first string
	line  int
}

func (t *tally) note(text string, line int) {
	if t.count++; t.count == 1 {
		t.first, t.line = text, line
	}
}

// warnOfTallies says what was counted.
func (b *builder) warnOfTallies() {
	apostrophes := b.apostrophes
	if b.manifest.Format == "yaml" {
		apostrophes.count = 0
	}
	for _, found := range []struct {
		tally
		fault fault
	}{{b.idle, warnIdleRows}, {b.struck, warnStruck}, {b.comments, warnComment}, {apostrophes, warnApostrophes}, {b.questions, warnLostLetters}} {
		if found.count == 0 {
			continue
		}
		pos := b.at(0)
		if found.line > 0 {
			pos = b.start(&origin{line: found.line})
		}
		b.warnValue(found.fault, pos, found.first, found.count)
	}
}

// isIdle reports whether the cells of the columns with a meaning are all empty.
func (b *builder) isIdle(c *cells) bool {
	for i := range b.columns {
		if clean(*b.columns[i].cell(c)) != "" {
			return false
		}
	}
	return true
}

// addTorn appends a row whose record cannot be told apart into its cells, as far
// as it could be read. It takes no identity away from another row. The caller
// reports why.
func (b *builder) addTorn(c *cells, from *origin) *Row {
	row := b.open(from.line)
	for i := range b.columns {
		if column := &b.columns[i]; column.Type == Text {
			*column.text(row) = b.texts.keep(strings.ToValidUTF8(b.value(*column.cell(c)), "\ufffd"))
		}
	}
	row.nameless, row.torn = true, true
	b.claimIdentity(row, from)
	return row
}

// store checks each cell for itself and stores those that are sound.
func (b *builder) store(row *Row, c *cells, from *origin) {
	for i := range b.columns {
		column := &b.columns[i]
		text := b.value(*column.cell(c))
		if text == "" {
			continue
		}
		if from.unread[i] {
			if column.Type == Text {
				*column.text(row) = b.keep(column, text) // so that the row can be recognised
			}
			continue
		}
		if f, args := b.checkCell(column, text); f != faultNone {
			b.reportCell(row, f, from, i, text, args...)
			row.mangled = row.mangled || slices.Contains(csvFaults, f)
		}
		if column.Type == Boolean {
			*column.flag(row), _ = parseBool(text)
		} else {
			*column.text(row) = b.keep(column, text)
		}
	}
}

// csvFaults are those of cells that only a CSV file has: the same text in a workbook
// would be sound.
var csvFaults = []fault{faultLostLetters, faultKeptZeros, faultHTMLEntity, faultQuotedCell}

// mostIDs is how many ids are looked for among those that were kept.
const mostIDs = 10_000

// keep returns the text in memory of its own. Neighbouring rows mostly have the
// same team, classification and description, so those are kept once, and so are ids,
// which come again further down.
func (b *builder) keep(column *Column, text string) string {
	if n := len(b.manifest.Rows); n > 1 {
		if above := *column.text(&b.manifest.Rows[n-2]); above == text {
			return above
		}
	}
	if b.borrow {
		return text
	}
	if column.index != colTeamID && column.index != colClassificationID {
		return b.texts.keep(text)
	}
	id, known := b.ids[text]
	if !known {
		id = b.texts.keep(text)
	}
	if !known && len(b.ids) < mostIDs {
		b.ids[id] = id
	}
	return id
}

// arena keeps many short texts in few large blocks, so that a million rows are
// not millions of objects and no row holds on to the whole record that it came from.
type arena struct{ block strings.Builder }

// arenaBlock is the size of a block in bytes: large beside a cell, small beside a manifest.
const arenaBlock = 64 << 10

func (a *arena) keep(text string) string {
	if text == "" {
		return ""
	}
	if a.block.Cap()-a.block.Len() < len(text) {
		a.block = strings.Builder{}
		a.block.Grow(max(arenaBlock, len(text)))
	}
	start := a.block.Len()
	a.block.WriteString(text)
	return a.block.String()[start:]
}
