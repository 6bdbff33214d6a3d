package provision

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision/manifest"
	"roomlift/provision/webex"
	"roomlift/report/results"
)

// The files that a real LibreOffice made of one results file, and the manifest
// that it belongs to. Their README.md says how.
const libreoffice = "../report/results/testdata/libreoffice/"

func fromLibreOffice(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(libreoffice + name)
	require.NoError(t, err)
	return string(data)
}

// savedByLibreOffice are all results files but the unfinished ones.
func savedByLibreOffice(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(libreoffice + "*.csv")
	require.NoError(t, err)
	var names []string
	for _, file := range files {
		if name := filepath.Base(file); name != "rooms.csv" && !strings.HasPrefix(name, "journal") {
			names = append(names, name)
		}
	}
	require.Greater(t, len(names), 30)
	return names
}

// inLibreOffice is a world whose server has the rooms of the original, and those
// of its intents, a second after they were sent.
func inLibreOffice(t *testing.T, saved string) (*world, *results.Snapshot) {
	t.Helper()
	original, err := results.Read(libreoffice + "original.csv")
	require.NoError(t, err)
	w := newWorld(t, fromLibreOffice(t, "rooms.csv"))
	require.NoError(t, os.WriteFile(w.path, []byte(saved), 0o600))
	me := w.whoami().ID
	for r := range original.All() {
		if r.Status.Unsettled() {
			require.Equal(t, me, r.CreatorID)
			w.server.AddRoom(webex.Room{Title: r.Title, TeamID: r.TeamID, Created: r.StartedAt.Add(time.Second)})
		}
	}
	return w, original
}

func TestAResultsFileThatLibreOfficeSavedPreventsEveryDuplicate(t *testing.T) {
	for _, name := range savedByLibreOffice(t) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, original := inLibreOffice(t, fromLibreOffice(t, name))
				unsettled := w.rooms()
				outcome, err := w.run(t.Context())
				require.NoError(t, err)
				assert.True(t, outcome.Complete(), "%v %v", outcome.Statuses, outcome.Causes)
				assert.Zero(t, outcome.Changed, "nothing was changed but by LibreOffice")
				assert.Equal(t, 2, w.server.Counts().Posts, "one row had failed, one was pending")
				assert.Equal(t, unsettled+2, w.rooms())

				// What comes back is what was written, but for what has left the manifest.
				after, err := results.Read(w.path)
				require.NoError(t, err)
				require.Equal(t, original.Len(), after.Len())
				for was := range original.All() {
					is, ok := after.Get(was.Ref)
					require.True(t, ok, was.Title)
					assert.Equal(t, []string{was.Key, was.Title, was.TeamID}, []string{is.Key, is.Title, is.TeamID})
					assert.True(t, is.Status.HasRoom(), was.Title)
					if was.Status.HasRoom() {
						assert.Equal(t, was.RoomID, is.RoomID, was.Title)
						assert.Equal(t, was.Status, is.Status, was.Title)
						assert.Equal(t, was.Error, is.Error, was.Title)
					}
				}
			})
		})
	}
}

func TestAJournalThatLibreOfficeSavedSendsNoRowThatMayHaveItsRoom(t *testing.T) {
	for _, name := range []string{"journal.csv", "journal-sorted-up.csv", "journal-sorted-down.csv", "journal-decimals.csv", "journal-truths.csv"} {
		snapshot, err := results.Read(libreoffice + name)
		require.NoError(t, err)
		m, err := manifest.Read(strings.NewReader(fromLibreOffice(t, "rooms.csv")), "rooms.csv", manifest.Options{})
		require.NoError(t, err)
		plan, err := NewPlan(m, nil, snapshot, "sandbox")
		require.NoError(t, err)
		for row, want := range map[int]Action{1: Keep, 4: Reconcile, 10: Reconcile, 11: Reconcile, 2: Create} {
			assert.Equal(t, want, plan.Steps[row-1].Action, "%s: row %d", name, row)
		}
	}
}

func TestRowsThatGetKeysAfterLibreOfficeRewroteTheirTitlesKeepTheirRooms(t *testing.T) {
	for _, name := range savedByLibreOffice(t) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, _ := inLibreOffice(t, fromLibreOffice(t, name))
				unsettled := w.rooms()
				w.manifest = strings.NewReplacer(",,\n", ",,new\n").Replace(w.manifest)
				for n := 0; strings.Contains(w.manifest, ",new\n"); n++ {
					w.manifest = strings.Replace(w.manifest, ",new\n", ",k"+string(rune('a'+n))+"\n", 1)
				}
				w.manifest = strings.Replace(w.manifest, ",007\n", ",7\n", 1)         // as a manifest that LibreOffice saved
				w.manifest = strings.Replace(w.manifest, ",letters\n", ",other\n", 1) // its title may be ??????? now
				w.finish()
				assert.Equal(t, 2, w.server.Counts().Posts, "one row had failed, one was pending")
				assert.Equal(t, unsettled+2, w.rooms())
			})
		})
	}
}

func TestAnAnswerThatWasLostAMomentAgoIsWaitedForAlthoughItsTimeWasRewritten(t *testing.T) {
	for name, rewrite := range map[string]func(string) string{
		"minutes":        func(s string) string { return s[:10] + " " + s[11:16] },
		"another month":  func(s string) string { return s[8:10] + "/" + s[5:7] + "/" + s[2:4] + " " + s[11:16] },
		"a month's name": func(string) string { return "January" },
		"seconds":        func(s string) string { return s[8:10] + "." + s[5:7] + "." + s[:4] + " " + s[11:19] },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(30*365*24*time.Hour + 55*time.Second) // to a year that results files are of
				w := newWorld(t, numbered(1))
				w.server.ListingLag = 29 * time.Second
				w.loses(1)
				w.stopWhenLost()
				w.edit(';', func(rows [][]string) [][]string {
					for _, column := range []int{13, 14} {
						require.NotEmpty(t, rows[1][column])
						rows[1][column] = rewrite(rows[1][column])
					}
					return rows
				})
				time.Sleep(time.Second)
				w.finish()
				assert.Equal(t, 1, w.rooms())
				w.agree()
			})
		})
	}
}

func TestATitleThatOnlyItsKeyRemembersIsReportedAsChangedOnlyWhereItWas(t *testing.T) {
	for title, changed := range map[string]bool{"0013": false, "13.0": false, "0014": true, "Ops": true} {
		data := fromLibreOffice(t, "rooms.csv")
		m, err := manifest.Read(strings.NewReader(strings.Replace(data, "0013,,007", title+",,007", 1)), "rooms.csv", manifest.Options{})
		require.NoError(t, err)
		snapshot, err := results.Read(libreoffice + "semicolon.csv")
		require.NoError(t, err)
		plan, err := NewPlan(m, nil, snapshot, "sandbox")
		require.NoError(t, err)
		for i := range plan.Steps {
			s := &plan.Steps[i]
			assert.Equal(t, changed && s.Row.Key == "007", s.Changed, "%s: %s", title, s.Row.Title)
		}
	}
}
