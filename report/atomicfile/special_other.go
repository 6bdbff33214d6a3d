//go:build !unix

package atomicfile

import "os"

// descriptor tells that no path names an open file of a process.
func descriptor(string) (fd int, ok bool) { return 0, false }

func openDescriptor(path string, _ int) (*os.File, error) { return openSpecial(path) }

// openSpecial opens a device, such as NUL.
func openSpecial(path string) (*os.File, error) { return os.OpenFile(path, os.O_WRONLY, 0) }
