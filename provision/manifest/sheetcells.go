package manifest

import (
	"strings"
	"time"
)

// unreadCell is a cell whose value cannot be told.
type unreadCell struct {
	column int // from 1
	fault  fault
	value  string
	detail string // the format that the cell is shown in, or how other computers show it, where that is the reason
}

// showValues fills s.shown with the row's cells as people see them, by column, and
// s.unread with those of which that cannot be told.
func (s *sheetReader) showValues(row *sheetRow) error {
	clear(s.shown)
	s.shown, s.unread = s.shown[:0], s.unread[:0]
	for i := range row.cells {
		c := &row.cells[i]
		if c.value == "" && c.kind != "e" || c.unanswered() {
			continue
		}
		for len(s.shown) < c.column {
			s.shown = append(s.shown, "")
		}
		text, f, err := s.show(c)
		if err != nil {
			return err
		}
		s.shown[c.column-1] = text
		if f != faultNone {
			s.unread = append(s.unread, unreadCell{c.column, f, text, s.detail(c, f)})
		}
	}
	return nil
}

// detail returns what the message about a cell that cannot be told needs to say.
func (s *sheetReader) detail(c *sheetCell, f fault) string {
	format := s.styles.of(c.style)
	number, _ := s.number(c)
	switch f {
	case faultDateWithoutFormat:
		return number
	case faultSystemNumber:
	default:
		return escape(format.code)
	}
	other, _ := format.showWith(commaSigns, number, &s.styles.dates)
	return quote(other)
}

// show returns the cell as people see it, or what it holds and why that is not known.
func (s *sheetReader) show(c *sheetCell) (string, fault, error) {
	format := s.styles.of(c.style)
	switch c.kind {
	case "s":
		text, err := s.texts.text(c.value)
		if err != nil {
			return "", faultNone, err
		}
		text, f := format.showText(text)
		return text, f, nil
	case "str", "inlineStr":
		text, f := format.showText(c.value)
		return text, f, nil
	case "", "n", "d":
		number, ok := s.number(c)
		if !ok {
			return c.value, faultNotOfItsKind, nil
		}
		if c.kind == "d" && format.code == general.code {
			return c.value, faultDateWithoutFormat, nil
		}
		text, f := format.showNumber(number, &s.styles.dates)
		return text, f, nil
	case "b":
		text, f := showBoolean(c.value)
		return text, f, nil
	case "e":
		return c.value, c.errorFault(), nil
	default:
		return c.value, faultNotOfItsKind, nil
	}
}

// errorFault returns what is wrong with a cell that holds an error: new kinds of errors,
// pictures and other things that cells can hold have an old one beside them.
func (c *sheetCell) errorFault() fault {
	if c.rich {
		return faultRichValue
	}
	return faultErrorValue
}

// showBoolean returns a boolean as Excel shows it in English. Excel takes true and
// false in small letters alone (MS-OI29500 2.1.659), and finds fault with others.
func showBoolean(value string) (string, fault) {
	switch strings.TrimSpace(value) {
	case "1", "true":
		return "TRUE", faultNone
	case "0", "false":
		return "FALSE", faultNone
	default:
		return value, faultNotOfItsKind
	}
}

// number returns the number of a cell that holds one. A date that is stored in ISO
// 8601, as some programs do, is the number of a day like any other.
func (s *sheetReader) number(c *sheetCell) (number string, ok bool) {
	if c.kind != "d" {
		return c.value, true
	}
	for _, layout := range []string{"2006-01-02T15:04:05.999999999", "2006-01-02T15:04:05Z07:00", "2006-01-02T15:04", time.DateOnly} {
		if at, err := time.Parse(layout, strings.TrimSpace(c.value)); err == nil {
			return s.styles.dates.number(at), true
		}
	}
	return "", false
}

// reportUnread reports those cells of a row that cannot be told and would matter.
func (s *sheetReader) reportUnread(row *Row, number int) {
	for _, cell := range s.unread {
		column := s.columnAt(cell.column)
		if column == nil {
			continue
		}
		e := newError(cell.fault, s.b.cell(cell.column, number), cell.detail)
		e.Column, e.Value, e.rank = column.Name, cell.value, column.index
		s.b.recordRow(row, e)
	}
}

// hideUnread puts what every manifest refuses in the place of cells that cannot be
// told. In columns without a meaning numbers may look as they do on other computers.
func (s *sheetReader) hideUnread(row *sheetRow) {
	for i := range row.cells {
		if c := &row.cells[i]; c.unanswered() {
			s.unread = append(s.unread, unreadCell{column: c.column})
		}
	}
	for _, cell := range s.unread {
		if cell.fault == faultSystemNumber && s.columnAt(cell.column) == nil {
			continue
		}
		for len(s.shown) < cell.column {
			s.shown = append(s.shown, "")
		}
		s.shown[cell.column-1] = noResult
	}
}
