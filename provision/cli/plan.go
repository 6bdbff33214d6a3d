package cli

import (
	"context"
	"os"
	"strings"

	"roomlift/provision"
	"roomlift/report"
	"roomlift/report/results"
)

// planCommand shows what apply would do.
type planCommand struct {
	jobFlags
	pageFlags
	sheetFlags
	Rows bool `help:"Print every row, not only the counts."`
}

// ofRuns names the flags that were given and that mean nothing to a plan. A ping
// URL of the environment was not given to this command alone.
func (c *planCommand) ofRuns() []string {
	pingURL := c.PingURL
	if pingURL == os.Getenv(pingVariable) {
		pingURL = ""
	}
	var given []string
	for _, flag := range []struct{ name, value string }{
		{"--summary", c.Summary},
		{"--metrics", c.Metrics},
		{"--html", c.HTML},
		{"--annotate", c.Annotate},
		{"--failures", c.Failures},
		{"--ping-url", pingURL},
	} {
		if flag.value != "" {
			given = append(given, flag.name)
		}
	}
	return given
}

// Run prints the plan; nothing is created, locked or written.
func (c *planCommand) Run(ctx context.Context, std *streams, out *output) error {
	if err := c.validate(); err != nil {
		return err
	}
	ctx, cancel := c.context(ctx)
	defer cancel()
	if flags := c.ofRuns(); len(flags) > 0 {
		out.log.Warn("a plan writes no files and tells no monitor; left out", "flags", strings.Join(flags, " "))
	}
	path, err := c.resultsPath()
	if err != nil {
		return err
	}
	m, faults, err := c.load(ctx, std, out)
	if err != nil {
		return err
	}
	to, err := c.connect(ctx, out, c.Workers)
	if is[*tokenError](err) {
		to, err = c.offline()
	}
	if err != nil {
		return err
	}
	defer to.close()
	records, err := sparingly(func() (*results.Snapshot, error) {
		return results.ReadWhole(path, results.Options{AcceptLoss: c.acceptsLoss()})
	})
	if err != nil {
		return err
	}
	defer func() { _ = records.Close() }() // nothing was written
	plan, err := newPlan(out, m, faults, records, to.name)
	if err != nil {
		return err
	}
	if to.client != nil {
		limiter := c.newLimiter()
		engine := provision.New(provision.Config{Client: to.client, Renew: to.renew, Limiter: limiter, Workers: 1})
		job := &job{jobFlags: &c.jobFlags, out: out, to: to, limiter: limiter, engine: engine, plan: plan, records: records}
		if err := job.ask(ctx); err != nil {
			return err
		}
	} else if plan.Asks() {
		out.log.Warn("no token: who would create the rooms, and what exists in Webex, is not checked")
	}
	if err := report.Plan(out.stdout, plan, report.PlanOptions{Rows: c.Rows, MaxRate: c.MaxRate, Columns: out.columns()}); err != nil {
		return err
	}
	return c.refuseTooMany(plan)
}
