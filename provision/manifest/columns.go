package manifest

import "strings"

// Type is what the cells of a column hold.
type Type uint8

// The types of columns.
const (
	Text    Type = iota
	Boolean      // true, false or empty
)

// String returns the type's name in plain words.
func (t Type) String() string {
	if t == Boolean {
		return "true or false"
	}
	return "text"
}

// Column is one column of a manifest. Header matching, checks, documentation and
// templates are all derived from [Columns].
type Column struct {
	Name     string   // the canonical header, Webex's name for the field
	Aliases  []string // other headers that mean the same
	Type     Type
	Required bool
	Doc      string // what it means, in one sentence
	Example  string // a value to show

	index int                  // place in the table
	cell  func(*cells) *string // where readers put the cell's text
	text  func(*Row) *string   // where a Text value is stored
	flag  func(*Row) *Bool     // where a Boolean value is stored
}

// cells is one row as text, as its reader found it. The tags are the canonical
// names, for gocsv.
type cells struct {
	Title              string `csv:"title"`
	TeamID             string `csv:"teamId"`
	ClassificationID   string `csv:"classificationId"`
	IsLocked           string `csv:"isLocked"`
	IsPublic           string `csv:"isPublic"`
	Description        string `csv:"description"`
	IsAnnouncementOnly string `csv:"isAnnouncementOnly"`
	Key                string `csv:"key"`
}

// Places in the table that checks refer to by name.
const (
	colTitle = iota
	colTeamID
	colClassificationID
	colIsLocked
	colIsPublic
	colDescription
	colIsAnnouncementOnly
	colKey
	columnCount
)

// Columns returns the table of columns in the order that a manifest shows them.
// A new column is one more entry here, and its field in Row and in cells.
func Columns() []Column {
	table := columnTable()
	return table[:]
}

func columnTable() [columnCount]Column {
	table := [columnCount]Column{
		colTitle: {
			Name: "title", Type: Text, Required: true,
			Aliases: []string{"Space name", "Space title", "Room name", "Room title", "Name"},
			Doc:     "The name of the room.",
			Example: "Sales Berlin",
			cell:    func(c *cells) *string { return &c.Title },
			text:    func(r *Row) *string { return &r.Title },
		},
		colTeamID: {
			Name: "teamId", Type: Text,
			Aliases: []string{"Webex team ID"},
			Doc:     "The id of the team that the room belongs to. Empty makes a room outside any team.",
			Example: "Y2lzY29zcGFyazovL3VzL1RFQU0vZXhhbXBsZQ",
			cell:    func(c *cells) *string { return &c.TeamID },
			text:    func(r *Row) *string { return &r.TeamID },
		},
		colClassificationID: {
			Name: "classificationId", Type: Text,
			Aliases: []string{"Space classification ID"},
			Doc:     "The id of the space classification. A bot cannot set it.",
			Example: "Y2lzY29zcGFyazovL3VzL0NMQVNTSUZJQ0FUSU9OL2V4YW1wbGU",
			cell:    func(c *cells) *string { return &c.ClassificationID },
			text:    func(r *Row) *string { return &r.ClassificationID },
		},
		colIsLocked: {
			Name: "isLocked", Type: Boolean,
			Aliases: []string{"Locked", "Moderated", "Is moderated", "Moderated space", "Moderation"},
			Doc:     "Whether only moderators may add people and change the room.",
			Example: "true",
			cell:    func(c *cells) *string { return &c.IsLocked },
			flag:    func(r *Row) *Bool { return &r.IsLocked },
		},
		colIsPublic: {
			Name: "isPublic", Type: Boolean,
			Aliases: []string{"Public", "Public space", "Is public space"},
			Doc:     "Whether anyone in the organisation can find and join the room. It needs a description.",
			Example: "false",
			cell:    func(c *cells) *string { return &c.IsPublic },
			flag:    func(r *Row) *Bool { return &r.IsPublic },
		},
		colDescription: {
			Name: "description", Type: Text,
			Aliases: []string{"Space description", "Room description"},
			Doc:     "What the room is for. A public room must have one.",
			Example: "Offers, orders and customers of the Berlin office",
			cell:    func(c *cells) *string { return &c.Description },
			text:    func(r *Row) *string { return &r.Description },
		},
		colIsAnnouncementOnly: {
			Name: "isAnnouncementOnly", Type: Boolean,
			Aliases: []string{"Announcement mode", "Announcement only", "Announcements only", "Announcement space", "Announcements"},
			Doc:     "Whether only moderators may post. It needs isLocked to be true.",
			Example: "false",
			cell:    func(c *cells) *string { return &c.IsAnnouncementOnly },
			flag:    func(r *Row) *Bool { return &r.IsAnnouncementOnly },
		},
		colKey: {
			Name: "key", Type: Text,
			Aliases: []string{"Row key"},
			Doc:     "Your own name for the row, such as a ticket number. It must be unique, and lets two rooms have the same title and team.",
			Example: "REQ-1042",
			cell:    func(c *cells) *string { return &c.Key },
			text:    func(r *Row) *string { return &r.Key },
		},
	}
	for i := range table {
		table[i].index = i
	}
	return table
}

// need says whether the column is required.
func (c *Column) need() string {
	if c.Required {
		return "required"
	}
	return "optional"
}

func columnNames(table []Column) string {
	names := make([]string, len(table))
	for i := range table {
		names[i] = table[i].Name
	}
	return strings.Join(names, ", ")
}
