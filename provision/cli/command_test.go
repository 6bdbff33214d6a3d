package cli_test

import (
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"
)

// generate writes a manifest of N rooms that uses every column in every way,
// and the rooms that it describes as the rooms command writes them.
//
//	generate N MANIFEST ROOMS
func generate(ts *testscript.TestScript, _ bool, args []string) {
	var text bytes.Buffer
	manifest := csv.NewWriter(&text)
	_ = manifest.Write([]string{
		"key", "title", "teamId", "classificationId", "isLocked", "isPublic", "description", "isAnnouncementOnly",
	})
	var rooms []room
	for i := range number(ts, args[0]) {
		r := room{
			Title:    []string{"Sales %04d", `The "A, B" team %04d`, "Vertrieb München; %04d", "東京営業部 %04d 🚀"}[i%4],
			IsLocked: i%3 == 0,
			IsPublic: i%5 == 0,
		}
		r.Title = fmt.Sprintf(r.Title, i+1)
		r.IsAnnouncementOnly = r.IsLocked && i%2 == 0
		if r.IsPublic || i%7 == 0 {
			r.Description = fmt.Sprintf("What room %d is for, and \"for whom\"", i+1)
		}
		if i%4 == 1 {
			r.TeamID = webexID("TEAM", i%3)
		}
		if i%6 == 2 {
			r.ClassificationID = webexID("CLASSIFICATION", i%2)
		}
		rooms = append(rooms, r)
		_ = manifest.Write([]string{
			fmt.Sprintf("REQ-%05d", i), r.Title, r.TeamID, r.ClassificationID,
			// An empty cell and false are two ways to the same room.
			cell(r.IsLocked, i%2 == 0), cell(r.IsPublic, i%8 < 4), r.Description, cell(r.IsAnnouncementOnly, i%16 < 8),
		})
	}
	manifest.Flush()
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), text.Bytes(), 0o600))
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), encodeRooms(rooms), 0o600))
}

func webexID(kind string, n int) string {
	return base64.RawURLEncoding.EncodeToString(
		fmt.Appendf(nil, "ciscospark://us/%s/5a6d0b0e-0000-4000-8000-%012d", kind, n))
}

func cell(value, explicit bool) string {
	if !value && !explicit {
		return ""
	}
	return strconv.FormatBool(value)
}

// terminate sends SIGTERM to everything that runs in the background.
//
//	terminate
func terminate(ts *testscript.TestScript, _ bool, _ []string) {
	for _, cmd := range ts.BackgroundCmds() {
		ts.Check(cmd.Process.Signal(syscall.SIGTERM))
	}
}

// assertJSONLines checks that a file has lines, and that each is one JSON
// object.
//
//	json-lines FILE|stdout|stderr
func assertJSONLines(ts *testscript.TestScript, _ bool, args []string) {
	text := strings.TrimSuffix(ts.ReadFile(args[0]), "\n")
	for i, line := range strings.Split(text, "\n") {
		var object map[string]any
		if err := json.Unmarshal([]byte(line), &object); err != nil {
			ts.Fatalf("line %d of %s is not a JSON object: %q", i+1, args[0], line)
		}
	}
}

// assertNoToken checks that files do not hold the token, in no encoding that a
// program might write by mistake.
//
//	no-token-in FILE|stdout|stderr...
func assertNoToken(ts *testscript.TestScript, _ bool, args []string) {
	for _, file := range args {
		text := ts.ReadFile(file)
		for _, secret := range []string{token, base64.StdEncoding.EncodeToString([]byte(token)), "0123456789"} {
			if strings.Contains(text, secret) {
				ts.Fatalf("%s holds the token: %s", file, text)
			}
		}
	}
}

// assertPermission checks a file's permission bits.
//
//	perm 0600 FILE
func assertPermission(ts *testscript.TestScript, _ bool, args []string) {
	info, err := os.Stat(ts.MkAbs(args[1]))
	ts.Check(err)
	if got := fmt.Sprintf("%04o", info.Mode().Perm()); got != args[0] {
		ts.Fatalf("%s has the permissions %s, not %s", args[1], got, args[0])
	}
}
