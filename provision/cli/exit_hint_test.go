package cli

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"roomlift/provision"
	"roomlift/provision/manifest"
	"roomlift/report"
)

func TestGoodRowsAreSpokenOfOnlyWhereTheyCanBeCreated(t *testing.T) {
	row, whole := &manifest.Error{Row: 3}, &manifest.Error{}
	assert.Contains(t, hintOfFaults(manifest.ErrorList{row}), "--skip-invalid")
	assert.NotContains(t, hintOfFaults(manifest.ErrorList{row, whole}), "--skip-invalid")
	assert.NotContains(t, hintOfFaults(manifest.ErrorList{whole}), "--skip-invalid")
}

func TestATerminalTellsTheTimeToRunAgainByTheClock(t *testing.T) {
	now := time.Date(2026, time.March, 4, 10, 0, 0, 0, time.Local)
	stop := &provision.StopError{Reason: provision.Closed, Until: now.Add(90 * time.Minute), Asked: now.Add(90 * time.Minute)}
	exact := stop.Until.UTC().Format(time.RFC3339)
	for terminal, shown := range map[bool]string{true: "11:30:00", false: exact} {
		var said strings.Builder
		run := &report.Run{}
		conclude(run, stop)
		run.Finished = now
		out := &output{screen: report.NewScreen(&said), terminal: terminal, ended: run}
		assert.Equal(t, exitStopped, fail(out, stop))
		assert.Equal(t, "roomlift: Webex accepts nothing before "+shown+"; try again after that\n"+
			"hint: run the same command again after "+shown+": it goes on where it stopped\n", said.String())
	}
}
