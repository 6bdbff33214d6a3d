package report

import (
	"cmp"
	"strings"

	"roomlift/provision"
	"roomlift/report/results"
)

// Again is how to run again, where it is known how the run was made.
const Again = "run the same command again"

// Next says what to do about the rows that have no room: the terminal, the JSON
// summary, the page and the log all say this. It is "" where every row has its
// room.
//
// remedy is what the error asks for that ended the run early; "" where it ended
// by itself, or was told to stop, so that the counts say it all. again is how to run
// again, such as Again. o is nil if the run ended before any row was looked at.
func Next(o *provision.Outcome, remedy, again string) string {
	failed := 0
	if o != nil {
		failed = o.Statuses[results.Failed]
	}
	switch {
	case remedy != "" && failed > 0:
		return remedy + "; correct what failed, too"
	case remedy != "":
		return remedy
	case o == nil || o.Complete():
		return ""
	case failed > 0:
		return "correct what failed and " + strings.TrimSuffix(again, ",") + "; rooms that exist are left alone"
	case o.Statuses[results.Pending] > 0:
		return again + " to go on; rooms that exist are left alone"
	}
	return again + " to settle what is not known"
}

// NextOpen is Next where a results file is all that is known, and the last run on it
// has not ended: there may be rows that are not in it.
func NextOpen(o *provision.Outcome, again string) string {
	next := cmp.Or(Next(o, "", again), again+" to go on; rooms that exist are left alone")
	return "if no run is under way any more, " + next
}
