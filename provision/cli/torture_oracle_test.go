//go:build unix

package cli_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

// record is a line of a results file by the names of its columns.
type record map[string]string

func (r record) hasRoom() bool { return r["status"] == "created" || r["status"] == "adopted" }

func (r record) unsettled() bool { return r["status"] == "sending" || r["status"] == "unknown" }

// readRecords reads a results file as other programs do, up to its last whole
// line. A file that does not exist has none.
func readRecords(path string) ([]record, error) {
	text, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	lines, err := csv.NewReader(bytes.NewReader(text[:bytes.LastIndexByte(text, '\n')+1])).ReadAll()
	if err != nil || len(lines) == 0 {
		return nil, err
	}
	var records []record
	for _, line := range lines[1:] {
		r := record{}
		for i, name := range lines[0] {
			r[name] = line[i]
		}
		records = append(records, r)
	}
	return records, nil
}

// lastOf returns the last record of each ref.
func lastOf(records []record) map[string]record {
	last := map[string]record{}
	for _, r := range records {
		last[r["ref"]] = r
	}
	return last
}

// existing is a room as the server lists it.
type existing struct {
	ID     string `json:"id"`
	Title  string `json:"title"`
	TeamID string `json:"teamId"`
}

// askTruth lists the rooms that exist, page by page. The server's faults meet
// this, too, so it asks until it is answered.
func askTruth(t testing.TB, base string) map[string]existing {
	t.Helper()
	rooms := map[string]existing{}
	next := regexp.MustCompile(`<([^>]*)>; *rel="next"`)
	deadline := time.Now().Add(patience)
	for page := base + "/rooms?max=7&sortBy=created"; page != ""; {
		items, link, err := askPage(page)
		if err != nil {
			if time.Now().After(deadline) {
				t.Fatalf("the server's rooms cannot be listed: %v", err)
			}
			time.Sleep(50 * time.Millisecond)
			continue
		}
		for _, room := range items {
			if _, twice := rooms[room.ID]; twice {
				t.Fatalf("the server lists room %s twice", room.ID)
			}
			rooms[room.ID] = room
		}
		page = ""
		if found := next.FindStringSubmatch(link); found != nil {
			page = found[1]
		}
	}
	return rooms
}

func askPage(page string) ([]existing, string, error) {
	request, err := http.NewRequest(http.MethodGet, page, nil)
	if err != nil {
		return nil, "", err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	client := http.Client{Timeout: 5 * time.Second}
	defer client.CloseIdleConnections()
	answer, err := client.Do(request)
	if err != nil {
		return nil, "", err
	}
	defer answer.Body.Close()
	var list struct{ Items *[]existing }
	if err := json.NewDecoder(answer.Body).Decode(&list); err != nil {
		return nil, "", err
	}
	if answer.StatusCode != http.StatusOK || list.Items == nil {
		return nil, "", fmt.Errorf("%s: %s", page, answer.Status)
	}
	return *list.Items, answer.Header.Get("Link"), nil
}

// verdict is what the server's truth says of a results file.
type verdict struct {
	duplicates int // rooms that nobody asked for
	losses     int // rows without their room
	phantoms   int // recorded ids of rooms that do not exist
	faults     []string
}

func (v *verdict) add(count *int, format string, args ...any) {
	*count++
	v.faults = append(v.faults, fmt.Sprintf(format, args...))
}

// judge compares the rooms that exist with a compacted results file: each good
// row has exactly one room, of its title and team, and each room one row.
func judge(rows []wish, records []record, truth map[string]existing) verdict {
	var v verdict
	other := 0
	if len(records) != len(rows) {
		v.add(&other, "%d records for %d rows", len(records), len(rows))
	}
	free := maps.Clone(truth)
	for i, r := range records[:min(len(records), len(rows))] {
		w := rows[i]
		if r["key"] != w.key || r["title"] != w.title || r["teamId"] != w.team {
			v.add(&other, "record %d is not that of row %d: %v, %v", i+1, i+1, r, w)
		}
		if w.refused {
			if r["status"] != "failed" || r["roomId"] != "" {
				v.add(&other, "row %d has a team that does not exist, and is %v", i+1, r)
			}
			continue
		}
		if !r.hasRoom() {
			v.add(&v.losses, "row %d has no room: %v", i+1, r)
			continue
		}
		room, ok := truth[r["roomId"]]
		_, unclaimed := free[r["roomId"]]
		switch {
		case !ok:
			v.add(&v.phantoms, "row %d: the room %s does not exist", i+1, r["roomId"])
		case !unclaimed:
			v.add(&v.losses, "row %d has the room %s, which another row has", i+1, r["roomId"])
		case room.Title != w.title || room.TeamID != w.team:
			v.add(&v.losses, "row %d (%q in team %q) has the room %v", i+1, w.title, w.team, room)
		}
		delete(free, r["roomId"])
	}
	for _, room := range free {
		v.add(&v.duplicates, "nobody has the room %v", room)
	}
	return v
}

// settled reports whether each row that can have a room has one, and why each
// other row has none.
func settled(rows []wish, records []record) bool {
	for i, r := range records[:min(len(records), len(rows))] {
		if rows[i].refused != (r["status"] == "failed") || !rows[i].refused && !r.hasRoom() {
			return false
		}
	}
	return len(records) == len(rows)
}

// faultsIn reads how often each fault struck from the sandbox's last words.
func faultsIn(words string) map[string]int {
	struck := map[string]int{}
	_, list, _ := strings.Cut(words, "faults: ")
	for _, fault := range strings.Split(strings.TrimSpace(list), ", ") {
		var n int
		var name string
		if _, err := fmt.Sscanf(fault, "%d %s", &n, &name); err == nil {
			struck[name] += n
		}
	}
	return struck
}
