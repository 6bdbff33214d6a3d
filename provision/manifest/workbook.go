package manifest

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"slices"
	"strings"
)

// workbookParts are the parts of a workbook that a manifest is read from. They are
// found by following the relations between them, as their names are each program's
// own affair.
type workbookParts struct {
	archive  *zip.Reader
	sheets   []workbookSheet
	texts    *zip.File // the shared texts; nil if there are none
	styles   *zip.File // nil if there are none
	from1904 bool      // days are counted from 1904
}

// workbookSheet is one sheet of a workbook and the part that holds its cells.
type workbookSheet struct {
	name   string
	index  int // among all tabs, those of charts included
	hidden bool
	part   *zip.File
}

// relation leads from one part to another.
type relation struct{ id, kind, target string }

// readParts finds the parts of a workbook.
func readParts(archive *zip.Reader) (*workbookParts, error) {
	bookName, err := workbookName(archive)
	if err != nil {
		return nil, err
	}
	var book struct {
		Properties struct {
			From1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []struct {
			Name  string `xml:"name,attr"`
			State string `xml:"state,attr"`
			ID    string `xml:"id,attr"`
		} `xml:"sheets>sheet"`
	}
	if findPart(archive, bookName) == nil {
		return nil, errNoWorkbook
	}
	if err := decodePart(archive, bookName, &book); err != nil {
		return nil, err
	}
	relations, err := relationsOf(archive, bookName, "worksheet", "sharedStrings", "styles")
	if err != nil {
		return nil, err
	}
	parts := &workbookParts{archive: archive, from1904: book.Properties.From1904 == "1" || book.Properties.From1904 == "true"}
	targets := map[string]string{}
	for _, r := range relations {
		target := resolveTarget(bookName, r.target)
		switch r.kind {
		case "worksheet":
			targets[r.id] = target
		case "sharedStrings":
			parts.texts = findPart(archive, target)
		case "styles":
			parts.styles = findPart(archive, target)
		}
	}
	for i, s := range book.Sheets {
		target, ok := targets[s.ID]
		if !ok {
			continue // a chart or a macro sheet
		}
		part := findPart(archive, target)
		if part == nil {
			return nil, errors.New("the sheet " + s.Name + " is missing in it")
		}
		parts.sheets = append(parts.sheets, workbookSheet{
			name: s.Name, index: i, part: part,
			hidden: s.State == "hidden" || s.State == "veryHidden",
		})
	}
	return parts, nil
}

var errNoWorkbook = errors.New("it is a ZIP file with no workbook in it")

// defaultWorkbook is where the workbook stands if nothing says where.
const defaultWorkbook = "xl/workbook.xml"

// workbookName returns the name of the part that lists the sheets.
func workbookName(archive *zip.Reader) (string, error) {
	relations, err := relationsOf(archive, "", "officeDocument")
	if err != nil {
		return "", err
	}
	if len(relations) > 0 {
		return resolveTarget("", relations[0].target), nil
	}
	return defaultWorkbook, nil
}

// relationsOf returns the relations of a part that are of these kinds; "" is the
// file itself. There may be none, and of others, such as links, there may be many.
func relationsOf(archive *zip.Reader, from string, kinds ...string) ([]relation, error) {
	name := "_rels/.rels"
	if from != "" {
		name = path.Join(path.Dir(from), "_rels", path.Base(from)+".rels")
	}
	part := findPart(archive, name)
	if part == nil {
		return nil, nil
	}
	content, err := part.Open()
	if err != nil {
		return nil, err
	}
	defer content.Close()
	tokens := newTokenSource(content, errLongName)
	var found []relation
	for {
		token, err := tokens.nextOrEnd()
		if errors.Is(err, io.EOF) {
			return found, nil
		}
		if err != nil {
			return nil, err
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != "Relationship" {
			continue
		}
		var r relation
		for _, a := range start.Attr {
			switch a.Name.Local {
			case "Id":
				r.id = a.Value
			case "Type":
				r.kind = path.Base(a.Value)
			case "Target":
				r.target = a.Value
			}
		}
		if slices.Contains(kinds, r.kind) {
			found = append(found, r)
		}
	}
}

var errLongName = errors.New("the names of its parts are longer than " + maxRecordText)

// resolveTarget returns the name of the part that a relation of another leads to.
func resolveTarget(from, target string) string {
	target = strings.ReplaceAll(target, `\`, "/")
	if strings.HasPrefix(target, "/") {
		return path.Clean(target)[1:]
	}
	return strings.TrimPrefix(path.Join(path.Dir(from), target), "/")
}

func findPart(archive *zip.Reader, name string) *zip.File {
	for _, part := range archive.File {
		if strings.EqualFold(partName(part), name) {
			return part
		}
	}
	return nil
}

// partName returns the name of a part as relations write it.
func partName(part *zip.File) string {
	return strings.TrimPrefix(strings.ReplaceAll(part.Name, `\`, "/"), "/")
}

// maxWorkbookPart is the most bytes of a part that is decoded as a whole.
const maxWorkbookPart = 4 << 20

func decodePart(archive *zip.Reader, name string, into any) error {
	part := findPart(archive, name)
	if part == nil {
		return errors.New("a part of it, " + name + ", is missing")
	}
	content, err := part.Open()
	if err != nil {
		return err
	}
	defer content.Close()
	return newDecoder(io.LimitReader(content, maxWorkbookPart)).Decode(into)
}
