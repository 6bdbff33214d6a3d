package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"roomlift/provision"
	"roomlift/provision/manifest"
	"roomlift/ratelimit"
	"roomlift/report"
)

// jobFlags are those of apply. Plan takes all of them too, so that one word
// turns a command line into its rehearsal.
type jobFlags struct {
	manifestFlags
	serverFlags
	watchFlags

	Results     string        `placeholder:"FILE" help:"Results file; default NAME.results.csv beside NAME.csv."`
	Workers     int           `default:"16" placeholder:"N" help:"Requests in flight at most, from 1 to 10,000 (16)."`
	MaxRate     float64       `placeholder:"R" help:"Never more than R requests a second."`
	Reserve     float64       `placeholder:"PCT" help:"Leave this share of the discovered limit to others, in per cent (0)."`
	Adopt       bool          `help:"Before creating, adopt rooms that this identity already created with the same title and team."`
	MaxCreate   *int          `placeholder:"N" help:"Refuse, before sending anything, to create more than N rooms."`
	MaxFailures int           `placeholder:"N" help:"Stop after N failed rows."`
	StateDir    string        `placeholder:"DIR" help:"Folder where the learned rate limit is remembered; default the user's cache folder."`
	Deadline    time.Duration `placeholder:"D" help:"Stop cleanly after D, such as 90m; the next run goes on."`
}

// validate finds values that make no sense. It is no Validate for kong to call: whoever
// watches the run would not be told.
func (f *jobFlags) validate() error {
	var wrong error
	switch {
	case f.Workers < 1 || f.Workers > maxWorkers:
		wrong = notAllowed("workers", strconv.Itoa(f.Workers))
	case f.MaxRate < 0 || math.IsInf(f.MaxRate, 0):
		wrong = notAllowed("max-rate", fmt.Sprint(f.MaxRate))
	case f.Reserve < 0 || f.Reserve >= 100:
		wrong = notAllowed("reserve", fmt.Sprint(f.Reserve))
	case f.MaxCreate != nil && *f.MaxCreate < 0:
		wrong = notAllowed("max-create", strconv.Itoa(*f.MaxCreate))
	case f.MaxFailures < 0:
		wrong = notAllowed("max-failures", strconv.Itoa(f.MaxFailures))
	case f.Deadline < 0:
		wrong = notAllowed("deadline", f.Deadline.String())
	default:
		return nil
	}
	return usage(wrong.Error(), "nothing was sent; correct the flag, see: roomlift apply --help")
}

// manifestFlags say what to read.
type manifestFlags struct {
	Manifest string `arg:"" placeholder:"MANIFEST" help:"Manifest: ${formats}, or - for CSV on standard input."`
	dialectFlags
	SkipInvalid bool `help:"Go on with the good rows although others are faulty; those fail."`

	kept *original // unless nil, keeps a copy of what is read
}

// dialectFlags say how to read a manifest where it does not say so itself.
type dialectFlags struct {
	Sheet      string `placeholder:"NAME" help:"Sheet of an XLSX manifest; default the first."`
	SkipHidden bool   `help:"Leave out the rows that an XLSX manifest hides or filters away."`
	Delimiter  string `placeholder:"C" help:"Character between the cells of a CSV manifest, or tab; default detected."`
	Encoding   string `placeholder:"E" help:"Encoding of a CSV or YAML manifest, such as utf-8 or windows-1252; default detected."`
}

// load reads the manifest. Faults are an error unless they are to be skipped.
func (f *manifestFlags) load(ctx context.Context, std *streams, out *output) (*manifest.Manifest, manifest.ErrorList, error) {
	source := *f
	if f.kept != nil {
		source.kept = &original{} // its own: what is given up when ctx ends goes on
	}
	m, err := unless(ctx, func() (*manifest.Manifest, error) {
		return sparingly(func() (*manifest.Manifest, error) { return source.read(std.in) })
	})
	if f.kept != nil && !is[*provision.StopError](err) {
		*f.kept = *source.kept
	}
	if m != nil {
		for _, w := range m.Warnings {
			out.warning(w)
		}
	}
	var faults manifest.ErrorList
	switch {
	case errors.As(err, &faults):
		if !f.SkipInvalid || m == nil {
			return nil, nil, faults
		}
		for _, fault := range faults {
			out.fault(fault)
		}
	case err != nil:
		return nil, nil, unread(err)
	}
	return m, faults, nil
}

// unread tells apart why a manifest cannot be read and what to do about it.
func unread(err error) error {
	var input *manifest.InputError
	if errors.As(err, &input) {
		return &fileError{errors.New(input.Reason), input.Remedy}
	}
	return err
}

// readingGrowth is by how many per cent the heap grows before garbage is collected,
// while a manifest or a results file is read: what stays is mostly texts and numbers,
// which a collection does not look into, so that it may come oftener than at 100 % and
// still costs next to nothing. A workbook of 100,000 rows, or a plan of 1,000,000, then
// takes three quarters of the memory.
const readingGrowth = 40

// sparingly reads what may be large in little memory.
func sparingly[T any](read func() (T, error)) (T, error) {
	defer debug.SetGCPercent(debug.SetGCPercent(readingGrowth))
	return read()
}

func (f *manifestFlags) read(stdin io.Reader) (*manifest.Manifest, error) {
	delimiter, err := f.delimiter()
	if err != nil {
		return nil, err
	}
	options := manifest.Options{Sheet: f.Sheet, SkipHidden: f.SkipHidden, Delimiter: delimiter, Encoding: f.Encoding}
	if f.Manifest == "-" {
		options.Format = "csv"
	}
	switch {
	case f.kept != nil:
		return f.kept.read(f.Manifest, stdin, options)
	case f.Manifest == "-":
		return manifest.Read(stdin, "standard input", options)
	}
	return manifest.Load(f.Manifest, options)
}

// delimiter reads one character; a tab is hard to type.
func (f *dialectFlags) delimiter() (rune, error) {
	switch f.Delimiter {
	case "":
		return 0, nil
	case "tab", `\t`:
		return '\t', nil
	}
	if r, size := utf8.DecodeRuneInString(f.Delimiter); size == len(f.Delimiter) {
		return r, nil
	}
	return 0, usage(fmt.Sprintf("--delimiter %q is not one character", f.Delimiter), "such as --delimiter ';' or --delimiter tab")
}

// resultsPath is the results file's name, given or derived from the manifest's.
func (f *jobFlags) resultsPath() (string, error) {
	if f.Results != "" {
		if sameFile(f.Results, f.Manifest) {
			return "", usage("the results file is the manifest itself", "choose another file with --results")
		}
		return f.Results, nil
	}
	if f.Manifest == "-" {
		return "", usage("a manifest on standard input has no name for its results file", "name one with --results")
	}
	name := strings.TrimSuffix(f.Manifest, filepath.Ext(f.Manifest))
	if f.Sandbox {
		name += ".sandbox"
	}
	return name + ".results.csv", nil
}

// acceptsLoss reports whether a results file that is gone may be begun anew: the rooms
// are taken over, or were never real.
func (f *jobFlags) acceptsLoss() bool { return f.Adopt || f.Sandbox }

// context bounds a job by --deadline.
func (f *jobFlags) context(ctx context.Context) (context.Context, context.CancelFunc) {
	if f.Deadline == 0 {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, f.Deadline, fmt.Errorf("the deadline of %s has passed", f.Deadline))
}

func (f *jobFlags) newLimiter() *ratelimit.Adaptive { return ratelimit.New(f.limits()) }

// limits is what the flags say of the rate.
func (f *jobFlags) limits() ratelimit.Config {
	return ratelimit.Config{
		Workers: f.Workers,
		MaxRate: f.MaxRate,
		Reserve: f.Reserve / 100,
	}
}

// newPlan decides what to do for each row, and warns of what may be another room
// than the admin means.
func newPlan(
	out *output, m *manifest.Manifest, faults manifest.ErrorList, records provision.Records, server string,
) (*provision.Plan, error) {
	plan, err := provision.NewPlan(m, faults, records, server)
	if err != nil {
		return nil, err
	}
	for i := range plan.Steps {
		if step := &plan.Steps[i]; step.Twin {
			out.log.Warn("this row takes over the room of a row without a key, of the same title and team, that has left the manifest; "+
				"if it is to have a room of its own, apply the whole manifest",
				"row", step.Row.Number, "ref", step.Ref(), "key", step.Row.Key, "title", step.Row.Title)
		}
	}
	return plan, nil
}

// refuseTooMany applies --max-create.
func (f *jobFlags) refuseTooMany(p *provision.Plan) error {
	// A row that is not settled may have to be created, too.
	if n := p.Count(provision.Create) + p.Count(provision.Reconcile); f.MaxCreate != nil && n > *f.MaxCreate {
		return usage(fmt.Sprintf("%s would be created, --max-create allows %s", report.Count(n, "room", "rooms"), report.Number(*f.MaxCreate)),
			"nothing was sent; see what would be created with roomlift plan, then allow it with a larger --max-create")
	}
	return nil
}

// job is one execution of apply or plan.
type job struct {
	*jobFlags
	out     *output
	to      *target
	limiter *ratelimit.Adaptive
	engine  *provision.Engine
	plan    *provision.Plan
	records provision.Records
	memory  memory
	account string // whose token it is; "" until that is known
}

// complete adds to the plan what only Webex knows, and applies --max-create:
// before anything is sent, unless it is --adopt that says how many there are.
func (j *job) complete(ctx context.Context) error {
	if !j.Adopt {
		if err := j.refuseTooMany(j.plan); err != nil {
			return err
		}
	}
	if err := j.ask(ctx); err != nil {
		return err
	}
	return j.refuseTooMany(j.plan)
}

// ask adds who is asking and, with --adopt, which rooms exist.
func (j *job) ask(ctx context.Context) error {
	if !j.plan.Asks() {
		return nil
	}
	me, err := j.engine.Identify(ctx)
	if err != nil {
		return err
	}
	j.out.log.Debug("the token is of", "name", me.DisplayName, "type", me.Type)
	j.account = report.Who(me)
	j.memory = j.memoryOf(j.out, j.to, me)
	j.memory.recall(j.limiter)
	j.plan.CheckIdentity(me)
	if !j.Adopt {
		return nil
	}
	return j.engine.FindExisting(ctx, j.plan, j.records)
}
