package atomicfile_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/report/atomicfile"
)

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

func TestWriteReplacesTheContentAndKeepsThePermissions(t *testing.T) {
	path := filepath.Join(t.TempDir(), "page.html")
	require.NoError(t, atomicfile.Write(path, 0o600, text("old")))
	assertFile(t, path, "old", 0o600)
	require.NoError(t, os.Chmod(path, 0o644))
	require.NoError(t, atomicfile.Write(path, 0o600, text("new")))
	assertFile(t, path, "new", 0o644)
}

func TestWriteLeavesTheOldContentWhenFillingFails(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "page.html")
	require.NoError(t, atomicfile.Write(path, 0o600, text("old")))
	fault := errors.New("no more words")
	err := atomicfile.Write(path, 0o600, func(w io.Writer) error {
		return errors.Join(text("half of the n")(w), fault)
	})
	require.ErrorIs(t, err, fault)
	assertFile(t, path, "old", 0o600)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, entries, 1, "the temporary file is gone")
}

func TestWriteReplacesWhatALinkLeadsTo(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "page.html"), filepath.Join(dir, "latest.html")
	require.NoError(t, os.WriteFile(path, []byte("old"), 0o600))
	if err := os.Symlink(path, link); err != nil {
		t.Skip("no links here: ", err)
	}
	require.NoError(t, atomicfile.Write(link, 0o600, text("new")))
	assertFile(t, path, "new", 0o600)
	info, err := os.Lstat(link)
	require.NoError(t, err)
	assert.NotZero(t, info.Mode()&os.ModeSymlink, "the link is still one")
}

func assertFile(t *testing.T, path, content string, perm os.FileMode) {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, content, string(data))
	if runtime.GOOS == "windows" {
		return // has no permission bits
	}
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, perm, info.Mode().Perm())
}
