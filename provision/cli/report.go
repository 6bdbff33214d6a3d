package cli

import (
	"errors"
	"os"
	"syscall"
	"time"

	"roomlift/report"
	"roomlift/report/page"
	"roomlift/report/results"
)

// reportCommand turns a results file into something that people read.
type reportCommand struct {
	Results string `arg:"" placeholder:"RESULTS" help:"Results file of a run, such as rooms.results.csv."`
	Output  string `short:"o" placeholder:"FILE.html" help:"Write a page that anybody can open; - is standard output. Without it the summary is printed."`
}

// Help is shown below the flags.
func (*reportCommand) Help() string {
	return "Needs no token and no network, and does not wait for a run that holds the file.\n\n" +
		"Exit codes: 0 done; 2 usage error, or the page cannot be written; 6 the results file cannot be read."
}

// Run reads the results file without locking it, and needs no token.
func (c *reportCommand) Run(out *output) error {
	if c.Output != "" && c.Output != "-" {
		if err := claimPage(c.Output, outputsBeside(c.Results, cacheFolder())); err != nil {
			return err
		}
	}
	records, err := c.read()
	if err != nil {
		return err
	}
	defer func() { _ = records.Close() }() // nothing was written
	if err := c.write(out, records); err != nil {
		return err
	}
	return records.Err()
}

func (c *reportCommand) write(out *output, records *results.Snapshot) error {
	version, _ := build()
	r := &page.Report{File: c.Results, Records: records.All(), Written: time.Now(), Version: version}
	switch c.Output {
	case "":
		return report.Recall(out.stdout, records.All(), c.Results)
	case "-":
		return page.Write(out.stdout, r)
	}
	if err := page.WriteFile(c.Output, r); err != nil && !errors.Is(err, syscall.EPIPE) { // see forReader
		return &fileError{err, "name a file that can be written with -o"}
	}
	return nil
}

// read differs from results.Read in that a file which does not exist is an
// error: there is nothing to report.
func (c *reportCommand) read() (*results.Snapshot, error) {
	if _, err := os.Stat(c.Results); err != nil {
		return nil, &results.Error{
			Path: c.Results, Reason: "cannot be read", Err: errors.Unwrap(err), Remedy: "name the results file of a run",
		}
	}
	return results.Read(c.Results)
}
