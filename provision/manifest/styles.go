package manifest

import (
	"encoding/xml"
	"strconv"
)

// styles are the number formats of a workbook, by the number of a cell's style.
type styles struct {
	formats []*numberFormat
	struck  []bool // a line is drawn through the text
	dates   dateFormats
}

// readStyles reads the number formats; a workbook may have none.
func readStyles(parts *workbookParts) (*styles, error) {
	s := &styles{dates: dateFormats{from1904: parts.from1904}}
	if parts.styles == nil {
		return s, nil
	}
	codes := builtInFormats()
	own := 0
	var cells []int   // the numbers of their formats
	var struck []bool // by the number of a font
	err := eachElement(parts.archive, partName(parts.styles), func(section string, start xml.StartElement) error {
		id, _ := strconv.Atoi(attribute(start, "numFmtId"))
		switch {
		case section == "numFmts" && start.Name.Local == "numFmt":
			own++
			codes[id] = attribute(start, "formatCode")
		case section == "fonts" && start.Name.Local == "font":
			struck = append(struck, false)
		case section == "fonts" && start.Name.Local == "strike" && len(struck) > 0:
			value := attribute(start, "val")
			struck[len(struck)-1] = value == "" || isTrue(value)
		case section == "cellXfs" && start.Name.Local == "xf":
			cells = append(cells, id)
			font, _ := strconv.Atoi(attribute(start, "fontId"))
			s.struck = append(s.struck, font >= 0 && font < len(struck) && struck[font])
		}
		if own > maxFormats || len(cells) > maxStyles || len(struck) > maxStyles {
			return errTooMuch
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	parsed := map[int]*numberFormat{}
	for _, id := range cells {
		if parsed[id] == nil {
			parsed[id] = formatOfID(codes, id)
		}
		s.formats = append(s.formats, parsed[id])
	}
	return s, nil
}

// How many styles and formats of numbers a workbook may have: more than Excel
// takes, which has room for 65,490 and 250 of them.
const (
	maxStyles     = 1 << 17
	maxFormats    = 1 << 14
	maxFormatCode = 512 // bytes; Excel takes 255 characters
)

// formatOfID returns the format of that number. One that is built into Excel and
// shows differently in every language cannot be evaluated.
func formatOfID(codes map[int]string, id int) *numberFormat {
	if code, ok := codes[id]; ok && len(code) <= maxFormatCode {
		return parseNumberFormat(code)
	} else if ok {
		return &numberFormat{code: "of more signs than programs take", broken: faultUnknownFormat}
	}
	if code, ok := systemFormats()[id]; ok {
		return &numberFormat{code: code, broken: faultSystemDate}
	}
	return &numberFormat{code: "of a number that the workbook does not define", broken: faultUnknownFormat}
}

// general is the format of cells that have none.
var general = parseNumberFormat("General")

// undefined is the format of cells whose style the workbook does not have: nobody
// can say how their numbers were shown.
var undefined = &numberFormat{code: "of a style that the workbook does not define", broken: faultUnknownFormat}

// of returns the format of a style. The first is the default, and may be missing.
func (s *styles) of(style int) *numberFormat {
	switch {
	case style >= 0 && style < len(s.formats):
		return s.formats[style]
	case style == 0:
		return general
	default:
		return undefined
	}
}

// isStruck reports whether a style draws a line through the text.
func (s *styles) isStruck(style int) bool {
	return style >= 0 && style < len(s.struck) && s.struck[style]
}

// builtInFormats are the formats that workbooks name by number alone (ECMA-376,
// part 1, 18.8.30), without those of systemFormats and of amounts in the currency of
// the computer, which nobody can tell.
func builtInFormats() map[int]string {
	return map[int]string{
		0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00",
		9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
		37: "#,##0;(#,##0)", 38: "#,##0;(#,##0)", 39: "#,##0.00;(#,##0.00)", 40: "#,##0.00;(#,##0.00)",
		41: `#,##0;(#,##0);"-";@`, 43: `#,##0.00;(#,##0.00);"-";@`,
		45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
	}
}

// systemFormats are the built-in formats of days and times, by the names that they have
// in English. The file does not say how the person saw them: the order of day and
// month, and how many digits an hour has, are those of the computer.
func systemFormats() map[int]string {
	formats := map[int]string{
		14: "Short Date", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy",
		18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "m/d/yy h:mm",
	}
	for id := 27; id <= 81; id++ {
		if id <= 36 || id >= 50 {
			formats[id] = "of the language of the program" // of the Far East, and of Thailand
		}
	}
	return formats
}
