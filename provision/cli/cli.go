// Package cli is Roomlift's command line: flags, environment, signals and
// exit codes. It wires the other packages together and is the only one, with
// report, that speaks to a person.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/alecthomas/kong"

	"roomlift/provision/manifest"
	"roomlift/provision/webex"
)

// commands is the command line, declared.
type commands struct {
	Apply    applyCommand    `cmd:"" help:"Create the rooms that do not exist yet."`
	Plan     planCommand     `cmd:"" help:"Show what apply would do; create nothing."`
	Check    checkCommand    `cmd:"" help:"Validate the manifest; offline, needs no token."`
	Report   reportCommand   `cmd:"" help:"Turn a results file into a page that people read."`
	Whoami   whoamiCommand   `cmd:"" help:"Say who the token is, never the token."`
	Template templateCommand `cmd:"" help:"Write an empty manifest to fill in (${formats})."`
	Sandbox  sandboxCommand  `cmd:"" help:"Serve an embedded Webex on loopback to try things on."`
	Version  versionCommand  `cmd:"" help:"Print the version."`

	outputFlags
}

const description = `Creates many Webex rooms from a manifest (CSV, YAML or XLSX), each exactly once.

Run it as often as you like, kill it whenever you like: every row of the
manifest becomes one room, never two. Start with: roomlift apply --sandbox FILE`

// streams are the process's standard streams.
type streams struct {
	in       io.Reader
	out, err io.Writer
	args     []string // that the process was called with
}

// Main runs one command and returns the exit code of the process. Signals are
// told in untilSignal.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	stdout = forReader{stdout}
	std := &streams{stdin, stdout, stderr, args}
	var c commands
	exited := -1
	parser, err := kong.New(&c, append(numberMappers(),
		kong.Name("roomlift"),
		kong.Description(description),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { exited = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.Vars{
			"baseURL": webex.DefaultBaseURL,
			"faults":  faultsHelp(),
			"formats": formatsHelp(),
		},
	)...)
	if err != nil {
		return fail(newOutput(std, outputFlags{}), err)
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 { // --help was printed
		return exited
	}
	if err != nil {
		return fail(newOutput(std, outputFlags{LogFormat: logFormat(args)}), usageFault(err, args))
	}
	out := newOutput(std, c.outputFlags)
	if err := refuseSecrets(parsed); err != nil {
		return fail(out, err)
	}
	ctx, restore := untilSignal(func() { out.log.Info("stopping; a second signal ends the program at once") })
	defer restore()

	parsed.BindTo(ctx, (*context.Context)(nil))
	code := exitComplete
	if err := parsed.Run(std, out); err != nil {
		code = fail(out, err)
	}
	if out.last != nil {
		out.last()
	}
	return code
}

// formatsHelp names the manifest formats: ".csv, .yaml".
func formatsHelp() string {
	var extensions []string
	for _, f := range manifest.Formats() {
		extensions = append(extensions, f.Extensions[0])
	}
	return strings.Join(extensions, ", ")
}

// usageFault explains a command line that cannot be understood.
func usageFault(err error, args []string) error {
	help := "roomlift --help"
	var parse *kong.ParseError
	if errors.As(err, &parse) && parse.Context != nil && parse.Context.Selected() != nil {
		help = "roomlift " + parse.Context.Selected().Name + " --help"
	}
	if len(args) == 0 {
		return usage("no command given", "the main job is: roomlift apply MANIFEST; all commands: %s", help)
	}
	if flag := tokenFlag.FindStringSubmatch(err.Error()); flag != nil {
		return usage("there is no flag "+flag[1], "%s; see: %s", tokensGo, help)
	}
	return usage(withoutSecrets(err.Error(), args), "see: %s", help)
}

// tokensGo says where a token goes that somebody has at hand.
const tokensGo = "a token goes into " + tokenVariable + ", or into a file that --token-file names"

// tokenFlag finds a flag by which somebody gives the token itself: a flag of that kind
// must not lead to --token-file, which would take the token for a name, and say it.
var tokenFlag = regexp.MustCompile(`^unknown flag (--[a-z_-]*token|--bearer)(,|$)`)

// refuseSecrets refuses an argument that was given in place of a file's name. It would
// stand wherever the file is named.
func refuseSecrets(parsed *kong.Context) error {
	for _, arg := range parsed.Selected().Positional {
		if text, ok := arg.Target.Interface().(string); ok && looksSecret(text) {
			return usage("no file has the name that stands for "+strings.ToUpper(arg.Name)+", which looks like a token or another secret",
				"name a file; %s", tokensGo)
		}
	}
	return nil
}

// usageError is a command line that asks for something that cannot be.
type usageError struct{ reason, remedy string }

func (e *usageError) Error() string { return e.reason }

func usage(reason, remedy string, args ...any) error {
	return &usageError{reason, fmt.Sprintf(remedy, args...)}
}
