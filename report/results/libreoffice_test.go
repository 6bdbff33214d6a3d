package results

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// testdata/libreoffice holds what a real LibreOffice made of original.csv and
// journal.csv; its README.md says how.

var update = flag.Bool("update", false, "write the originals that LibreOffice is given")

const (
	admin = "Y2lzY29zcGFyazovL3VzL1BFT1BMRS81YTZkMGIwZS0wMDAwLTQwMDAtODAwMC0wMDAwMDAwMDAwMDE"
	team  = "Y2lzY29zcGFyazovL3VzL1RFQU0vMQ"
)

// refOf is the identity of a row, as manifests have it.
func refOf(key, title, teamID string) string {
	identity := "title\x00" + title + "\x00" + teamID
	if key != "" {
		identity = "key\x00" + key
	}
	return fmt.Sprintf("r-%x", sha256.Sum256([]byte(identity)))[:18]
}

// hardRows are records whose cells spreadsheet programs like to rewrite.
func hardRows() []Record {
	rows := []Record{
		{Title: `Ops, "core"; Räume|1`, Status: Created},
		{Title: "会議 😀 Комната", Status: Created},
		{Title: "0012", Status: Created},
		{Title: "1E5", Status: Unknown, Error: "the answer was lost (502); it is not known whether the room exists; run again to settle it"},
		{Title: "3-4", Status: Sending},
		{Title: "TRUE", Status: Created},
		{Title: "2026-01-02", Status: Adopted},
		{Title: "=1+1", Status: Created},
		{Title: "+49 30 555", Status: Sending},
		{Title: "-5", Status: Failed, Error: `Webex said "no", so: -5 is refused; correct it, and run again`},
		{Title: "@team", Status: Pending},
		{Title: "'quoted", Status: Created},
		{Title: "'=both", Status: Created},
		{Title: "Leading zeros", Key: "0012", Status: Created},
		{Title: "Long digits", Key: "123456789012345678", Status: Created},
		{Title: "A date as key", Key: "1/2", Status: Unknown, Error: "=the answer was lost"},
		{Title: "0013", Key: "007", Status: Created},
		{Title: "Комната", Key: "letters", Status: Created},
		{Title: "12:30", Status: Sending},
		{Title: "In a team", TeamID: team, Status: Created},
		{Title: "Twin", Key: "a", Status: Created},
		{Title: "Twin", Key: "b", Status: Unknown, Error: "the connection was reset"},
		{Title: "Left the manifest", Status: Created},
	}
	for i := range rows {
		r := &rows[i]
		r.Ref, r.Row, r.Server = refOf(r.Key, r.Title, r.TeamID), i+1, "sandbox"
		if i == len(rows)-1 {
			r.Row = 0
		}
		if r.Status == Pending {
			continue
		}
		// Day and month can be confused, but for the last rows.
		r.StartedAt = time.Date(2026, 3, 4, 12, 0, 59-i, 250_000_000, time.UTC)
		if i > 15 {
			r.StartedAt = time.Date(2026, 3, 25, 23, 59, 59, 950_000_000, time.UTC)
		}
		r.Attempts, r.CreatorID = 1, admin
		r.TrackingID = fmt.Sprintf("ROUTER_0000%02d-0123", i)
		if r.Status != Sending {
			r.FinishedAt = r.StartedAt.Add(1500 * time.Millisecond)
		}
		switch {
		case r.Status.HasRoom():
			r.HTTPStatus, r.RoomID = 200, fmt.Sprintf("Y2lzY29zcGFyazovL3VzL1JPT00v%02d", i)
		case r.Status == Failed:
			r.HTTPStatus = 400
		}
	}
	return rows
}

// unfinishedRows is the journal of a run that was killed: several records of a ref.
func unfinishedRows() []Record {
	again := func(r Record, attempts int, status Status) Record {
		r.Attempts, r.Status, r.FinishedAt, r.HTTPStatus, r.RoomID = attempts, status, time.Time{}, 0, ""
		r.StartedAt = r.StartedAt.Add(time.Duration(attempts-1) * time.Minute)
		if status != Sending {
			r.FinishedAt = r.StartedAt.Add(time.Second)
		}
		return r
	}
	rows := hardRows()
	created, failed, lost, pending := rows[0], rows[9], rows[3], rows[10]
	pending.CreatorID, pending.Attempts = admin, 1
	sent := again(pending, 2, Sending)
	sent.StartedAt = created.StartedAt
	return []Record{
		again(created, 1, Sending), created,
		again(failed, 1, Sending), again(failed, 1, Failed), again(failed, 2, Sending),
		again(lost, 1, Sending), again(lost, 1, Unknown),
		pending, sent,
	}
}

func libreoffice(name string) string { return filepath.Join("testdata", "libreoffice", name) }

func TestTheOriginalsAreWhatRoomliftWrites(t *testing.T) {
	for name, rows := range map[string][]Record{"original.csv": hardRows(), "journal.csv": unfinishedRows()} {
		if *update {
			require.NoError(t, os.WriteFile(libreoffice(name), []byte(native(rows...)), 0o600))
		}
		assert.Equal(t, native(rows...), read(t, libreoffice(name)))
	}
}

// kept is how much of the times a file still tells.
type kept struct {
	times   time.Duration // how far the times of settled rows may be off
	none    bool          // they cannot be read, or day and month are in doubt
	exactly bool          // the times stand as they were written
}

var asWritten = kept{exactly: true}

var savedFiles = map[string]kept{
	"comma.csv": asWritten, "semicolon.csv": asWritten, "tab.csv": asWritten, "bar.csv": asWritten,
	"colon.csv": asWritten, "space.csv": asWritten, "windows-1252.csv": asWritten, "iso-8859-1.csv": asWritten,
	"utf-16.csv": asWritten, "all-text.csv": asWritten, "quoted.csv": asWritten, "not-as-shown.csv": asWritten,
	"english.csv": asWritten, "german.csv": asWritten, "french.csv": asWritten, "sorted.csv": asWritten,
	"columns-moved.csv": asWritten, "notes.csv": asWritten, "hidden-row.csv": asWritten, "filtered.csv": asWritten,

	"dates-chosen.csv":           {},
	"dates-german.csv":           {times: time.Minute},
	"dates-german-seconds.csv":   {times: time.Second},
	"dates-japanese.csv":         {times: time.Minute},
	"dates-as-numbers.csv":       {times: time.Second},
	"dates-american.csv":         {none: true},
	"dates-american-seconds.csv": {none: true},
	"dates-british.csv":          {none: true},
	"dates-french.csv":           {none: true},
	"dates-not-as-shown.csv":     {none: true},
	"dates-as-months.csv":        {none: true},
	"times-of-day.csv":           {none: true},
}

func TestAFileThatLibreOfficeSavedKeepsWhatPreventsDuplicates(t *testing.T) {
	for name, kept := range savedFiles {
		t.Run(name, func(t *testing.T) {
			snapshot, err := Read(libreoffice(name))
			require.NoError(t, err)
			require.Equal(t, len(hardRows()), snapshot.Len())
			for _, want := range hardRows() {
				got, ok := snapshot.Get(want.Ref)
				require.True(t, ok, want.Title)
				assert.Equal(t, want.Status, got.Status, want.Title)
				assert.Equal(t, want.RoomID, got.RoomID, want.Title)
				assert.Equal(t, want.TeamID, got.TeamID, want.Title)
				assert.Equal(t, want.CreatorID, got.CreatorID, want.Title)
				assert.Equal(t, want.Server, got.Server, want.Title)
				assert.Equal(t, want.TrackingID, got.TrackingID, want.Title)
				assert.Equal(t, want.Error, got.Error, want.Title)
				assert.Equal(t, []int{want.Row, want.Attempts, want.HTTPStatus}, []int{got.Row, got.Attempts, got.HTTPStatus}, want.Title)
				if want.Status.Unsettled() {
					checkUnsettledTimes(t, kept, want, got)
				} else {
					checkSettledTimes(t, kept, want, got)
				}
			}
		})
	}
}

func checkSettledTimes(t *testing.T, kept kept, want, got Record) {
	t.Helper()
	for _, times := range [][2]time.Time{{want.StartedAt, got.StartedAt}, {want.FinishedAt, got.FinishedAt}} {
		ambiguous := kept.none && want.StartedAt.Day() <= 12
		switch {
		case ambiguous:
			assert.Zero(t, times[1], "%s: nothing is better than another month", want.Title)
		case kept.none && times[1].IsZero():
		case kept.none:
			assert.WithinDuration(t, times[0], times[1], time.Minute, want.Title)
		default:
			assert.WithinDuration(t, times[0], times[1], kept.times, want.Title)
		}
	}
}

// The bounds are those that settling believes: a room is never older than its
// intent, and it is not given up for missing too early.
func checkUnsettledTimes(t *testing.T, kept kept, want, got Record) {
	t.Helper()
	if kept.exactly {
		assert.Equal(t, want.StartedAt, got.StartedAt, want.Title)
		assert.Equal(t, want.FinishedAt, got.FinishedAt, want.Title)
		return
	}
	assert.LessOrEqual(t, got.StartedAt, want.StartedAt.Add(-eastmost), "%s: a rewritten time may be anywhere's", want.Title)
	assert.Zero(t, got.FinishedAt, "%s: the waits begin anew", want.Title)
}

func TestATitleThatLibreOfficeHadNoReasonToTouchIsReadAsItWas(t *testing.T) {
	rewritten := map[string]bool{"0012": true, "1E5": true, "12:30": true, "+49 30 555": true, "0013": true}
	for name := range savedFiles {
		snapshot, err := Read(libreoffice(name))
		require.NoError(t, err)
		oneByte := name == "windows-1252.csv" || name == "iso-8859-1.csv" || name == "dates-german.csv"
		for _, want := range hardRows() {
			got, _ := snapshot.Get(want.Ref)
			switch {
			case oneByte && want.Title == "Комната":
				assert.Equal(t, "???????", got.Title, name)
			case oneByte && want.Row == 2:
				assert.Equal(t, "?? ? ???????", got.Title, name)
			case !rewritten[want.Title] || name == "all-text.csv":
				assert.Equal(t, want.Title, got.Title, name)
			}
		}
	}
}

func TestASealedFileThatLibreOfficeSavedIsTakenAndWrittenBackAsOurs(t *testing.T) {
	for name := range savedFiles {
		t.Run(name, func(t *testing.T) {
			path := finished(t, hardRows()...)
			saved := read(t, libreoffice(name))
			require.NoError(t, os.WriteFile(path, []byte(saved), 0o600))
			f, err := Open(path, Options{})
			require.NoError(t, err)
			before, held := sealOf(f.Snapshot), map[string]Record{}
			for r := range f.All() {
				held[r.Ref] = r
			}
			require.NoError(t, f.Close())
			text := read(t, path)
			assert.True(t, isNative([]byte(text)))
			_, err = readNative(strings.NewReader(text), int64(len(text)))
			require.NoError(t, err)
			again, err := Read(path)
			require.NoError(t, err)
			assert.Equal(t, before, sealOf(again))
			for r := range again.All() {
				was := held[r.Ref]
				assert.Equal(t, was, r)
			}
		})
	}
}

func TestTheNotesOfAnAdminAreKept(t *testing.T) {
	snapshot, err := Read(libreoffice("notes.csv"))
	require.NoError(t, err)
	assert.Equal(t, []string{"Owner, notes", ""}, snapshot.extra)
	rows := hardRows()
	second, _ := snapshot.Get(rows[1].Ref)
	assert.Equal(t, []string{"Ask Jürgen; then \"tell\" Zoë", ""}, second.extra)
	fourth, _ := snapshot.Get(rows[3].Ref)
	assert.Equal(t, []string{"", "done"}, fourth.extra)
}

func TestTheNameOfANoteColumnIsKeptAndNeverRunsOrBreaksTheHeader(t *testing.T) {
	saved := strings.Replace(read(t, libreoffice("notes.csv")), `"Owner, notes",`, "\"=Owner\nnotes\",", 1)
	path := write(t, saved)
	for range 2 {
		require.NoError(t, open(t, path).Close())
		header, _, _ := strings.Cut(read(t, path), "\n")
		assert.Equal(t, nativeHeader+",'=Owner notes,", header)
	}
}

func TestALineBreakWhereWeWriteNoneIsDamage(t *testing.T) {
	broken := strings.Replace(native(room(1), room(2)), "Room b", "\"Room\nb\"", 1)
	_, err := Read(write(t, broken))
	assert.ErrorContains(t, err, ":2: ")
	noted := strings.Replace(read(t, libreoffice("notes.csv")), ",Twin,", ",\"Tw\nin\",", 1)
	_, err = Read(write(t, noted))
	assert.ErrorContains(t, err, ":3: ")
}

func TestAnUnfinishedJournalThatLibreOfficeSortedForgetsNoIntent(t *testing.T) {
	rows := hardRows()
	for _, name := range []string{"journal.csv", "journal-sorted-up.csv", "journal-sorted-down.csv", "journal-decimals.csv", "journal-truths.csv"} {
		snapshot, err := Read(libreoffice(name))
		require.NoError(t, err)
		require.Equal(t, 4, snapshot.Len(), name)
		status := func(r Record) Status {
			got, ok := snapshot.Get(r.Ref)
			require.True(t, ok, name)
			return got.Status
		}
		assert.Equal(t, Created, status(rows[0]), name)
		assert.Equal(t, Sending, status(rows[9]), "%s: sent again after it had failed", name)
		assert.True(t, status(rows[3]).Unsettled(), name)
		assert.Equal(t, Sending, status(rows[10]), "%s: sent after it was put back", name)
	}
}

func TestAFileThatWasSavedAsSomethingElseSaysWhatToDo(t *testing.T) {
	for name, what := range map[string]string{
		"saved-as.xlsx": "is a workbook (.xlsx or .ods) and not CSV",
		"saved-as.ods":  "is a workbook (.xlsx or .ods) and not CSV",
		"saved-as.html": "is a web page and not CSV",
	} {
		content := read(t, libreoffice(name))
		path := write(t, content)
		_, err := Open(path, Options{})
		var fault *Error
		require.ErrorAs(t, err, &fault, name)
		assert.Equal(t, what, fault.Reason)
		assert.Contains(t, fault.Remedy, "save it as CSV (UTF-8) under the same name")
		assert.Equal(t, content, read(t, path), "the file is untouched")
	}
}
