package cli

import (
	"errors"
	"io"
	"os"
	"strings"
	"syscall"
	"time"

	"roomlift/provision/manifest"
	"roomlift/report"
	"roomlift/report/atomicfile"
	"roomlift/report/page"
	"roomlift/report/results"
)

// reportCommand turns a results file into something that people read.
type reportCommand struct {
	Results string `arg:"" placeholder:"RESULTS" help:"Results file of a run, such as rooms.results.csv."`
	Output  string `short:"o" placeholder:"FILE.html" help:"Write a page that anybody can open; - is standard output. Without it the summary is printed."`
	sheetFlags
	Manifest string `placeholder:"FILE" help:"Manifest of the run, for --annotate and --failures; default the one beside RESULTS."`
	dialectFlags
}

// Help is shown below the flags.
func (*reportCommand) Help() string {
	return "Needs no token and no network, and does not wait for a run that holds the file.\n\n" +
		"The results file says what became of each row. It does not hold how many requests were sent, " +
		"how long the run took, what Webex refused and which rooms were there before the run: " +
		"apply prints that at its end, and keeps it with --summary and --html.\n\n" +
		"Exit codes: 0 done; 1 nothing can be printed; 2 usage error, or a file cannot be written; 6 the results file cannot be read."
}

// Run reads the results file without locking it, and needs no token.
func (c *reportCommand) Run(std *streams, out *output) error {
	claims := outputsBeside(c.Results, cacheFolder())
	claims.keep(c.Manifest)
	for _, beside := range manifestsBeside(c.Results) {
		claims.keep(beside)
	}
	if c.Output != "" && c.Output != "-" {
		if err := claimPage(c.Output, claims); err != nil {
			return err
		}
	}
	sheets, err := c.prepareSheets(std, out, claims)
	defer c.original.close()
	if err != nil {
		return err
	}
	records, err := c.read()
	if err != nil {
		return err
	}
	defer func() { _ = records.Close() }() // nothing was written
	open := !results.Closed(c.Results)
	if open && c.Output != "" { // else the summary says it
		out.log.Warn(report.OpenEnded, "remedy", "run roomlift apply again, or wait until it has ended")
	}
	if err := c.page(out, records, open); err != nil {
		return err
	}
	if err := c.writeSheets(out, sheets, records); err != nil {
		return err
	}
	return records.Err()
}

// again is how to run again what the results file is of, as far as its name and its
// server tell.
func (c *reportCommand) again(records *results.Snapshot) string {
	const sandbox = "sandbox"
	args := []string{"apply"}
	for _, server := range records.Servers() {
		switch server {
		case sandbox:
			args = append(args, "--sandbox")
		case "webexapis.com":
		default:
			return "run roomlift apply again, with the same manifest and results file,"
		}
	}
	name := c.Manifest
	if name == "" {
		name, _ = manifestBeside(c.Results)
	}
	if job := (jobFlags{manifestFlags: manifestFlags{Manifest: name}, serverFlags: serverFlags{Sandbox: len(args) > 1}}); name != "" {
		if path, err := job.resultsPath(); err != nil || !sameName(path, c.Results) {
			args = append(args, "--results", c.Results)
		}
		return "run " + commandLine(append(args, name))
	}
	return "run roomlift apply again, with the same manifest and results file,"
}

// page writes the page, or prints the summary. open says that the last run on the
// results file has not ended.
func (c *reportCommand) page(out *output, records *results.Snapshot, open bool) error {
	version, _ := build()
	r := &page.Report{
		File: c.Results, Records: records.All(), Fault: records.Err, Again: c.again(records), Open: open,
		Written: time.Now(), Version: version,
	}
	switch c.Output {
	case "":
		return report.Recall(out.stdout, records.All(), c.Results, r.Again, open, out.columns())
	case "-":
		return page.Write(out.stdout, r)
	}
	if err := page.WriteFile(c.Output, r); err != nil && !errors.Is(err, syscall.EPIPE) { // see forReader
		return &fileError{err, "name a file that can be written with -o"}
	}
	return nil
}

// prepareSheets reads the manifest, and finds out which sheets can be written.
func (c *reportCommand) prepareSheets(std *streams, out *output, claims *outputs) ([]watchFile, error) {
	if !c.wanted() {
		return nil, nil
	}
	if c.Manifest == "" {
		found, err := manifestBeside(c.Results)
		if err != nil {
			return nil, err
		}
		c.Manifest = found
	}
	sheets, err := writable(c.sheets(out, c.Manifest, c.Results), claims)
	if err != nil {
		return nil, err
	}
	c.original = &original{}
	source := &manifestFlags{Manifest: c.Manifest, dialectFlags: c.dialectFlags, SkipInvalid: true, kept: c.original}
	_, err = source.read(std.in)
	switch {
	case is[manifest.ErrorList](err) && c.original.manifest == nil:
		return nil, err
	case err != nil && !is[manifest.ErrorList](err):
		return nil, unread(err)
	}
	return sheets, c.check()
}

func (c *reportCommand) writeSheets(out *output, sheets []watchFile, records *results.Snapshot) error {
	if len(sheets) == 0 {
		return nil
	}
	c.made = c.table()
	c.recall(c.made, records)
	for _, file := range sheets {
		err := atomicfile.Write(file.path, file.perm, func(w io.Writer) error { return file.fill(w, &report.Run{}) })
		if err != nil {
			return &fileError{err, "name another file with --" + file.flag}
		}
		out.log.Info("the "+file.what+" is written", "file", file.path)
	}
	return nil
}

// read differs from results.Read in that a file which does not exist is an
// error: there is nothing to report.
func (c *reportCommand) read() (*results.Snapshot, error) {
	if _, err := os.Stat(c.Results); err != nil {
		return nil, &results.Error{
			Path: c.Results, Reason: "cannot be read", Err: errors.Unwrap(err), Remedy: nameOne,
		}
	}
	records, err := results.Read(c.Results)
	var fault *results.Error
	if errors.As(err, &fault) {
		fault.Remedy = strings.ReplaceAll(fault.Remedy, results.ElsewhereRemedy, nameOne)
	}
	return records, err
}

const nameOne = "name the results file of a run"
