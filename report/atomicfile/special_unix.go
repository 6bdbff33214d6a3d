//go:build unix

package atomicfile

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"
)

// descriptors are the folders whose names are open files of a process: its own
// /dev/fd, which is a folder of /proc on Linux, or another's.
var descriptors = regexp.MustCompile(`^(/dev/fd|/proc/(\d+)(/task/\d+)?/fd)$`)

// foreign is the number of a descriptor of another process.
const foreign = -1

// descriptor tells whether a path, which holds no link but perhaps the last part,
// names an open file of a process, and which of this one.
func descriptor(path string) (fd int, ok bool) {
	found := descriptors.FindStringSubmatch(filepath.Dir(path))
	fd, err := strconv.Atoi(filepath.Base(path))
	switch {
	case found == nil || err != nil || fd < 0:
		return 0, false
	case found[2] != "" && found[2] != strconv.Itoa(os.Getpid()):
		return foreign, true
	}
	return fd, true
}

// openDescriptor opens a descriptor. One of this process is copied, so that what
// is written comes after what was written before, into a socket too.
func openDescriptor(path string, fd int) (*os.File, error) {
	if fd == foreign {
		return os.OpenFile(path, os.O_WRONLY|os.O_APPEND|syscall.O_NONBLOCK, 0)
	}
	copied, err := syscall.Dup(fd)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	return os.NewFile(uintptr(copied), path), nil
}

// openSpecial opens a device or a named pipe, without waiting for anybody.
func openSpecial(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_WRONLY|syscall.O_NONBLOCK|syscall.O_NOCTTY, 0)
}
