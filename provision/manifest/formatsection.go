package manifest

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// formatSection is one section of a number format.
type formatSection struct {
	condition *formatCondition
	tokens    []formatToken
	date      bool          // it shows a date or a time
	language  *dateLanguage // of a date
	broken    fault         // why it is not certain what it shows
}

type formatToken struct {
	kind tokenKind
	text string
}

type tokenKind uint8

const (
	literalText tokenKind = iota
	digitPlace            // 0, # or ?
	decimalPoint
	thousandsComma
	percentSign
	exponentSign // E+ or E-
	fractionBar
	generalNumber
	atSign // the text, or a number as it is
	datePart
)

// parseSection takes a section apart. It is broken if there is something in it that
// only some programs, or some languages of a program, know.
func parseSection(code string) (s formatSection) {
	language := ""
	for i := 0; i < len(code); {
		token, length, known := nextToken(code[i:])
		if !known {
			s.broken = faultUnknownFormat
			return s
		}
		piece := code[i : i+length]
		i += length
		if piece[0] == '[' && token.kind == literalText {
			inside := piece[1 : len(piece)-1]
			switch {
			case strings.HasPrefix(inside, "$"):
				_, language, _ = strings.Cut(inside, "-")
			case strings.ContainsAny(inside[:min(1, len(inside))], "<>="):
				if s.condition, known = parseCondition(inside); !known {
					s.broken = faultUnknownFormat
					return s
				}
			}
		}
		s.date = s.date || token.kind == datePart
		if token.kind != literalText || token.text != "" {
			s.tokens = append(s.tokens, token)
		}
	}
	if s.date {
		s.language = findDateLanguage(language)
		s.broken = s.readDate()
	}
	return s
}

// nextToken returns the token that the code starts with, and its length.
func nextToken(code string) (t formatToken, length int, known bool) {
	_, size := utf8.DecodeRuneInString(code)
	switch c := code[0]; c {
	case '"':
		end := strings.IndexByte(code[1:], '"')
		return formatToken{literalText, code[1 : 1+max(0, end)]}, end + 2, end >= 0
	case '\\', '_', '*':
		if len(code) == 1 {
			return formatToken{}, 1, false
		}
		_, size = utf8.DecodeRuneInString(code[1:])
		text := map[byte]string{'\\': code[1 : 1+size], '_': " ", '*': ""}[c]
		return formatToken{literalText, text}, 1 + size, true
	case '[':
		end := strings.IndexByte(code, ']')
		if end < 0 {
			return formatToken{}, 1, false
		}
		token, known := bracketToken(code[1:end])
		return token, end + 1, known
	case '0', '#', '?':
		return formatToken{digitPlace, code[:1]}, 1, true
	case '.':
		return formatToken{decimalPoint, "."}, 1, true
	case ',':
		return formatToken{thousandsComma, ","}, 1, true
	case '%':
		return formatToken{percentSign, "%"}, 1, true
	case '/':
		return formatToken{fractionBar, "/"}, 1, true
	case '@':
		return formatToken{atSign, "@"}, 1, true
	}
	for _, word := range []struct {
		text string
		kind tokenKind
	}{{"General", generalNumber}, {"AM/PM", datePart}, {"A/P", datePart}, {"E+", exponentSign}, {"E-", exponentSign}} {
		if len(code) >= len(word.text) && strings.EqualFold(code[:len(word.text)], word.text) {
			return formatToken{word.kind, code[:len(word.text)]}, len(word.text), true
		}
	}
	r, _ := utf8.DecodeRuneInString(code)
	switch {
	case strings.ContainsRune("ymdhsYMDHS", r):
		return formatToken{datePart, code[:1]}, 1, true
	case r < utf8.RuneSelf && unicode.IsLetter(r):
		return formatToken{}, 1, false
	default:
		return formatToken{literalText, code[:size]}, size, true
	}
}

// formatColours are the colours that a section may name.
var formatColours = []string{"black", "blue", "cyan", "green", "magenta", "red", "white", "yellow", "color"}

// bracketToken returns what brackets mean: a literal without a text is something
// that does not show.
func bracketToken(inside string) (t formatToken, known bool) {
	lower := strings.ToLower(inside)
	switch {
	case strings.HasPrefix(inside, "$"):
		symbol, _, _ := strings.Cut(inside[1:], "-")
		return formatToken{literalText, symbol}, true
	case lower != "" && (strings.Trim(lower, "h") == "" || strings.Trim(lower, "m") == "" || strings.Trim(lower, "s") == ""):
		return formatToken{datePart, "[" + inside + "]"}, true // time that has passed
	case lower != "" && strings.ContainsRune("<>=", rune(lower[0])):
		return formatToken{}, true
	default:
		return formatToken{}, slices.Contains(formatColours, strings.TrimRight(lower, "0123456789 "))
	}
}

func (s *formatSection) has(kind tokenKind) bool {
	return slices.ContainsFunc(s.tokens, func(t formatToken) bool { return t.kind == kind })
}

// showsValue reports whether anything but fixed text is shown.
func (s *formatSection) showsValue() bool {
	return slices.ContainsFunc(s.tokens, func(t formatToken) bool { return t.kind != literalText })
}

// firstCertainDate is 1 March 1900. Programs differ about the days before it.
const firstCertainDate = 61

// showsDay reports whether a year, a month or a day is shown, not only a time.
func (s *formatSection) showsDay() bool {
	return slices.ContainsFunc(s.tokens, func(t formatToken) bool {
		return t.kind == datePart && strings.ContainsAny(t.text[:1], "ymd")
	})
}

// show shows the value without its sign.
func (s *formatSection) show(value float64, between digitSigns, dates *dateFormats) (string, fault) {
	if s.date {
		if value < firstCertainDate && !dates.from1904 && s.showsDay() {
			return "", faultUnknownFormat
		}
		shown, ok := dates.show(s, value)
		return shown, unless(ok, faultUnknownFormat)
	}
	if value < 0 {
		value = -value
	}
	if s.has(digitPlace) && !s.has(exponentSign) && !s.has(fractionBar) {
		shown := s.showDigits(plainValue(value), between)
		return shown, unless(value < mostDigits && shown == s.showDigits(wholeValue(value), between), faultLostDigits)
	}
	shown, ok := s.showPlain(value, between)
	if ok && s.showsValue() && !certainDigits(value) {
		return "", faultLostDigits
	}
	return shown, unless(ok, faultUnknownFormat)
}

// wholeAndFraction are the formats of fractions that show nothing but the number where
// no fraction is left; others show 12 as 12/1.
var wholeAndFraction = regexp.MustCompile(`^#*[#0] \?+/(\?+|[1-9][0-9]*)$`)

// mostTyped is the most digits before an E that somebody types as part of a name.
const mostTyped = 6

// showPlain shows a value where its digits have no places.
func (s *formatSection) showPlain(value float64, between digitSigns) (string, bool) {
	switch {
	case s.has(atSign):
		return between.plain(value), len(s.tokens) == 1
	case s.has(exponentSign):
		// A long number that is shortened is shown whole: it is a name and no quantity.
		// One of few digits may have been typed as 2E7, which programs make a number.
		plain := between.plain(value)
		return plain, len(strings.Trim(plain, "0.,")) > mostTyped && !slices.ContainsFunc(s.tokens, func(t formatToken) bool { return t.kind == literalText })
	case s.has(fractionBar):
		return plainValue(value), value == float64(int64(value)) && wholeAndFraction.MatchString(s.literals())
	case s.has(generalNumber):
		return s.showGeneral(value, between)
	default:
		return s.literals(), true
	}
}

func (s *formatSection) showGeneral(value float64, between digitSigns) (string, bool) {
	var b strings.Builder
	for _, t := range s.tokens {
		switch t.kind {
		case generalNumber:
			b.WriteString(between.plain(value))
		case literalText:
			b.WriteString(t.text)
		default:
			return "", false
		}
	}
	return b.String(), true
}
