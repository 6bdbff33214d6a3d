package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"roomlift/provision"
	"roomlift/provision/manifest"
	"roomlift/report"
	"roomlift/report/results"
	"roomlift/report/sheet"
)

// sheetFlags say whether the admin's table shall come back.
type sheetFlags struct {
	Annotate string `placeholder:"FILE.xlsx" help:"At the end, write a copy of the workbook that says what became of each row, with links; of CSV and YAML, a new workbook."`
	Failures string `placeholder:"FILE" help:"At the end, write the refused rows alone (.csv or .xlsx), to correct and apply against the same results file."`

	original *original     // what the manifest was read from; nil if no sheet is wanted
	made     *sheet.Report // nil until there is a plan
}

// wanted reports whether any sheet is.
func (f *sheetFlags) wanted() bool { return f.Annotate != "" || f.Failures != "" }

// errNoTable says that there is nothing to make a sheet from.
var errNoTable = errors.New("the manifest was not read")

// sheets are the files that were asked for. results is the name of the results
// file, for a run that ends before it has opened it.
func (f *sheetFlags) sheets(out *output, manifestName, results string) []watchFile {
	var asked []watchFile
	if f.Annotate != "" {
		asked = append(asked, watchFile{
			kind: "annotated", what: "annotated sheet", flag: "annotate", path: f.Annotate, perm: 0o600, tell: true,
			fault: f.checkAnnotate(manifestName),
			fill: func(w io.Writer, run *report.Run) error {
				return f.report(results, run, func(r *sheet.Report) error {
					warnings, err := sheet.WriteAnnotated(w, r)
					out.warnings(f.Annotate, warnings)
					return err
				})
			},
		})
	}
	if f.Failures != "" {
		asked = append(asked, watchFile{
			kind: "failures", what: "file of refused rows", flag: "failures", path: f.Failures, perm: 0o600, tell: true,
			fault: endsIn(f.Failures, ".csv", ".xlsx"),
			fill: func(w io.Writer, run *report.Run) error {
				return f.report(results, run, func(r *sheet.Report) error {
					warnings, err := sheet.WriteFailures(w, r, isBook(f.Failures))
					out.warnings(f.Failures, warnings)
					return err
				})
			},
		})
	}
	return asked
}

func isBook(name string) bool { return strings.EqualFold(filepath.Ext(name), ".xlsx") }

func endsIn(name string, extensions ...string) error {
	if slices.Contains(extensions, strings.ToLower(filepath.Ext(name))) {
		return nil
	}
	return fmt.Errorf("the name of %s does not end in %s", name, strings.Join(extensions, " or "))
}

// checkAnnotate refuses a name that would make a file which Excel does not open: a
// workbook with macros must be called so.
func (f *sheetFlags) checkAnnotate(manifestName string) error {
	if strings.EqualFold(filepath.Ext(manifestName), ".xlsm") {
		return endsIn(f.Annotate, ".xlsm")
	}
	return endsIn(f.Annotate, ".xlsx")
}

// check finds out, before anything is sent, what would keep the manifest's table
// from coming back.
func (f *sheetFlags) check() error {
	if f.Annotate == "" {
		return nil
	}
	if err := sheet.CheckAnnotated(f.table()); err != nil {
		return usage(fmt.Sprintf("the annotated sheet cannot be written: %v", err), "nothing was sent; leave --annotate out if it need not be")
	}
	return nil
}

// table is what is known of the manifest.
func (f *sheetFlags) table() *sheet.Report {
	o := f.original
	return &sheet.Report{Manifest: o.manifest, Faults: o.faults, Options: o.options, Content: o.file, Size: o.size}
}

// planned notes what a run is about to do.
func (f *sheetFlags) planned(plan *provision.Plan) {
	if f.wanted() {
		f.made = f.table()
		f.made.Plan, f.made.Live = plan, true
	}
}

// report writes with what the sheets of a run are made from: what the run left in
// the results file. Where it ended before it had a plan, there is one all the same,
// of what a run would do.
func (f *sheetFlags) report(resultsPath string, run *report.Run, write func(*sheet.Report) error) error {
	if f.original == nil || f.original.manifest == nil {
		return errNoTable
	}
	records, err := results.Read(resultsPath)
	if err != nil { // the run has said so, and what is not known is said of each row
		records = nil
	}
	switch {
	case f.made == nil:
		f.made = f.table()
		if records != nil {
			f.recall(f.made, records)
		}
	case records != nil:
		f.made.Records = records
	}
	f.made.Stopped, f.made.Remedy = run.Error, run.Hint
	if records == nil {
		return write(f.made)
	}
	err = write(f.made)
	return errors.Join(err, records.Err(), records.Close())
}

// recall adds what a results file says of the rows.
func (f *sheetFlags) recall(r *sheet.Report, records *results.Snapshot) {
	server := ""
	if servers := records.Servers(); len(servers) > 0 {
		server = servers[0]
	}
	if plan, err := provision.NewPlan(r.Manifest, r.Faults, records, server); err == nil {
		r.Plan, r.Records = plan, records
	}
}

// resultsEnding ends the name of a results file that was named after its manifest.
const resultsEnding = ".results.csv"

// manifestBeside finds the manifest of a results file by its name.
func manifestBeside(resultsPath string) (string, error) {
	remedy := "name the manifest with --manifest"
	if !strings.HasSuffix(resultsPath, resultsEnding) {
		return "", usage(fmt.Sprintf("%s does not tell by its name which manifest it is of", resultsPath), "%s", remedy)
	}
	switch found := manifestsBeside(resultsPath); len(found) {
	case 0:
		return "", usage(fmt.Sprintf("there is no manifest beside %s", resultsPath), "%s", remedy)
	case 1:
		return found[0], nil
	default:
		return "", usage(fmt.Sprintf("%s may be of %s", resultsPath, strings.Join(found, " or ")), "%s", remedy)
	}
}

// manifestsBeside returns the files that a results file may be of, by its name.
func manifestsBeside(resultsPath string) []string {
	const rehearsal = ".sandbox"
	name, ok := strings.CutSuffix(resultsPath, resultsEnding)
	if !ok {
		return nil
	}
	for _, base := range slices.Compact([]string{name, strings.TrimSuffix(name, rehearsal)}) {
		var found []string
		for _, format := range manifest.Formats() {
			for _, extension := range format.Extensions {
				if info, err := os.Stat(base + extension); err == nil && !info.IsDir() {
					found = append(found, base+extension)
				}
			}
		}
		if found != nil {
			return found
		}
	}
	return nil
}
