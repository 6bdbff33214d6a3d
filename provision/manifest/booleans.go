package manifest

import "strings"

// booleanWords are the words that a boolean cell may hold, in lower case.
// The first of each kind is the one that messages and templates name.
var booleanWords = []struct {
	value Bool
	words []string
}{
	{True, []string{"true", "yes", "y", "1", "x"}},
	{False, []string{"false", "no", "n", "0"}},
}

// parseBool returns the value of a boolean cell in any case. Empty is Unset.
func parseBool(text string) (value Bool, ok bool) {
	if text == "" {
		return Unset, true
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
