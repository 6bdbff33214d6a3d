package sheet

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"roomlift/report"
)

// look is how the added cells look: indexes of a workbook's cell formats.
type look struct {
	header, text, link int
	state              [report.States]int
	reason             [report.States]int // what went wrong and what to do
	size               float64            // of the font, in points
}

// height returns the height of a row with so many lines, in points. Programs make
// rows that high by themselves only when somebody edits them.
func (l *look) height(lines int) float64 { return math.Ceil(l.size*1.35) * float64(min(lines, 12)) }

// linesOf returns how many lines a text takes in a column of that width.
func linesOf(text string, width float64) int {
	lines := 0
	for line := range strings.SplitSeq(text, "\n") {
		lines += max(1, int(math.Ceil(float64(utf8.RuneCountInString(line))/(width-2))))
	}
	return lines
}

// shade is a light fill with a dark font, so that it can be read on paper, too.
type shade struct{ fill, font string }

var shades = [report.States]shade{
	report.Created:   {"E2EFDA", "1E4620"},
	report.Adopted:   {"DDEBF7", "1F3864"},
	report.Existed:   {"EDEDED", "3B3B3B"},
	report.Failed:    {"FCE4E4", "9C0006"},
	report.Unsettled: {"FFF2CC", "7F4F00"},
	report.Untried:   {"F7F7F7", "595959"},
}

const (
	headerFill = "1F4E78" // as in the template
	headerFont = "FFFFFF"
	linkFont   = "0563C1" // Excel's own
)

// textFormat is Excel's number format "@": what is written, and what somebody
// writes in its place, stays text.
const textFormat = 49

// font is a font of the workbook's own kind in another colour.
type font struct {
	colour          string
	bold, underline bool
}

// styleSheet collects the formats that are to be added to a workbook.
type styleSheet struct {
	prefix             string
	name, size         string // of the workbook's first font
	fonts, fills, xfs  int    // how many there are
	newFonts, newFills []byte
	newFormats         []byte
}

func (s *styleSheet) font(f font) int {
	flags := ""
	if f.bold {
		flags = fmt.Sprintf("<%sb/>", s.prefix)
	}
	if f.underline {
		flags += fmt.Sprintf("<%su/>", s.prefix)
	}
	s.newFonts = fmt.Appendf(s.newFonts, `<%[1]sfont>%[2]s<%[1]ssz val="%[3]s"/><%[1]scolor rgb="FF%[4]s"/><%[1]sname val="%[5]s"/></%[1]sfont>`,
		s.prefix, flags, appendAttribute(nil, s.size), f.colour, appendAttribute(nil, s.name))
	s.fonts++
	return s.fonts - 1
}

func (s *styleSheet) fill(colour string) int {
	s.newFills = fmt.Appendf(s.newFills, `<%[1]sfill><%[1]spatternFill patternType="solid"><%[1]sfgColor rgb="FF%[2]s"/><%[1]sbgColor indexed="64"/></%[1]spatternFill></%[1]sfill>`,
		s.prefix, colour)
	s.fills++
	return s.fills - 1
}

// format adds a cell format for text.
func (s *styleSheet) format(font, fill int, wrap bool) int {
	wrapped := ""
	if wrap {
		wrapped = ` wrapText="1"`
	}
	s.newFormats = fmt.Appendf(s.newFormats, `<%[1]sxf numFmtId="%[2]d" fontId="%[3]d" fillId="%[4]d" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyAlignment="1"><%[1]salignment vertical="center"%[5]s/></%[1]sxf>`,
		s.prefix, textFormat, font, fill, wrapped)
	s.xfs++
	return s.xfs - 1
}

// look adds all formats.
func (s *styleSheet) look() look {
	var l look
	l.size, _ = strconv.ParseFloat(s.size, 64)
	l.header = s.format(s.font(font{colour: headerFont, bold: true}), s.fill(headerFill), true)
	l.text = s.format(s.font(font{colour: "000000"}), 0, true)
	l.link = s.format(s.font(font{colour: linkFont, underline: true}), 0, false)
	for state, shade := range shades {
		fill := s.fill(shade.fill)
		l.state[state] = s.format(s.font(font{colour: shade.font, bold: true}), fill, false)
		l.reason[state] = l.text
		if report.State(state) == report.Failed || report.State(state) == report.Unsettled {
			l.reason[state] = s.format(s.font(font{colour: shade.font}), fill, true)
		}
	}
	return l
}

var errNoStyles = errors.New("its styles cannot be read")

// addLook returns the part of a workbook's styles with the formats that were
// added to it.
func addLook(styles []byte) ([]byte, look, error) {
	s, err := readStyles(styles)
	if err != nil {
		return nil, look{}, err
	}
	l := s.look()
	var out bytes.Buffer
	splice := newSplicer(bytes.NewReader(styles), &out)
	for depth := 0; ; {
		switch t := splice.next().(type) {
		case nil:
			err := splice.finish()
			return out.Bytes(), l, err
		case xml.StartElement:
			depth++
			if added, count := s.addedTo(t.Name.Local); added != nil && depth == 2 {
				splice.drop()
				splice.write(startTag(setAttribute(t, "count", strconv.Itoa(count)), false))
				splice.element(nil)
				depth--
				children := bytes.TrimSuffix(splice.raw(), fmt.Appendf(nil, "</%s>", qualified(t.Name)))
				splice.write(children)
				splice.write(added)
				splice.write(fmt.Appendf(nil, "</%s>", qualified(t.Name)))
				splice.drop()
				continue
			}
		case xml.EndElement:
			depth--
		}
		splice.copy()
	}
}

// addedTo returns what is added to an element, and how many children it has then.
func (s *styleSheet) addedTo(element string) ([]byte, int) {
	switch element {
	case "fonts":
		return s.newFonts, s.fonts
	case "fills":
		return s.newFills, s.fills
	case "cellXfs":
		return s.newFormats, s.xfs
	}
	return nil, 0
}

// readStyles counts what a workbook has.
func readStyles(styles []byte) (*styleSheet, error) {
	var book struct {
		Fonts []struct {
			Name struct {
				Val string `xml:"val,attr"`
			} `xml:"name"`
			Size struct {
				Val string `xml:"val,attr"`
			} `xml:"sz"`
		} `xml:"fonts>font"`
		Fills   []struct{} `xml:"fills>fill"`
		Formats []struct{} `xml:"cellXfs>xf"`
	}
	if err := xml.Unmarshal(styles, &book); err != nil {
		return nil, err
	}
	if len(book.Fonts) == 0 || len(book.Fills) == 0 || len(book.Formats) == 0 {
		return nil, errNoStyles
	}
	s := &styleSheet{
		name: cmp.Or(book.Fonts[0].Name.Val, "Calibri"), size: cmp.Or(book.Fonts[0].Size.Val, "11"),
		fonts: len(book.Fonts), fills: len(book.Fills), xfs: len(book.Formats),
	}
	decoder := xml.NewDecoder(bytes.NewReader(styles))
	for {
		token, err := decoder.RawToken()
		if err != nil {
			return nil, errors.Join(err, io.ErrUnexpectedEOF)
		}
		if root, ok := token.(xml.StartElement); ok {
			s.prefix = prefixOf(root)
			return s, nil
		}
	}
}
