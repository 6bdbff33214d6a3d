package cli

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"roomlift/provision/webex"
	"roomlift/ratelimit"
	"roomlift/report/atomicfile"
)

// memory keeps what was learned of a rate limit for the next run: one small file
// for each server and identity, since Webex counts the requests of each. It holds
// no secret, and whatever is wrong with it, a run goes on without it.
type memory struct {
	path string // empty: nothing is remembered
	out  *output
}

// memory finds the file of an identity: below --state-dir, else in the user's
// cache folder. There is none where no such folder is known, as under cron
// without HOME, nor for the embedded Webex, which lives as long as the run.
func (f *jobFlags) memoryOf(out *output, to *target, me webex.Person) memory {
	dir := f.stateFolder()
	if dir == "" || f.StateDir == "" && f.Sandbox {
		return memory{out: out}
	}
	who := sha256.Sum256([]byte(f.baseURL() + "\x00" + to.name + "\x00" + me.ID))
	return memory{filepath.Join(dir, fmt.Sprintf("limit-%x.json", who[:8])), out}
}

// stateFiles are the names of what memory keeps.
var stateFiles = regexp.MustCompile(`^limit-[0-9a-f]+\.json`)

// stateFolder is --state-dir, else one in the user's cache folder, or "".
func (f *jobFlags) stateFolder() string {
	if f.StateDir != "" {
		return f.StateDir
	}
	return cacheFolder()
}

// cacheFolder is where state is kept by default; "" where the user has no such
// folder.
func cacheFolder() string {
	cache, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(cache, "roomlift")
}

// recall tells the limiter what an earlier run learned.
func (m memory) recall(limiter *ratelimit.Adaptive) {
	if m.path == "" {
		return
	}
	text, err := m.read()
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			m.out.log.Warn("what was learned of the rate limit cannot be read; it is learned anew", "reason", err.Error())
		}
		return
	}
	var learned ratelimit.Learned
	if err := json.Unmarshal(text, &learned); err != nil {
		m.out.log.Warn("what was learned of the rate limit is damaged; it is learned anew", "file", m.path)
		return
	}
	limiter.Recall(learned)
	m.out.log.Debug("the rate limit is remembered", "rate", learned.Rate, "quota", learned.Quota, "period", learned.Period, "sure", learned.Sure, "learned", learned.At)
}

// maxState bounds what is read of a file, in bytes; one has less than 1,000.
const maxState = 1 << 16

func (m memory) read() ([]byte, error) {
	if info, err := os.Stat(m.path); err == nil && !info.Mode().IsRegular() {
		return nil, errors.New(m.path + " is not a regular file")
	}
	f, err := os.Open(m.path)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(f, maxState))
	return text, errors.Join(err, f.Close())
}

// keep writes down what this run learned.
func (m memory) keep(limiter *ratelimit.Adaptive) {
	if m.path == "" || limiter.Stats().Turns < leastToLearn {
		return
	}
	text, err := json.Marshal(limiter.Learned())
	if err == nil {
		err = os.MkdirAll(filepath.Dir(m.path), 0o700)
	}
	if err == nil {
		err = atomicfile.Write(m.path, 0o600, func(w io.Writer) error {
			_, err := w.Write(append(text, '\n'))
			return err
		})
	}
	if err != nil {
		m.out.log.Warn("what was learned of the rate limit cannot be kept; name a folder with --state-dir", "reason", err.Error())
	}
}

// leastToLearn is how many requests a run must have sent before it knows better
// than the runs before it.
const leastToLearn = 20
