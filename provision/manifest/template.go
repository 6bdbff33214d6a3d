package manifest

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"
)

// WriteTemplate writes a manifest to fill in, in the format of that name, see
// [Formats]. It shows every column, and an example row that is ignored if it is
// left in. The error is that of w, or says which formats there are.
func WriteTemplate(w io.Writer, format string) error {
	chosen, err := chooseFormat("the template", format)
	if err != nil {
		return err
	}
	return chosen.template(w)
}

// writeCSVTemplate writes the template as Excel writes "CSV UTF-8", with a
// byte-order mark: without it Excel would lose letters when the file is saved again.
func writeCSVTemplate(w io.Writer) error {
	var header, example []string
	columns := Columns()
	for i := range columns {
		header = append(header, columns[i].Name)
		example = append(example, exampleCell(&columns[i]))
	}
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	return out.WriteAll([][]string{header, example})
}

// writeYAMLTemplate writes the template with the meaning of each field as a comment.
func writeYAMLTemplate(w io.Writer) error {
	var b strings.Builder
	b.WriteString("# Rooms to create with roomlift. The fields of a room:\n#\n")
	columns := Columns()
	for i := range columns {
		c := &columns[i]
		fmt.Fprintf(&b, "#   %-19s %s, %s\n", c.Name, c.Type, c.need())
		fmt.Fprintf(&b, "#   %-19s %s\n", "", c.Doc)
	}
	b.WriteString("#\n")
	for _, rule := range Rules() {
		fmt.Fprintf(&b, "# - %s\n", rule)
	}
	b.WriteString("\n# What rooms share stands once, here; a room's own value comes first.\ndefaults:\n#  isLocked: true\n\nrooms:\n")
	for i := range columns {
		indent := "    "
		if i == 0 {
			indent = "  - "
		}
		value := exampleCell(&columns[i])
		if columns[i].Type == Text {
			value = "\"" + value + "\""
		}
		fmt.Fprintf(&b, "%s%s: %s\n", indent, columns[i].Name, value)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
