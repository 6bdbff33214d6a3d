package page_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// patience bounds how long a browser may take for one thing, on the slowest
// machine.
const patience = 2 * time.Minute

// browser is a headless Chromium with one tab. It is driven over a pipe in the
// DevTools protocol (https://chromedevtools.github.io/devtools-protocol/):
// JSON messages, each ended by a NUL.
type browser struct {
	t       *testing.T
	to      *os.File
	session string

	mu       sync.Mutex
	next     int
	waiting  map[int]chan answer
	loaded   chan struct{} // gets a value at every load event
	faults   []string      // console errors, exceptions, violations, requests
	finished chan struct{}
}

type answer struct {
	Result json.RawMessage
	Error  *struct{ Message string }
}

// openBrowser starts Chromium, or skips the test where there is none.
func openBrowser(t *testing.T) *browser {
	t.Helper()
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			program = path
			break
		}
	}
	switch {
	case runtime.GOOS == "windows":
		t.Skip("a browser cannot be driven over pipes on Windows")
	case program == "":
		t.Skip("no Chromium is installed: the page was not tried in a browser")
	case testing.Short():
		t.Skip("a browser takes seconds: not with -short")
	}
	readCommands, commands, err := os.Pipe()
	require.NoError(t, err)
	messages, writeMessages, err := os.Pipe()
	require.NoError(t, err)
	// Not t.TempDir: Chromium's children may still write there when it has ended.
	profile, err := os.MkdirTemp("", "roomlift-chromium-")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(profile) })
	cmd := exec.Command(program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
		"--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-extensions",
		"--hide-scrollbars", "--remote-debugging-pipe", "--user-data-dir="+profile, "about:blank")
	cmd.Env = append(os.Environ(), "HOME="+profile, "XDG_CONFIG_HOME="+profile, "XDG_CACHE_HOME="+profile)
	cmd.ExtraFiles = []*os.File{readCommands, writeMessages} // 3 and 4
	require.NoError(t, cmd.Start())
	require.NoError(t, readCommands.Close())
	require.NoError(t, writeMessages.Close())

	b := &browser{
		t: t, to: commands, waiting: map[int]chan answer{},
		loaded: make(chan struct{}, 16), finished: make(chan struct{}),
	}
	go b.listen(messages)
	t.Cleanup(func() {
		_ = commands.Close() // ends Chromium, which closes its end
		select {
		case <-b.finished:
		case <-time.After(patience):
			_ = cmd.Process.Kill()
			<-b.finished
		}
		_ = cmd.Wait()
		_ = messages.Close()
	})
	b.attach()
	return b
}

// attach takes hold of the tab, and asks to be told what goes wrong in it.
func (b *browser) attach() {
	var targets struct {
		TargetInfos []struct{ TargetID, Type string }
	}
	b.call("Target.getTargets", nil, &targets)
	i := slices.IndexFunc(targets.TargetInfos, func(t struct{ TargetID, Type string }) bool { return t.Type == "page" })
	require.GreaterOrEqual(b.t, i, 0, "Chromium has no tab")
	var attached struct{ SessionID string }
	b.call("Target.attachToTarget", map[string]any{"targetId": targets.TargetInfos[i].TargetID, "flatten": true}, &attached)
	b.session = attached.SessionID
	for _, domain := range []string{"Page", "Runtime", "Log", "Network", "Audits"} {
		b.call(domain+".enable", nil, nil)
	}
}

func (b *browser) listen(messages *os.File) {
	defer close(b.finished)
	r := bufio.NewReaderSize(messages, 1<<20)
	for {
		raw, err := r.ReadBytes(0)
		if err != nil {
			b.mu.Lock()
			for id, ch := range b.waiting {
				delete(b.waiting, id)
				close(ch)
			}
			b.mu.Unlock()
			return
		}
		var message struct {
			ID     int
			Method string
			Params json.RawMessage
			answer
		}
		if json.Unmarshal(raw[:len(raw)-1], &message) != nil {
			continue
		}
		b.mu.Lock()
		if ch, ok := b.waiting[message.ID]; ok && message.Method == "" {
			delete(b.waiting, message.ID)
			ch <- message.answer
		}
		b.note(message.Method, message.Params)
		b.mu.Unlock()
	}
}

// note keeps what must not happen. The caller holds mu.
func (b *browser) note(method string, params json.RawMessage) {
	switch method {
	case "Page.loadEventFired":
		b.loaded <- struct{}{}
	case "Runtime.exceptionThrown", "Log.entryAdded", "Audits.issueAdded", "Page.javascriptDialogOpening":
		b.faults = append(b.faults, method+" "+string(params))
	case "Runtime.consoleAPICalled":
		if !strings.Contains(string(params), `"type":"log"`) {
			b.faults = append(b.faults, method+" "+string(params))
		}
	case "Network.requestWillBeSent":
		if !strings.Contains(string(params), `"url":"file://`) {
			b.faults = append(b.faults, method+" "+string(params))
		}
	}
}

// call sends a command and waits for its result.
func (b *browser) call(method string, params, result any) {
	b.t.Helper()
	b.mu.Lock()
	b.next++
	ch := make(chan answer, 1)
	b.waiting[b.next] = ch
	message := map[string]any{"id": b.next, "method": method}
	if params != nil {
		message["params"] = params
	}
	if b.session != "" {
		message["sessionId"] = b.session
	}
	text, err := json.Marshal(message)
	if err == nil {
		_, err = b.to.Write(append(text, 0))
	}
	b.mu.Unlock()
	require.NoError(b.t, err)
	select {
	case a, ok := <-ch:
		require.True(b.t, ok, "Chromium ended during %s", method)
		require.Nil(b.t, a.Error, "%s: %+v", method, a.Error)
		if result != nil {
			require.NoError(b.t, json.Unmarshal(a.Result, result))
		}
	case <-time.After(patience):
		require.Fail(b.t, "Chromium does not answer", method)
	}
}

// open shows a file and waits until it is loaded.
func (b *browser) open(path string) {
	b.t.Helper()
	absolute, err := filepath.Abs(path)
	require.NoError(b.t, err)
	b.mu.Lock()
	b.faults = nil
	b.mu.Unlock()
	b.call("Page.navigate", map[string]any{"url": "file://" + absolute}, nil)
	select {
	case <-b.loaded:
	case <-time.After(patience):
		require.Fail(b.t, "the page does not load")
	}
}

// eval runs an expression in the page and returns its value as JSON reads it. A
// promise is waited for.
func (b *browser) eval(expression string, args ...any) any {
	b.t.Helper()
	var result struct {
		Result           struct{ Value any }
		ExceptionDetails json.RawMessage
	}
	b.call("Runtime.evaluate", map[string]any{
		"expression": fmt.Sprintf(expression, args...), "returnByValue": true, "awaitPromise": true,
	}, &result)
	require.Empty(b.t, string(result.ExceptionDetails))
	return result.Result.Value
}

// strings evaluates to a list of strings.
func (b *browser) strings(expression string, args ...any) []string {
	b.t.Helper()
	var list []string
	for _, v := range b.eval(expression, args...).([]any) {
		list = append(list, v.(string))
	}
	return list
}

// keys are those that are pressed by name: what they are to a page, their codes in
// Windows, and what they type.
var keys = map[string]struct {
	key  string
	code int
	text string
}{"Tab": {"Tab", 9, ""}, "Enter": {"Enter", 13, "\r"}, "Space": {" ", 32, " "}}

// key presses a key as a person does.
func (b *browser) key(name string) {
	b.t.Helper()
	event := map[string]any{
		"type": "keyDown", "key": keys[name].key, "code": name, "windowsVirtualKeyCode": keys[name].code, "text": keys[name].text,
	}
	b.call("Input.dispatchKeyEvent", event, nil)
	event["type"], event["text"] = "keyUp", ""
	b.call("Input.dispatchKeyEvent", event, nil)
}

// enter types a text, one code point a key.
func (b *browser) enter(text string) {
	b.t.Helper()
	for _, r := range text {
		b.call("Input.dispatchKeyEvent", map[string]any{"type": "keyDown", "text": string(r)}, nil)
		b.call("Input.dispatchKeyEvent", map[string]any{"type": "keyUp"}, nil)
	}
}

// complaints returns what went wrong in the page so far.
func (b *browser) complaints() []string {
	b.eval("new Promise(done => requestAnimationFrame(() => setTimeout(done)))") // what is under way is told
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.faults)
}

var dark = map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": "dark"}}}

// resize makes the window so wide, until the test has ended.
func (b *browser) resize(width int, phone bool) {
	b.t.Helper()
	scale := 1
	if phone {
		scale = 2
	}
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{
		"width": width, "height": 800, "deviceScaleFactor": scale, "mobile": phone,
	}, nil)
	b.t.Cleanup(func() { b.call("Emulation.clearDeviceMetricsOverride", nil, nil) })
}

// screenshot writes a picture of the top of the page.
func (b *browser) screenshot(path string, width int, phone bool) {
	b.t.Helper()
	b.resize(width, phone)
	height := min(b.eval("document.documentElement.scrollHeight").(float64), 4000)
	b.write(path, "Page.captureScreenshot", map[string]any{
		"captureBeyondViewport": true,
		"clip":                  map[string]any{"x": 0, "y": 0, "width": width, "height": height, "scale": 1},
	})
}

// print writes what would come out of a printer.
func (b *browser) print(path string) {
	b.t.Helper()
	b.write(path, "Page.printToPDF", map[string]any{"preferCSSPageSize": true, "printBackground": true})
}

func (b *browser) write(path, method string, params map[string]any) {
	b.t.Helper()
	var result struct{ Data []byte }
	b.call(method, params, &result)
	require.NotEmpty(b.t, result.Data)
	require.NoError(b.t, os.WriteFile(path, result.Data, 0o600))
}
