package sheet

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"slices"
	"strconv"

	"roomlift/provision/manifest"
)

// addedColumn is a column that an annotated sheet has besides the admin's own.
type addedColumn struct {
	name  string
	width float64 // in characters
	cell  func(o *outcome, l *look) (text string, style int)
}

// openText is what a link shows.
const openText = "Open in Webex"

var addedColumns = [...]addedColumn{
	{manifest.AddedStatus, 19, func(o *outcome, l *look) (string, int) {
		return o.state.String(), l.state[o.state]
	}},
	{manifest.AddedLink, 25, func(o *outcome, l *look) (string, int) {
		if o.link == "" {
			return "", l.text
		}
		return openText, l.link
	}},
	{manifest.AddedReason, 52, func(o *outcome, l *look) (string, int) {
		return o.reason, l.reason[o.state]
	}},
	{manifest.AddedRemedy, 52, func(o *outcome, l *look) (string, int) {
		return o.remedy, l.reason[o.state]
	}},
}

const linkColumn = 1 // index of the link in addedColumns

// maxColumn is the rightmost column of a sheet, XFD.
const maxColumn = 16384

// places returns the columns of the sheet, from 1, that the added columns go
// into: those that they are in already, and then those to the right of
// everything.
func places(p *manifest.Placement) ([len(addedColumns)]int, error) {
	var at [len(addedColumns)]int
	last := p.LastColumn
	for _, column := range p.Added {
		last = max(last, column)
	}
	for i := range addedColumns {
		if at[i] = p.Added[addedColumns[i].name]; at[i] == 0 {
			last++
			at[i] = last
		}
	}
	if last > maxColumn {
		return at, fmt.Errorf("the sheet %s has a value in %s, which leaves no room for the added columns: delete what is not needed at its right edge",
			p.Sheet, letters(p.LastColumn))
	}
	return at, nil
}

// widen returns the elements of <cols> with the widths of the added columns. One
// that was there before keeps the width that it was given.
func widen(cols []xml.StartElement, at [len(addedColumns)]int, p *manifest.Placement, prefix string) []xml.StartElement {
	for i, column := range at {
		if p.Added[addedColumns[i].name] != 0 {
			continue
		}
		var parted []xml.StartElement
		for _, c := range cols {
			parted = append(parted, without(c, column)...)
		}
		cols = append(parted, xml.StartElement{
			Name: xml.Name{Space: trimColon(prefix), Local: "col"},
			Attr: []xml.Attr{
				{Name: xml.Name{Local: "min"}, Value: strconv.Itoa(column)},
				{Name: xml.Name{Local: "max"}, Value: strconv.Itoa(column)},
				{Name: xml.Name{Local: "width"}, Value: strconv.FormatFloat(addedColumns[i].width, 'f', -1, 64)},
				{Name: xml.Name{Local: "customWidth"}, Value: "1"},
			},
		})
	}
	slices.SortStableFunc(cols, func(a, b xml.StartElement) int { return cmp.Compare(bound(a, "min"), bound(b, "min")) })
	return cols
}

// without parts a <col> so that it does not speak of a column any more.
func without(c xml.StartElement, column int) []xml.StartElement {
	first, last := bound(c, "min"), bound(c, "max")
	if column < first || column > last {
		return []xml.StartElement{c}
	}
	var parts []xml.StartElement
	if first < column {
		parts = append(parts, setAttribute(c, "max", strconv.Itoa(column-1)))
	}
	if last > column {
		parts = append(parts, setAttribute(c, "min", strconv.Itoa(column+1)))
	}
	return parts
}

func bound(c xml.StartElement, name string) int {
	text, _ := attribute(c, name)
	n, _ := strconv.Atoi(text)
	return n
}

func trimColon(prefix string) string {
	if prefix == "" {
		return ""
	}
	return prefix[:len(prefix)-1]
}

// mostLinks is the most hyperlinks that Excel accepts in a sheet.
const mostLinks = 65530

// letters returns the letters of a column: "C" of 3.
func letters(column int) string {
	var b []byte
	for ; column > 0; column = (column - 1) / 26 {
		b = append(b, byte('A'+(column-1)%26))
	}
	slices.Reverse(b)
	return string(b)
}

// cellName returns the name of a cell: "C14".
func cellName(column, row int) string { return letters(column) + strconv.Itoa(row) }
