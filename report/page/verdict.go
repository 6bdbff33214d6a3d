package page

import (
	"fmt"
	"strings"
	"time"

	"roomlift/report"
)

// verdict is the whole outcome in one sentence, and what to do next.
type verdict struct {
	Tone     string // class of the style sheet: good, attention or bad
	Badge    string // the tone, in words
	Sentence string
	Next     string // empty when there is nothing to do
}

// judge says what the counts come to. took is how long the run lasted, "" where
// that is not known; stopped is why it ended early, or "", and unstarted that it did
// so before any row was looked at.
func judge(tally [states]int, took, stopped string, unstarted bool) verdict {
	rows := 0
	for _, n := range tally {
		rows += n
	}
	have := tally[created] + tally[adopted] + tally[existed]
	v := verdict{Tone: "attention", Badge: "Needs attention"}
	switch {
	case unstarted && stopped != "":
		v.Tone, v.Badge, v.Sentence = "bad", "Did not run", "The run did not begin, and created nothing."
		if rows > 0 {
			v.Sentence += " " + report.Count(have, "room is", "rooms are") + " recorded from earlier runs."
		}
	case rows == 0:
		v.Sentence = "Nothing to do: no rooms are listed."
		v.Badge = "Empty"
	case have == rows && stopped != "":
		v.Badge = "Ended with an error"
		v.Sentence = complete(tally, rows, took) + " But the run ended with an error."
	case have == rows:
		v.Tone, v.Badge = "good", "Complete"
		v.Sentence = complete(tally, rows, took)
	case stopped != "":
		v.Badge = "Stopped early"
		v.Sentence = fmt.Sprintf("The run stopped early: %s; %s.", share(have, rows), missing(tally))
	case have == 0:
		v.Tone, v.Badge = "bad", "Failed"
		v.Sentence = nothing(tally, rows)
	default:
		v.Sentence = fmt.Sprintf("%s; %s.", upper(share(have, rows)), missing(tally))
	}
	return v
}

// underWay is what stands there until a run has ended, and for ever if it is killed.
func underWay(since time.Time) verdict {
	return verdict{
		Tone: "attention", Badge: "Under way",
		Sentence: "A run began on " + since.UTC().Format(minutes) + " UTC, and has not ended yet.",
		Next: "Open this page again when it has ended. If nothing is running any more, the run was killed or lost its power: " +
			"run the same command again; no room is created twice.",
	}
}

func complete(tally [states]int, rows int, took string) string {
	all := fmt.Sprintf("All %s exist", report.Count(rows, "room", "rooms"))
	if rows == 1 {
		all = "The room exists"
	}
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

// nextStep says what to do. What a run that stopped says of it comes first.
func nextStep(tally [states]int, r *Report) string {
	again := "run roomlift apply again, with the same manifest and results file,"
	if r.Run != nil && r.Run.Command != "" {
		again = "run “" + r.Run.Command + "” again, with the same options,"
	}
	next := report.NextStep(tally[failed], tally[untried], tally[unsettled], again)
	switch {
	case r.Remedy == "":
		return sentence(next)
	case r.Unstarted || tally[failed] == 0:
		return sentence(r.Remedy)
	case strings.Contains(r.Remedy, "correct"), strings.HasPrefix(r.Remedy, "run the same command again"):
		return sentence(next)
	}
	return sentence(r.Remedy) + " " + sentence(next)
}

// sentence makes one of a text that has none of its marks.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	return upper(text) + "."
}

// listing joins parts as people do: a, b and c.
func listing(parts []string) string {
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	return strings.Join(parts[:len(parts)-1], ", ") + " and " + parts[len(parts)-1]
}
