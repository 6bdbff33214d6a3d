package provision

import (
	"strings"
	"unicode"
)

// numberBelow returns the number that a cell holds if the letters beside it are its
// format's: 12 of R0012 and of Room 12, 5 of 5 pcs.
func numberBelow(text string) (string, bool) {
	const digits = "0123456789"
	first, last := strings.IndexAny(text, digits), strings.LastIndexAny(text, digits)
	if first < 0 || !strings.ContainsFunc(text[:first]+text[last+1:], unicode.IsLetter) {
		return "", false
	}
	number := text[first : last+1]
	if strings.Trim(number, digits+".,") != "" {
		return "", false
	}
	return numberIn(number)
}

// lostFormat reports whether shown is the number alone of a text that the format of a
// cell showed: a CSV file keeps no formats, and not every program writes what it shows.
func lostFormat(text, shown string) bool {
	below, ok := numberBelow(text)
	n, number := numberIn(shown)
	return ok && number && below == n
}
