//go:build linux

package cli_test

import (
	"archive/zip"
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision/manifest"
	"roomlift/report/results"
)

// TestAWorkbookOf100000RowsTakesLittleMemory looks at what the process takes from the
// system, as "time -v" does, with texts as long as ids and descriptions are.
func TestAWorkbookOf100000RowsTakesLittleMemory(t *testing.T) {
	book := filepath.Join(t.TempDir(), "rooms.xlsx")
	writeLargeBook(t, book, 100_000)
	said, most := roomliftPeak(t, "check", book)
	assert.Contains(t, said, "100,000 rooms")
	assert.Less(t, most>>10, 95, "MiB, which is less than 100 MB")
}

// TestAPlanOf200000RowsTakesLittleMemory plans over a finished results file, which takes
// 100 to 110 MiB, and 160 where garbage is left lying meanwhile.
func TestAPlanOf200000RowsTakesLittleMemory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rooms.csv")
	writeFinishedRun(t, path, 200_000)
	said, most := roomliftPeak(t, "plan", path)
	assert.Contains(t, said, "200,000 exist already")
	assert.Less(t, most>>10, 128, "MiB")
}

// roomliftPeak runs the program and returns what it said and the most memory, in KiB,
// that it held.
func roomliftPeak(t *testing.T, args ...string) (said string, most int) {
	t.Helper()
	var output bytes.Buffer
	command := exec.Command(buildRoomlift(t), args...)
	command.Env, command.Stdout, command.Stderr = environment(t.TempDir()), &output, &output
	require.NoError(t, command.Start())
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	for {
		select {
		case err := <-ended:
			require.NoError(t, err, output.String())
			require.Positive(t, most)
			return output.String(), most
		case <-time.After(5 * time.Millisecond):
			most = max(most, peakOf(command.Process.Pid))
		}
	}
}

// peakOf returns the most memory, in KiB, that a process has held so far; 0 is
// unknown. What its parent tells of it at its end would be no less than what the
// parent held itself when it started it.
func peakOf(pid int) (peak int) {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)) // gone when it has ended
	before, line, ok := bytes.Cut(status, []byte("VmHWM:"))
	if ok && bytes.HasPrefix(before, []byte("Name:\troomlift\n")) { // not the test itself any more
		_, _ = fmt.Sscan(string(line), &peak)
	}
	return peak
}

// writeFinishedRun writes a manifest with teams and descriptions, and beside it the
// results file of a run that created all of its rooms.
func writeFinishedRun(t *testing.T, path string, rooms int) {
	t.Helper()
	var rows, records bytes.Buffer
	fmt.Fprintln(&rows, "title,teamId,description")
	fmt.Fprintln(&records, strings.Join(results.Columns(), ","))
	for i := range rooms {
		row := manifest.Row{Title: fmt.Sprintf("Project room %d", i), TeamID: fmt.Sprintf("Y2lzY29zcGFyazovL3VzL1RFQU0v%048d", i*7%200)}
		fmt.Fprintf(&rows, "%s,%s,What the people of project %d talk about in this room\n", row.Title, row.TeamID, i)
		fmt.Fprintf(&records, "%s,%d,,%s,%s,created,Y2lzY29zcGFyazovL3VzL1JPT00v%048[2]d,1,200,,ROUTER_%036[2]d,Y2lzY29zcGFyazovL3VzL1BFT1BMRS8,webexapis.com,2026-03-04T12:00:00.250Z,2026-03-04T12:00:01.250Z\n",
			row.Ref(), i+1, row.Title, row.TeamID)
	}
	require.NoError(t, os.WriteFile(path, rows.Bytes(), 0o600))
	require.NoError(t, os.WriteFile(strings.TrimSuffix(path, ".csv")+".results.csv", records.Bytes(), 0o600))
}

// writeLargeBook writes a workbook of eight columns with every text in its table of
// shared texts, as Excel and LibreOffice do.
func writeLargeBook(t *testing.T, path string, rows int) {
	t.Helper()
	file, err := os.Create(path)
	require.NoError(t, err)
	defer func() { require.NoError(t, file.Close()) }()
	parts := zip.NewWriter(file)
	part := func(name string, write func(io.Writer)) {
		into, err := parts.Create(name)
		require.NoError(t, err)
		buffered := bufio.NewWriter(into)
		write(buffered)
		require.NoError(t, buffered.Flush())
	}
	const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	part("xl/workbook.xml", func(w io.Writer) {
		fmt.Fprint(w, `<workbook><sheets><sheet name="Rooms" sheetId="1" id="a"/></sheets></workbook>`)
	})
	part("xl/_rels/workbook.xml.rels", func(w io.Writer) {
		fmt.Fprintf(w, `<Relationships><Relationship Id="a" Type="%[1]s/worksheet" Target="sheet.xml"/><Relationship Id="b" Type="%[1]s/sharedStrings" Target="texts.xml"/></Relationships>`, office)
	})
	part("xl/texts.xml", func(w io.Writer) {
		fmt.Fprintf(w, `<sst uniqueCount="%d">`, 8+4*rows)
		for _, column := range []string{"title", "teamId", "description", "key", "classificationId", "isLocked", "isPublic", "isAnnouncementOnly"} {
			fmt.Fprintf(w, "<si><t>%s</t></si>", column)
		}
		for i := range rows {
			fmt.Fprintf(w, "<si><t>Project room number %d Berlin</t></si><si><t>Y2lzY29zcGFyazovL3VzL1RFQU0v%050d</t></si>", i, i)
			fmt.Fprintf(w, "<si><t>What the room %d is for and who may come; ask before you invite anybody from outside</t></si><si><t>REQ-%d</t></si>", i, i)
		}
		fmt.Fprint(w, "</sst>")
	})
	part("xl/sheet.xml", func(w io.Writer) {
		fmt.Fprint(w, `<worksheet><sheetData><row>`)
		for i := range 8 {
			fmt.Fprintf(w, `<c t="s"><v>%d</v></c>`, i)
		}
		fmt.Fprint(w, `</row>`)
		for i := range rows {
			fmt.Fprintf(w, `<row r="%d">`, i+2)
			for j, column := range "ABCD" {
				fmt.Fprintf(w, `<c r="%c%d" t="s"><v>%d</v></c>`, column, i+2, 8+4*i+j)
			}
			fmt.Fprintf(w, `<c r="E%[1]d"><v>7</v></c><c r="F%[1]d" t="b"><v>1</v></c><c r="G%[1]d" t="b"><v>1</v></c><c r="H%[1]d" t="b"><v>0</v></c></row>`, i+2)
		}
		fmt.Fprint(w, `</sheetData></worksheet>`)
	})
	require.NoError(t, parts.Close())
}
