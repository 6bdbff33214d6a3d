package page

import (
	"fmt"
	"regexp"

	"roomlift/report/results"
)

// turns finds the characters that begin or end a stretch of text of a direction of
// its own. An element isolates what it holds only where they are in pairs: one that
// is never closed takes the element's end for its own, and turns the page's words
// round.
var turns = regexp.MustCompile(`[\x{202a}-\x{202e}\x{2066}-\x{2069}]`)

// straight writes such characters as escapes, as the terminal shows them. Marks that
// only tell a direction (U+200E, U+200F, U+061C) stay.
func straight(text string) string {
	return turns.ReplaceAllStringFunc(text, func(c string) string { return fmt.Sprintf(`\u%04x`, []rune(c)[0]) })
}

// straighten does that to all that other people wrote in a record.
func straighten(r *results.Record) {
	for _, text := range []*string{&r.Title, &r.Key, &r.TeamID, &r.Error} {
		*text = straight(*text)
	}
}
