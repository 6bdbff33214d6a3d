package sheet

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"html"
	"regexp"
	"strconv"
	"strings"
)

// area is a rectangle of cells; all of it counts from 1.
type area struct{ left, top, right, bottom int }

// parseArea reads "A1:C3" or "$A$1:$C$3".
func parseArea(text string) (a area, ok bool) {
	first, last, both := strings.Cut(strings.ReplaceAll(text, "$", ""), ":")
	if !both {
		last = first
	}
	a.left, a.right = columnOf(first), columnOf(last)
	top, errTop := strconv.Atoi(strings.TrimLeft(first, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
	bottom, errBottom := strconv.Atoi(strings.TrimLeft(last, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
	a.top, a.bottom = top, bottom
	return a, a.left > 0 && a.right > 0 && errTop == nil && errBottom == nil
}

func (a area) String() string {
	return cellName(a.left, a.top) + ":" + cellName(a.right, a.bottom)
}

// stretchRange returns a range that reaches to the given column; header says that it
// must start in the row of the header.
func stretchRange(text string, headerRow int, header bool, column int) (string, bool) {
	a, ok := parseArea(text)
	if !ok || a.right >= column || header && a.top != headerRow {
		return text, false
	}
	a.right = column
	return a.String(), true
}

// stretchNames returns the workbook part with the names that Excel keeps of the
// sheet's filter and of what is printed of it reaching to the given column.
func stretchNames(workbook []byte, sheet, headerRow, column int) ([]byte, error) {
	holds := map[string]func(area) bool{
		"_xlnm._FilterDatabase": func(a area) bool { return a.top == headerRow },
		"_xlnm.Print_Area":      func(a area) bool { return a.top <= headerRow && headerRow <= a.bottom },
	}
	var out bytes.Buffer
	s := newSplicer(bytes.NewReader(workbook), &out)
	for token := s.next(); token != nil; token = s.next() {
		t, ok := token.(xml.StartElement)
		name, _ := attribute(t, "name")
		of, _ := attribute(t, "localSheetId")
		s.copy()
		if !ok || t.Name.Local != "definedName" || holds[name] == nil || of != strconv.Itoa(sheet) {
			continue
		}
		s.element(nil)
		longer := stretchAreas(string(s.raw()), holds[name], column)
		s.drop()
		s.write([]byte(longer))
	}
	err := s.finish()
	return out.Bytes(), err
}

var (
	// areaOfName is an area in the text of a name; no sheet's name has a colon. The
	// rows are missing where it is of whole columns.
	areaOfName = regexp.MustCompile(`!\$?([A-Z]{1,3})\$?(\d*):\$?([A-Z]{1,3})\$?(\d*)`)
	sheetName  = regexp.MustCompile(`'[^']*'`)
)

// stretchAreas returns the text of a name in which the rightmost of its areas that
// holds the table reaches to the given column. One that is calculated stays.
func stretchAreas(text string, holds func(area) bool, column int) string {
	if strings.Contains(sheetName.ReplaceAllString(html.UnescapeString(text), ""), "(") {
		return text
	}
	var rightmost []int // where the letters of its last column stand
	right := 0
	for _, at := range areaOfName.FindAllStringSubmatchIndex(text, -1) {
		a := area{right: columnOf(text[at[6]:at[7]]), bottom: maxRows}
		if at[4] < at[5] && at[8] < at[9] {
			a.top, _ = strconv.Atoi(text[at[4]:at[5]])
			a.bottom, _ = strconv.Atoi(text[at[8]:at[9]])
		}
		if holds(a) && a.right > right {
			right, rightmost = a.right, at[6:8]
		}
	}
	if rightmost == nil || right >= column {
		return text
	}
	return text[:rightmost[0]] + letters(column) + text[rightmost[1]:]
}

// stretchTable returns the part of a table with the added columns in it: beside it,
// they would be left behind when somebody sorts the table. ok is false where the
// table is another one, or one that cannot be extended.
func stretchTable(part []byte, headerRow int, at [len(addedColumns)]int) (longer []byte, ok bool, err error) {
	var table struct {
		Ref     string `xml:"ref,attr"`
		Type    string `xml:"tableType,attr"`
		Columns []struct {
			ID int `xml:"id,attr"`
		} `xml:"tableColumns>tableColumn"`
	}
	if err := xml.Unmarshal(part, &table); err != nil {
		return nil, false, err
	}
	reach, valid := parseArea(table.Ref)
	if !valid || table.Type != "" || reach.top != headerRow {
		return nil, false, nil
	}
	for i, column := range at {
		if column != reach.right+1+i {
			return nil, false, nil
		}
	}
	last := 0
	for _, c := range table.Columns {
		last = max(last, c.ID)
	}
	var out bytes.Buffer
	s := newSplicer(bytes.NewReader(part), &out)
	for token := s.next(); token != nil; token = s.next() {
		t, isStart := token.(xml.StartElement)
		switch {
		case !isStart:
		case t.Name.Local == "table", t.Name.Local == "autoFilter":
			ref, _ := attribute(t, "ref")
			ref, _ = stretchRange(ref, headerRow, true, at[len(at)-1])
			t = setAttribute(t, "ref", ref)
			empty := closesItself(s.raw())
			s.drop()
			s.write(startTag(t, empty))
			continue
		case t.Name.Local == "tableColumns":
			t = setAttribute(t, "count", strconv.Itoa(len(table.Columns)+len(at)))
			s.drop()
			s.write(startTag(t, false))
			s.element(nil)
			inner := s.raw()
			end := bytes.LastIndex(inner, []byte("</"))
			if end < 0 {
				return nil, false, nil
			}
			s.write(inner[:end])
			for i, c := range addedColumns {
				s.write(fmt.Appendf(nil, `<%stableColumn id="%d" name="%s"/>`, prefixOf(t), last+1+i, c.name))
			}
			s.write(inner[end:])
			s.drop()
			continue
		}
		s.copy()
	}
	err = s.finish()
	return out.Bytes(), err == nil, err
}

// leavesBehind reports a table of the header's row that an added column is not in.
func leavesBehind(part []byte, headerRow int, at [len(addedColumns)]int) bool {
	var table struct {
		Ref string `xml:"ref,attr"`
	}
	if err := xml.Unmarshal(part, &table); err != nil {
		return false
	}
	a, ok := parseArea(table.Ref)
	return ok && a.top == headerRow && (at[0] > a.right || at[len(at)-1] > a.right)
}
