package results

import (
	"encoding/csv"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// table reads a native file into cells, for a test to write them in another way.
func table(t *testing.T, text string) [][]string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	require.NoError(t, err)
	return rows
}

func join(rows [][]string, delimiter rune, crlf bool) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.Comma, w.UseCRLF = delimiter, crlf
	_ = w.WriteAll(rows)
	return b.String()
}

func encoded(t *testing.T, e encoding.Encoding, text string) string {
	t.Helper()
	out, err := e.NewEncoder().String(text)
	require.NoError(t, err)
	return out
}

func TestAFileThatASpreadsheetProgramSavedPreventsEveryDuplicate(t *testing.T) {
	umlaut := room(1)
	umlaut.Title = "Räume & Flöhe"
	umlaut.Key = "=0012"
	records := []Record{umlaut, room(2), room(3)}
	rows := table(t, native(records...))

	reversed := [][]string{rows[0], rows[3], rows[2], rows[1]}
	shuffled := make([][]string, len(rows))
	for i, row := range rows {
		shuffled[i] = slices.Clone(row)
		slices.Reverse(shuffled[i])
	}
	quoted := `"` + strings.ReplaceAll(strings.ReplaceAll(strings.TrimSuffix(native(records...), "\n"), ",", `","`), "\n", "\"\n\"") + "\"\n"
	dates := strings.NewReplacer("2026-03-04T12:00:00.250Z", "04.03.2026 12:00:00", "2026-03-04T12:00:01.250Z", "04.03.2026 12:00").
		Replace(join(rows, ';', true))

	for name, content := range map[string]string{
		"CRLF":                     join(rows, ',', true),
		"semicolons":               join(rows, ';', true),
		"colons":                   join(rows, ':', true),
		"tabs":                     join(rows, '\t', false),
		"a sep= line":              "sep=;\r\n" + join(rows, ';', true),
		"a byte-order mark":        "\xEF\xBB\xBF" + join(rows, ',', true),
		"windows-1252":             encoded(t, charmap.Windows1252, join(rows, ';', true)),
		"windows-1252 with commas": encoded(t, charmap.Windows1252, native(records...)),
		"UTF-16 with a mark":       encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), join(rows, '\t', true)),
		"UTF-16 without a mark":    encoded(t, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), join(rows, '\t', true)),
		"every cell quoted":        quoted,
		"rows in another order":    join(reversed, ',', false),
		"columns in another order": join(shuffled, ';', true),
		"blank rows":               join(append(slices.Clone(rows), make([]string, 15)), ';', true),
		"no line end at the end":   strings.TrimSuffix(join(rows, ',', true), "\r\n"),
		"rewritten dates":          dates,
	} {
		t.Run(name, func(t *testing.T) {
			path := write(t, content)
			f := open(t, path)
			for _, want := range records {
				got, ok := f.Get(want.Ref)
				require.True(t, ok)
				assert.Equal(t, want.RoomID, got.RoomID)
				assert.Equal(t, want.Status, got.Status)
				assert.Equal(t, want.Title, got.Title)
				assert.Equal(t, want.Key, got.Key)
			}
			require.NoError(t, f.Append(room(4)))
			require.NoError(t, f.Close())

			text := read(t, path)
			assert.True(t, isNative([]byte(text)), "appending needs the native form")
			c, err := parseText([]byte(text))
			require.NoError(t, err)
			assert.True(t, c.native)
			assert.Equal(t, 4, c.Len())

			saved, err := filepath.Glob(path + ".saved-*")
			require.NoError(t, err)
			if !isNative([]byte(content)) || !utf8.ValidString(content) {
				require.Len(t, saved, 1)
				assert.Equal(t, content, read(t, saved[0]), "the original is kept")
			}
		})
	}
}

// savedWith is a file of commas that a program opened with another delimiter and
// saved: lines are divided where they hold it, and filled up to the longest.
func savedWith(t *testing.T, delimiter rune, file string) string {
	t.Helper()
	var rows [][]string
	width := 0
	for line := range strings.Lines(file) {
		rows = append(rows, strings.Split(strings.TrimSuffix(line, "\n"), string(delimiter)))
		width = max(width, len(rows[len(rows)-1]))
	}
	for i, row := range rows {
		rows[i] = append(row, make([]string, width-len(row))...)
	}
	return join(rows, delimiter, true)
}

func TestAFileWhoseLinesBecameCellsPreventsEveryDuplicate(t *testing.T) {
	one, two, three := room(1), room(2), room(3)
	one.Title, two.Title, three.Title = "Offers, orders", `The "blue" room`, "a;b"
	for _, delimiter := range ";\t|:" {
		path := write(t, savedWith(t, delimiter, native(one, two, three)))
		f := open(t, path)
		assert.Equal(t, []Record{one, two, three}, slices.Collect(f.All()), "%q", delimiter)
		require.NoError(t, f.Close())
		assert.Equal(t, native(one, two, three), read(t, path))
	}
	colons := strings.ReplaceAll(savedWith(t, ':', native(one, two, three)), ":00:", ":0:") // a cell of digits is a number to programs
	snapshot, err := Read(write(t, colons))
	require.NoError(t, err)
	assert.Equal(t, []Record{one, two, three}, slices.Collect(snapshot.All()))
	require.NoError(t, snapshot.Close())

	cut := savedWith(t, ';', native(one, two, three))
	_, err = Read(write(t, cut[:len(cut)-80]))
	require.Error(t, err, "the last room must not be forgotten")
}

func TestACapitalBeforeAQuoteIsWindows1252(t *testing.T) {
	for _, title := range []string{"Projekt „MENÜ“", "Projet «CAFÉ»"} {
		r := room(1)
		r.Title = title
		snapshot, err := Read(write(t, encoded(t, charmap.Windows1252, join(table(t, native(r)), ';', true))))
		require.NoError(t, err)
		got, _ := snapshot.Get(r.Ref)
		assert.Equal(t, r, got)
	}
}

func TestInAFileWhoseRowsWereSortedARoomBeatsItsIntent(t *testing.T) {
	intent := room(1)
	intent.Status, intent.RoomID = Sending, ""
	rows := table(t, native(room(1), intent))
	snapshot, err := Read(write(t, join(rows, ';', true)))
	require.NoError(t, err)
	got, _ := snapshot.Get(intent.Ref)
	assert.Equal(t, Created, got.Status)
}

func TestAFileThatDoesNotExistIsEmpty(t *testing.T) {
	snapshot, err := Read(filepath.Join(t.TempDir(), "none.csv"))
	require.NoError(t, err)
	assert.Zero(t, snapshot.Len())
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(native(room(1), room(2))))
	f.Add([]byte(join([][]string{Columns()}, ';', true)))
	f.Add([]byte("\xEF\xBB\xBF" + native(room(1))))
	f.Add([]byte("\xFF\xFEr\x00e\x00f\x00"))
	f.Add([]byte(nativeHeader))
	f.Add([]byte(nativeHeader + ",x\nr-0123456789abcdef,,,,,created,\"a\"\"b\",,,,,,,,,'=y"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := parseText(data)
		if err != nil {
			assert.NotEmpty(t, err.Error())
			return
		}
		// What was understood is written, and read back, without a change.
		e := newEncoder(len(c.extra))
		e.header(c.extra)
		want := slices.Collect(c.All())
		for i := range want {
			e.record(&want[i])
		}
		again, err := parseText(e.buf)
		if err != nil && len(c.extra) > 0 {
			return // a column that is not ours may have a name that hides ours
		}
		require.NoError(t, err)
		got := slices.Collect(again.All())
		require.Len(t, got, len(want))
		for i := range want {
			assert.Equal(t, want[i].RoomID, got[i].RoomID)
			assert.Equal(t, want[i].Status, got[i].Status)
		}
		require.NoError(t, c.Err())
		require.NoError(t, again.Err())
	})
}
