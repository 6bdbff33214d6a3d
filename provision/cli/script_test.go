package cli_test

import (
	"flag"
	"fmt"
	"os"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"roomlift/provision/cli"
)

// TestMain lets the test binary stand in for the programs that scripts run:
//
//	roomlift ARGS...         the program itself
//	exits CODE ARGS...       roomlift ARGS, good only if it exits with CODE
func TestMain(m *testing.M) {
	_ = flag.Set("test.parallel", "8") // scripts mostly wait; -parallel overrides it
	testscript.Main(m, map[string]func(){
		"roomlift": func() { os.Exit(roomlift(os.Args[1:])) }, //nolint:forbidigo // stands in for main
		"exits":    func() { os.Exit(exits(os.Args[1:])) },    //nolint:forbidigo // stands in for main
	})
}

func roomlift(args []string) int {
	return cli.Main(args, os.Stdin, os.Stdout, os.Stderr)
}

func exits(args []string) int {
	want, err := strconv.Atoi(args[0])
	if err != nil {
		panic(err)
	}
	if got := roomlift(args[1:]); got != want {
		fmt.Fprintf(os.Stderr, "exits: the exit code is %d, not %d\n", got, want)
		return 1
	}
	return 0
}

// TestScripts runs the program as people do: each script of testdata/script is
// named after what it shows.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"sandbox":     startSandbox,
			"await-posts": awaitPosts,
			"posts":       assertPosts,
			"rooms":       assertRooms,
			"sent":        writeSent,
			"generate":    generate,
			"terminate":   terminate,
			"book":        makeBook,
			"cells":       writeCells,
			"json-lines":  assertJSONLines,
			"no-token-in": assertNoToken,
			"perm":        assertPermission,
		},
		RequireUniqueNames: true,
	})
}
