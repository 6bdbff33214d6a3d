package results

import (
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func numbered(rows ...byte) []Record {
	var records []Record
	for i, n := range rows {
		r := room(n)
		r.Row = i + 1
		records = append(records, r)
	}
	return records
}

func refs(records []Record) []string {
	var refs []string
	for i := range records {
		refs = append(refs, records[i].Ref)
	}
	return refs
}

func TestAFileIsTidyWhenCompactingWouldChangeNothing(t *testing.T) {
	whole := numbered(1, 2, 3)
	gap := numbered(1, 2, 3)
	gap[2].Row = 7
	for name, c := range map[string]struct {
		file []Record
		rows []Record
		want bool
	}{
		"the rows of the manifest":      {whole, whole, true},
		"a row that is new":             {whole[:2], whole, false},
		"a row that has left":           {whole, whole[:2], false},
		"rows in another order":         {whole, []Record{whole[1], whole[0], whole[2]}, false},
		"a record that stands twice":    {append(slices.Clone(whole), whole[0]), whole, false},
		"row numbers that are not ours": {gap, gap, false},
	} {
		t.Run(name, func(t *testing.T) {
			path := write(t, native(c.file...))
			f := open(t, path)
			assert.Equal(t, c.want, f.Tidy(slices.Values(refs(c.rows))))
			require.NoError(t, f.Compact(slices.Values(c.rows)))
			if c.want {
				assert.Equal(t, native(c.file...), read(t, path))
			}
		})
	}
}

func TestAFileThatWasAppendedToIsNotTidy(t *testing.T) {
	f := open(t, write(t, native(numbered(1, 2)...)))
	require.NoError(t, f.Append(numbered(1, 2)...))
	assert.False(t, f.Tidy(slices.Values(refs(numbered(1, 2)))))
}

func TestAFileThatChangesUnderARunIsNotWrittenToAnyMore(t *testing.T) {
	path := write(t, native(numbered(1, 2)...))
	f := open(t, path)
	changed := numbered(1, 2)
	changed[1].Status, changed[1].RoomID = Failed, ""
	require.NoError(t, os.WriteFile(path, []byte(native(changed...)), 0o600))

	got, ok := f.Get(room(2).Ref)
	assert.True(t, ok, "the row is not taken for one that was never tried")
	assert.Equal(t, Created, got.Status)
	var fault *Error
	require.ErrorAs(t, f.Err(), &fault)
	assert.Equal(t, path, fault.Path)
	require.ErrorAs(t, f.Append(room(3)), &fault)
	require.ErrorAs(t, f.Compact(slices.Values(changed)), &fault)
	assert.Equal(t, native(changed...), read(t, path), "what the other program wrote stands")
	require.NoError(t, f.Close())
	_, err := Open(path, Options{})
	require.ErrorAs(t, err, &fault, "nor does the next run believe it")
	assert.Contains(t, fault.Reason, "2 rooms")
}
