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
	if findPart(archive, bookName) == nil {
		return nil, errNoWorkbook
	}
	book, err := readBook(archive, bookName)
	if err != nil {
		return nil, err
	}
	relations, err := relationsOf(archive, bookName, "worksheet", "sharedStrings", "styles")
	if err != nil {
		return nil, err
	}
	parts := &workbookParts{archive: archive, from1904: book.from1904}
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
	for i, s := range book.sheets {
		target, ok := targets[s.id]
		if !ok {
			continue // a chart or a macro sheet
		}
		part := findPart(archive, target)
		if part == nil {
			return nil, errors.New("the sheet " + s.name + " is missing in it")
		}
		parts.sheets = append(parts.sheets, workbookSheet{
			name: s.name, index: i, part: part,
			hidden: s.state == "hidden" || s.state == "veryHidden",
		})
	}
	return parts, nil
}

// book is what the part that lists the sheets says.
type book struct {
	from1904 bool
	sheets   []bookSheet
}

type bookSheet struct{ name, state, id string }

// maxSheets is the most sheets of a workbook.
const maxSheets = 1 << 14

// readBook reads the part that lists the sheets. Of old workbooks it can be long, as
// names of ranges that are gone pile up in it.
func readBook(archive *zip.Reader, name string) (*book, error) {
	b := &book{}
	return b, eachElement(archive, name, func(section string, start xml.StartElement) error {
		switch {
		case start.Name.Local == "workbookPr":
			b.from1904 = isTrue(attribute(start, "date1904"))
		case section == "sheets" && start.Name.Local == "sheet":
			if len(b.sheets) == maxSheets {
				return errTooMuch
			}
			b.sheets = append(b.sheets, bookSheet{attribute(start, "name"), attribute(start, "state"), attribute(start, "id")})
		}
		return nil
	})
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
	if findPart(archive, name) == nil {
		return nil, nil
	}
	var found []relation
	err := eachElement(archive, name, func(_ string, start xml.StartElement) error {
		r := relation{attribute(start, "Id"), path.Base(attribute(start, "Type")), attribute(start, "Target")}
		if start.Name.Local == "Relationship" && slices.Contains(kinds, r.kind) {
			found = append(found, r)
		}
		return nil
	})
	return found, err
}

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

// eachElement calls do with the start of each element of a part and the name of the
// section, the child of the root, that it stands in. No part is held in memory.
func eachElement(archive *zip.Reader, name string, do func(section string, start xml.StartElement) error) error {
	part := findPart(archive, name)
	if part == nil {
		return errors.New("a part of it, " + name + ", is missing")
	}
	content, err := part.Open()
	if err != nil {
		return err
	}
	defer content.Close()
	tokens := newTokenSource(content, errTooMuch)
	tokens.decoder.Strict = false // what is not looked for may be written as it likes
	section := ""
	for depth := 0; ; {
		token, err := tokens.next()
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if depth++; depth == 2 {
				section = t.Name.Local
			}
			if err := do(section, t); err != nil {
				return err
			}
		case xml.EndElement:
			if depth--; depth == 0 {
				// The rest is read for the checksum at its end.
				_, err := io.Copy(io.Discard, content) //nolint:gosec // maxOtherParts bounds it.
				return err
			}
		}
	}
}

// attribute returns the value of an attribute, "" if the element does not have it.
func attribute(start xml.StartElement, name string) string {
	for _, a := range start.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
