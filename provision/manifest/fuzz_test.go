package manifest

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

func FuzzCSV(f *testing.F) {
	for _, example := range faultExamples {
		if len(example.input) < 1<<10 {
			f.Add([]byte(example.input))
		}
	}
	f.Add([]byte("\xef\xbb\xbfTitle,Team ID,is_locked\r\n\"A\r\nB\",T1,TRUE\r\nB,,\r\n"))
	f.Add([]byte("title,description,isLocked,isPublic,isAnnouncementOnly,key\nA,\"one\ntwo\",yes,1,true,7\n"))
	f.Fuzz(func(t *testing.T, data []byte) { checkPromises(t, data, "fuzz.csv") })
}

func FuzzYAML(f *testing.F) {
	for _, example := range faultExamples {
		if len(example.input) < 1<<10 {
			f.Add([]byte(example.input))
		}
	}
	f.Add([]byte("defaults: {isLocked: yes}\nrooms:\n  - title: &t A\n  - {title: *t, key: 0012, teamId: ~}\n"))
	f.Add([]byte("- title: >-\n    folded\n  description: |\n    one\n    two\n- ? title\n  : !!str 5\n"))
	f.Fuzz(func(t *testing.T, data []byte) { checkPromises(t, data, "fuzz.yaml") })
}

func FuzzSheet(f *testing.F) {
	f.Add(headerXML+`<row r="3"><c r="A3" t="str"><f>B1</f><v>Sales</v></c><c r="B3" t="b"><v>1</v></c></row>`, `<mergeCells><mergeCell ref="A1:B1"/></mergeCells>`)
	f.Add(headerXML+`<row><c><v>1e21</v></c></row><row hidden="1"><c r="D4" s="1"><v>45000.5</v></c></row>`, "")
	f.Add(headerXML+`<row><c t="s"><v>7</v></c></row>`, "")
	f.Fuzz(func(t *testing.T, rows, after string) {
		checkPromises(t, rawWorkbook(t, sheetOf(rows, after)), "fuzz.xlsx")
	})
}

// FuzzNumberFormat shows numbers in any format at all: it is a fault, or the same
// each time and not blank.
func FuzzNumberFormat(f *testing.F) {
	for _, format := range []string{`"Yes";;"No"`, `[=1]"ja";[=0]"nein";General`, `_-* #,##0.00\ "€"_-;_-* "-"??_-;@`, `[$-407]d. mmmm yyyy h:mm:ss.0`, `0,,.##%;(#)`, "# ?/?"} {
		f.Add(format, "45306.75", "text")
	}
	f.Fuzz(func(t *testing.T, code, number, text string) {
		format, dates := parseNumberFormat(code), &dateFormats{}
		shown, fault := format.showNumber(number, dates)
		again, faultAgain := parseNumberFormat(code).showNumber(number, dates)
		require.Equal(t, shown, again)
		require.Equal(t, fault, faultAgain)
		if fault == faultNone {
			require.NotEmpty(t, clean(shown))
		}
		if words, fault := format.showText(text); fault == faultNone && clean(text) != "" {
			require.Contains(t, words, text)
		}
	})
}

// checkPromises holds Read to what it promises for any input at all.
func checkPromises(t *testing.T, data []byte, name string) {
	m, err := Read(bytes.NewReader(data), name, Options{})
	again, errAgain := Read(bytes.NewReader(data), name, Options{})
	require.Equal(t, m, again, "the same bytes give the same rows")
	require.Equal(t, err, errAgain, "the same bytes give the same faults")
	if err == nil {
		require.NotEmpty(t, m.Rows)
	}

	var list ErrorList
	faulty := map[int]bool{}
	if err != nil {
		require.ErrorAs(t, err, &list, "bytes in memory are always readable: %v", err)
		require.NotEmpty(t, list)
	}
	for i, e := range list {
		require.Equal(t, name, e.Pos.File)
		require.NotEmpty(t, e.Reason)
		require.NotEmpty(t, e.Remedy)
		require.NotContains(t, e.Error(), "\n")
		if i > 0 {
			require.LessOrEqual(t, list[i-1].Pos.Line, e.Pos.Line)
		}
		faulty[e.Row] = true
	}
	if m == nil {
		require.Error(t, err)
		return
	}
	refs := map[string]bool{}
	for i := range m.Rows {
		row := &m.Rows[i]
		require.Equal(t, i+1, row.Number)
		require.Positive(t, row.Line)
		require.Equal(t, row.Invalid, faulty[row.Number], "row %d", row.Number)
		require.False(t, refs[row.Ref()], "ref of row %d stands twice", row.Number)
		refs[row.Ref()] = true
		if !row.Invalid {
			requireSound(t, m.Format, row)
		}
	}
}

// requireSound checks that a row which no fault names keeps every rule.
func requireSound(t *testing.T, format string, row *Row) {
	t.Helper()
	require.NotEmpty(t, row.Title)
	columns := Columns()
	for i := range columns {
		if columns[i].Type == Text {
			text := *columns[i].text(row)
			require.Equal(t, clean(text), text)
			b := newBuilder("", format)
			b.vouched = format == "yaml"
			f, _ := b.checkCell(&columns[i], text)
			require.Equal(t, faultNone, f)
		}
	}
	if row.IsAnnouncementOnly == True {
		require.Equal(t, True, row.IsLocked)
	}
	if row.IsPublic == True {
		require.NotEmpty(t, row.Description)
	}
}
