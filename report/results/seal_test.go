package results

import (
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// finished is a results file that a run compacted and closed.
func finished(t *testing.T, records ...Record) string {
	t.Helper()
	path := write(t, native())
	f := open(t, path)
	require.NoError(t, f.Append(records...))
	require.NoError(t, f.Compact(slices.Values(records)))
	require.NoError(t, f.Close())
	return path
}

func rooms(s *Snapshot) map[string]string {
	held := map[string]string{}
	for r := range s.All() {
		if r.Status.HasRoom() {
			held[r.Ref] = r.RoomID
		}
	}
	return held
}

func TestAFinishedFileThatLostItsEndIsRefused(t *testing.T) {
	path := finished(t, room(1), room(2), room(3))
	whole := read(t, path)
	sealed := read(t, path+".lock")
	for cut := range len(whole) - 1 { // all but the last LF, which is put back
		require.NoError(t, os.WriteFile(path, []byte(whole[:cut]), 0o600))
		require.NoError(t, os.WriteFile(path+".lock", []byte(sealed), 0o600))
		f, err := Open(path, Options{})
		if err == nil { // only cells that prevent no duplicate were lost
			assert.Len(t, rooms(f.Snapshot), 3, "cut at byte %d", cut)
			require.NoError(t, f.Close())
			continue
		}
		var fault *Error
		require.ErrorAs(t, err, &fault, "cut at byte %d", cut)
		assert.Equal(t, whole[:cut], read(t, path), "cut at byte %d: the file is untouched", cut)
	}
}

func TestAFlippedBitAnywhereIsNoticedOrHarmless(t *testing.T) {
	path := finished(t, room(1), room(2))
	whole, sealed := read(t, path), read(t, path+".lock")
	snapshot, err := Read(path)
	require.NoError(t, err)
	want := rooms(snapshot)
	for at := range len(whole) {
		for bit := range 8 {
			damaged := []byte(whole)
			damaged[at] ^= 1 << bit
			require.NoError(t, os.WriteFile(path, damaged, 0o600))
			require.NoError(t, os.WriteFile(path+".lock", []byte(sealed), 0o600))
			f, err := Open(path, Options{})
			if err != nil {
				assert.Equal(t, string(damaged), read(t, path), "byte %d bit %d: the file is untouched", at, bit)
				continue
			}
			assert.Equal(t, want, rooms(f.Snapshot), "byte %d bit %d", at, bit)
			require.NoError(t, f.Close())
		}
	}
}

func TestASpreadsheetProgramDoesNotBreakTheSeal(t *testing.T) {
	path := finished(t, room(1), room(2), room(3))
	rows := table(t, read(t, path))
	rows[1], rows[3] = rows[3], rows[1]
	require.NoError(t, os.WriteFile(path, []byte(join(rows, ';', true)), 0o600))
	f := open(t, path)
	assert.Len(t, rooms(f.Snapshot), 3)
}

func TestADeletedRowIsNoticedUntilTheLockFileIsDeletedToo(t *testing.T) {
	path := finished(t, room(1), room(2))
	text := native(room(1))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	_, err := Open(path, Options{})
	var fault *Error
	require.ErrorAs(t, err, &fault)
	assert.Contains(t, fault.Reason, "2 rooms and 0 unsettled rows then, 1 and 0 now")
	assert.Contains(t, fault.Remedy, path+".lock")

	require.NoError(t, os.Remove(path+".lock"))
	open(t, path)
}

func TestAFileThatIsGoneStopsARunUnlessThatIsAccepted(t *testing.T) {
	path := finished(t, room(1))
	require.NoError(t, os.Remove(path))
	for range 2 { // and it goes on to, until somebody decides
		_, err := Open(path, Options{})
		var fault *Error
		require.ErrorAs(t, err, &fault)
		assert.Contains(t, fault.Remedy, "--adopt")
		assert.NoFileExists(t, path)
	}
	f, err := Open(path, Options{AcceptLoss: true})
	require.NoError(t, err)
	require.NoError(t, f.Close())
}

func TestWhoeverGoesByTheFileAloneIsToldThatItLostRecords(t *testing.T) {
	whole := func(path string, opts Options) error {
		s, err := ReadWhole(path, opts)
		if err != nil {
			return err
		}
		return s.Close()
	}
	path := finished(t, room(1), room(2))
	sealed := read(t, path+".lock")
	require.NoError(t, whole(path, Options{}))
	assert.Equal(t, sealed, read(t, path+".lock"), "nothing is locked or written")

	require.NoError(t, os.WriteFile(path, []byte(native(room(1))), 0o600))
	var fault *Error
	require.ErrorAs(t, whole(path, Options{AcceptLoss: true}), &fault)
	assert.Contains(t, fault.Reason, "2 rooms and 0 unsettled rows then, 1 and 0 now")

	link := path + ".link"
	if os.Symlink(path, link) == nil { // which not every system lets everybody
		require.ErrorAs(t, whole(link, Options{}), &fault, "a link is as good as the file")
	}

	require.NoError(t, os.Remove(path))
	require.ErrorAs(t, whole(path, Options{}), &fault)
	assert.Contains(t, fault.Reason, "is gone")
	require.NoError(t, whole(path, Options{AcceptLoss: true}))

	require.NoError(t, os.WriteFile(path+".lock", []byte("process 1 on host, since now\n"), 0o600))
	require.NoError(t, whole(path, Options{}), "while a run is under way the file is not what it will be")
	require.NoError(t, os.Remove(path+".lock"))
	require.NoError(t, whole(path, Options{}))
}

func TestAKilledRunLeavesNoSeal(t *testing.T) {
	path := finished(t, room(1))
	assert.True(t, Closed(path))
	f := open(t, path) // as a run that is killed now would leave it
	require.NoError(t, f.Append(room(2)))
	_, ok := parseSeal(read(t, path+".lock"))
	assert.False(t, ok)
	assert.False(t, Closed(path))
	assert.True(t, Closed(write(t, native(room(1)))), "one of which nothing is known")
}

func TestARoomThatMovedKeepsTheSealWhole(t *testing.T) {
	moved := room(1)
	moved.Ref = "r-0123456789abcdef"
	path := write(t, native(room(1)))
	f := open(t, path)
	require.NoError(t, f.Append(moved))
	require.NoError(t, f.Compact(slices.Values([]Record{moved})))
	require.NoError(t, f.Close())
	open(t, path)
}
