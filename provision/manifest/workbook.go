package manifest

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"
)

// workbookSheet is one sheet of a workbook and the part that holds its cells.
type workbookSheet struct {
	name   string
	hidden bool
	part   *zip.File
}

// workbookSheets returns the worksheets in the order of their tabs.
func workbookSheets(parts *zip.Reader) ([]workbookSheet, error) {
	const folder = "xl/"
	var book struct {
		Sheets []struct {
			Name  string `xml:"name,attr"`
			State string `xml:"state,attr"`
			ID    string `xml:"id,attr"`
		} `xml:"sheets>sheet"`
	}
	var relations struct {
		Relations []struct {
			ID     string `xml:"Id,attr"`
			Type   string `xml:"Type,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if err := decodePart(parts, folder+"workbook.xml", &book); err != nil {
		return nil, err
	}
	if err := decodePart(parts, folder+"_rels/workbook.xml.rels", &relations); err != nil {
		return nil, err
	}
	targets := map[string]string{}
	for _, r := range relations.Relations {
		if strings.HasSuffix(r.Type, "/worksheet") {
			targets[r.ID] = r.Target
		}
	}
	var sheets []workbookSheet
	for _, s := range book.Sheets {
		target, ok := targets[s.ID]
		if !ok {
			continue // a chart or a macro sheet
		}
		if !strings.HasPrefix(target, "/") {
			target = path.Join(folder, target)
		}
		part := findPart(parts, target)
		if part == nil {
			return nil, errors.New("the sheet " + s.Name + " is missing in it")
		}
		sheets = append(sheets, workbookSheet{name: s.Name, hidden: s.State == "hidden" || s.State == "veryHidden", part: part})
	}
	return sheets, nil
}

func findPart(parts *zip.Reader, name string) *zip.File {
	name = strings.TrimPrefix(name, "/")
	for _, part := range parts.File {
		if strings.EqualFold(strings.ReplaceAll(part.Name, `\`, "/"), name) {
			return part
		}
	}
	return nil
}

// maxWorkbookPart is the most bytes of a part that is decoded as a whole.
const maxWorkbookPart = 4 << 20

func decodePart(parts *zip.Reader, name string, into any) error {
	part := findPart(parts, name)
	if part == nil {
		return errors.New(name + " is missing in it")
	}
	content, err := part.Open()
	if err != nil {
		return err
	}
	defer content.Close()
	return xml.NewDecoder(io.LimitReader(content, maxWorkbookPart)).Decode(into)
}

// The kinds of parts that a workbook has. Pictures and the like are never read.
const (
	unreadPart = iota
	sheetPart
	textsPart
	otherPart
)

// partKind tells the kind of a part by its name in lower case.
func partKind(name string) int {
	switch {
	case strings.Contains(name, "/worksheets/"):
		return sheetPart
	case strings.HasSuffix(name, "/sharedstrings.xml"):
		return textsPart
	case strings.HasSuffix(name, ".xml") || strings.HasSuffix(name, ".rels"):
		return otherPart
	default:
		return unreadPart
	}
}
