//go:build unix

package results_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/report/results"
)

func TestWhatIsNoRegularFileIsRefusedWithoutWaitingForIt(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	link := filepath.Join(t.TempDir(), "link")
	require.NoError(t, os.Symlink(pipe, link))
	for name, path := range map[string]string{"a pipe": pipe, "a link to one": link, "a folder": t.TempDir(), "a device": os.DevNull} {
		t.Run(name, func(t *testing.T) {
			var fault *results.Error
			_, err := results.Read(path)
			require.ErrorAs(t, err, &fault)
			assert.Equal(t, "is not a regular file", fault.Reason)
			if name == "a device" {
				return // a lock beside it would be on the machine
			}
			_, err = results.Open(path, results.Options{})
			require.ErrorAs(t, err, &fault)
			assert.Equal(t, "is not a regular file", fault.Reason)
			assert.NoFileExists(t, pipe+".lock")
		})
	}
}

func TestALinkThatLeadsNowhereIsStillOneAfterTheRun(t *testing.T) {
	dir := t.TempDir()
	link, path := filepath.Join(dir, "latest.csv"), filepath.Join(dir, "rooms.csv")
	require.NoError(t, os.Symlink("rooms.csv", link))
	file, err := results.Open(link, results.Options{})
	require.NoError(t, err)
	require.NoError(t, file.Append(results.Record{Ref: "r-0000000000000001", Title: "A", Status: results.Created, RoomID: "1", Server: "webexapis.com", CreatorID: "me", Attempts: 1}))
	require.NoError(t, file.Compact(file.All()))
	require.NoError(t, file.Close())
	target, err := os.Readlink(link)
	require.NoError(t, err)
	assert.Equal(t, "rooms.csv", target)
	assert.FileExists(t, path)
	assert.FileExists(t, path+".lock")
}
