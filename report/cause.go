package report

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// Cause is why rows have no room, as far as many of them share it.
type Cause struct {
	Reason string // what was said; where rows differ in it, "…" stands for what differs
	Remedy string // what to do about it; empty where the rows do not say
	Rows   int
}

// Causes groups what is recorded of rows by cause. Its zero value is empty.
type Causes struct {
	list  []Cause
	texts []string // the first text of each cause
	index map[string]int
}

// Add counts rows with the same error, as a record holds it: what was said,
// then what to do, after a semicolon. own are words of the rows' own that it may
// repeat, see provision.Trouble. It returns the number of their cause, from 0 in the
// order in which causes first came.
func (c *Causes) Add(text string, rows int, own ...string) int {
	reason, remedy := CutRemedy(text)
	key := variable.ReplaceAllStringFunc(leaveOut(own, reason), blank) + "\x00" + variable.ReplaceAllStringFunc(remedy, blank)
	i, known := c.index[key]
	switch {
	case !known:
		if c.index == nil {
			c.index = map[string]int{}
		}
		i = len(c.list)
		c.index[key] = i
		c.list, c.texts = append(c.list, Cause{Reason: reason, Remedy: remedy}), append(c.texts, text)
	case text != c.texts[i]:
		c.list[i].Reason, c.list[i].Remedy, _ = strings.Cut(key, "\x00")
	}
	c.list[i].Rows += rows
	return i
}

// All returns the causes by their numbers.
func (c *Causes) All() []Cause { return c.list }

// Sorted returns the causes, those of most rows first.
func (c *Causes) Sorted() []Cause {
	return slices.SortedFunc(slices.Values(c.list), func(x, y Cause) int {
		return cmp.Or(cmp.Compare(y.Rows, x.Rows), strings.Compare(x.Reason, y.Reason))
	})
}

// String returns reason and remedy on one line.
func (c Cause) String() string {
	if c.Remedy == "" {
		return c.Reason
	}
	return c.Reason + "; " + c.Remedy
}

// CutRemedy parts what a record holds of an error into what was said and what to do
// about it, "" where it does not say.
func CutRemedy(text string) (reason, remedy string) {
	if i := strings.LastIndex(text, "; "); i >= 0 {
		return text[:i], text[i+2:]
	}
	return text, ""
}

// variable finds what may differ between errors of the same cause: what stands
// in quotes, addresses, long numbers, and ids. HTTP status codes stay.
var variable = regexp.MustCompile(
	`"[^"]*"|\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?|\[[0-9a-fA-F:]+\](?::\d+)?|[A-Za-z0-9+/_=-]{20,}|\d{5,}`)

// blank replaces what variable found. A long word is one, and no id, unless it
// holds a digit.
func blank(found string) string {
	switch {
	case found[0] == '"':
		return `"…"`
	case !strings.ContainsAny(found, "0123456789"):
		return found
	}
	return "…"
}
