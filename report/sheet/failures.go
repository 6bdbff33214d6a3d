package sheet

import (
	"encoding/csv"
	"io"
	"strings"

	"roomlift/provision/manifest"
	"roomlift/report"
	"roomlift/report/formula"
)

// tornText stands in the column of rows that are not whole.
const tornText = "compare the row with the original, then delete this cell"

// tornWidth is how wide the column is.
const tornWidth = 30

// WriteFailures writes the refused rows alone, with the admin's own columns and
// two that say why: a file to correct and to apply against the same results file.
// Where no row was refused it is a header alone, so that no older file misleads.
// workbook chooses between a workbook and CSV.
//
// The CSV is UTF-8 with a byte-order mark, without which Excel takes it for
// another encoding and loses letters, and has the delimiter of the manifest, which
// is the one that the admin's program understands. The warnings say what such a
// program would change in it.
func WriteFailures(w io.Writer, r *Report, workbook bool) (warnings []string, err error) {
	whole := wholeInCSV
	if workbook {
		whole = wholeInBook
	}
	s, err := r.shape(r.failed, whole)
	if err != nil {
		return nil, err
	}
	if workbook {
		return nil, r.failuresBook(w, s)
	}
	return r.failuresCSV(w, s)
}

// failures hands on the refused rows, each with what went wrong and what to do.
func (r *Report) failures(s *shape, hand func(cells []string) error) error {
	var cells []string
	return manifest.VisitTable(r.content(), r.Manifest, r.Options, func(row *manifest.Row, own []string) error {
		if row == nil {
			return nil
		}
		o := r.outcome(row)
		if o.state != report.Failed {
			return nil
		}
		cells = s.cellsOf(cells, row, own)
		cells = append(cells, o.reason, o.remedy)
		if s.torn {
			cells = append(cells, s.tornCell(row))
		}
		return hand(cells)
	})
}

// failuresHeader returns the header; reason is the name of the column with what
// went wrong.
func (s *shape) failuresHeader(reason string) []string {
	header := append(s.padded(nil, s.header), reason, manifest.AddedRemedy)
	if s.torn {
		header = append(header, manifest.AddedTorn)
	}
	return header
}

// nameNotes gives the columns without a header a name: in a sheet they are notes,
// but in CSV a value without a header is a fault.
func (s *shape) nameNotes() {
	for i, longest := range s.longest {
		if longest > 0 && strings.TrimSpace(s.header[i]) == "" {
			s.header[i] = "(no header)"
		}
	}
}

func (r *Report) failuresCSV(w io.Writer, s *shape) (warnings []string, err error) {
	delimiter, err := manifest.DelimiterOf(r.content(), r.Manifest, r.Options)
	if err != nil {
		return nil, err
	}
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return nil, err
	}
	out := csv.NewWriter(w)
	out.Comma = delimiter
	line := func(cells []string) error {
		for i, cell := range cells {
			cells[i] = formula.Any.Neutralise(strings.ToValidUTF8(cell, "\ufffd"))
		}
		return out.Write(cells)
	}
	if r.Manifest.Format == "xlsx" {
		s.nameNotes()
	}
	if err := line(s.failuresHeader(manifest.AddedRefusal)); err != nil {
		return nil, err
	}
	var changed rewrites
	if err := r.failures(s, func(cells []string) error {
		changed.look(cells[:len(s.header)])
		return line(cells)
	}); err != nil {
		return nil, err
	}
	out.Flush()
	return changed.warnings(), out.Error()
}

func (r *Report) failuresBook(w io.Writer, s *shape) error {
	if err := s.fits(); err != nil {
		return err
	}
	header := s.failuresHeader(manifest.AddedReason)
	widths := append(s.widths(), 52, 52)
	if s.torn {
		widths = append(widths, tornWidth)
	}
	b, err := newBook("Refused", header, widths)
	if err != nil {
		return err
	}
	for i := len(s.header); i < len(header); i++ {
		b.styles[i] = b.look.reason[report.Failed]
	}
	return b.write(w, func(add func([]string) error) error {
		return r.failures(s, func(cells []string) error {
			for i := len(s.header); i < len(cells); i++ {
				cells[i] = cut(cells[i])
			}
			return add(cells)
		})
	})
}
