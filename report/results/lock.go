package results

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// lock takes the lock file beside the results file. The operating system
// releases it when the process dies, however it dies, so a lock file that was
// left behind holds nobody; it is never removed, because removing it would let
// two runs hold two different files of the same name.
func lock(path string) (*flock.Flock, error) {
	name := path + ".lock"
	l := flock.New(name, flock.SetPermissions(0o600))
	held, err := l.TryLock()
	if err != nil {
		return nil, &Error{
			Path: name, Reason: "cannot be locked", Err: err,
			Remedy: "choose a results file in a folder that this user can write to, with --results",
		}
	}
	if !held {
		return nil, &LockedError{Path: path, Holder: holder(name)}
	}
	// Best effort: the text only helps whoever finds the file locked.
	_ = os.WriteFile(name, []byte(describeSelf()), 0o600)
	return l, nil
}

func describeSelf() string {
	host, err := os.Hostname()
	if err != nil {
		host = "this machine"
	}
	return fmt.Sprintf("process %d on %s, since %s\n",
		os.Getpid(), host, time.Now().UTC().Format(time.RFC3339))
}

func holder(name string) string {
	text, err := os.ReadFile(name)
	if err != nil {
		return ""
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return oneLine(strings.TrimSpace(line))
}
