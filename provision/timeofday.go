package provision

import (
	"regexp"
	"strconv"
	"strings"
)

// timeOfDay matches a time as spreadsheet programs read one, 7 pm and 7 p among them,
// and as they show it, in Spanish with p. m. behind it.
var timeOfDay = regexp.MustCompile(`^(\d{1,2})(?::(\d{1,2}))?(?::(\d{1,2}))?(?:[\s\x{a0}\x{202f}]*([AaPp])(?:\.?[\s\x{a0}\x{202f}]?[Mm]\.?)?)?$`)

// longestTime is more than the bytes of any.
const longestTime = 24

// secondsIn reads a time of day, as seconds since midnight.
func secondsIn(text string) (int, bool) {
	if text == "" || text[0] < '0' || text[0] > '9' || len(text) > longestTime { // which most are, and this is quick
		return 0, false
	}
	parts := timeOfDay.FindStringSubmatch(text)
	if parts == nil || parts[2] == "" && parts[4] == "" {
		return 0, false
	}
	var units [3]int
	for i, digits := range parts[1:4] {
		units[i], _ = strconv.Atoi(digits) // "" is 0
	}
	hour, half := units[0], strings.ToUpper(parts[4])
	switch {
	case half != "" && (hour < 1 || hour > 12), hour > 23, units[1] > 59, units[2] > 59:
		return 0, false
	case half == "P" && hour < 12:
		hour += 12
	case half == "A" && hour == 12:
		hour = 0
	}
	return hour*3600 + units[1]*60 + units[2], true
}

// sameTime compares times of day. A program shows them with their minutes at least, and
// with all that was typed. Where one of the two is none, compared is false.
func sameTime(text, shown string) (same, compared bool) {
	a, ok := secondsIn(text)
	b, too := secondsIn(shown)
	return a == b && strings.Count(shown, ":") >= max(1, strings.Count(text, ":")), ok && too
}
