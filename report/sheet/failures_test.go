package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"roomlift/provision/manifest"
	"roomlift/report/results"
)

func TestRefusedRowsComeBackWithTheirOwnColumns(t *testing.T) {
	csv := "Owner;Space name;key;is locked\nAda;Sales;a;ja\nBob;HR;b;nein\nCy;Fin;c;maybe\n\nDi;Ops;d;\n"
	r := reportOf(t, "r.csv", []byte(csv), manifest.Options{},
		recorded("a", "Sales", results.Created, ""), recorded("b", "HR", results.Failed, "Webex answered 404: no such team; check teamId"))
	assert.Equal(t, []string{
		"\ufeffOwner;Space name;key;is locked;" + manifest.AddedRefusal + ";" + manifest.AddedRemedy,
		"Bob;HR;b;nein;Webex answered 404: no such team;check teamId",
		`Cy;Fin;c;maybe;"isLocked ""maybe"" is neither true nor false";write true or false, or leave the cell empty`,
	}, lines(string(failuresOf(t, r, false))))
}

func TestWithoutRefusedRowsTheFileIsAHeader(t *testing.T) {
	r := reportOf(t, "r.csv", []byte("title,key\nA,1\n"), manifest.Options{}, recorded("1", "A", results.Created, ""))
	for name, book := range map[string]bool{"f.csv": false, "f.xlsx": true} {
		_, err := manifest.Read(bytes.NewReader(failuresOf(t, r, book)), name, manifest.Options{})
		require.Error(t, err)
		assert.Contains(t, err.Error(), "no row was refused when this file was written")
	}
}

func TestARowThatIsNotWholeStaysRefusedInEveryFormat(t *testing.T) {
	csv := "title,key,isLocked\nSales, Berlin,k,true\nC \"quoted\",x,y\nD,d,maybe\nE,e,true\n"
	r := reportOf(t, "r.csv", []byte(csv), manifest.Options{}, recorded("e", "E", results.Created, ""))
	for name, book := range map[string]bool{"f.csv": false, "f.xlsx": true} {
		m, err := manifest.Read(bytes.NewReader(failuresOf(t, r, book)), name, manifest.Options{})
		var faults manifest.ErrorList
		require.ErrorAs(t, err, &faults)
		require.NotNil(t, m)
		require.Len(t, m.Rows, 3)
		for i := range m.Rows {
			assert.True(t, m.Rows[i].Invalid, "%s: row %d", name, i+1)
		}
	}
	y := reportOf(t, "r.yaml", []byte("- {title: A, isLocked: [x]}\n- text\n- {title: B}\n"), manifest.Options{}, recorded("", "B", results.Created, ""))
	for name, book := range map[string]bool{"f.csv": false, "f.xlsx": true} {
		m, err := manifest.Read(bytes.NewReader(failuresOf(t, y, book)), name, manifest.Options{})
		require.Error(t, err)
		require.Len(t, m.Rows, 2)
		assert.True(t, m.Rows[0].Invalid && m.Rows[1].Invalid, name)
	}
}

func TestWhatIsRefusedInCSVOrYAMLIsRefusedInTheWorkbooksMadeOfIt(t *testing.T) {
	for name, content := range map[string]string{
		"r.csv":  "title,key,isLocked\nSales, Berlin,k,true\nC \"quoted\",x,y\nD,d,maybe\nM?nchen,m,\n\"=\"\"0012\"\"\",z,\n????,q,\n",
		"r.yaml": "- {title: A, isLocked: [x]}\n- text\n",
	} {
		r := reportOf(t, name, []byte(content), manifest.Options{})
		book, _ := annotated(t, r)
		for what, made := range map[string][]byte{"annotated": book, "failures": failuresOf(t, r, true)} {
			m, err := manifest.Read(bytes.NewReader(made), "f.xlsx", manifest.Options{})
			require.Error(t, err)
			require.Len(t, m.Rows, len(r.Manifest.Rows))
			for i := range m.Rows {
				assert.True(t, m.Rows[i].Invalid, "%s, %s: row %d", name, what, i+1)
			}
			again := reportOf(t, "f.xlsx", made, manifest.Options{})
			book, f := annotated(t, again)
			rows, err := f.GetRows(f.GetSheetName(0))
			require.NoError(t, err)
			assert.Equal(t, 1, strings.Count(strings.Join(rows[0], "|"), manifest.AddedTorn), "%s, %s", name, what)
			_, err = manifest.Read(bytes.NewReader(book), "g.xlsx", manifest.Options{})
			var faults manifest.ErrorList
			require.ErrorAs(t, err, &faults)
			assert.GreaterOrEqual(t, len(faults), len(m.Rows), "%s, %s, annotated again", name, what)
		}
	}
	sound := reportOf(t, "r.csv", []byte("title,key\nA,a\n"), manifest.Options{})
	_, f := annotated(t, sound)
	rows, err := f.GetRows(f.GetSheetName(0))
	require.NoError(t, err)
	assert.NotContains(t, rows[0], manifest.AddedTorn)
}

func TestWhatASheetShowsMeansTheSameInTheFailuresFile(t *testing.T) {
	book := workbook(t, func(f *excelize.File) {
		fill(t, f, "Sheet1", "B3",
			[]any{"Title", "key", "isLocked", "Since", likeAdded, "description"},
			[]any{"0012", 12, true, 46000.5, "x", "=1+1"},
			[]any{123456789012345, "0012", false, nil, nil, "'-5"})
		fill(t, f, "Sheet1", "J5", []any{"a note"})
		date, err := f.NewStyle(&excelize.Style{NumFmt: 14})
		require.NoError(t, err)
		require.NoError(t, f.SetCellStyle("Sheet1", "E4", "E4", date))
		require.NoError(t, f.SetCellFormula("Sheet1", "F5", "A1"))
	})
	r := reportOf(t, "r.xlsx", book, manifest.Options{},
		recorded("12", "0012", results.Failed, "no"), recorded("0012", "123456789012345", results.Failed, "no"))
	for name, book := range map[string]bool{"f.csv": false, "f.xlsx": true} {
		content := failuresOf(t, r, book)
		m, err := manifest.Read(bytes.NewReader(content), name, manifest.Options{})
		require.NoError(t, err)
		require.Len(t, m.Rows, 2)
		for i := range m.Rows {
			want, got := r.Manifest.Rows[i], m.Rows[i]
			got.Line = want.Line
			assert.Equal(t, want, got, name)
		}
	}
}

// likeAdded is a header of the admin's own that looks a little like ours.
const likeAdded = "Roomlift link"

func TestNoCellOfAnySheetIsAFormula(t *testing.T) {
	evil := []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0", "'=1", "＝1", `a;"=1+1"`, "x,=1", "x|-1"}
	var b strings.Builder
	b.WriteString("title,key,=note\n")
	var records []results.Record
	for i, cell := range evil {
		quoted := strings.ReplaceAll(cell, `"`, `""`)
		fmt.Fprintf(&b, "\"%s\",%d,\"%s\"\n", quoted, i, quoted)
		records = append(records, recorded(fmt.Sprint(i), strings.TrimSpace(cell), results.Failed, cell))
	}
	r := reportOf(t, "r.csv", []byte(b.String()), manifest.Options{}, records...)
	for line := range strings.SplitSeq(strings.TrimPrefix(string(failuresOf(t, r, false)), "\ufeff"), "\n") {
		for cell := range strings.SplitSeq(line, ",") {
			assert.NotContains(t, "=+-@\t", (strings.Trim(cell, `"`) + " ")[:1], line)
		}
	}
	_, annotated := annotated(t, r)
	for _, f := range []*excelize.File{annotated, opened(t, failuresOf(t, r, true))} {
		rows, err := f.GetRows(f.GetSheetName(0))
		require.NoError(t, err)
		for i, row := range rows {
			for n := range row {
				formula, err := f.GetCellFormula(f.GetSheetName(0), cellName(n+1, i+1))
				require.NoError(t, err)
				assert.Empty(t, formula)
			}
		}
		assert.Equal(t, "=1+1", rows[1][0])
	}
}

func TestATextThatNoCellHoldsIsNotCut(t *testing.T) {
	r := reportOf(t, "r.csv", []byte("title,key,note\nA,1,"+strings.Repeat("x", 40000)+"\n"), manifest.Options{}, recorded("1", "A", results.Failed, "no"))
	_, err := WriteFailures(io.Discard, r, true)
	var long *longTextError
	require.ErrorAs(t, err, &long)
	assert.Contains(t, long.Error(), "row 1 has a text of more than 32,767 characters")
	require.ErrorAs(t, CheckAnnotated(r), &long)
	_, err = WriteFailures(io.Discard, r, false)
	require.NoError(t, err)
}

// TestRefusedRowsAreReadAsTheyWere writes manifests of any content, and reads their
// failures files: every row is there and means the same.
func TestRefusedRowsAreReadAsTheyWere(t *testing.T) {
	rapid.Check(t, func(drawn *rapid.T) {
		text := rapid.OneOf(
			rapid.StringMatching(`'{0,2}[=+\-@]?[A-Za-z0-9 ,;"'_äß€🙂<>&]{1,12}`),
			rapid.SampledFrom([]string{"_x000D_", "_x0041_", "a_x005F_", "]]>", "0012", "1E5", "TRUE", "\u00a0x", "#N/B", "a\u0001b", "'", "''=x", `a;"=1+1"`, "a,'=1"}))
		delimiter := rapid.SampledFrom([]string{",", ";"}).Draw(drawn, "delimiter")
		quoted := func(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
		var b strings.Builder
		b.WriteString(strings.Join([]string{"note", "title", "key", "description"}, delimiter) + "\n")
		n := rapid.IntRange(1, 6).Draw(drawn, "rows")
		for i := range n {
			b.WriteString(strings.Join([]string{
				quoted(text.Draw(drawn, "note")), quoted(text.Draw(drawn, "title")), quoted(fmt.Sprint(i)),
				quoted(text.Draw(drawn, "description") + rapid.SampledFrom([]string{"", "\nmore", "\n\"=cmd\"", "\n=1", "\n'-1"}).Draw(drawn, "line")),
			}, delimiter) + "\n")
		}
		m, err := manifest.Read(strings.NewReader(b.String()), "r.csv", manifest.Options{})
		if m == nil {
			drawn.Skip("not a manifest")
		}
		var faults manifest.ErrorList
		_ = errors.As(err, &faults)
		refused := records{}
		for i := range m.Rows {
			refused[m.Rows[i].Ref()] = results.Record{Status: results.Failed, Attempts: 1, Error: text.Draw(drawn, "error")}
		}
		r := &Report{Manifest: m, Faults: faults, Content: strings.NewReader(b.String()), Size: int64(b.Len()), Records: refused}
		booked := false // what shows in CSV alone is marked from then on
		for range rapid.IntRange(1, 3).Draw(drawn, "generations") {
			book := rapid.Bool().Draw(drawn, "book")
			booked = booked || book
			var out bytes.Buffer
			_, err := WriteFailures(&out, r, book)
			require.NoError(drawn, err)
			name, content := map[bool]string{false: "f.csv", true: "f.xlsx"}[book], out.Bytes()
			again, err := manifest.Read(bytes.NewReader(content), name, manifest.Options{})
			require.NotNil(drawn, again, "%v\n%s", err, content)
			require.Len(drawn, again.Rows, len(m.Rows))
			for i := range m.Rows {
				want, got := m.Rows[i], again.Rows[i]
				if booked && want.Mangled() || want.Torn() { // what it says may not be what it said
					assert.True(drawn, got.Torn())
					continue
				}
				got.Line = want.Line
				assert.Equal(drawn, want, got)
			}
			faults = nil
			_ = errors.As(err, &faults)
			r = &Report{Manifest: again, Faults: faults, Content: bytes.NewReader(content), Size: int64(len(content)), Records: refused}
		}
	})
}

// records are a results file for tests.
type records map[string]results.Record

func (r records) Get(ref string) (results.Record, bool) {
	record, ok := r[ref]
	return record, ok
}
