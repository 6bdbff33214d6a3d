package manifest

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// booleanWords are the words that a boolean cell may hold, in lower case: what
// people type, and what Excel writes in the languages that it is localised to.
// The first of each kind is the one that messages and templates name.
var booleanWords = []struct {
	value Bool
	words []string
}{
	{True, []string{
		"true", "yes", "y", "1", "x", "on",
		"wahr", "ja", // German
		"vrai", "oui", // French
		"verdadero", "sí", "si", // Spanish
		"vero", "sì", // Italian
		"verdadeiro", "sim", // Portuguese
		"waar", // Dutch, with ja
	}},
	{False, []string{
		"false", "no", "n", "0", "off", // no is Spanish and Italian, too
		"falsch", "nein",
		"faux", "non",
		"falso",      // Spanish, Italian and Portuguese
		"não", "nao", // Portuguese
		"onwaar", "nee",
	}},
}

// parseBool returns the value of a boolean cell in any case. Empty is Unset.
func parseBool(text string) (value Bool, ok bool) {
	if text == "" {
		return Unset, true
	}
	if !isPlain(text) {
		text = norm.NFC.String(text) // as macOS writes í, in two parts
	}
	for _, kind := range booleanWords {
		for _, word := range kind.words {
			if len(word) == len(text) && strings.EqualFold(word, text) {
				return kind.value, true
			}
		}
	}
	return Unset, false
}
