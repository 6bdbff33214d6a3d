package report

import (
	"slices"
	"strings"

	"github.com/rivo/uniseg"
)

// phrase is a part of the progress line.
type phrase struct {
	text string
	// weight decides which phrases go first where the line is too narrow: the
	// lightest.
	weight weight
}

type weight uint8

const (
	howFast        weight = iota
	howManyCreated        // the count of all rows says nearly the same
	whenItGoesOn          // the wait says the same, to whoever knows what time it is
	howLongYet
	whatWentWrong
	whatItWaitsFor
)

// fit joins phrases into a line of so many columns at most. It leaves out the
// lightest, and shortens the last that is left.
func fit(phrases []phrase, columns int) string {
	phrases = slices.Clone(phrases)
	for {
		texts := make([]string, len(phrases))
		for i, p := range phrases {
			texts[i] = p.text
		}
		line := strings.Join(texts, ", ")
		if uniseg.StringWidth(line) <= columns {
			return line
		}
		if len(phrases) == 1 {
			return shorten(line, columns)
		}
		lightest := 0
		for i, p := range phrases {
			if p.weight < phrases[lightest].weight {
				lightest = i
			}
		}
		phrases = slices.Delete(phrases, lightest, lightest+1)
	}
}

// shorten cuts a text that is wider than so many columns, and says so with an
// ellipsis.
func shorten(text string, columns int) string {
	if uniseg.StringWidth(text) <= columns {
		return text
	}
	if columns < 1 {
		return ""
	}
	return clip(text, columns-1) + "…"
}
