package cli

import (
	"context"
	"fmt"

	"roomlift/report"
)

// checkCommand validates a manifest.
type checkCommand struct {
	manifestFlags
}

// Run prints every fault, or that there is none.
func (c *checkCommand) Run(ctx context.Context, std *streams, out *output) error {
	m, faults, err := c.load(ctx, std, out)
	if err != nil {
		return err
	}
	if out.Quiet {
		return nil
	}
	good := 0
	for i := range m.Rows {
		if !m.Rows[i].Invalid {
			good++
		}
	}
	_, err = fmt.Fprintf(out.stdout, "%s: %s", report.Printable(m.Name), report.Count(good, "room", "rooms"))
	if err == nil && len(faults) > 0 {
		_, err = fmt.Fprintf(out.stdout, ", %s", report.Count(len(m.Rows)-good, "faulty row", "faulty rows"))
	}
	if err == nil {
		_, err = fmt.Fprintln(out.stdout)
	}
	return err
}
