package report

import (
	"fmt"
	"io"
	"iter"
	"strings"

	"roomlift/provision"
	"roomlift/report/results"
)

// Summary writes what a run came to, and what to do next, in 15 lines at most. It
// breaks lines for a terminal of so many columns; 0 is none. The error is w's.
func Summary(w io.Writer, r *Run, resultsPath string, columns int) error {
	next := r.Next
	if columns > 0 {
		next = r.OnScreen(next)
	}
	return summarize(w, r.Outcome, resultsPath, next, columns)
}

// Recall writes what a results file says of the runs that it records: the same
// as Summary, but for what only a run knows. again is how to run again; open says
// that the last run on the file has not ended. The error is w's.
func Recall(w io.Writer, records iter.Seq[results.Record], resultsPath, again string, open bool, columns int) error {
	o := Recalled(records)
	if open {
		return summarize(w, o, resultsPath, NextOpen(o, again), columns, line{text: OpenEnded})
	}
	return summarize(w, o, resultsPath, Next(o, "", again), columns)
}

// OpenEnded is said of a results file whose last run has not ended.
const OpenEnded = "the last run was killed, or is under way: rows that it has not begun are not among these"

// Recalled returns what a results file tells of an outcome. It knows nothing of
// requests, and it cannot tell the rooms of the last run from those before.
func Recalled(records iter.Seq[results.Record]) *provision.Outcome {
	o := &provision.Outcome{Statuses: map[results.Status]int{}, Causes: map[provision.Trouble]int{}}
	for r := range records {
		o.Rows++
		o.Statuses[r.Status]++
		if !r.Status.HasRoom() && r.Status != results.Pending {
			o.Causes[provision.TroubleOf(&r)]++
		}
	}
	o.Done = o.Statuses
	return o
}

// summarize writes what rows came to, and other remarks on them.
func summarize(w io.Writer, o *provision.Outcome, resultsPath, next string, columns int, remarks ...line) error {
	head := append([]line{{text: fmt.Sprintf("%s: %s", Count(o.Rows, "row", "rows"), verdict(o))}}, remarks...)
	if sent := requestCount(o); sent > 0 {
		head = append(head, line{text: fmt.Sprintf("%s in %s%s", Count(sent, "request", "requests"), Duration(o.Elapsed), refusals(o))})
	}
	if o.Moved > 0 {
		head = append(head, line{kind: dispensable, text: fmt.Sprintf("%s moved: the room was recorded under another key", Count(o.Moved, "row", "rows"))})
	}
	if o.Changed > 0 {
		head = append(head, line{kind: dispensable, text: fmt.Sprintf("%s changed since the room was created; the rooms are left as they are",
			Count(o.Changed, "row was", "rows were"))})
	}
	tail := []line{{kind: name, text: "results: " + Printable(resultsPath)}}
	if next != "" {
		tail = append(tail, line{text: "next: " + Printable(next)})
	}
	_, err := io.WriteString(w, layout(head, causesOf(o), tail, columns))
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
	for trouble, rows := range o.Causes {
		causes.Add(Why(trouble.Status, trouble.Error), rows, trouble.Own[:]...)
	}
	return causes.Sorted()
}
