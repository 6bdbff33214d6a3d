package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"

	"roomlift/provision/manifest"
)

// WriteAnnotated writes a copy of the admin's own workbook in which columns to
// the right of the table say what became of each row; of CSV and YAML it makes a
// workbook. In one that was annotated before, what the columns say is replaced.
// The warnings say what could not be kept or added.
func WriteAnnotated(w io.Writer, r *Report) (warnings []string, err error) {
	if r.Manifest.Format != "xlsx" {
		return r.annotateNew(w)
	}
	place, err := manifest.Place(r.content(), r.Manifest, r.Options)
	if err != nil {
		return nil, err
	}
	return r.annotate(w, r.content(), place, func(row *manifest.Row) int { return row.Line })
}

// CheckAnnotated reports, before anything is sent, what will keep WriteAnnotated
// from writing.
func CheckAnnotated(r *Report) error {
	if r.Manifest.Format != "xlsx" {
		s, err := r.shape(everyRow, wholeInBook)
		if err != nil {
			return err
		}
		return s.fits()
	}
	place, err := manifest.Place(r.content(), r.Manifest, r.Options)
	if err != nil {
		return err
	}
	if _, err := places(place); err != nil {
		return err
	}
	return r.namedAsItIs()
}

// namedAsItIs returns an error for a workbook with macros that is not called so, or
// the other way round: Excel would not open the copy, which has the same ending.
func (r *Report) namedAsItIs() error {
	in, err := zip.NewReader(r.content(), r.Size)
	if err != nil {
		return err
	}
	types, err := (&annotation{in: in}).read("[Content_Types].xml")
	if err != nil {
		return err
	}
	macros := bytes.Contains(types, []byte(".macroEnabled.main+xml"))
	switch called := strings.EqualFold(path.Ext(r.Manifest.Name), ".xlsm"); {
	case macros && !called:
		return errors.New("the manifest is a workbook with macros, whose name must end in .xlsm: rename it")
	case called && !macros:
		return errors.New("the manifest is a workbook without macros, whose name must end in .xlsx: rename it")
	}
	return nil
}

func everyRow(*manifest.Row) bool { return true }

// annotateNew makes a workbook of a manifest that is none, and annotates it.
func (r *Report) annotateNew(w io.Writer) (warnings []string, err error) {
	s, err := r.shape(everyRow, wholeInBook)
	if err != nil {
		return nil, err
	}
	if err := s.fits(); err != nil {
		return nil, err
	}
	header, widths := s.header, s.widths()
	if s.torn {
		header, widths = append(slices.Clone(header), manifest.AddedTorn), append(widths, tornWidth)
	}
	plain, err := os.CreateTemp("", "roomlift-*.xlsx")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, plain.Close(), os.Remove(plain.Name())) }()
	b, err := newBook("Rooms", header, widths)
	if err != nil {
		return nil, err
	}
	if err := b.write(plain, func(add func([]string) error) error {
		var cells []string
		return manifest.VisitTable(r.content(), r.Manifest, r.Options, func(row *manifest.Row, own []string) error {
			if row == nil {
				return nil
			}
			cells = s.cellsOf(cells, row, own)
			if s.torn {
				cells = append(cells, s.tornCell(row))
			}
			return add(cells)
		})
	}); err != nil {
		return nil, err
	}
	size, err := plain.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	place := &manifest.Placement{Part: sheetPart, Sheet: b.sheet, Header: 1, Left: 1, LastColumn: len(header), LastRow: b.row}
	return r.annotate(w, io.NewSectionReader(plain, 0, size), place, func(row *manifest.Row) int { return row.Number + 1 })
}

// annotation is a workbook under way.
type annotation struct {
	in       *zip.Reader
	out      *zip.Writer
	place    *manifest.Placement
	sheet    worksheet
	tables   map[string]bool // parts with a table of the sheet
	rels     string          // part with the relationships of the sheet
	warnings []string
}

// annotate copies a workbook; line returns the row of the sheet that a row is in.
func (r *Report) annotate(w io.Writer, content *io.SectionReader, place *manifest.Placement, line func(*manifest.Row) int) ([]string, error) {
	in, err := zip.NewReader(content, content.Size())
	if err != nil {
		return nil, err
	}
	at, err := places(place)
	if err != nil {
		return nil, err
	}
	a := &annotation{in: in, out: zip.NewWriter(w), place: place, tables: map[string]bool{}}
	a.rels = path.Join(path.Dir(place.Part), "_rels", path.Base(place.Part)+".rels")
	rows := r.Manifest.Rows
	a.sheet = worksheet{place: place, at: at, outcomes: func() (int, outcome, bool) {
		if len(rows) == 0 {
			return 0, outcome{}, false
		}
		row := &rows[0]
		rows = rows[1:]
		return line(row), r.outcome(row), true
	}}
	if err := a.run(); err != nil {
		return nil, err
	}
	return a.warnings, a.out.Close()
}

func (a *annotation) run() error {
	if err := a.findTables(); err != nil {
		return err
	}
	styles, err := a.styles()
	if err != nil {
		return err
	}
	for _, part := range a.in.File {
		switch name := part.Name; {
		case name == a.place.Part:
			err = a.change(part, a.sheet.annotate)
		case same(name, a.rels): // comes last: it names the links
		case same(name, stylesPart) && styles != nil:
			err = a.put(name, styles)
		case same(name, "xl/workbook.xml"):
			err = a.replace(part, func(b []byte) ([]byte, error) {
				return stretchNames(b, a.place.Index, a.place.Header, slices.Max(a.sheet.at[:]))
			})
		case a.tables[strings.ToLower(name)]:
			err = a.replace(part, a.stretchTable)
		default:
			if strings.HasPrefix(name, "_xmlsignatures/") {
				a.warn("the workbook is signed; the signature does not hold for the copy")
			}
			err = a.out.Copy(part)
		}
		if err != nil {
			return err
		}
	}
	if n := a.sheet.links.beyond; n > 0 {
		a.warn(fmt.Sprintf("Excel accepts %d links in a sheet; %d more are written as text", mostLinks, n))
	}
	return a.relationships()
}

func (a *annotation) warn(text string) {
	if !slices.Contains(a.warnings, text) {
		a.warnings = append(a.warnings, text)
	}
}

const stylesPart = "xl/styles.xml"

// styles returns the styles with those that are added, nil where the workbook has
// none to add to.
func (a *annotation) styles() ([]byte, error) {
	old, err := a.read(stylesPart)
	if err != nil {
		return nil, err
	}
	styles, look, err := addLook(old)
	if err != nil {
		a.warn("the added columns have no colours: the workbook's styles cannot be added to")
		return nil, nil //nolint:nilerr // the columns say the same without
	}
	a.sheet.look = look
	return styles, nil
}

// findTables notes the tables that the sheet has.
func (a *annotation) findTables() error {
	content, err := a.read(a.rels)
	if len(content) == 0 || err != nil {
		return err
	}
	var relations struct {
		Relations []struct {
			Type   string `xml:"Type,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if err := xml.Unmarshal(content, &relations); err != nil {
		return err
	}
	for _, r := range relations.Relations {
		if strings.HasSuffix(r.Type, "/table") {
			target := r.Target
			if !strings.HasPrefix(target, "/") {
				target = path.Join(path.Dir(a.place.Part), target)
			}
			a.tables[strings.ToLower(strings.TrimPrefix(target, "/"))] = true
		}
	}
	return nil
}

func (a *annotation) stretchTable(part []byte) ([]byte, error) {
	longer, ok, err := stretchTable(part, a.place.Header, a.sheet.at)
	if err != nil || ok {
		return longer, err
	}
	if leavesBehind(part, a.place.Header, a.sheet.at) {
		a.warn("the added columns stand outside the table in the sheet: when the table is sorted, they are left behind")
	}
	return part, nil
}

// relationships writes where the links lead to.
func (a *annotation) relationships() error {
	if part := a.find(a.rels); part != nil {
		return a.change(part, a.sheet.links.annotate)
	}
	if len(a.sheet.links.order) == 0 {
		return nil
	}
	w, err := a.out.Create(a.rels)
	if err != nil {
		return err
	}
	return a.sheet.links.annotate(strings.NewReader(emptyRelationships), w)
}

func (a *annotation) find(name string) *zip.File {
	for _, part := range a.in.File {
		if same(part.Name, name) {
			return part
		}
	}
	return nil
}

// read returns a part, nil if there is none. It is one that was read within bounds
// before.
func (a *annotation) read(name string) ([]byte, error) {
	part := a.find(name)
	if part == nil {
		return nil, nil
	}
	content, err := part.Open()
	if err != nil {
		return nil, err
	}
	defer content.Close()
	return io.ReadAll(content)
}

// change writes a part anew, as f copies it.
func (a *annotation) change(part *zip.File, f func(io.Reader, io.Writer) error) error {
	content, err := part.Open()
	if err != nil {
		return err
	}
	defer content.Close()
	w, err := a.out.CreateHeader(&zip.FileHeader{Name: part.Name, Method: zip.Deflate, Modified: part.Modified})
	if err != nil {
		return err
	}
	return f(content, w)
}

func (a *annotation) replace(part *zip.File, f func([]byte) ([]byte, error)) error {
	old, err := a.read(part.Name)
	if err != nil {
		return err
	}
	content, err := f(old)
	if err != nil {
		return err
	}
	return a.put(part.Name, content)
}

func (a *annotation) put(name string, content []byte) error {
	w, err := a.out.Create(name)
	if err != nil {
		return err
	}
	_, err = w.Write(content)
	return err
}

// same reports whether two parts have the same name, which has no case.
func same(a, b string) bool { return strings.EqualFold(strings.ReplaceAll(a, `\`, "/"), b) }
