package page

import (
	"fmt"
	"strings"
	"time"

	"roomlift/report"
)

// verdict is the whole outcome in one sentence.
type verdict struct {
	Tone     string // class of the style sheet: good, attention or bad
	Badge    string // the tone, in words
	Sentence string
}

// ending is how a run ended.
type ending struct {
	unbegun bool // before any row was looked at
	fault   bool // with an error
	planned bool // the rows are those of the manifest, not only those of a results file
}

// judge says what the counts come to. took is how long the run lasted, "" where
// that is not known.
func judge(tally [states]int, took string, end ending) verdict {
	rows := 0
	for _, n := range tally {
		rows += n
	}
	have := tally[created] + tally[adopted] + tally[existed]
	switch {
	case end.unbegun:
		return verdict{"bad", "Did not begin", "The run could not begin, and no room was created" + fromBefore(tally, have, rows, end) + "."}
	case end.fault && have == rows && rows > 0:
		return verdict{"attention", "Needs attention", allExist(rows) + ", but the run ended with a fault."}
	case end.fault:
		return verdict{"attention", "Stopped early", fmt.Sprintf("The run stopped early: %s; %s.", share(have, rows), missing(tally))}
	case rows == 0:
		return verdict{"attention", "Empty", "Nothing to do: no rooms are listed."}
	case have == rows:
		return verdict{"good", "Complete", complete(tally, rows, took)}
	case have == 0:
		return verdict{"bad", "Failed", nothing(tally, rows)}
	}
	return verdict{"attention", "Needs attention", fmt.Sprintf("%s; %s.", upper(share(have, rows)), missing(tally))}
}

// fromBefore says what there is although a run did not begin.
func fromBefore(tally [states]int, have, rows int, end ending) string {
	switch {
	case rows == 0, have == 0 && tally[untried] == rows:
		return ""
	case !end.planned:
		return "; earlier runs left " + report.Count(have, "room", "rooms")
	case have == rows:
		return "; " + share(have, rows) + " from before"
	}
	return "; " + share(have, rows) + " from before, " + missing(tally)
}

// underWay is what stands there until a run has ended, and for ever if it is killed,
// and what to do.
func underWay(since time.Time) (v verdict, next string) {
	return verdict{"attention", "Under way", "A run began on " + since.UTC().Format(minutes) + " UTC, and has not ended yet."},
		"Open this page again when it has ended. If nothing is running any more, the run was killed or lost its power: " +
			"run the same command again; no room is created twice."
}

// unfinished says what is known of a results file whose last run has not ended.
func unfinished(tally [states]int, rows int) verdict {
	have := tally[created] + tally[adopted] + tally[existed]
	known := "no room is known to exist"
	if have > 0 {
		known = report.Count(have, "room is known to exist", "rooms are known to exist")
	}
	sentence := "The last run has not ended: " + known
	if have < rows {
		sentence += "; " + missing(tally)
	}
	return verdict{"attention", "Not finished", sentence + "."}
}

func complete(tally [states]int, rows int, took string) string {
	all := allExist(rows)
	if tally[existed] == rows {
		return "Nothing to do: " + strings.ToLower(all[:1]) + all[1:] + " already."
	}
	var parts []string
	add := func(s state, one, many string) {
		if n := tally[s]; n > 0 {
			parts = append(parts, report.Count(n, one, many))
		}
	}
	add(created, "was created", "were created")
	if len(parts) > 0 && took != "" {
		parts[0] += " in " + took
	}
	add(adopted, "was found and adopted", "were found and adopted")
	add(existed, "existed before", "existed before")
	if len(parts) == 1 && tally[created] == rows { // the number need not be said twice
		if took == "" {
			return all + "."
		}
		return all + ", created in " + took + "."
	}
	return all + ": " + listing(parts) + "."
}

func allExist(rows int) string {
	if rows == 1 {
		return "The room exists"
	}
	return fmt.Sprintf("All %s exist", report.Count(rows, "room", "rooms"))
}

func share(have, rows int) string {
	if have == 1 {
		return fmt.Sprintf("1 of %s exists", report.Count(rows, "room", "rooms"))
	}
	return fmt.Sprintf("%s of %s exist", report.Number(have), report.Count(rows, "room", "rooms"))
}

func nothing(tally [states]int, rows int) string {
	if tally[failed] == rows {
		if rows == 1 {
			return "The room could not be created."
		}
		return fmt.Sprintf("None of the %s could be created: every one failed.", report.Count(rows, "room", "rooms"))
	}
	return fmt.Sprintf("None of the %s is known to exist; %s.", report.Count(rows, "room", "rooms"), missing(tally))
}

// missing says what became of the rows that have no room.
func missing(tally [states]int) string {
	var parts []string
	if n := tally[failed]; n > 0 {
		parts = append(parts, report.Number(n)+" failed")
	}
	if n := tally[unsettled]; n > 0 {
		parts = append(parts, report.Count(n, "is", "are")+" not settled yet")
	}
	if n := tally[untried]; n > 0 {
		parts = append(parts, report.Count(n, "was", "were")+" not tried")
	}
	return listing(parts)
}

// listing joins parts as people do: a, b and c.
func listing(parts []string) string {
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	return strings.Join(parts[:len(parts)-1], ", ") + " and " + parts[len(parts)-1]
}
