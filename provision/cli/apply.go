package cli

import (
	"context"
	"errors"
	"slices"

	"roomlift/provision"
	"roomlift/provision/manifest"
	"roomlift/report"
	"roomlift/report/results"
)

// applyCommand is the main job.
type applyCommand struct {
	jobFlags
	pageFlags
	sheetFlags
	DryRun bool `help:"The same as roomlift plan."`
	Rows   bool `help:"With --dry-run: print every row, not only the counts."`
}

// Help is shown below the flags.
func (*applyCommand) Help() string { return "Exit codes:\n\n" + exitCodesHelp() }

// Run creates the rooms that do not exist yet.
func (c *applyCommand) Run(ctx context.Context, std *streams, out *output) error {
	if c.DryRun {
		return (&planCommand{jobFlags: c.jobFlags, pageFlags: c.pageFlags, sheetFlags: c.sheetFlags, Rows: c.Rows}).Run(ctx, std, out)
	}
	run := &report.Run{Manifest: c.Manifest, Command: commandLine(std.args)}
	resultsPath, _ := c.resultsPath() // the job says what is wrong with it
	claims := c.outputs(resultsPath)
	if c.wanted() {
		c.original = &original{}
		c.kept = c.original
		defer c.original.close()
	}
	files := slices.Concat(c.pages(&c.jobFlags, resultsPath), c.sheets(out, c.Manifest, resultsPath), c.files())
	return c.watched(out, run, files, claims, resultsPath, func(begin func()) error {
		return c.run(ctx, std, out, run, begin)
	})
}

func (c *applyCommand) run(
	ctx context.Context, std *streams, out *output, run *report.Run, begin func(),
) (err error) {
	if err := c.validate(); err != nil {
		return err
	}
	ctx, cancel := c.context(ctx)
	defer cancel()
	path, err := c.resultsPath()
	if err != nil {
		return err
	}
	m, faults, err := c.load(ctx, std, out)
	if err != nil {
		return err
	}
	c.pageFlags.manifest, c.pageFlags.faults = m, faults
	if err := c.check(); err != nil {
		return err
	}
	to, err := c.connect(ctx, out, c.Workers)
	if err != nil {
		return err
	}
	defer to.close()
	run.Server = to.name

	file, err := sparingly(func() (*results.File, error) {
		return results.Open(path, results.Options{AcceptLoss: c.acceptsLoss()})
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	begin()
	for _, note := range file.Notes() {
		out.log.Warn("the results file: "+note, "file", path)
	}
	return c.apply(ctx, out, to, file, m, faults, run)
}

func (c *applyCommand) apply(
	ctx context.Context, out *output, to *target, file *results.File,
	m *manifest.Manifest, faults manifest.ErrorList, run *report.Run,
) error {
	plan, err := newPlan(out, m, faults, file, to.name)
	if err != nil {
		return err
	}
	c.planned(plan)
	c.plan = plan
	limiter := c.newLimiter()
	defer func() { run.Limits, run.Learned = limiter.Stats(), limiter.Learned() }()
	progress := &report.Progress{Screen: out.screen, Bar: out.bar(), Log: out.log, Limits: limiter.Stats}
	log := out.events()
	watch := c.watch()
	engine := provision.New(provision.Config{
		Client: to.client, Renew: to.renew, Results: file, Limiter: limiter,
		Workers: c.Workers, MaxFailures: c.MaxFailures,
		Observe: func(e provision.Event) {
			log.Observe(e)
			out.screen.Hold(e.More)
			progress.Observe(e)
			watch(e)
			run.Observe(e)
		},
	})
	defer func() { run.Asked = engine.Asked() }()
	job := &job{jobFlags: &c.jobFlags, out: out, to: to, limiter: limiter, engine: engine, plan: plan, records: file}
	err = job.complete(ctx)
	run.Account = job.account
	if err != nil {
		return err
	}
	defer func() { job.memory.keep(limiter) }()
	if !out.NoProgress && !out.Quiet && plan.Asks() {
		progress.Start(plan.Count(provision.Create) + plan.Count(provision.Reconcile))
		defer progress.Stop()
	}
	outcome, runErr := engine.Run(ctx, plan)
	progress.Stop()
	run.Outcome = outcome
	run.Wrote("results", file.Path())
	return c.conclude(out, file, plan, run, runErr)
}

// conclude compacts the results file, says what happened, and turns it into an
// exit code.
func (c *applyCommand) conclude(
	out *output, file *results.File, plan *provision.Plan, run *report.Run, runErr error,
) error {
	// A journal that failed must not be touched again, and one where nothing has
	// changed need not be.
	if !is[*results.Error](runErr) && !file.Tidy(plan.Refs()) {
		if err := file.Compact(plan.Final(file)); err != nil {
			runErr = errors.Join(err, runErr)
		}
	}
	if runErr == nil && !run.Outcome.Complete() {
		runErr = &incompleteError{}
	}
	if out.Quiet {
		return runErr
	}
	conclude(run, runErr)
	out.told = run.Next
	if err := report.Summary(out.stdout, run, file.Path(), out.columns()); err != nil {
		out.log.Warn("the summary cannot be printed", "reason", err.Error(), "rows", run.Verdict()) // the exit code tells of the rooms
	}
	return runErr
}
