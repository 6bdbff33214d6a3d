package report

import (
	"cmp"
	"fmt"
	"io"
	"iter"
	"strings"

	"roomlift/provision"
	"roomlift/report/results"
)

// maxCauses is how many causes of failure a summary names; the results file
// has them all.
const maxCauses = 8

// Summary writes what a run came to, and what to do next, in a few lines. remedy is
// what to do about that it stopped, "" if it did not or if nothing is known. The
// error is w's.
func Summary(w io.Writer, o *provision.Outcome, resultsPath, remedy string) error {
	return summarize(w, o, resultsPath, "run the same command again", remedy)
}

// Recall writes what a results file says of the runs that it records: the same
// as Summary, but for what only a run knows. The error is w's.
func Recall(w io.Writer, records iter.Seq[results.Record], resultsPath string) error {
	return summarize(w, Recalled(records), resultsPath, "run roomlift apply again, with the same manifest and results file,", "")
}

// Recalled returns what a results file tells of an outcome. It knows nothing of
// requests, and it cannot tell the rooms of the last run from those before.
func Recalled(records iter.Seq[results.Record]) *provision.Outcome {
	o := &provision.Outcome{Statuses: map[results.Status]int{}, Causes: map[string]int{}}
	for r := range records {
		o.Rows++
		o.Statuses[r.Status]++
		if r.Status == results.Failed || r.Status == results.Unknown {
			o.Causes[r.Error]++
		}
	}
	o.Done = o.Statuses
	return o
}

func summarize(w io.Writer, o *provision.Outcome, resultsPath, again, remedy string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", Count(o.Rows, "row", "rows"), verdict(o))
	if sent := requestCount(o); sent > 0 {
		fmt.Fprintf(&b, "%s in %s%s\n", Count(sent, "request", "requests"), Duration(o.Elapsed), refusals(o))
	}
	if o.Moved > 0 {
		fmt.Fprintf(&b, "%s moved: the room was recorded under another key\n", Count(o.Moved, "row", "rows"))
	}
	if o.Changed > 0 {
		fmt.Fprintf(&b, "%s changed since the room was created; the rooms are left as they are\n",
			Count(o.Changed, "row was", "rows were"))
	}
	writeCauses(&b, o)
	fmt.Fprintf(&b, "results: %s\n", Printable(resultsPath))
	next := next(o, again)
	switch {
	case remedy == "":
	case o.Statuses[results.Failed] == 0:
		next = remedy
	case !strings.Contains(remedy, "correct") && !strings.HasPrefix(remedy, "run the same command"):
		next = remedy + "; and " + next
	}
	if next != "" {
		fmt.Fprintf(&b, "next: %s\n", next)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func verdict(o *provision.Outcome) string {
	if o.Rows == 0 {
		return "there is nothing to do"
	}
	if o.Rows == o.Kept {
		return "every one has its room already; nothing to do"
	}
	var parts []string
	add := func(n int, what string) {
		if n > 0 {
			parts = append(parts, Number(n)+" "+what)
		}
	}
	add(o.Done[results.Created], "created")
	add(o.Done[results.Adopted], "adopted")
	add(o.Kept+o.Moved, "had their room already")
	add(o.Statuses[results.Failed], "failed")
	add(o.Statuses[results.Unknown]+o.Statuses[results.Sending], "not settled")
	add(o.Statuses[results.Pending], "not tried")
	return strings.Join(parts, ", ")
}

func requestCount(o *provision.Outcome) int {
	n := 0
	for _, count := range o.Requests {
		n += count
	}
	return n
}

func refusals(o *provision.Outcome) string {
	if n := o.Requests[429]; n > 0 {
		return fmt.Sprintf(", %s of them refused for the rate limit", Number(n))
	}
	return ""
}

// causesOf groups what is recorded of the rows that have no room.
func causesOf(o *provision.Outcome) []Cause {
	var causes Causes
	for text, rows := range o.Causes {
		causes.Add(cmp.Or(text, "no reason is recorded"), rows)
	}
	if rows := o.Statuses[results.Sending]; rows > 0 {
		causes.Add(noAnswerYet, rows)
	}
	return causes.Sorted()
}

func writeCauses(b *strings.Builder, o *provision.Outcome) {
	causes := causesOf(o)
	for i, cause := range causes {
		if i == maxCauses {
			fmt.Fprintf(b, "  and %s\n", Count(len(causes)-i, "other cause", "other causes"))
			break
		}
		fmt.Fprintf(b, "  %s × %s\n", Number(cause.Rows), Printable(cause.String()))
	}
}

// next says what to do about rows without a room; again is how to run again.
func next(o *provision.Outcome, again string) string {
	if o.Complete() {
		return ""
	}
	return NextStep(o.Statuses[results.Failed], o.Statuses[results.Pending],
		o.Statuses[results.Unknown]+o.Statuses[results.Sending], again)
}

// NextStep says what to do about rows without a room, "" if there are none; again
// is how to run again.
func NextStep(failed, untried, unsettled int, again string) string {
	switch {
	case failed > 0:
		return "correct what failed, then " + strings.TrimSuffix(again, ",") + "; rooms that exist are left alone"
	case untried > 0:
		return again + " to go on; rooms that exist are left alone"
	case unsettled > 0:
		return again + " to settle what is not known; that comes before anything else"
	}
	return ""
}
