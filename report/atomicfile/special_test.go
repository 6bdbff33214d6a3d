//go:build unix

package atomicfile_test

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/report/atomicfile"
)

// The nodes, pipes and links of these tests are private ones in a folder of the
// test's: what replaces its destination must not meet the machine's.

// node makes a device; who may not is let off.
func node(t *testing.T, name string, mode uint32, major, minor int) string {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("devices have other numbers elsewhere")
	}
	path := filepath.Join(t.TempDir(), name)
	if err := syscall.Mknod(path, mode|0o666, major<<8|minor); err != nil {
		t.Skip("needs the right to make a device: ", err)
	}
	if f, err := os.Open(path); err != nil && mode == syscall.S_IFCHR {
		t.Skip("devices do not work in this folder: ", err)
	} else if err == nil {
		require.NoError(t, f.Close())
	}
	return path
}

func fifo(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, syscall.Mkfifo(path, 0o600))
	return path
}

// kept asserts that a path is still what it was, with nothing left beside it.
func kept(t *testing.T, path string, kind fs.FileMode) {
	t.Helper()
	info, err := os.Lstat(path)
	require.NoError(t, err)
	assert.Equal(t, kind, info.Mode().Type())
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	assert.Len(t, entries, 1, "nothing is left beside it")
}

func TestADeviceIsWrittenIntoAndNeverReplaced(t *testing.T) {
	const device = fs.ModeDevice | fs.ModeCharDevice
	t.Run("null takes everything", func(t *testing.T) {
		null := node(t, "null", syscall.S_IFCHR, 1, 3)
		require.NoError(t, atomicfile.Check(null))
		require.NoError(t, atomicfile.Write(null, 0o600, text("page")))
		kept(t, null, device)
	})
	t.Run("full takes nothing", func(t *testing.T) {
		full := node(t, "full", syscall.S_IFCHR, 1, 7)
		require.NoError(t, atomicfile.Check(full))
		require.ErrorIs(t, atomicfile.Write(full, 0o600, text("page")), syscall.ENOSPC)
		kept(t, full, device)
	})
	t.Run("a link to null stays one", func(t *testing.T) {
		null := node(t, "null", syscall.S_IFCHR, 1, 3)
		link := filepath.Join(t.TempDir(), "link")
		require.NoError(t, os.Symlink(null, link))
		require.NoError(t, atomicfile.Write(link, 0o600, text("page")))
		kept(t, link, fs.ModeSymlink)
		kept(t, null, device)
	})
	t.Run("a disk is refused", func(t *testing.T) {
		disk := node(t, "disk", syscall.S_IFBLK, 259, 1023) // there is none of this number
		require.ErrorContains(t, atomicfile.Check(disk), "neither a file nor a device")
		require.ErrorContains(t, atomicfile.Write(disk, 0o600, text("page")), "neither a file nor a device")
		kept(t, disk, fs.ModeDevice)
	})
}

func TestAPipeIsWrittenIntoIfSomebodyReads(t *testing.T) {
	t.Run("nobody does", func(t *testing.T) {
		pipe := fifo(t)
		require.NoError(t, atomicfile.Check(pipe), "somebody may until then")
		require.ErrorContains(t, atomicfile.Write(pipe, 0o600, text("page")), "nobody reads")
		kept(t, pipe, fs.ModeNamedPipe)
	})
	t.Run("somebody does", func(t *testing.T) {
		pipe := fifo(t)
		reader, err := os.OpenFile(pipe, os.O_RDWR|syscall.O_NONBLOCK, 0) // waits for no writer, and sees no end
		require.NoError(t, err)
		page := bytes.Repeat([]byte("page "), 100_000) // more than a pipe holds
		read := make(chan []byte)
		go func() {
			got, _ := io.ReadAll(io.LimitReader(reader, int64(len(page))))
			read <- got
		}()
		require.NoError(t, atomicfile.Check(pipe))
		require.NoError(t, atomicfile.Write(pipe, 0o600, text(string(page))))
		assert.Equal(t, page, <-read)
		require.NoError(t, reader.Close())
		kept(t, pipe, fs.ModeNamedPipe)
	})
}

func TestADescriptorOfTheProcessIsWrittenInto(t *testing.T) {
	for name, folder := range map[string]string{"by its number": "/dev/fd", "by the process": "/proc/self/fd"} {
		t.Run(name, func(t *testing.T) {
			if _, err := os.Stat(folder); err != nil {
				t.Skip("there is no ", folder)
			}
			reader, writer, err := os.Pipe()
			require.NoError(t, err)
			path := fmt.Sprintf("%s/%d", folder, writer.Fd())
			stdout := filepath.Join(t.TempDir(), "stdout") // as /dev/stdout is one
			require.NoError(t, os.Symlink(path, stdout))
			for _, name := range []string{path, stdout} {
				require.NoError(t, atomicfile.Check(name))
				require.NoError(t, atomicfile.Write(name, 0o600, text("page ")))
			}
			require.NoError(t, writer.Close())
			got, err := io.ReadAll(reader)
			require.NoError(t, err)
			assert.Equal(t, "page page ", string(got))
			kept(t, stdout, fs.ModeSymlink)
		})
	}
	t.Run("which is a file, after what it holds", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "log")
		log, err := os.Create(path)
		require.NoError(t, err)
		_, err = log.WriteString("before ")
		require.NoError(t, err)
		require.NoError(t, atomicfile.Write(fmt.Sprintf("/dev/fd/%d", log.Fd()), 0o600, text("page")))
		_, err = log.WriteString(" after")
		require.NoError(t, err)
		require.NoError(t, log.Close())
		got, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, "before page after", string(got))
	})
	t.Run("which is not open", func(t *testing.T) {
		require.ErrorIs(t, atomicfile.Check("/dev/fd/987654"), fs.ErrNotExist)
		require.Error(t, atomicfile.Write("/dev/fd/987654", 0o600, text("page")))
	})
}

func TestALinkThatLeadsNowhereLeadsToTheNewFile(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "a", "deep"), 0o700))
	require.NoError(t, os.Symlink(filepath.Join(dir, "a", "deep"), filepath.Join(dir, "short")))
	require.NoError(t, os.Symlink("short/../page.html", filepath.Join(dir, "second")))
	link := filepath.Join(dir, "first")
	require.NoError(t, os.Symlink("second", link))
	require.NoError(t, atomicfile.Check(link))
	require.NoError(t, atomicfile.Write(link, 0o600, text("page")))
	assertFile(t, filepath.Join(dir, "a", "page.html"), "page", 0o600) // what .. means is what the kernel means
	info, err := os.Lstat(link)
	require.NoError(t, err)
	assert.Equal(t, fs.ModeSymlink, info.Mode().Type())

	circle := filepath.Join(dir, "circle")
	require.NoError(t, os.Symlink("circle", circle))
	require.Error(t, atomicfile.Write(circle, 0o600, text("page")))
	nowhere := filepath.Join(dir, "nowhere")
	require.NoError(t, os.Symlink("no/such/folder", nowhere))
	require.ErrorIs(t, atomicfile.Write(nowhere, 0o600, text("page")), fs.ErrNotExist)
	require.ErrorIs(t, atomicfile.Check(nowhere), fs.ErrNotExist)
}

func TestAFolderAndASocketAreRefused(t *testing.T) {
	require.ErrorContains(t, atomicfile.Check(t.TempDir()), "is a folder")
	require.ErrorContains(t, atomicfile.Write(t.TempDir(), 0o600, text("page")), "is a folder")
	dir, err := os.MkdirTemp("", "s") //nolint:usetesting // a socket's name must be short
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	require.NoError(t, err)
	defer func() { _ = syscall.Close(fd) }()
	path := filepath.Join(dir, "socket")
	require.NoError(t, syscall.Bind(fd, &syscall.SockaddrUnix{Name: path}))
	require.ErrorContains(t, atomicfile.Write(path, 0o600, text("page")), "is a socket")
	kept(t, path, fs.ModeSocket)
}
