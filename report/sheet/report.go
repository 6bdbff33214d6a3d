package sheet

import (
	"cmp"
	"io"
	"strings"

	"roomlift/provision"
	"roomlift/provision/manifest"
	"roomlift/report"
	"roomlift/report/results"
)

// Records are what a results file says of the rows.
type Records interface {
	Get(ref string) (results.Record, bool)
}

// Report is what sheets are made from.
type Report struct {
	Manifest *manifest.Manifest
	Faults   manifest.ErrorList
	Options  manifest.Options // that it was read with
	Content  io.ReaderAt      // what it was read from
	Size     int64            // bytes of Content

	Plan    *provision.Plan // of these rows; nil where none could be made
	Records Records         // nil where they could not be read
	Live    bool            // Plan is that of a run, and not only made to find the rows' records
	Stopped string          // why rows were not tried, as far as that is known
	Remedy  string          // what to do about that

	faults map[int][]*manifest.Error // by the number of the row
}

// content returns a reader of what the manifest was read from.
func (r *Report) content() *io.SectionReader { return io.NewSectionReader(r.Content, 0, r.Size) }

// outcome is what is said of one row.
type outcome struct {
	state          report.State
	link           string // opens the room in Webex; "" where there is none
	reason, remedy string
}

// failed reports whether the row at an index of Manifest.Rows was refused.
func (r *Report) failed(row *manifest.Row) bool { return r.outcome(row).state == report.Failed }

// outcome returns what became of a row.
func (r *Report) outcome(row *manifest.Row) outcome {
	record, step, known := r.record(row)
	state := report.Untried
	if known {
		state = report.StateOf(&record, r.lived(step))
	}
	refused := step != nil && step.Action == provision.Refuse
	if state == report.Untried && (row.Invalid || refused) {
		state = report.Failed
	}
	o := outcome{state: state}
	switch state {
	case report.Failed:
		o.reason, o.remedy = r.whyFailed(row, &record, step)
	case report.Untried:
		o.reason, o.remedy = r.whyUntried()
	case report.Unsettled:
		o.reason, o.remedy = report.CutRemedy(report.WhyDoubtful(&record))
		o.remedy = cmp.Or(o.remedy, "run again, with the same account's token, to settle it")
	default:
		o.reason, o.remedy = whyDifferent(&record, step, state)
		o.link = report.SpaceLink(record.Server, record.RoomID)
		if elsewhere := report.NotWebex(record.Server); o.link == "" && elsewhere != "" {
			o.reason = strings.TrimPrefix(o.reason+"; "+elsewhere, "; ")
		}
	}
	if faults := r.faultsOf(row); len(faults) > 0 && state != report.Failed {
		reason, remedy := everyFault(row, faults)
		o.reason = strings.TrimPrefix(o.reason+"\n"+reason, "\n")
		o.remedy = strings.TrimPrefix(o.remedy+"\n"+remedy, "\n")
	}
	return o
}

// faultsOf returns what is wrong with a row.
func (r *Report) faultsOf(row *manifest.Row) []*manifest.Error {
	if r.faults == nil {
		r.faults = map[int][]*manifest.Error{}
		for _, f := range r.Faults {
			r.faults[f.Row] = append(r.faults[f.Row], f)
		}
	}
	return r.faults[row.Number]
}

// record returns what is recorded of a row, under whatever ref.
func (r *Report) record(row *manifest.Row) (record results.Record, step *provision.Step, known bool) {
	if r.Plan != nil {
		step = &r.Plan.Steps[row.Number-1]
	}
	if r.Records == nil {
		return results.Record{}, step, false
	}
	record, known = r.Records.Get(row.Ref())
	if step != nil && step.From() != "" && (!known || !record.Status.HasRoom() && !record.Status.Unsettled()) {
		record, known = r.Records.Get(step.From()) // the run ended before it was moved, or there was none
	}
	return record, step, known
}

// lived returns the step of a run, nil where no run is known.
func (r *Report) lived(step *provision.Step) *provision.Step {
	if r.Live {
		return step
	}
	return nil
}

// whyFailed says why a row was refused, by the faults of the manifest where it has
// some: they were found first.
func (r *Report) whyFailed(row *manifest.Row, record *results.Record, step *provision.Step) (reason, remedy string) {
	if faults := r.faultsOf(row); len(faults) > 0 {
		return everyFault(row, faults)
	}
	text := record.Error
	if step != nil && step.Action == provision.Refuse {
		text = cmp.Or(step.Reason(), text)
	}
	reason, remedy = report.CutRemedy(report.Why(results.Failed, text))
	return reason, cmp.Or(remedy, "correct the row, then apply it again")
}

// everyFault lists the faults of a row, one a line.
func everyFault(row *manifest.Row, faults []*manifest.Error) (reason, remedy string) {
	var reasons, remedies []string
	for _, f := range faults {
		reasons = append(reasons, f.Complaint())
		remedies = append(remedies, f.Remedy)
	}
	if row.Repeated() {
		remedies = append(remedies, "do so in the whole manifest, and apply that: alone, this row would be taken for the other")
	}
	return strings.Join(reasons, "\n"), strings.Join(remedies, "\n")
}

func (r *Report) whyUntried() (reason, remedy string) {
	if r.Stopped == "" && !r.Live {
		return "it was not tried yet", "apply the manifest, with the same results file"
	}
	return cmp.Or(r.Stopped, "the run ended before this row"), cmp.Or(r.Remedy, "run again: it goes on where it stopped")
}

// whyDifferent says of a row that has its room what is not quite as the manifest
// has it.
func whyDifferent(record *results.Record, step *provision.Step, state report.State) (reason, remedy string) {
	switch {
	case step != nil && step.Changed:
		return report.NoteChanged, "change the room in Webex yourself, or write the old title and team into the manifest"
	case step != nil && step.Action == provision.Move:
		return report.NoteMoved, "no action is needed"
	case state == report.Adopted:
		return report.WhyDoubtful(record), "no action is needed"
	}
	return "", ""
}
