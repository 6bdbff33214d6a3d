package manifest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// endless repeats a text until it has given size bytes, and counts what was taken.
type endless struct {
	head, text string
	size, read int64
}

func (e *endless) Read(p []byte) (int, error) {
	if e.read >= e.size {
		return 0, io.EOF
	}
	n := 0
	if e.read == 0 {
		n = copy(p, e.head)
	}
	for n < len(p) {
		n += copy(p[n:], e.text)
	}
	e.read += int64(n)
	return n, nil
}

func TestHostileInputIsRefusedAfterLittleOfIt(t *testing.T) {
	const gigabyte = 1 << 30
	for name, test := range map[string]struct {
		file, head, text string
		want             string
	}{
		"a line of a gigabyte":             {"r.csv", "title\n", "x", "r.csv:2: the line is longer than 1 MiB"},
		"a header of a gigabyte":           {"r.csv", "title,", "x,", "r.csv:1: the line is longer than 1 MiB"},
		"a quote open for a gigabyte":      {"r.csv", "title\nA\n\"", "x\n", "r.csv:3: the quote that opens here is never closed"},
		"a gigabyte of NUL bytes":          {"r.csv", "", "\x00", "r.csv:1: there is a NUL byte"},
		"a program":                        {"r.csv", "\x7fELF\x02\x01\x01\x00", "\x00\x01", "r.csv:1: there is a NUL byte"},
		"a gigabyte of YAML":               {"r.yaml", "- title: A\n", "# nothing\n", "r.yaml: the file holds more than 16 MiB"},
		"a gigabyte of rows with mistakes": {"r.csv", "title,isLocked\n", ",maybe\n", "r.csv:2: title is blank"},
	} {
		t.Run(name, func(t *testing.T) {
			source := &endless{head: test.head, text: test.text, size: gigabyte}
			m, err := Read(source, test.file, Options{})
			assert.Nil(t, m)
			var list ErrorList
			require.ErrorAs(t, err, &list)
			assert.Contains(t, list[0].Error(), test.want)
			assert.Less(t, source.read, int64(maxYAML+maxRecord))
		})
	}
}

func TestHostileYAMLTakesBoundedMemory(t *testing.T) {
	for name, input := range map[string]string{
		"deep brackets":        strings.Repeat("[", 1<<20-1),
		"deep braces":          strings.Repeat("{a: ", 1<<18-1),
		"deep hyphens":         strings.Repeat("- ", 1<<19-1),
		"an alias bomb":        aliasBomb(),
		"a million short rows": "[" + strings.Repeat(strings.Repeat("a,", 1<<18)+"\n", 8),
		"an alias of itself":   "&a [*a]",
		"brackets unclosed":    "- title: [",
		"a binary file":        "\x7fELF\x02\x01\x01\x00",
		"half a UTF-8 letter":  "- title: \xc3",
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			m, err := readString(t, "r.yaml", input)
			runtime.ReadMemStats(&after)
			assert.Len(t, messages(t, err), 1)
			if m != nil {
				assert.True(t, m.Rows[0].Invalid)
			}
			assert.Less(t, (after.TotalAlloc-before.TotalAlloc)>>20, uint64(64), "MiB allocated")
		})
	}
}

func TestTextsInASheetTakeBoundedMemory(t *testing.T) {
	data := textsInASheet(t, "%[1]d"+strings.Repeat("x", 1_000_000), 300)
	before := heapInUse()
	stop := watchHeap()
	m, err := readXLSXBytes(data, Options{})
	assert.Less(t, (stop()-before)>>20, uint64(400), "MiB")
	assert.Nil(t, m)
	assert.ErrorContains(t, err, "unpacks to 286 MB, more than is read; copy the table of rooms alone into a new workbook")
}

func TestATextThatEveryRowHasIsCountedOnce(t *testing.T) {
	for description, fits := range map[string]bool{
		"the same" + strings.Repeat("x", 1000):    true,
		"the %[1]dth" + strings.Repeat("x", 1000): false,
	} {
		b := newBuilder("r.xlsx", "xlsx")
		b.maxInline = 50_000
		require.NoError(t, readXLSX(bytes.NewReader(textsInASheet(t, description, 100)), b, Options{}))
		_, err := b.finish()
		assert.Equal(t, fits, err == nil, err)
	}
}

// textsInASheet returns a workbook of rows whose texts stand in the sheet. The
// description is a format of the row's number.
func textsInASheet(t *testing.T, description string, rows int) []byte {
	var sheet strings.Builder
	sheet.WriteString(`<row><c t="str"><v>title</v></c><c t="str"><v>description</v></c></row>`)
	row := `<row><c t="inlineStr"><is><t>%[1]d</t></is></c><c t="str"><f>A1</f><v>` + description + `%[2]s</v></c></row>`
	for i := range rows {
		fmt.Fprintf(&sheet, row, i, "")
	}
	return rawWorkbook(t, sheetOf(sheet.String(), ""))
}

// aliasBomb is a small document that would be 4 to the 20th values if its aliases
// were followed.
func aliasBomb() string {
	var b strings.Builder
	b.WriteString("rooms:\n  - title: &a0 x\n    description:\n      - &b0 [*a0]\n")
	for i := range 20 {
		fmt.Fprintf(&b, "      - &b%d [*b%d, *b%d, *b%d, *b%d]\n", i+1, i, i, i, i)
	}
	return b.String()
}

func TestInputThatCannotBeReadIsAnotherError(t *testing.T) {
	folder := t.TempDir()
	failing := errors.New("the disk is gone")
	_, missing := Load(filepath.Join(folder, "rooms.csv"), Options{})
	_, isFolder := Load(folder, Options{Format: "csv"})
	_, extension := Load(filepath.Join(folder, "rooms.doc"), Options{})
	_, format := Load(filepath.Join(folder, "rooms.csv"), Options{Format: "doc"})
	_, inHeader := Read(io.MultiReader(strings.NewReader("tit"), failingReader{failing}), "r.csv", Options{})
	_, inRows := Read(io.MultiReader(strings.NewReader("title\nA\nB"), failingReader{failing}), "r.csv", Options{})
	_, inYAML := Read(io.MultiReader(strings.NewReader("- title: A\n"), failingReader{failing}), "r.yaml", Options{})
	for name, test := range map[string]struct {
		err  error
		want string
	}{
		"no file":                {missing, "does not exist; check the name"},
		"a folder":               {isFolder, "is a folder, not a manifest; name a file in it"},
		"an unknown extension":   {extension, "end it in one of .csv, "},
		"an unknown format":      {format, `there is no manifest format "doc"; use one of csv, yaml`},
		"a bad disk at the head": {inHeader, "could not be read to its end: the disk is gone; check"},
		"a bad disk later":       {inRows, "could not be read to its end: the disk is gone; check"},
		"a bad disk under YAML":  {inYAML, "could not be read to its end: the disk is gone; check"},
	} {
		t.Run(name, func(t *testing.T) {
			require.ErrorContains(t, test.err, test.want)
			var input *InputError
			require.ErrorAs(t, test.err, &input)
			assert.NotEmpty(t, input.Remedy)
			var list ErrorList
			assert.NotErrorAs(t, test.err, &list, "it must not look like a faulty manifest")
		})
	}
	require.ErrorIs(t, missing, os.ErrNotExist)
	require.ErrorIs(t, inRows, failing)
}

type failingReader struct{ err error }

func (f failingReader) Read([]byte) (int, error) { return 0, f.err }
