package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision/webex"
	"roomlift/ratelimit"
)

func TestWhatWasLearnedIsKeptForEachServerAndIdentity(t *testing.T) {
	f := &jobFlags{StateDir: filepath.Join(t.TempDir(), "state")}
	out := newOutput(&streams{err: &bytes.Buffer{}}, outputFlags{LogFormat: "text", LogLevel: "info"})
	to := &target{name: "webexapis.com"}
	ann := f.memoryOf(out, to, webex.Person{ID: "ann"})
	assert.NotEqual(t, ann.path, f.memoryOf(out, to, webex.Person{ID: "bob"}).path)
	assert.NotEqual(t, ann.path, f.memoryOf(out, &target{name: "elsewhere"}, webex.Person{ID: "ann"}).path)

	limiter := ratelimit.New(ratelimit.Config{Workers: leastToLearn, Learned: &ratelimit.Learned{}})
	ann.keep(limiter)
	assert.NoFileExists(t, ann.path, "a run that sent next to nothing knows no better")
	for range leastToLearn {
		turn, err := limiter.Wait(t.Context())
		require.NoError(t, err)
		turn.Accepted()
	}
	ann.keep(limiter)
	info, err := os.Stat(ann.path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	again := ratelimit.New(ratelimit.Config{Workers: 1})
	fresh := again.Stats().Rate
	ann.recall(again)
	assert.Greater(t, again.Stats().Rate, fresh, "the next run starts where this one ended")
}

func TestADamagedMemoryIsSaidAndCostsNothing(t *testing.T) {
	for _, text := range []string{"", "{", `{"rate":"fast"}`, "\x00\x01"} {
		said := &bytes.Buffer{}
		out := newOutput(&streams{err: said}, outputFlags{LogFormat: "text", LogLevel: "info"})
		m := memory{filepath.Join(t.TempDir(), "limit.json"), out}
		require.NoError(t, os.WriteFile(m.path, []byte(text), 0o600))
		limiter := ratelimit.New(ratelimit.Config{Workers: 1})
		fresh := limiter.Stats().Rate
		m.recall(limiter)
		assert.InDelta(t, fresh, limiter.Stats().Rate, 1e-9)
		assert.Contains(t, said.String(), "damaged")
	}
}

func TestWhereThereIsNoFolderNothingIsRemembered(t *testing.T) {
	t.Setenv("HOME", "")
	t.Setenv("XDG_CACHE_HOME", "")
	f := &jobFlags{}
	m := f.memoryOf(newOutput(&streams{err: &bytes.Buffer{}}, outputFlags{LogLevel: "info"}), &target{name: "x"}, webex.Person{})
	if m.path != "" {
		t.Skip("this system knows a cache folder without HOME")
	}
	m.recall(ratelimit.New(ratelimit.Config{}))
	m.keep(ratelimit.New(ratelimit.Config{}))
}

func TestAMemoryIsAlwaysWholeWhoeverWritesIt(t *testing.T) {
	m := memory{filepath.Join(t.TempDir(), "state", "limit.json"), newOutput(&streams{err: &bytes.Buffer{}}, outputFlags{LogFormat: "text", LogLevel: "info"})}
	limiter := ratelimit.New(ratelimit.Config{Workers: leastToLearn, Learned: &ratelimit.Learned{Rate: 1e5, At: time.Now()}})
	for range leastToLearn {
		turn, err := limiter.Wait(t.Context())
		require.NoError(t, err)
		turn.Accepted()
	}
	m.keep(limiter)
	var crew sync.WaitGroup
	for range 4 {
		crew.Go(func() {
			for range 50 {
				m.keep(limiter)
				text, err := os.ReadFile(m.path)
				if assert.NoError(t, err) {
					assert.NoError(t, json.Unmarshal(text, &ratelimit.Learned{}), "%q", text)
				}
			}
		})
	}
	crew.Wait()
}

func TestAFolderThatMayNotBeWrittenIsSaid(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "state")
	require.NoError(t, os.Mkdir(folder, 0o500))
	if os.WriteFile(filepath.Join(folder, "probe"), nil, 0o600) == nil {
		t.Skip("this user may write everywhere")
	}
	said := &bytes.Buffer{}
	m := memory{filepath.Join(folder, "limit.json"), newOutput(&streams{err: said}, outputFlags{LogFormat: "text", LogLevel: "info"})}
	limiter := ratelimit.New(ratelimit.Config{Workers: leastToLearn, Learned: &ratelimit.Learned{Rate: 1e5, At: time.Now()}})
	for range leastToLearn {
		turn, err := limiter.Wait(t.Context())
		require.NoError(t, err)
		turn.Accepted()
	}
	m.keep(limiter)
	assert.Contains(t, said.String(), "cannot be kept")
}
