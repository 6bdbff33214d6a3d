package cli_test

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// token is what scripts call the sandbox with, unless they say otherwise. It
// is easy to find where it must not be.
const token = "c2VjcmV0LXRva2Vu-0123456789"

// patience bounds how long a script waits for something that is sure to
// happen, on the slowest machine.
const patience = 2 * time.Minute

// cloud is a sandbox in a process of its own, and a proxy before it that
// remembers what was sent.
type cloud struct {
	direct string // base URL, past the proxy

	mu    sync.Mutex
	posts [][]byte // bodies of all POST /v1/rooms
}

type cloudKey struct{ ts *testscript.TestScript }

// clouds holds each running script's sandbox.
var clouds sync.Map

func cloudOf(ts *testscript.TestScript) *cloud {
	found, ok := clouds.Load(cloudKey{ts})
	if !ok {
		ts.Fatalf("the script has started no sandbox")
	}
	return found.(*cloud)
}

// startSandbox runs "roomlift sandbox" on a free port, waits until it listens,
// and points WEBEX_BASE_URL and WEBEX_ACCESS_TOKEN at it. SERVER is its name
// in results files. A second sandbox takes the first one's place.
//
//	sandbox [FLAGS...]
func startSandbox(ts *testscript.TestScript, _ bool, args []string) {
	program, err := lookPath(ts, "roomlift")
	ts.Check(err)
	sandbox := exec.Command(program, append([]string{"sandbox", "--addr", "127.0.0.1:0"}, args...)...)
	sandbox.Stderr = ts.Stderr()
	out, err := sandbox.StdoutPipe()
	ts.Check(err)
	ts.Check(sandbox.Start())
	lines := bufio.NewReader(out)
	line, err := lines.ReadString('\n')
	ts.Defer(func() {
		_ = sandbox.Process.Kill()
		_ = sandbox.Wait()
	})
	ts.Check(err)
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		_, _ = io.Copy(io.Discard, lines)
	}()
	ts.Defer(func() { _ = sandbox.Process.Kill(); <-drained })

	found := regexp.MustCompile(`http://127\.0\.0\.1:\d+/v1`).FindString(line)
	if found == "" {
		ts.Fatalf("the sandbox does not say where it listens: %q", line)
	}
	c := &cloud{direct: found}
	proxy := httptest.NewServer(c.proxy())
	ts.Defer(proxy.Close)
	clouds.Store(cloudKey{ts}, c)
	ts.Defer(func() { clouds.Delete(cloudKey{ts}) })
	ts.Setenv("WEBEX_BASE_URL", proxy.URL+"/v1")
	ts.Setenv("WEBEX_ACCESS_TOKEN", token)
	ts.Setenv("SERVER", strings.TrimPrefix(proxy.URL, "http://"))
}

func lookPath(ts *testscript.TestScript, program string) (string, error) {
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		if path, err := exec.LookPath(filepath.Join(dir, program)); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s: %w", program, exec.ErrNotFound)
}

// proxy passes everything on to the sandbox. Where the sandbox closes a
// connection the proxy closes its own, so that a lost answer stays lost.
func (c *cloud) proxy() http.Handler {
	target, _ := url.Parse(strings.TrimSuffix(c.direct, "/v1"))
	onward := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host // for the links to next pages
		},
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && r.URL.Path == "/v1/rooms" {
			body, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(body))
			c.mu.Lock()
			c.posts = append(c.posts, body)
			c.mu.Unlock()
		}
		onward.ServeHTTP(w, r)
	})
}

func (c *cloud) sent() [][]byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.posts)
}

// awaitPosts waits until at least N rooms were asked for.
//
//	await-posts N
func awaitPosts(ts *testscript.TestScript, _ bool, args []string) {
	want := number(ts, args[0])
	c := cloudOf(ts)
	for began := time.Now(); len(c.sent()) < want; time.Sleep(5 * time.Millisecond) {
		if time.Since(began) > patience {
			ts.Fatalf("only %d of %d rooms were asked for in %s", len(c.sent()), want, patience)
		}
	}
}

// assertPosts checks how many requests to create a room were sent in all.
//
//	posts N
func assertPosts(ts *testscript.TestScript, _ bool, args []string) {
	if want, got := number(ts, args[0]), len(cloudOf(ts).sent()); got != want {
		ts.Fatalf("%d requests to create a room were sent, not %d", got, want)
	}
}

// writeSent writes the bodies of all requests to create a room into a file,
// one a line, sorted.
//
//	sent FILE
func writeSent(ts *testscript.TestScript, _ bool, args []string) {
	bodies := cloudOf(ts).sent()
	slices.SortFunc(bodies, bytes.Compare)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), append(bytes.Join(bodies, []byte("\n")), '\n'), 0o600))
}

// room is what a script can know beforehand of a room.
type room struct {
	Title              string `json:"title"`
	TeamID             string `json:"teamId"`
	ClassificationID   string `json:"classificationId"`
	IsLocked           bool   `json:"isLocked"`
	IsPublic           bool   `json:"isPublic"`
	Description        string `json:"description"`
	IsAnnouncementOnly bool   `json:"isAnnouncementOnly"`
}

// assertRooms lists the rooms that exist, page by page, checks how many there
// are, and writes them into a file, one JSON object a line, sorted by title.
//
//	rooms N [FILE]
func assertRooms(ts *testscript.TestScript, _ bool, args []string) {
	rooms, err := listRooms(cloudOf(ts).direct + "/rooms?max=100")
	ts.Check(err)
	if want := number(ts, args[0]); len(rooms) != want {
		ts.Fatalf("there are %d rooms, not %d: %v", len(rooms), want, titles(rooms))
	}
	if len(args) > 1 {
		ts.Check(os.WriteFile(ts.MkAbs(args[1]), encodeRooms(rooms), 0o600))
	}
}

func listRooms(page string) ([]room, error) {
	next := regexp.MustCompile(`<([^>]*)>; *rel="next"`)
	var all []room
	for page != "" {
		list, link, err := listPage(page)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
		page = ""
		if found := next.FindStringSubmatch(link); found != nil {
			page = found[1]
		}
	}
	return all, nil
}

// listPage waits as long as the sandbox's rate limit asks for.
func listPage(page string) (rooms []room, link string, err error) {
	for {
		request, err := http.NewRequest(http.MethodGet, page, nil)
		if err != nil {
			return nil, "", err
		}
		request.Header.Set("Authorization", "Bearer "+token)
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			return nil, "", err
		}
		var list struct{ Items []room }
		err = json.NewDecoder(answer.Body).Decode(&list)
		answer.Body.Close()
		if answer.StatusCode == http.StatusTooManyRequests {
			time.Sleep(100 * time.Millisecond)
			continue
		}
		if answer.StatusCode != http.StatusOK {
			return nil, "", fmt.Errorf("%s: %s", page, answer.Status)
		}
		return list.Items, answer.Header.Get("Link"), err
	}
}

func encodeRooms(rooms []room) []byte {
	slices.SortFunc(rooms, func(a, b room) int {
		return cmp.Or(cmp.Compare(a.Title, b.Title), cmp.Compare(a.TeamID, b.TeamID))
	})
	var b bytes.Buffer
	lines := json.NewEncoder(&b)
	lines.SetEscapeHTML(false)
	for _, r := range rooms {
		_ = lines.Encode(r)
	}
	return b.Bytes()
}

// titles counts rooms by title, those that stand twice first.
func titles(rooms []room) []string {
	count := map[string]int{}
	for _, r := range rooms {
		count[r.Title]++
	}
	var lines []string
	for _, title := range slices.SortedFunc(maps.Keys(count), func(a, b string) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b))
	}) {
		lines = append(lines, strconv.Itoa(count[title])+" × "+title)
	}
	return lines
}

func number(ts *testscript.TestScript, text string) int {
	n, err := strconv.Atoi(text)
	ts.Check(err)
	return n
}
