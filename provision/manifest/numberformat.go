package manifest

import (
	"math"
	"strconv"
	"strings"
)

// numberFormat is what a workbook says of how the numbers of a cell are shown: up
// to four sections, for positive numbers, negative ones, zero and texts, unless
// conditions divide them otherwise.
type numberFormat struct {
	code     string
	sections []formatSection
	broken   fault // why nobody but the program that wrote it can say what it shows
}

// parseNumberFormat takes a format's code apart.
func parseNumberFormat(code string) *numberFormat {
	f := &numberFormat{code: code}
	for part := range splitSections(code) {
		section := parseSection(part)
		f.sections = append(f.sections, section)
		if f.broken == faultNone {
			f.broken = section.broken
		}
	}
	if len(f.sections) > 4 {
		f.broken = faultUnknownFormat
	}
	return f
}

// splitSections yields the sections of a code, divided by semicolons that are no
// text.
func splitSections(code string) func(func(string) bool) {
	return func(yield func(string) bool) {
		start := 0
		for i := 0; i < len(code); i++ {
			switch code[i] {
			case '\\', '_', '*':
				i++
			case '"', '[':
				end := strings.IndexByte(code[i+1:], map[byte]byte{'"': '"', '[': ']'}[code[i]])
				if end < 0 {
					i = len(code)
					continue
				}
				i += end + 1
			case ';':
				if !yield(code[start:i]) {
					return
				}
				start = i + 1
			}
		}
		yield(code[start:])
	}
}

// text returns the section that shows texts; nil if they are shown as they are.
func (f *numberFormat) text() *formatSection {
	if len(f.sections) == 0 {
		return nil
	}
	last := &f.sections[len(f.sections)-1]
	if len(f.sections) == 4 || last.has(atSign) {
		return last
	}
	return nil
}

// choose returns the section that shows the value, and whether it shows it
// without its sign. ok is false where that cannot be said for certain.
func (f *numberFormat) choose(value float64) (section *formatSection, unsigned, ok bool) {
	s := f.sections
	if len(s) == 0 {
		return nil, false, false
	}
	if last := len(s) - 1; last > 0 && last < 3 && s[last].has(atSign) {
		s = s[:last] // it is for texts
	}
	for i := range s {
		if s[i].condition != nil {
			return chooseByCondition(s, value)
		}
	}
	switch {
	case len(s) == 1:
		return &s[0], false, true
	case value < 0:
		return &s[1], true, true
	case value == 0 && len(s) > 2:
		return &s[2], false, true
	default:
		return &s[0], false, true
	}
}

// chooseByCondition chooses among sections with conditions, which only the first
// two may have. Programs differ in which sign a negative number keeps then, and in
// what the second section is for if it has none and a third follows.
func chooseByCondition(s []formatSection, value float64) (section *formatSection, unsigned, ok bool) {
	for i := range s {
		if i > 1 && s[i].condition != nil {
			return nil, false, false
		}
	}
	pick := func(i int) (*formatSection, bool, bool) {
		if i >= len(s) || (value < 0 && s[i].showsValue()) {
			return nil, false, false
		}
		return &s[i], true, true
	}
	switch {
	case s[0].condition == nil:
		return nil, false, false
	case s[0].condition.holds(value):
		return pick(0)
	case len(s) < 3 && (len(s) < 2 || s[1].condition == nil):
		if value == 0 && *s[0].condition == (formatCondition{">", 0}) {
			return nil, false, false // Excel and LibreOffice differ
		}
		return pick(1)
	case s[1].condition == nil:
		if value < 0 {
			return pick(1)
		}
		return nil, false, false
	case s[1].condition.holds(value):
		return pick(1)
	default:
		return pick(2)
	}
}

// formatCondition is a condition such as [>=100].
type formatCondition struct {
	operator string
	limit    float64
}

// parseCondition reads what stands between the brackets.
func parseCondition(text string) (*formatCondition, bool) {
	number := strings.TrimLeft(text, "<>=")
	operator := text[:len(text)-len(number)]
	limit, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	switch operator {
	case "=", "<", ">", "<=", ">=", "<>":
		return &formatCondition{operator, limit}, err == nil
	}
	return nil, false
}

func (c *formatCondition) holds(value float64) bool {
	switch c.operator {
	case "=":
		return value == c.limit
	case "<":
		return value < c.limit
	case ">":
		return value > c.limit
	case "<=":
		return value <= c.limit
	case ">=":
		return value >= c.limit
	default:
		return value != c.limit
	}
}

// digitSigns are what a language puts between the digits of numbers.
type digitSigns struct{ decimal, thousands byte }

// Excel takes those of the computer's language, whatever language a format names;
// LibreOffice takes those of the language that it names.
var (
	pointSigns = digitSigns{'.', ','}
	commaSigns = digitSigns{',', '.'}
)

// showNumber shows a number in a format, with decimal points. dates shows those
// sections that are dates. The fault says that the format cannot be evaluated, hides
// the number, or shows it with other signs on other computers.
func (f *numberFormat) showNumber(number string, dates *dateFormats) (string, fault) {
	shown, why := f.showWith(pointSigns, number, dates)
	if why != faultNone {
		return shown, why
	}
	other, _ := f.showWith(commaSigns, number, dates)
	return shown, unless(shown == other, faultSystemNumber)
}

// showWith is showNumber with the signs of a language.
func (f *numberFormat) showWith(between digitSigns, number string, dates *dateFormats) (string, fault) {
	value, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if err != nil || math.IsNaN(value) || math.IsInf(value, 0) {
		return number, faultNotOfItsKind
	}
	if f.broken != faultNone {
		return number, f.broken
	}
	section, unsigned, ok := f.choose(value)
	if !ok {
		return number, faultUnknownFormat
	}
	shown, why := section.show(value, between, dates)
	if why != faultNone {
		return number, why
	}
	if value < 0 && !unsigned && !section.date && strings.Trim(shown, "0., ") != "" {
		shown = "-" + shown
	}
	if clean(shown) == "" {
		return number, faultHiddenByFormat
	}
	return shown, faultNone
}

// showText shows a text in a format.
func (f *numberFormat) showText(text string) (string, fault) {
	section := f.text()
	if section == nil || clean(text) == "" {
		return text, faultNone
	}
	if section.broken != faultNone || len(f.sections) > 4 {
		return text, faultUnknownFormat
	}
	if !section.has(atSign) {
		return text, faultHiddenByFormat
	}
	var b strings.Builder
	for _, t := range section.tokens {
		switch t.kind {
		case atSign:
			b.WriteString(text)
		case literalText:
			b.WriteString(t.text)
		default:
			return text, faultUnknownFormat
		}
	}
	return b.String(), faultNone
}

// plain is plainValue with the signs of a language.
func (s digitSigns) plain(value float64) string {
	return strings.Replace(plainValue(value), ".", string(s.decimal), 1)
}

// plainValue returns a number without an exponent, because a long number is a name
// and no quantity. Excel keeps 15 digits; what a file has beyond them is how 0.1
// looks in binary, or cannot be told, see certainDigits.
func plainValue(value float64) string {
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(value, 'g', keptDigits, 64), 64)
	if err != nil {
		return wholeValue(value)
	}
	return wholeValue(rounded)
}

// wholeValue returns a number with all the digits that the file has.
func wholeValue(value float64) string { return strconv.FormatFloat(value, 'f', -1, 64) }

const (
	keptDigits  = 15   // of a number in Excel
	mostDigits  = 1e15 // the first number that has more
	leastDigits = 1e-9 // the least number whose zeros are written out
)

// certainDigits reports whether the digits that plainValue shows are those that
// people see. Where more are stored, that is so if fewer are left when the number is
// rounded, for then the others are how it looks in binary.
func certainDigits(value float64) bool {
	plain := plainValue(value)
	return value < mostDigits && (value == 0 || value >= leastDigits) &&
		(plain == wholeValue(value) || len(strings.Trim(strings.Replace(plain, ".", "", 1), "0")) < keptDigits)
}

// unless returns a fault unless all is well.
func unless(well bool, f fault) fault {
	if well {
		return faultNone
	}
	return f
}
