// Package results keeps the results file: one CSV record for each row of a
// manifest, and what became of it. While a run is under way the file is an
// append-only journal whose last record of a ref wins; at the end it is
// compacted, atomically, to one record a row.
//
// The file is the only memory that makes a rerun safe, so everything here
// prefers stopping to guessing.
package results

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Record is what is known of one manifest row.
type Record struct {
	Ref        string    // identity of the row: "r-" and 16 hex digits; reruns match on it alone
	Row        int       // place in the manifest, 1 for the first room; 0 is not known
	Key        string    // the row's own name, empty when it has none
	Title      string    // title as it was asked for
	TeamID     string    // Webex team, empty when the room belongs to none
	Status     Status    // what is known of the room
	RoomID     string    // Webex id; set with Created and Adopted
	Attempts   int       // requests sent for the row so far
	HTTPStatus int       // status of the last answer, 0 when there was none
	Error      string    // one line: what was said, then what to do
	TrackingID string    // Webex's tracking id of the last attempt, ours when no answer came
	CreatorID  string    // person or bot whose token sent the intent
	Server     string    // host that the record belongs to
	StartedAt  time.Time // when the intent was written; UTC, server time where known
	FinishedAt time.Time // when the outcome was known; UTC, server time where known

	extra []string // cells of columns that are not ours, in file order
	slot  int32    // behind the ref's place in the index, once the record was appended: a hint
}

// Status says what is known of a row's room.
type Status uint8

// The states of a row. Only Created and Adopted have a room; Sending and
// Unknown may have one and must be settled before the row is sent again.
const (
	Pending Status = iota // not tried
	Sending               // an intent: durable before the request leaves
	Created               // Webex answered with the room's id
	Adopted               // the room was found to exist already and taken over
	Failed                // Webex refused the row; a rerun tries again
	Unknown               // the answer was lost and it is not settled yet
)

var statusNames = [...]string{"pending", "sending", "created", "adopted", "failed", "unknown"}

// String returns the word that stands in the results file.
func (s Status) String() string {
	if int(s) < len(statusNames) {
		return statusNames[s]
	}
	return fmt.Sprintf("status(%d)", uint8(s))
}

// HasRoom reports whether the row has its room.
func (s Status) HasRoom() bool { return s == Created || s == Adopted }

// Unsettled reports whether a room may exist although no id is recorded.
func (s Status) Unsettled() bool { return s == Sending || s == Unknown }

func parseStatus(text string) (Status, error) {
	for i, name := range statusNames {
		if strings.EqualFold(text, name) {
			return Status(i), nil
		}
	}
	return 0, fmt.Errorf("%q is not a status (%s)", text, strings.Join(statusNames[:], ", "))
}

// verify reports a record that contradicts itself, as a damaged one does: each
// rule is one that every record written by this package obeys.
func (r *Record) verify() error {
	_, ok := refNumber(r.Ref)
	switch {
	case !ok:
		return fmt.Errorf("ref %q is not r- and 16 hex digits", r.Ref)
	case r.Status.HasRoom() && r.RoomID == "":
		return fmt.Errorf("status is %s but roomId is empty", r.Status)
	case !r.Status.HasRoom() && r.RoomID != "":
		return fmt.Errorf("status is %s but roomId is filled in", r.Status)
	case (r.Status.HasRoom() || r.Status.Unsettled()) && r.Server == "":
		return fmt.Errorf("status is %s but server is empty", r.Status)
	case r.Status == Pending && !r.StartedAt.IsZero():
		return errors.New("status is pending but startedAt is filled in")
	}
	return nil
}
