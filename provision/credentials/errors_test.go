package credentials

import (
	"io/fs"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAFullDiskIsNotAnsweredWithAnotherFolder(t *testing.T) {
	s := &Source{Config: Config{Path: "webex.json"}}
	for _, cause := range []error{syscall.ENOSPC, syscall.EDQUOT} {
		full := &fs.PathError{Op: "write", Path: "webex.json", Err: cause}
		assert.Equal(t, "make room on the disk that the credentials file is on", s.unkeepable(full).Remedy())
		assert.Contains(t, s.unkept(full).Remedy(), "make room on the disk")
	}
	closed := &fs.PathError{Op: "open", Path: "webex.json", Err: syscall.EACCES}
	assert.Equal(t, "put the credentials file into a folder that this user can write to", s.unkeepable(closed).Remedy())
}
