package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"roomlift/provision"
)

// documentedRate is what Webex says most endpoints allow: about 300 requests a
// minute.
const documentedRate = 5.0

// PlanOptions says how a plan is printed.
type PlanOptions struct {
	Rows    bool    // every row, not only the counts
	MaxRate float64 // requests a second that the run will keep to; 0 is none
	Columns int     // of the terminal that the counts are broken for; 0 is none
}

// Plan writes what a run would do. The error is w's.
func Plan(w io.Writer, p *provision.Plan, opts PlanOptions) error {
	var b strings.Builder
	if opts.Rows {
		for i := range p.Steps {
			writeStep(&b, &p.Steps[i])
			if b.Len() > 1<<16 {
				if _, err := io.WriteString(w, b.String()); err != nil {
					return err
				}
				b.Reset()
			}
		}
	}
	counts := fmt.Sprintf("%s for %s: %s", Count(len(p.Steps), "row", "rows"), p.Server, planCounts(p))
	b.WriteString(Fold(counts, opts.Columns) + "\n")
	if n := p.Count(provision.Create); n > 0 {
		b.WriteString(Fold("creating takes about "+estimate(n, opts.MaxRate), opts.Columns) + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func writeStep(b *strings.Builder, s *provision.Step) {
	fmt.Fprintf(b, "%-9s  row %d  %s", s.Action, s.Row.Number, Printable(s.Row.Title))
	if s.Row.Key != "" {
		fmt.Fprintf(b, "  (key %s)", Printable(s.Row.Key))
	}
	if s.Changed {
		b.WriteString("  changed, left as it is")
	}
	if s.From() != "" {
		fmt.Fprintf(b, "  from %s", s.From())
	}
	if s.Reason() != "" {
		b.WriteString("  " + Printable(s.Reason()))
	}
	b.WriteByte('\n')
}

func planCounts(p *provision.Plan) string {
	var parts []string
	for _, a := range []struct {
		action provision.Action
		what   string
	}{
		{provision.Create, "to create"},
		{provision.Keep, "exist already"},
		{provision.Move, "moved to another key"},
		{provision.Reconcile, "to settle first (an earlier run may have created them)"},
		{provision.Adopt, "to adopt"},
		{provision.Refuse, "refused"},
	} {
		if n := p.Count(a.action); n > 0 {
			parts = append(parts, Number(n)+" "+a.what)
		}
	}
	changed := 0
	for i := range p.Steps {
		if p.Steps[i].Changed {
			changed++
		}
	}
	if changed > 0 {
		parts = append(parts, Number(changed)+" changed, left as they are")
	}
	return strings.Join(parts, ", ")
}

func estimate(rooms int, maxRate float64) string {
	speed, why := documentedRate, "the documented 5 requests a second; it finds the real limit by itself"
	if maxRate > 0 && maxRate < speed {
		speed, why = maxRate, "--max-rate"
	}
	return fmt.Sprintf("%s at %s", Duration(time.Duration(float64(rooms)/speed*float64(time.Second))), why)
}
