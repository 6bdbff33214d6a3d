package provision

import (
	"strings"
	"time"

	"roomlift/provision/manifest"
	"roomlift/report/results"
)

// Event is something that happened during a run. Events are delivered one at a
// time, and what they tell is on stable storage already.
type Event struct {
	Kind   EventKind
	Time   time.Time
	More   bool    // another event follows at once: what this one makes somebody write can wait for it
	Result *Result // RowDone, AnswerLost and Absent; not to be changed

	Until time.Time     // Refused: nobody sends before this. Settling: when rooms are listed
	Asked time.Duration // Refused: how long Webex asked to wait; 0 where it did not say
	Cause string        // Refused: what Webex said
	Rows  int           // Settling: rows whose answers were lost
}

// EventKind says what an Event tells.
type EventKind uint8

// The kinds of events.
const (
	RowDone    EventKind = iota // nothing more will happen to the row in this run
	AnswerLost                  // it is not known whether the row's room exists
	Absent                      // the room of a row whose answer was lost does not exist: the row is sent again
	Refused                     // Webex asks to wait
	Settling                    // nothing is left to do but to wait until rooms can be listed
)

// Result is everything that happened to one row in one run. Exit code,
// summary, progress and logs all read it.
type Result struct {
	Row      *manifest.Row
	Action   Action
	Record   results.Record
	Changed  bool
	Duration time.Duration // from the first intent of this run to the outcome, waits included; 0 where nothing was asked
	Waited   time.Duration // of that, waiting for a turn
}

// Outcome is what a run came to.
type Outcome struct {
	Rows     int                    // rows of the manifest
	Statuses map[results.Status]int // all rows, by their status at the end
	Done     map[results.Status]int // rows that this run dealt with, by what it did
	Kept     int                    // rows that had their room before the run
	Moved    int                    // rows that took the room of a row that left
	Changed  int                    // rows that differ from what was created
	Requests map[int]int            // requests to create, by HTTP status; 0 is no answer
	Listings int                    // times that the rooms were listed to settle lost answers
	Causes   map[Trouble]int        // all rows that were tried and have no room, by what is recorded of them
	Started  time.Time
	Elapsed  time.Duration
}

// Trouble is what is recorded of a row that was tried and has no room.
type Trouble struct {
	Status results.Status
	Error  string // "" where a run ended before there was an answer
	// Own are the row's title, key and team, each "" where Error does not hold it, so
	// that rows which were refused in the same words are one.
	Own [3]string
}

// TroubleOf returns what is recorded of a row that was tried and has no room.
func TroubleOf(r *results.Record) Trouble {
	t := Trouble{Status: r.Status, Error: r.Error, Own: [...]string{r.Title, r.Key, r.TeamID}}
	for i, own := range t.Own {
		if !strings.Contains(r.Error, own) {
			t.Own[i] = ""
		}
	}
	return t
}

// Complete reports whether every row of the manifest has its room.
func (o *Outcome) Complete() bool {
	return o.Statuses[results.Created]+o.Statuses[results.Adopted] == o.Rows
}
