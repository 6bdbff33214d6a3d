package manifest

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// dateFormats shows dates and times.
type dateFormats struct {
	from1904 bool // days are counted from 1904, as by old Macintosh programs
}

// maxDate is the day after the last that Excel shows: 9999-12-31.
const maxDate = 2958466

// first returns the day whose number is 0.
func (d *dateFormats) first() time.Time {
	if d.from1904 {
		return time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
}

// number returns the number that stands for a time in a workbook.
func (d *dateFormats) number(at time.Time) string {
	seconds := float64(at.Unix()-d.first().Unix()) + float64(at.Nanosecond())/1e9 // a Duration ends after 292 years
	return strconv.FormatFloat(seconds/daySeconds, 'f', -1, 64)
}

const daySeconds = 24 * 60 * 60

// show shows a value as a date; ok is false if there is no such date, or if it is so
// near to the next that some programs show that one.
func (d *dateFormats) show(s *formatSection, value float64) (shown string, ok bool) {
	if value < 0 || value >= maxDate || (value > mostElapsed && s.showsElapsed()) {
		return "", false
	}
	seconds := value * daySeconds
	next := math.Round(seconds)
	shown = d.showSeconds(s, int64(next))
	if seconds >= next-max(storedSeconds, seconds*doublePrecision) {
		return shown, true
	}
	return shown, shown == d.showSeconds(s, int64(seconds))
}

// mostElapsed is how many days that have passed are surely shown as hours or less:
// LibreOffice cannot show 100,000 so.
const mostElapsed = 50_000

// showsElapsed reports whether the time is shown that has passed, as in [h]:mm.
func (s *formatSection) showsElapsed() bool {
	return slices.ContainsFunc(s.tokens, func(t formatToken) bool { return t.kind == datePart && t.text[0] == '[' })
}

// How far a time can be from the second that is meant: days are stored with 15
// digits, and those of far years in a double.
const (
	storedSeconds   = 5e-6
	doublePrecision = 1.0 / (1 << 52)
)

// showSeconds shows the time so many seconds after the first day.
func (d *dateFormats) showSeconds(s *formatSection, seconds int64) string {
	at := time.Unix(d.first().Unix()+seconds, 0).UTC()
	halves := slices.Contains(s.tokens, formatToken{datePart, halfOfDay})
	var b strings.Builder
	for _, t := range s.tokens {
		switch {
		case t.kind == literalText:
			b.WriteString(t.text)
		case t.text[0] == '[':
			unit := map[byte]int64{'h': 60 * 60, 'm': 60, 's': 1}[t.text[1]]
			fmt.Fprintf(&b, "%0*d", len(t.text)-len("[]"), seconds/unit)
		default:
			b.WriteString(showDatePart(t.text, at, halves, s.language))
		}
	}
	return b.String()
}

// halfOfDay is the part of a date that says which half of the day it is.
const halfOfDay = "AM/PM"

// showDatePart shows one part of a date, one of dateParts. halves says that the hours
// of a day are counted up to twelve.
func showDatePart(part string, at time.Time, halves bool, language *dateLanguage) string {
	weekday := (int(at.Weekday()) + 6) % 7 // Monday is the first
	switch part {
	case "yy":
		return fmt.Sprintf("%02d", at.Year()%100)
	case "mmm":
		return language.names.shortMonths[at.Month()-1]
	case "mmmm":
		return language.names.months[at.Month()-1]
	case "mmmmm":
		return string([]rune(language.names.months[at.Month()-1])[:1])
	case "ddd":
		return language.names.shortDays[weekday]
	case "dddd":
		return language.names.days[weekday]
	case halfOfDay:
		return at.Format("PM")
	}
	number := map[byte]int{'y': at.Year(), 'm': int(at.Month()), 'd': at.Day(), 'h': at.Hour(), 'n': at.Minute(), 's': at.Second()}[part[0]]
	if part[0] == 'h' && halves {
		number = (number+11)%12 + 1
	}
	return fmt.Sprintf("%0*d", len(part), number)
}

// dateParts are the parts that all programs show alike, minutes written with n.
var dateParts = []string{
	"yy", "yyyy", "m", "mm", "mmm", "mmmm", "mmmmm", "d", "dd", "ddd", "dddd",
	"h", "hh", "n", "nn", "s", "ss", halfOfDay, "[h]", "[hh]", "[m]", "[mm]", "[s]", "[ss]",
}

// readDate makes the tokens of a section into those of a date, whose parts are
// whole. The fault says that it is not certain what one of them shows.
func (s *formatSection) readDate() fault {
	if s.language.digits != faultNone {
		return s.language.digits
	}
	var tokens []formatToken
	for _, t := range s.tokens {
		last := len(tokens) - 1
		switch t.kind {
		case literalText, decimalPoint, thousandsComma:
			tokens = append(tokens, formatToken{literalText, t.text})
		case fractionBar:
			if s.language.slash == "" {
				return s.language.unknown
			}
			tokens = append(tokens, formatToken{literalText, s.language.slash})
		case datePart:
			t.text = strings.ToLower(t.text)
			switch {
			case t.text == strings.ToLower(halfOfDay):
				tokens = append(tokens, formatToken{datePart, halfOfDay})
			case last >= 0 && tokens[last].kind == datePart && t.text[0] != '[' && tokens[last].text[0] == t.text[0]:
				tokens[last].text += t.text
			default:
				tokens = append(tokens, t)
			}
		default:
			return faultUnknownFormat
		}
	}
	s.tokens = tokens
	s.findMinutes()
	for _, t := range tokens {
		if t.kind == datePart && !slices.Contains(dateParts, t.text) {
			return faultUnknownFormat
		}
		if t.kind == datePart && !s.language.shows(t.text) {
			return s.language.unknown
		}
	}
	return faultNone
}

// findMinutes tells minutes from months: they stand behind hours or before seconds.
func (s *formatSection) findMinutes() {
	var parts []*formatToken
	for i := range s.tokens {
		if t := &s.tokens[i]; t.kind == datePart && t.text != halfOfDay {
			parts = append(parts, t)
		}
	}
	for i, t := range parts {
		behindHours := i > 0 && strings.Contains(parts[i-1].text, "h")
		beforeSeconds := i+1 < len(parts) && strings.Contains(parts[i+1].text, "s")
		if (t.text == "m" || t.text == "mm") && (behindHours || beforeSeconds) {
			t.text = strings.Repeat("n", len(t.text))
		}
	}
}
