package results

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func open(t *testing.T, path string) *File {
	t.Helper()
	f, err := Open(path, Options{})
	require.NoError(t, err)
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func write(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "rooms.results.csv")
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(data)
}

// native is a file of these records as a finished run leaves it.
func native(records ...Record) string {
	e := newEncoder(0)
	e.header(nil)
	for i := range records {
		e.record(&records[i])
	}
	return string(e.buf)
}

func TestWhatWasAppendedIsThereAfterReopening(t *testing.T) {
	defer goleak.VerifyNone(t)
	path := filepath.Join(t.TempDir(), "rooms.results.csv")
	f := open(t, path)
	intent := room(1)
	intent.Status, intent.RoomID = Sending, ""
	require.NoError(t, f.Append(intent))
	require.NoError(t, f.Append(room(1), room(2)))
	require.NoError(t, f.Close())

	f = open(t, path)
	assert.Equal(t, []Record{room(1), room(2)}, slices.Collect(f.All()))
	assert.Empty(t, f.Notes())
	require.NoError(t, f.Close())
}

func TestAFileThatNothingWasRecordedInIsNotLeftBehind(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rooms.results.csv")
	require.NoError(t, open(t, path).Close())
	_, err := os.Stat(path)
	require.ErrorIs(t, err, os.ErrNotExist)

	path = write(t, native())
	require.NoError(t, open(t, path).Close())
	assert.Equal(t, native(), read(t, path), "one that was there stays")
}

func TestTheFileIsForItsOwnerAlone(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no file modes")
	}
	path := filepath.Join(t.TempDir(), "rooms.results.csv")
	f := open(t, path)
	require.NoError(t, f.Append(room(1)))
	require.NoError(t, f.Compact(f.All()))
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestCompactingKeepsTheModeThatTheOwnerGave(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no file modes")
	}
	path := write(t, native(room(1)))
	require.NoError(t, os.Chmod(path, 0o640))
	f := open(t, path)
	require.NoError(t, f.Compact(f.All()))
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o640), info.Mode().Perm())
}

func TestASecondRunIsToldWhoHoldsTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rooms.results.csv")
	f := open(t, path)
	_, err := Open(path, Options{})
	var locked *LockedError
	require.ErrorAs(t, err, &locked)
	if runtime.GOOS != "windows" {
		assert.Contains(t, locked.Holder, fmt.Sprintf("process %d on ", os.Getpid()))
	}
	require.NoError(t, f.Close())
	open(t, path)
}

func TestALockFileThatWasLeftBehindHoldsNobody(t *testing.T) {
	path := write(t, native(room(1)))
	require.NoError(t, os.WriteFile(path+".lock", []byte("process 1 on elsewhere\n"), 0o600))
	open(t, path)
}

func TestManyAppendersShareTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rooms.results.csv")
	f := open(t, path)
	var group sync.WaitGroup
	for n := range 50 {
		group.Go(func() {
			r := room(1)
			r.Ref = fmt.Sprintf("r-%016x", n)
			assert.NoError(t, f.Append(r))
		})
	}
	group.Wait()
	require.NoError(t, f.Close())
	snapshot, err := Read(path)
	require.NoError(t, err)
	assert.Equal(t, 50, snapshot.Len())
}

func TestCompactWritesOneRecordARowAndKeepsEveryRoom(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rooms.results.csv")
	f := open(t, path)
	left, failed, unsettled := room(3), room(4), room(5)
	failed.Status, failed.RoomID = Failed, ""
	unsettled.Status, unsettled.RoomID = Unknown, ""
	moved := room(2)
	moved.Ref = "r-0123456789abcdef"
	require.NoError(t, f.Append(room(1), room(2), left, failed, unsettled, moved))
	require.NoError(t, f.Compact(slices.Values([]Record{moved, room(1)})))
	require.NoError(t, f.Close())

	assert.Equal(t, native(moved, room(1), left, unsettled), read(t, path),
		"rows in manifest order, then rooms and unsettled rows that left; the room that moved is listed once")
	assert.ErrorIs(t, f.Append(room(1)), errClosed)
}

func TestARefusalThatLeftTheManifestIsKeptWhereItsTwinHasARoom(t *testing.T) {
	twin, alone, unsent, pending := room(2), room(3), room(4), room(5)
	for _, r := range []*Record{&twin, &alone, &unsent, &pending} {
		r.Status, r.RoomID, r.HTTPStatus = Failed, "", 400
		r.Title = room(1).Title
	}
	alone.Title = "alone"
	unsent.Attempts = 0
	pending.Status, pending.StartedAt = Pending, Record{}.StartedAt
	path := write(t, native(room(1), twin, alone, unsent, pending))
	f, err := Open(path, Options{})
	require.NoError(t, err)
	require.NoError(t, f.Compact(slices.Values([]Record{room(1)})))
	require.NoError(t, f.Close())
	assert.Equal(t, native(room(1), twin), read(t, path))
}

func TestTheTornEndOfAKilledRunIsPutAsideAndCut(t *testing.T) {
	whole := native(room(1), room(2))
	header := strings.Index(whole, "\n") + 1
	second := strings.LastIndex(strings.TrimSuffix(whole, "\n"), "\n") + 1
	for cut := 1; cut < len(whole); cut++ {
		path := write(t, whole[:cut])
		f, err := Open(path, Options{})
		require.NoError(t, err, "cut at byte %d", cut)
		got := slices.Collect(f.All())
		require.NoError(t, f.Append(room(3)))
		require.NoError(t, f.Close())

		want := 0
		if cut >= second-1 { // the first record is whole, at least but for its LF
			want = 1
		}
		assert.GreaterOrEqual(t, len(got), want, "cut at byte %d", cut)
		again, err := Read(path)
		require.NoError(t, err, "cut at byte %d", cut)
		assert.Equal(t, len(got)+1, again.Len(), "cut at byte %d", cut)
		if tail := whole[:cut]; cut > header && !strings.HasSuffix(tail, "\n") {
			saved, err := filepath.Glob(path + ".torn-*")
			require.NoError(t, err)
			require.Len(t, saved, 1, "cut at byte %d", cut)
			assert.Equal(t, tail[strings.LastIndex(tail, "\n")+1:], read(t, saved[0]))
		}
	}
}

func TestARoomIsNotLostWithALineEnd(t *testing.T) {
	for _, instead := range []string{"", "\x00", strings.Repeat("\x00", 5000)} {
		path := write(t, strings.TrimSuffix(native(room(1), room(2)), "\n")+instead)
		f := open(t, path)
		assert.Equal(t, []Record{room(1), room(2)}, slices.Collect(f.All()))
		require.NoError(t, f.Append(room(3)))
		require.NoError(t, f.Close())
		assert.Equal(t, native(room(1), room(2), room(3)), read(t, path))
	}
}

func TestNothingTakesARoomAway(t *testing.T) {
	intent := room(1)
	intent.Status, intent.RoomID = Sending, ""
	path := write(t, native(room(1), intent))
	snapshot, err := Read(path)
	require.NoError(t, err)
	got, ok := snapshot.Get(room(1).Ref)
	require.True(t, ok)
	assert.Equal(t, Created, got.Status)
}

func TestDamageIsNamedByItsLineAndTheFileIsUntouched(t *testing.T) {
	good := native(room(1), room(2), room(3))
	lines := strings.SplitAfter(good, "\n")
	for name, c := range map[string]struct {
		content string
		place   string
		reason  string
	}{
		"a lost cell":              {strings.Replace(good, ",200,", "", 1), ":2: ", "cells"},
		"a status that is none":    {strings.Replace(good, "created", "crexted", 2), ":2: ", "is not a status"},
		"quotes that do not match": {lines[0] + lines[1] + `"` + lines[2] + lines[3], ":3: ", "quotation marks"},
		"a NUL byte in the middle": {strings.Replace(good, "Room c", "Ro\x00m c", 1), ":3: ", "NUL"},
		"one byte that is not UTF-8 among others that are": {
			strings.Replace(strings.Replace(good, "Room b", "Räum", 1), "Room c", "R\xffom", 1), ":3: ", "not UTF-8",
		},
		"the file of another tool": {"name,id\nx,1\n", ": ", "is not a Roomlift results file"},
		"lines that another program divided": {
			"\"ref,row,key,title,teamId,status\",\n\"r-bc99bce2aa51b285,1,,Sales\",\" Nord,,created\"\n", ": ",
			"holds Roomlift's records, but another program has divided its lines into other cells; put back the last good copy",
		},
		"a file that is no table":  {"\x7fELF\x02\x01 and so on", ": ", "is not a Roomlift results file"},
		"a line above the header":  {"Rooms of 2026\n" + good, ":2: ", "holds the header, which must be the first line"},
		"a header that was sorted": {lines[1] + lines[2] + lines[0] + lines[3], ":3: ", "holds the header, which must be the first line"},
		"a column that was deleted": {
			strings.ReplaceAll(strings.ReplaceAll(good, ",roomId", ""), ",room-", ",x-"), ":1: ", "lacks the column roomId",
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := write(t, c.content)
			_, err := Open(path, Options{})
			var fault *Error
			require.ErrorAs(t, err, &fault)
			assert.True(t, strings.HasPrefix(err.Error(), path+c.place), "%v names the place", err)
			assert.Contains(t, err.Error(), c.reason)
			assert.NotEmpty(t, fault.Remedy)
			assert.Equal(t, c.content, read(t, path))
		})
	}
}

func TestColumnsThatAreNotOursAreKept(t *testing.T) {
	content := native(room(1), room(2))
	lines := strings.Split(strings.TrimSuffix(content, "\n"), "\n")
	path := write(t, lines[0]+",notes\n"+lines[1]+",call Ann\n"+lines[2]+",\n")
	f := open(t, path)
	changed := room(1)
	changed.Title = "New"
	require.NoError(t, f.Append(changed, room(3)))
	require.NoError(t, f.Compact(f.All()))
	require.NoError(t, f.Close())
	text := read(t, path)
	assert.Contains(t, text, ",finishedAt,notes\n")
	assert.Contains(t, text, ",call Ann\n")
	snapshot, err := Read(path)
	require.NoError(t, err)
	assert.Equal(t, 3, snapshot.Len())
}

func TestAFolderThatCannotBeWrittenToIsSaid(t *testing.T) {
	_, err := Open(filepath.Join(t.TempDir(), "no", "such", "folder", "r.csv"), Options{})
	var fault *Error
	require.ErrorAs(t, err, &fault)
	assert.ErrorIs(t, err, os.ErrNotExist)
	assert.NotEmpty(t, fault.Remedy)
}

func TestASymbolicLinkStaysOne(t *testing.T) {
	path := write(t, native(room(1)))
	link := filepath.Join(t.TempDir(), "link.csv")
	if err := os.Symlink(path, link); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	f := open(t, link)
	require.NoError(t, f.Append(room(2)))
	require.NoError(t, f.Compact(f.All()))
	info, err := os.Lstat(link)
	require.NoError(t, err)
	assert.NotZero(t, info.Mode()&os.ModeSymlink)
	assert.Equal(t, native(room(1), room(2)), read(t, path))
}

// failingFS fails at the n-th write or sync, counted together.
type failingFS struct {
	osFS
	left *int
	err  error
}

type failingHandle struct {
	Handle
	fs failingFS
}

func (f failingFS) OpenFile(name string, flag int, perm os.FileMode) (Handle, error) {
	h, err := f.osFS.OpenFile(name, flag, perm)
	return failingHandle{h, f}, err
}

func (f failingFS) fail() error {
	*f.left--
	if *f.left < 0 {
		return f.err
	}
	return nil
}

func (h failingHandle) Write(p []byte) (int, error) {
	if err := h.fs.fail(); err != nil {
		n, _ := h.Handle.Write(p[:len(p)/2]) // a full disk takes what fits
		return n, err
	}
	return h.Handle.Write(p)
}

func (h failingHandle) Sync() error {
	if err := h.fs.fail(); err != nil {
		return err
	}
	return h.Handle.Sync()
}

func TestWhoeverMayOpenTooFewFilesIsNotToldToMakeRoom(t *testing.T) {
	left := 0
	for err, want := range map[error]string{
		syscall.EMFILE: "let programs open more files (ulimit -n), then run again",
		syscall.ENOSPC: "make room or make it writable, then run again",
	} {
		_, opened := Open(filepath.Join(t.TempDir(), "rooms.results.csv"), Options{FS: failingFS{left: &left, err: err}})
		require.ErrorContains(t, opened, want)
	}
}

func TestAFailedWriteOrSyncIsFinalAndLosesNothingThatWasAcknowledged(t *testing.T) {
	full := errors.New("no space left on device")
	for budget := range 12 {
		path := filepath.Join(t.TempDir(), "rooms.results.csv")
		left := budget
		f, err := Open(path, Options{FS: failingFS{left: &left, err: full}})
		if err != nil {
			require.ErrorIs(t, err, full)
			continue
		}
		var acknowledged []Record
		for n := range byte(4) {
			if err = f.Append(room(n)); err != nil {
				break
			}
			acknowledged = append(acknowledged, room(n))
		}
		if err == nil {
			err = f.Compact(f.All())
		} else {
			left = 100 // the disk has room again, but the journal must not go on
			require.Error(t, f.Append(room(5)), "an append after a failed one")
			require.Error(t, f.Compact(f.All()), "a compaction after a failed append")
		}
		if err != nil {
			var fault *Error
			require.ErrorAs(t, err, &fault)
			require.ErrorIs(t, err, full)
		}
		_ = f.Close()

		snapshot, err := Read(path)
		require.NoError(t, err, "budget %d", budget)
		for _, r := range acknowledged {
			got, ok := snapshot.Get(r.Ref)
			require.True(t, ok, "budget %d lost %s", budget, r.Ref)
			assert.Equal(t, r, got)
		}
		_, err = os.Stat(path + ".tmp")
		assert.ErrorIs(t, err, os.ErrNotExist, "a temporary file was left behind")
	}
}
