package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rivo/uniseg"
)

const (
	// maxLines is how long a summary is at most, on a terminal of any width.
	maxLines = 15
	// maxCauses is how many causes of failure a summary names; the results file
	// has them all.
	maxCauses = 8
	// fewCauses is how many are worth more than what is dispensable.
	fewCauses = 3
)

// line is a part of a summary that stands on lines of its own.
type line struct {
	text string
	kind kind
}

type kind uint8

const (
	sentence    kind = iota // is broken between words
	name                    // is never broken, to be copied; the terminal does what it must
	dispensable             // is cut after one line, or left out where that is narrow
)

// layout joins the parts of a summary, for a terminal of so many columns; 0 is
// none, where every part is one line. What is cut are the causes, which others
// tell in full.
func layout(head []line, causes []Cause, tail []line, columns int) string {
	above, below := breakAll(head, columns), breakAll(tail, columns)
	room := maxLines - height(above, columns) - height(below, columns)
	if columns > 0 && room < min(len(causes), fewCauses) {
		above = breakAll(slices.DeleteFunc(head, func(l line) bool { return l.kind == dispensable }), columns)
		room = maxLines - height(above, columns) - height(below, columns)
	}
	lines := append(above, slices.Concat(causeLines(causes, columns, room), below)...)
	return strings.Join(lines, "\n") + "\n"
}

// causeLines writes causes on so many lines at most: in full where there is room,
// else one line each, the most frequent first.
func causeLines(causes []Cause, columns, room int) []string {
	if len(causes) == 0 || room < 1 {
		return nil
	}
	var full, short []string
	for _, cause := range causes[:min(len(causes), maxCauses)] {
		text := fmt.Sprintf("  %s × %s", Number(cause.Rows), Printable(cause.String()))
		full = append(full, wrap(text, columns, "    ")...)
		if columns > 0 {
			text = shorten(text, columns)
		}
		short = append(short, text)
	}
	if len(causes) <= maxCauses && len(full) <= room {
		return full
	}
	if left := len(causes) - len(short); left > 0 || len(short) > room {
		short = short[:min(len(short), room-1)]
		left = len(causes) - len(short)
		short = append(short, "  and "+Count(left, "other cause", "other causes"))
	}
	return short
}

func breakAll(parts []line, columns int) []string {
	var lines []string
	for _, part := range parts {
		switch {
		case part.kind == name:
			lines = append(lines, part.text)
		case part.kind == dispensable && columns > 0:
			lines = append(lines, shorten(part.text, columns))
		default:
			lines = append(lines, wrap(part.text, columns, "  ")...)
		}
	}
	return lines
}

// height is how many lines of a terminal lines take.
func height(lines []string, columns int) int {
	n := len(lines)
	for _, l := range lines {
		if width := uniseg.StringWidth(l); columns > 0 && width > columns {
			n += (width - 1) / columns
		}
	}
	return n
}

// wrap breaks a text between words into lines of so many columns; those after the
// first are indented. A word that is wider than a line is broken between
// characters. Without columns nothing is broken.
func wrap(text string, columns int, indent string) []string {
	if columns <= 2*len(indent) || uniseg.StringWidth(text) <= columns {
		return []string{text}
	}
	var lines []string
	current, width, blank := "", 0, true
	flush := func() {
		lines = append(lines, current)
		current, width, blank = indent, len(indent), true
	}
	for word := range strings.SplitSeq(text, " ") {
		wide := uniseg.StringWidth(word)
		if !blank && width+1+wide > columns {
			flush()
		}
		if !blank || word == "" { // spaces at the beginning are the text's own indent
			current += " "
			width++
		}
		for width+wide > columns {
			part := clip(word, columns-width)
			if part == "" {
				break
			}
			current, word = current+part, word[len(part):]
			wide = uniseg.StringWidth(word)
			flush()
		}
		current, width, blank = current+word, width+wide, blank && word == ""
	}
	return append(lines, current)
}

// Fold breaks a text between words into lines of so many columns; those after the
// first are indented. A word that is wider than a line stays whole, to be copied: the
// terminal does what it must. Without columns nothing is broken.
func Fold(text string, columns int) string {
	const indent = "  "
	if columns == 0 {
		return text
	}
	var b strings.Builder
	width := 0
	for i, word := range strings.Split(text, " ") {
		wide := uniseg.StringWidth(word)
		switch {
		case i == 0:
		case width+1+wide > columns:
			b.WriteString("\n" + indent)
			width = len(indent)
		default:
			b.WriteByte(' ')
			width++
		}
		b.WriteString(word)
		width += wide
	}
	return b.String()
}

// clip returns as much of a text's beginning as fits into so many columns.
func clip(text string, columns int) string {
	end := 0
	for characters := uniseg.NewGraphemes(text); characters.Next(); {
		if columns -= characters.Width(); columns < 0 {
			break
		}
		_, end = characters.Positions()
	}
	return text[:end]
}
