package manifest

import (
	"slices"

	"roomlift/report/formula"
)

// The columns that Roomlift adds when it gives a sheet back. A sheet that is given
// back is a manifest, too: these columns are passed over without a warning, and
// have no meaning, but for what is said here.
const (
	AddedStatus = "Roomlift: status"
	AddedLink   = "Roomlift: open in Webex"
	AddedReason = "Roomlift: what went wrong"
	AddedRemedy = "Roomlift: what to do"

	// AddedRefusal stands for AddedReason in a CSV file. It says that an apostrophe
	// before = + - @ in the cells of that file is none of the text: it was put
	// there so that no spreadsheet program runs the cell. A file that says nothing
	// of the kind is read as it stands.
	AddedRefusal = "Roomlift: why it was refused"

	// AddedTorn is for rows that are Torn. Such a row is refused as long as there
	// is something in this column: written into a sheet, it would look whole.
	AddedTorn = "Roomlift: not whole"
)

// addedColumn returns which of the added columns the header is, "" for any other.
func addedColumn(header string) string {
	wanted := normalizeName(header)
	for _, name := range []string{AddedStatus, AddedLink, AddedReason, AddedRemedy, AddedRefusal, AddedTorn} {
		if normalizeName(name) == wanted {
			return name
		}
	}
	return ""
}

// passOver reports whether cell i of the header is an added column, and notes
// what it says of the file.
func (b *builder) passOver(l *layout, i int, name string) bool {
	added := addedColumn(name)
	if added == "" {
		return false
	}
	l.added = append(l.added, i)
	switch added {
	case AddedReason:
		b.refusals = b.refusals || !hasAdded(l.names, AddedStatus)
	case AddedRefusal:
		b.refusals, b.neutralised = true, true
	case AddedTorn:
		l.torn = i + 1
		l.names[i] = "" // so that a value in it is looked at
	}
	return true
}

// blank reports whether no cell of a row holds anything of the person's own.
func (l *layout) blank(cells []string) bool {
	for i, cell := range cells {
		if clean(cell) != "" && !slices.Contains(l.added, i) {
			return false
		}
	}
	return true
}

func hasAdded(header []string, added string) bool {
	for _, name := range header {
		if addedColumn(name) == added {
			return true
		}
	}
	return false
}

// value returns the text of a cell as it was meant.
func (b *builder) value(cell string) string {
	if b.neutralised {
		return clean(formula.Any.Restore(cell)) // first, as a blank line may stand before an apostrophe
	}
	text := clean(cell)
	if text == "" || text[0] != '\'' {
		return text
	}
	if formula.Any.Restore(text) != text {
		b.apostrophes.note(text, 0) // somebody may have deleted the column that said so
	}
	return text
}
