package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"roomlift/provision/webex"
)

// Token is what may be said of a token.
type Token struct {
	Person webex.Person // whose it is
	Server string       // who accepts it
	Expiry time.Time    // zero if that is not known
	Renews bool         // it is renewed when it expires
}

// Identity writes who a token is, one fact a line. The error is w's.
func Identity(w io.Writer, t Token, now time.Time) error {
	name := Who(t.Person)
	var b strings.Builder
	for _, fact := range []struct{ name, value string }{
		{"name", name},
		{"type", t.Person.Type},
		{"id", t.Person.ID},
		{"organisation", organisation(t.Person.OrgID)},
		{"server", t.Server},
		{"expires", t.expires(now)},
	} {
		if fact.value == "" {
			fact.value = "not known"
		}
		fmt.Fprintf(&b, "%-13s %s\n", fact.name, Printable(fact.value))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Who names an account as people know it, "" where nothing is known of it.
func Who(p webex.Person) string {
	if len(p.Emails) == 0 {
		return p.DisplayName
	}
	return strings.TrimSpace(p.DisplayName + " <" + strings.Join(p.Emails, ", ") + ">")
}

// organisation adds to the id of an organisation the UUID that Control Hub shows of
// it, where the id holds one.
func organisation(id string) string {
	if name := decodeID(id, "ORGANIZATION"); name != "" {
		return id + " (" + name + ")"
	}
	return id
}

func (t Token) expires(now time.Time) string {
	text := "not known"
	switch {
	case !t.Expiry.IsZero():
		text = t.Expiry.UTC().Format(time.RFC3339) + ", " + until(t.Expiry.Sub(now))
	case t.Person.Type == "person" && !t.Renews:
		text = "not known; a personal access token lives 12 hours"
	}
	if t.Renews {
		text += "; it is renewed by itself"
	}
	return text
}

// until says how far off an end is: in days, where it is more than two.
func until(left time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case left <= 0:
		return "which has passed by the clock of this machine"
	case left < 2*day:
		return "in " + Duration(left)
	}
	return "in " + Count(int(left/day), "day", "days")
}
