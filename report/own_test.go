package report_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision"
	"roomlift/report"
	"roomlift/report/results"
)

func TestErrorsThatRepeatTheRowsOwnWordsAreOneCause(t *testing.T) {
	type row struct{ title, key, team, said string }
	for name, c := range map[string]struct {
		rows []row
		want string // the one cause; "" if they are as many as the rows
	}{
		"titles": {
			[]row{{title: "Project 1", said: "room Project 1 exists"}, {title: "Project 11", said: "room Project 11 exists"}},
			"room … exists",
		},
		"titles in any script": {
			[]row{{title: "営業 東京", said: "room 営業 東京 exists"}, {title: "Ärger mit Öl", said: "room Ärger mit Öl exists"}},
			"room … exists",
		},
		"a title of one word with a capital": {
			[]row{{title: "Sales", said: "room Sales exists"}, {title: "Q&A!", said: "room Q&A! exists"}},
			"room … exists",
		},
		"keys and teams, of which one holds another": {
			[]row{{"Team 12", "12", "T-12", "row 12: Team 12 is not in T-12"}, {"Team 7", "7", "T-7", "row 7: Team 7 is not in T-7"}},
			"row …: … is not in …",
		},
		"titles of one letter": {
			[]row{{title: "a", said: "a room 'a' has a bad title"}, {title: "1", said: "a room '1' has a bad title"}},
			"a room '…' has a bad title",
		},
		"titles that are words of the message": {
			[]row{{title: "the", said: "the room “the” exists"}, {title: "Webex", said: "the room “Webex” exists"}},
			"the room “…” exists",
		},
		"titles that are the HTTP status": {
			[]row{{title: "404", said: "Webex answered 404: no 404"}, {title: "405", said: "Webex answered 404: no 405"}},
			"Webex answered 404: no …",
		},
		"the same words": {
			[]row{{team: "T-1", title: "A", said: "the team T-1 is closed"}, {team: "T-1", title: "B", said: "the team T-1 is closed"}},
			"the team T-1 is closed",
		},
		"other words than the row's": {
			[]row{{title: "Room", said: "Room Sales exists"}, {title: "room", said: "Room Buyers exists"}},
			"",
		},
	} {
		t.Run(name, func(t *testing.T) {
			var records []results.Record
			for _, r := range c.rows {
				records = append(records, results.Record{
					Title: r.title, Key: r.key, TeamID: r.team, Status: results.Failed, Error: r.said + "; correct the row",
				})
			}
			causes := (&report.Run{Outcome: report.Recalled(slices.Values(records))}).Summary().Rows.Causes
			if c.want == "" {
				assert.Len(t, causes, len(c.rows))
				return
			}
			require.Len(t, causes, 1)
			assert.Equal(t, c.want+"; correct the row", causes[0].Cause)
			assert.Equal(t, len(c.rows), causes[0].Rows)
		})
	}
}

func TestRowsThatWereRefusedInTheSameWordsAreKeptAsOne(t *testing.T) {
	o := report.Recalled(slices.Values([]results.Record{
		{Title: "A 1", Status: results.Failed, Error: "no such team"}, {Title: "A 2", Status: results.Failed, Error: "no such team"},
	}))
	assert.Equal(t, map[provision.Trouble]int{{Status: results.Failed, Error: "no such team"}: 2}, o.Causes)
}
