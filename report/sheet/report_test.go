package sheet

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"roomlift/provision"
	"roomlift/provision/manifest"
	"roomlift/provision/webex"
	"roomlift/report"
	"roomlift/report/results"
)

func TestEveryRowGetsAStatusAReasonAndARemedy(t *testing.T) {
	adopted := recorded("a", "A", results.Adopted, "")
	adopted.Attempts, adopted.HTTPStatus = 2, 502
	rehearsal := recorded("a", "A", results.Created, "")
	rehearsal.Server = "sandbox"
	for name, c := range map[string]struct {
		csv     string
		records []results.Record
		change  func(*Report)
		row     int // index; the first
		want    outcome
	}{
		"created in an earlier run": {
			csv: "title,key\nA,a\n", records: []results.Record{recorded("a", "A", results.Created, "")},
			want: outcome{state: report.Existed, link: space},
		},
		"created, as the results file alone has it": {
			csv: "title,key\nA,a\n", records: []results.Record{recorded("a", "A", results.Created, "")},
			change: func(r *Report) { r.Live = false },
			want:   outcome{state: report.Created, link: space},
		},
		"created by this run": {
			csv: "title,key\nA,a\n", records: []results.Record{recorded("a", "A", results.Created, "")},
			change: func(r *Report) { r.Plan.Steps[0].Action = provision.Create },
			want:   outcome{state: report.Created, link: space},
		},
		"found": {
			csv: "title,key\nA,a\n", records: []results.Record{adopted},
			change: func(r *Report) { r.Live = false },
			want: outcome{
				report.Adopted, space,
				"Webex answered 502, but the room was found in Webex, so no second one was created", "no action is needed",
			},
		},
		"moved, or about to": {
			csv: "title,key\nA,k\n", records: []results.Record{recorded("", "A", results.Created, "")},
			want: outcome{report.Existed, space, "recorded under another key before; the room is the same", "no action is needed"},
		},
		"changed": {
			csv: "title,key\nNew,a\n", records: []results.Record{recorded("a", "Old", results.Created, "")},
			want: outcome{
				report.Existed, space, "title or team differ from what was created; the room was left as it is",
				"change the room in Webex yourself, or write the old title and team into the manifest",
			},
		},
		"refused": {
			csv: "title,key\nA,a\n", records: []results.Record{recorded("a", "A", results.Failed, "Webex answered 400: no; ask Webex")},
			want: outcome{report.Failed, "", "Webex answered 400: no", "ask Webex"},
		},
		"refused without a reason": {
			csv: "title,key\nA,a\n", records: []results.Record{recorded("a", "A", results.Failed, "")},
			want: outcome{report.Failed, "", "no reason is recorded", "correct the row, then apply it again"},
		},
		"refused by the plan": {
			csv:    "title,key,classificationId\nA,a,c\n",
			change: func(r *Report) { r.Plan.CheckIdentity(webex.Person{Type: "bot"}) },
			want: outcome{
				report.Failed, "", "classificationId: a bot cannot create a room and classify it at once",
				"use a person's or a Service App's token, or leave the cell empty",
			},
		},
		"faulty in several ways": {
			csv: "title,key,isLocked\n,a,maybe\n",
			want: outcome{
				report.Failed, "", "title is blank\nisLocked \"maybe\" is neither true nor false",
				"give the room a title, or delete it\nwrite true or false, or leave the cell empty",
			},
		},
		"faulty, but created before": {
			csv: "title,key,isLocked\nA,a,maybe\n", records: []results.Record{recorded("a", "A", results.Created, "")},
			want: outcome{
				report.Existed, space, `isLocked "maybe" is neither true nor false`, "write true or false, or leave the cell empty",
			},
		},
		"repeated": {
			csv: "title\nA\nA\n", row: 1,
			want: outcome{
				report.Failed, "", `title "A" is the same title and team as in r.csv:2`,
				"delete one of the two rows, or give each a key of its own if both rooms are wanted\n" +
					"do so in the whole manifest, and apply that: alone, this row would be taken for the other",
			},
		},
		"lost": {
			csv: "title,key\nA,a\n", records: []results.Record{recorded("a", "A", results.Sending, "")},
			want: outcome{report.Unsettled, "", "the run ended before the answer came", "run again to settle it"},
		},
		"lost, for a reason": {
			csv: "title,key\nA,a\n", records: []results.Record{recorded("a", "A", results.Unknown, "EOF")},
			want: outcome{report.Unsettled, "", "EOF", "run again, with the same account's token, to settle it"},
		},
		"pending, when the run was stopped": {
			csv: "title,key\nA,a\n", records: []results.Record{recorded("a", "A", results.Pending, "")},
			change: func(r *Report) { r.Stopped, r.Remedy = "stopped: by a signal", "run it again" },
			want:   outcome{report.Untried, "", "stopped: by a signal", "run it again"},
		},
		"new since the run": {
			csv: "title,key\nA,a\n", change: func(r *Report) { r.Live = false },
			want: outcome{report.Untried, "", "it was not tried yet", "apply the manifest, with the same results file"},
		},
		"unknown, because the results file cannot be read": {
			csv: "title,key\nA,a\n", change: func(r *Report) {
				r.Plan, r.Records, r.Live, r.Stopped, r.Remedy = nil, nil, false, "r.csv:3: damaged", "put it back"
			},
			want: outcome{report.Untried, "", "r.csv:3: damaged", "put it back"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := reportOf(t, "r.csv", []byte(c.csv), manifest.Options{}, c.records...)
			if c.change != nil {
				c.change(r)
			}
			assert.Equal(t, c.want, r.outcome(&r.Manifest.Rows[c.row]))
		})
	}
	r := reportOf(t, "r.csv", []byte("title,key\nA,a\n"), manifest.Options{})
	r.Records, r.Live = records{rehearsal.Ref: rehearsal}, false
	assert.Equal(t, outcome{state: report.Created, reason: "this was a rehearsal on the embedded Webex, so there is no room in Webex"}, r.outcome(&r.Manifest.Rows[0]))
}
