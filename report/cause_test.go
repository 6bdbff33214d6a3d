package report_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"roomlift/report"
)

func TestErrorsAreGroupedByWhatTheyHaveInCommon(t *testing.T) {
	for name, test := range map[string]struct {
		texts []string
		want  []report.Cause
	}{
		"the same error": {
			[]string{"Webex answered 404: no team; check the teamId", "Webex answered 404: no team; check the teamId"},
			[]report.Cause{{"Webex answered 404: no team", "check the teamId", 2}},
		},
		"errors that quote the row": {
			[]string{`"ja" is not a boolean; write true`, `"maybe; not" is not a boolean; write true`},
			[]report.Cause{{`"…" is not a boolean`, "write true", 2}},
		},
		"errors that name ids": {
			[]string{
				"Webex answered 403: team 5a6d0b0e-0000-4000-8000-000000000001 is closed; ask",
				"Webex answered 403: team 5a6d0b0e-0000-4000-8000-000000000002 is closed; ask",
			},
			[]report.Cause{{"Webex answered 403: team … is closed", "ask", 2}},
		},
		"connections that were reset": {
			[]string{"read tcp 10.0.0.1:40001->10.0.0.2:443: reset; run again", "read tcp 10.0.0.1:40002->10.0.0.2:443: reset; run again"},
			[]report.Cause{{"read tcp …->…: reset", "run again", 2}},
		},
		"an error of one row is shown as it is": {
			[]string{`"ja" is not a boolean; write true`},
			[]report.Cause{{`"ja" is not a boolean`, "write true", 1}},
		},
		"different status codes are different causes": {
			[]string{"Webex answered 400: no", "Webex answered 409: no", "Webex answered 409: no"},
			[]report.Cause{{"Webex answered 409: no", "", 2}, {"Webex answered 400: no", "", 1}},
		},
		"long words are not ids": {
			[]string{"incomprehensibilities-everywhere"},
			[]report.Cause{{"incomprehensibilities-everywhere", "", 1}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var causes report.Causes
			for _, text := range test.texts {
				causes.Add(text, 1)
			}
			assert.Equal(t, test.want, causes.Sorted())
		})
	}
}

func TestTenThousandErrorsThatDifferInATitleAreOneCause(t *testing.T) {
	var causes report.Causes
	for i := range 10_000 {
		assert.Zero(t, causes.Add(fmt.Sprintf("Webex answered 400: the title %q is taken", fmt.Sprint("Room ", i)), 1))
	}
	assert.Equal(t, []report.Cause{{`Webex answered 400: the title "…" is taken`, "", 10_000}}, causes.All())
}
