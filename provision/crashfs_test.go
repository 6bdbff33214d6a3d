package provision

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"sync"
	"time"

	"roomlift/report/results"
)

// errFull is what a full disk answers.
var errFull = errors.New("no space left on device")

// errCrashed is what everything answers after the machine lost its power.
var errCrashed = errors.New("crashed")

// machine is a computer that can lose its power. It counts the boundaries that
// a run crosses, each operation on a file and each request and answer, and
// fails at the one it was told to. What was not synced then is gone: the data
// of a file, and the names in a folder.
//
// Locks are real files beside; the system drops them when a process dies.
type machine struct {
	mu      sync.Mutex
	rng     *rand.Rand
	left    int // boundaries until the power goes; negative is never
	crossed int
	crashed bool
	space   int // operations on files until the disk is full; negative is never
	fullAt  time.Time

	names   map[string]*inode // as programs see them
	durable map[string]*inode // as they are after a crash
}

type inode struct {
	data, synced []byte
	mode         fs.FileMode
}

func newMachine(seed uint64) *machine {
	return &machine{
		rng:   rand.New(rand.NewPCG(seed, 1)),
		left:  -1,
		space: -1,
		names: map[string]*inode{}, durable: map[string]*inode{},
	}
}

// crossing counts a boundary. The operation takes effect if take is true; err
// is what the program hears.
func (m *machine) crossing() (take bool, err error) {
	if m.crashed {
		return false, errCrashed
	}
	m.crossed++
	if m.left < 0 || m.crossed < m.left {
		return true, nil
	}
	m.crashed = true
	return m.rng.IntN(2) == 0, errCrashed
}

// restart brings the machine up again: of what was not synced, any part may
// have reached the disk.
func (m *machine) restart(crashAfter int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.crashed {
		if m.rng.IntN(2) == 0 { // names may have reached the disk without a sync
			m.durable = maps.Clone(m.names)
		}
		m.names = maps.Clone(m.durable)
		for _, f := range m.names {
			f.data = slices.Clone(f.afterCrash(m.rng))
			f.synced = slices.Clone(f.data)
		}
	}
	m.crashed, m.crossed, m.left = false, 0, crashAfter
}

// afterCrash is what is left of a file: what was synced, and, when the rest
// only adds to it, some of the rest.
func (f *inode) afterCrash(rng *rand.Rand) []byte {
	if len(f.data) > len(f.synced) && string(f.data[:len(f.synced)]) == string(f.synced) {
		return f.data[:len(f.synced)+rng.IntN(len(f.data)-len(f.synced)+1)]
	}
	if rng.IntN(2) == 0 {
		return f.data
	}
	return f.synced
}

func (m *machine) Open(name string) (results.Source, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.crashed {
		return nil, errCrashed
	}
	f, ok := m.names[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &crashSource{m, f, name}, nil
}

// crashSource is a file that is open for reading. It goes on to be one file
// although its name may lead to another.
type crashSource struct {
	m    *machine
	f    *inode
	name string
}

func (s *crashSource) ReadAt(p []byte, offset int64) (int, error) {
	s.m.mu.Lock()
	defer s.m.mu.Unlock()
	if s.m.crashed {
		return 0, errCrashed
	}
	return bytes.NewReader(s.f.data).ReadAt(p, offset)
}

func (s *crashSource) Stat() (fs.FileInfo, error) {
	s.m.mu.Lock()
	defer s.m.mu.Unlock()
	return crashInfo{s.name, int64(len(s.f.data)), s.f.mode}, nil
}

func (s *crashSource) Close() error { return nil }

func (m *machine) OpenFile(name string, flag int, perm fs.FileMode) (results.Handle, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	take, err := m.crossing()
	if !take {
		return nil, err
	}
	f, ok := m.names[name]
	if !ok {
		if flag&os.O_CREATE == 0 {
			return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
		}
		f = &inode{mode: perm}
		m.names[name] = f
	}
	if flag&os.O_TRUNC != 0 {
		f.data = nil
	}
	return &crashHandle{m, f}, err
}

func (m *machine) Stat(name string) (fs.FileInfo, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f, ok := m.names[name]
	if !ok || m.crashed {
		return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
	}
	return crashInfo{name, int64(len(f.data)), f.mode}, nil
}

func (m *machine) Rename(from, to string) error {
	return m.do(func() {
		m.names[to] = m.names[from]
		delete(m.names, from)
	})
}

func (m *machine) Remove(name string) error {
	return m.do(func() { delete(m.names, name) })
}

func (m *machine) SyncDir(string) error {
	return m.do(func() { m.durable = maps.Clone(m.names) })
}

// do crosses a boundary with an operation.
func (m *machine) do(operation func()) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.space == 0 {
		if m.fullAt.IsZero() {
			m.fullAt = time.Now()
		}
		return errFull
	}
	m.space--
	take, err := m.crossing()
	if take {
		operation()
	}
	return err
}

type crashHandle struct {
	m *machine
	f *inode
}

func (h *crashHandle) Write(p []byte) (int, error) {
	n := len(p)
	err := h.m.do(func() { h.f.data = append(h.f.data, p...) })
	if err != nil && len(p) > 0 && h.m.tears() {
		h.m.mu.Lock()
		n = h.m.rng.IntN(len(p))
		h.f.data = append(h.f.data, p[:n]...)
		h.m.mu.Unlock()
	}
	return n, err
}

// tears says whether a write that failed was half done.
func (m *machine) tears() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.rng.IntN(2) == 0
}

func (h *crashHandle) Sync() error {
	return h.m.do(func() { h.f.synced = slices.Clone(h.f.data) })
}

func (h *crashHandle) Truncate(size int64) error {
	return h.m.do(func() { h.f.data = h.f.data[:size] })
}

func (h *crashHandle) Chmod(mode fs.FileMode) error {
	h.f.mode = mode
	return nil
}

func (h *crashHandle) Close() error { return nil }

type crashInfo struct {
	name string
	size int64
	mode fs.FileMode
}

func (i crashInfo) Name() string       { return i.name }
func (i crashInfo) Size() int64        { return i.size }
func (i crashInfo) Mode() fs.FileMode  { return i.mode }
func (i crashInfo) ModTime() time.Time { return time.Time{} }
func (i crashInfo) IsDir() bool        { return false }
func (i crashInfo) Sys() any           { return nil }

// crashTransport makes requests and answers boundaries too: nothing is sent by
// a machine without power, and an answer that arrives there is not heard.
type crashTransport struct {
	m    *machine
	next http.RoundTripper
}

func (t crashTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := t.cross(); err != nil {
		return nil, err
	}
	response, err := t.next.RoundTrip(r)
	if crashed := t.cross(); crashed != nil {
		if err == nil {
			_ = response.Body.Close()
		}
		return nil, crashed
	}
	return response, err
}

func (t crashTransport) cross() error {
	t.m.mu.Lock()
	defer t.m.mu.Unlock()
	_, err := t.m.crossing()
	return err
}
