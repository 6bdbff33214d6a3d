package cli

// The voice of the command line: everything that is not the result of a command
// goes to stderr; a message has no capital and no full stop; an error is
// followed, where there is one, by a hint that says what to do.

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/lmittmann/tint"
	"golang.org/x/term"

	"roomlift/provision/manifest"
	"roomlift/report"
)

// outputFlags say what is shown and how.
type outputFlags struct {
	LogFormat  string `enum:"text,json" default:"text" placeholder:"FORMAT" help:"Logs on stderr: text or json, one object a line."`
	LogLevel   string `enum:"debug,info,warn,error" default:"info" placeholder:"LEVEL" help:"Least level that is logged: debug, info, warn or error."`
	Quiet      bool   `short:"q" help:"Only warnings and errors; a run that leaves rows without a room sums them up in one line."`
	NoProgress bool   `help:"No progress bar or progress lines."`
}

// output is where a command says things.
type output struct {
	outputFlags
	stdout   io.Writer
	screen   *report.Screen // stderr
	log      *slog.Logger
	terminal bool        // stderr is a terminal
	last     func()      // says the last word, after the error that ends the command; may be nil
	ended    *report.Run // that the command was, once it has ended; nil if it was none
	told     string      // what to do next, where it was printed already
}

// logFormat finds --log-format in a command line that cannot be understood
// otherwise, so that a program which reads JSON is told in JSON.
func logFormat(args []string) string {
	format := ""
	for i, arg := range args {
		if value, ok := strings.CutPrefix(arg, "--log-format="); ok {
			format = value
		} else if arg == "--log-format" && i+1 < len(args) {
			format = args[i+1]
		}
	}
	return format
}

func newOutput(std *streams, flags outputFlags) *output {
	o := &output{
		outputFlags: flags,
		stdout:      std.out,
		screen:      report.NewScreen(std.err),
		terminal:    isTerminal(std.err),
	}
	o.log = slog.New(o.handler())
	return o
}

func (o *output) handler() slog.Handler {
	var level slog.Level
	_ = level.UnmarshalText([]byte(o.LogLevel)) // one of the enum's
	if o.Quiet {
		level = max(level, slog.LevelWarn)
	}
	if o.json() {
		return slog.NewJSONHandler(o.screen, &slog.HandlerOptions{Level: level})
	}
	return tint.NewTextHandler(o.screen, &tint.Options{
		Level:      level,
		TimeFormat: time.DateTime,
		NoColor:    !o.terminal || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb",
	})
}

func (o *output) json() bool { return o.LogFormat == "json" }

// events writes what happens as log lines. What went well is for programs: a
// person has the progress bar and the summary.
func (o *output) events() *report.Log {
	log := &report.Log{Logger: o.log, Good: slog.LevelDebug}
	switch {
	case o.json():
		log.Good, log.JSON = slog.LevelInfo, o.screen
	case o.terminal:
		log.Screen = o.screen
	}
	return log
}

// columns returns how wide the terminal is that results are printed on, 0 where they
// go elsewhere.
func (o *output) columns() int {
	w := o.stdout
	if reader, ok := w.(forReader); ok {
		w = reader.Writer
	}
	return report.Columns(w)
}

// bar reports whether a progress bar can be shown.
func (o *output) bar() bool {
	return o.terminal && !o.json() && os.Getenv("TERM") != "dumb"
}

// warning logs what a manifest has that stops nothing: a whole sentence with place,
// value and remedy, and, for programs, each of them by itself.
func (o *output) warning(w *manifest.Error) {
	if !o.json() {
		o.log.Warn(w.Error())
		return
	}
	parts := []any{"place", w.Pos.String(), "reason", w.Reason, "remedy", w.Remedy}
	if w.Value != "" {
		parts = append(parts, "value", w.Value)
	}
	o.log.Warn(w.Error(), parts...)
}

// warnings logs what is to be known of a file that was written.
func (o *output) warnings(file string, warnings []string) {
	for _, warning := range warnings {
		o.log.Warn(warning, "file", file)
	}
}

// fault prints one fault of a manifest.
func (o *output) fault(fault *manifest.Error) {
	if o.json() {
		o.log.Error("fault", "place", fault.Pos.String(), "row", fault.Row, "column", fault.Column,
			"value", fault.Value, "reason", fault.Reason, "remedy", fault.Remedy)
		return
	}
	o.say(fault.Error())
}

// failure prints the error that ends the command, and what to do about it, unless
// that was just said.
func (o *output) failure(message, hint string) {
	if o.json() {
		o.log.LogAttrs(context.Background(), slog.LevelError, "failed",
			slog.String("error", message), slog.String("hint", hint))
		return
	}
	said := hint == o.told
	if o.terminal && o.ended != nil {
		message, hint = o.ended.OnScreen(message), o.ended.OnScreen(hint)
	}
	o.say("roomlift: " + report.Printable(message))
	if hint != "" && !said {
		o.say("hint: " + hint)
	}
}

// say prints one message to a person, broken between words where the terminal is
// narrow.
func (o *output) say(message string) {
	columns := 0
	if o.terminal {
		columns = o.screen.Columns()
	}
	fmt.Fprintln(o.screen, report.Fold(message, columns))
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
