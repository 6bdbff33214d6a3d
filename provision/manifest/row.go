package manifest

// Bool is the value of a cell that may be empty.
type Bool uint8

// The values of a Bool. Unset leaves the field out of the request; False is sent.
const (
	Unset Bool = iota
	False
	True
)

// Ptr returns nil when b is Unset, else a pointer to a new bool.
func (b Bool) Ptr() *bool {
	if b == Unset {
		return nil
	}
	value := b == True
	return &value
}

// Row is one room of the manifest. A text of "" means not set.
type Row struct {
	Title, TeamID, ClassificationID, Description, Key string

	// Number is 1 for the manifest's first room; blank rows do not count.
	Number int
	// Line is where the row starts: the line of a CSV or YAML file, the row of a sheet.
	Line int

	// identity is the hash that Ref spells out; 0 in a row that was not read.
	identity uint64

	IsLocked, IsPublic, IsAnnouncementOnly Bool

	// Invalid says that at least one entry of the ErrorList names this row.
	Invalid bool

	// nameless says that the row has no identity of its own, see Ref.
	nameless bool
	// torn says that its record could not be told apart into its cells.
	torn bool
	// mangled is what Mangled reports.
	mangled bool
}

// Torn reports an Invalid row whose record could not be told apart into its cells:
// what stands in one of them may belong into another.
func (r *Row) Torn() bool { return r.torn }

// Mangled reports an Invalid row in which a program has left a text that shows its
// fault in CSV alone: question marks where letters were, ="0012", &amp;, or curved
// quotation marks. In a workbook they may be meant.
func (r *Row) Mangled() bool { return r.mangled }

// Repeated reports an Invalid row that has the identity of an earlier one.
func (r *Row) Repeated() bool { return r.nameless && !r.torn && hasIdentity(r) }
