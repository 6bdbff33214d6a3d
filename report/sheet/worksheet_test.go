package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision/manifest"
	"roomlift/report/results"
)

// rawBook is a workbook with a sheet of that XML, as other programs than Excel
// write it.
func rawBook(t testing.TB, sheet string, others map[string]string) []byte {
	t.Helper()
	all := map[string]string{
		"[Content_Types].xml":        contentTypes,
		"_rels/.rels":                rootRelationships,
		"xl/workbook.xml":            strings.NewReplacer("%s", "Rooms", "%d", "9").Replace(bookXML),
		"xl/_rels/workbook.xml.rels": bookRelationships,
		"xl/styles.xml":              plainStyles,
		sheetPart:                    sheet,
	}
	for name, content := range others {
		all[name] = content
		if content == "" {
			delete(all, name)
		}
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for name, content := range all {
		part, err := w.Create(name)
		require.NoError(t, err)
		_, err = io.WriteString(part, content)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return out.Bytes()
}

const (
	mainNamespace = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	refNamespace  = `xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
)

// inline is a cell with a text.
func inline(attributes, text string) string {
	return `<c ` + attributes + ` t="inlineStr"><is><t>` + text + `</t></is></c>`
}

func TestTheXMLOfASheetIsAddedTo(t *testing.T) {
	header := `<row r="1">` + inline(`r="A1"`, "title") + `</row>`
	sales := inline(`r="A2"`, "Sales")
	for name, c := range map[string]struct {
		sheet string
		want  []string
		gone  []string
	}{
		"rows keep what they are, but for their spans": {
			`<worksheet ` + mainNamespace + `><sheetData>` + header + `<row r="2" spans="1:1" hidden="1" s="0">` + sales + `</row></sheetData></worksheet>`,
			[]string{`<row r="2" hidden="1" s="0">` + sales + `<c r="B2"`, `</cols><sheetData>`, `</sheetData><hyperlinks><hyperlink `},
			[]string{"spans"},
		},
		"places that are not written are counted": {
			`<worksheet ` + mainNamespace + `><sheetData>` + header + `<row>` + inline("", "Sales") + `<c/></row></sheetData></worksheet>`,
			[]string{`<row>` + inline("", "Sales") + `<c r="B2"`},
			nil,
		},
		"empty cells with a style make room": {
			`<worksheet ` + mainNamespace + `><sheetData>` + header + `<row r="2">` + sales + `<c r="B2" s="0"/><c r="C2"/><c r="XFD2" s="0"/></row></sheetData></worksheet>`,
			[]string{`</c><c r="D2" s="`, `/><c r="XFD2" s="0"/></row>`},
			[]string{`<c r="B2" s="0"/>`},
		},
		"rows without values stay": {
			`<worksheet ` + mainNamespace + `><sheetData>` + header + `<row r="2">` + sales + `</row><row r="3" ht="20"/> <row r="4"><c r="B4" s="0"/></row></sheetData></worksheet>`,
			[]string{`<row r="3" ht="20"/> <row r="4"><c r="B4" s="0"/></row></sheetData>`},
			nil,
		},
		"columns are parted around the new ones": {
			`<worksheet ` + mainNamespace + `><cols><col min="1" max="16384" width="8" style="0"/></cols><sheetData>` + header + `<row r="2">` + sales + `</row></sheetData></worksheet>`,
			[]string{
				`<cols><col min="1" width="8" style="0" max="1"/><col min="2" max="2" width="19" customWidth="1"/>`,
				`<col max="16384" width="8" style="0" min="6"/></cols>`,
			},
			nil,
		},
		"links go where they belong": {
			`<worksheet ` + mainNamespace + ` ` + refNamespace + `><dimension ref="A1:A2"/><sheetData>` + header + `<row r="2">` + sales + `</row></sheetData>` +
				`<mergeCells count="1"><mergeCell ref="B9:C9"/></mergeCells><dataValidations count="0"/><pageMargins left="1"/><extLst><ext uri="x"/></extLst></worksheet>`,
			[]string{`<dimension ref="A1:G2"></dimension>`, `<dataValidations count="0"/><hyperlinks>`, `</hyperlinks><pageMargins left="1"/><extLst>`},
			nil,
		},
		"links that are there stay": {
			`<worksheet ` + mainNamespace + ` ` + refNamespace + `><sheetData>` + header + `<row r="2">` + sales + `</row></sheetData><hyperlinks><hyperlink ref="A2" r:id="rId7"/></hyperlinks></worksheet>`,
			[]string{`<hyperlinks><hyperlink ref="A2" r:id="rId7"/><hyperlink xmlns:r=`},
			nil,
		},
		"a prefix is kept to": {
			`<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData><x:row r="1"><x:c r="A1" t="str"><x:v>title</x:v></x:c></x:row>` +
				`<x:row r="2"><x:c r="A2" t="str"><x:v>Sales</x:v></x:c></x:row></x:sheetData></x:worksheet>`,
			[]string{`<x:cols><x:col min="2"`, `<x:c r="B2" s="`, `<x:is><x:t xml:space="preserve">existed before</x:t></x:is></x:c>`, `<x:hyperlinks><x:hyperlink `},
			nil,
		},
		"Strict Open XML has other namespaces": {
			`<worksheet xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main"><sheetData>` + header + `<row r="2">` + sales + `</row></sheetData></worksheet>`,
			[]string{`<hyperlink xmlns:r="http://purl.oclc.org/ooxml/officeDocument/relationships"`},
			nil,
		},
		"comments, entities and white space are copied as they stand": {
			"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<worksheet " + mainNamespace + ">\n <!-- a &-sign -->\n <sheetData>\n" + header + "\n <row r='2' > " + sales + " </row >\n</sheetData>\n</worksheet>\n",
			[]string{"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", "<!-- a &-sign -->", "</row >\n</sheetData>", "</worksheet>\n"},
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := reportOf(t, "r.xlsx", rawBook(t, c.sheet, nil), manifest.Options{}, recorded("", "Sales", results.Created, ""))
			content, _ := annotated(t, r)
			got := parts(t, content)[sheetPart]
			for _, want := range c.want {
				assert.Contains(t, got, want)
			}
			for _, gone := range c.gone {
				assert.NotContains(t, got, gone)
			}
			require.NoError(t, xml.Unmarshal([]byte(got), new(struct{})))
			again := reportOf(t, "r.xlsx", content, manifest.Options{})
			assert.Equal(t, r.Manifest.Rows, again.Manifest.Rows)
			assert.Contains(t, parts(t, content)["xl/worksheets/_rels/sheet1.xml.rels"], space)
		})
	}
}

func TestTextsThatNeedMoreLinesMakeTheirRowHigher(t *testing.T) {
	why := strings.Repeat("there is a long story to tell of this row ", 5)
	for before, want := range map[string]string{
		`<row r="2">`:                                        `<row r="2" ht="75">`,
		`<row r="2" ht="15" customHeight="0">`:               `<row r="2" customHeight="0" ht="75">`,
		`<row r="2" ht="99">`:                                `<row r="2" ht="99">`,
		`<row r="2" ht="15" customHeight="1">`:               `<row r="2" ht="15" customHeight="1">`,
		`<row r="2" ht="15" hidden="1" customHeight="true">`: `<row r="2" ht="15" hidden="1" customHeight="true">`,
	} {
		sheet := `<worksheet ` + mainNamespace + `><sheetData><row r="1">` + inline(`r="A1"`, "title") + `</row>` + before + inline(`r="A2"`, "Sales") + `</row></sheetData></worksheet>`
		content, _ := annotated(t, reportOf(t, "r.xlsx", rawBook(t, sheet, nil), manifest.Options{}, recorded("", "Sales", results.Failed, why)))
		assert.Contains(t, parts(t, content)[sheetPart], want)
	}
}

func TestWhatCannotBeKeptIsSaid(t *testing.T) {
	sheet := `<worksheet ` + mainNamespace + `><sheetData><row r="1">` + inline(`r="A1"`, "title") + `</row><row r="2">` + inline(`r="A2"`, "Sales") + `</row></sheetData></worksheet>`
	for name, c := range map[string]struct {
		parts map[string]string
		want  string
	}{
		"a signature":       {map[string]string{"_xmlsignatures/sig1.xml": "<Signature/>"}, "the workbook is signed; the signature does not hold for the copy"},
		"no styles":         {map[string]string{"xl/styles.xml": ""}, "the added columns have no colours: the workbook's styles cannot be added to"},
		"styles of no kind": {map[string]string{"xl/styles.xml": "<styleSheet/>"}, "the added columns have no colours: the workbook's styles cannot be added to"},
	} {
		t.Run(name, func(t *testing.T) {
			r := reportOf(t, "r.xlsx", rawBook(t, sheet, c.parts), manifest.Options{}, recorded("", "Sales", results.Created, ""))
			var out bytes.Buffer
			warnings, err := WriteAnnotated(&out, r)
			require.NoError(t, err)
			assert.Equal(t, []string{c.want}, warnings)
			_, err = manifest.Read(bytes.NewReader(out.Bytes()), "r.xlsx", manifest.Options{})
			require.NoError(t, err)
		})
	}
}

func TestAChainOfAnnotationsDoesNotPileUpLinks(t *testing.T) {
	sheet := `<worksheet ` + mainNamespace + `><sheetData><row r="1">` + inline(`r="A1"`, "title") + `</row><row r="2">` + inline(`r="A2"`, "Sales") + `</row></sheetData></worksheet>`
	content := rawBook(t, sheet, nil)
	for range 4 {
		content, _ = annotated(t, reportOf(t, "r.xlsx", content, manifest.Options{}, recorded("", "Sales", results.Created, "")))
	}
	assert.Equal(t, 1, strings.Count(parts(t, content)["xl/worksheets/_rels/sheet1.xml.rels"], "<Relationship "))
	assert.Equal(t, 1, strings.Count(parts(t, content)[sheetPart], "<hyperlink "))
	last := reportOf(t, "r.xlsx", content, manifest.Options{})
	content, _ = annotated(t, last)
	assert.NotContains(t, parts(t, content)[sheetPart], "<hyperlink", "an element without links is not valid")
}
