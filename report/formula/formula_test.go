package formula

import (
	"encoding/csv"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

func TestWhatWouldBeRunIsNeutralised(t *testing.T) {
	for cell, want := range map[string]string{
		"=1+1": "'=1+1", "+49 30": "'+49 30", "-5": "'-5", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t'=1", "\r=1": "'\r'=1", "\tx": "'\tx",
		"'=1": "''=1", "''-": "'''-",
		"x;=1+1;y": "x;'=1+1;y", "x;'=1": "x;''=1", "x;\"=1": "x;'\"=1", ";-1": ";'-1", "=1;+2": "'=1;'+2", "'=a;@b": "''=a;'@b",
		"a;\"=1+1\"": "a;'\"=1+1\"", "x\n\"=cmd\"": "x\n'\"=cmd\"", "x\n=1": "x\n'=1", "x\r\n-1": "x\r\n'-1", "x|@A1": "x|'@A1", "x\t+1": "x\t'+1",
		"x,=1": "x,'=1", "x,\"\"'\"=1": "x,'\"\"'\"=1", "Rooms, -5": "Rooms, -5", "a,b\nc": "a,b\nc", ",;=": ",;'=", "x\n'=1": "x\n''=1",
		"x; =1": "x; =1", "a;b;c": "a;b;c", "x;'y": "x;'y", "x;": "x;", "=;": "'=;", ";;=": ";;'=",
		"": "", "Sales": "Sales", "'n Roses": "'n Roses", "'": "'", "a=b": "a=b",
	} {
		assert.Equal(t, want, Any.Neutralise(cell))
		assert.Equal(t, cell, Any.Restore(want))
	}
}

func TestACommaInQuotesDividesNoFileOfCommas(t *testing.T) {
	for cell, want := range map[string]string{
		"A,-B": "A,-B", "x,=1": "x,=1", "A|-B": "A|'-B", "=1,=2": "'=1,=2",
		"a;\"=1+1\"": "a;'\"=1+1\"", "x\n=1": "x\n'=1", "x;,=1": "x;,=1", "x,'=1": "x,'=1",
	} {
		assert.Equal(t, want, Commas.Neutralise(cell))
		assert.Equal(t, cell, Commas.Restore(want))
	}
}

func TestRestoreIsTheInverse(t *testing.T) {
	for _, guard := range []*Guard{Any, Commas} {
		rapid.Check(t, func(drawn *rapid.T) {
			cell := rapid.StringMatching(`'{0,3}[=+\-@\t\r]?.*|([';,|"=+\-@\t\r\n ]|[a-c]){0,12}`).Draw(drawn, "cell")
			written := guard.Neutralise(cell)
			for i, part := range strings.FieldsFunc(written+" ", func(r rune) bool { return strings.ContainsRune(guard.dividers, r) }) {
				assert.False(drawn, starts(part), "%q", written)
				assert.False(drawn, i > 0 && starts(strings.TrimLeft(part, `"`)), "%q", written)
			}
			assert.Equal(drawn, cell, guard.Restore(written))
		})
	}
}

// However a program divides a line of the file, none of its cells is run.
func TestNoDelimiterMakesAFormula(t *testing.T) {
	for _, cell := range []string{`a;"=1+1"`, "x\n\"=cmd\"", "x\n=cmd", `a|"=1"`, "a\t\"=1\"", `a,"=1",b`, `"a";"=1"`, "a;\"\";=1", "x\r\"+1\""} {
		var file strings.Builder
		w := csv.NewWriter(&file)
		assert.NoError(t, errors.Join(w.Write([]string{"first", Any.Neutralise(cell), "last"}), w.Error()))
		w.Flush()
		for _, delimiter := range ",;|\t" {
			for _, line := range strings.FieldsFunc(file.String(), func(r rune) bool { return r == '\n' || r == '\r' }) {
				r := csv.NewReader(strings.NewReader(line))
				r.Comma, r.LazyQuotes = delimiter, true
				cells, err := r.Read()
				assert.NoError(t, err)
				for _, got := range cells {
					assert.False(t, starts(strings.TrimLeft(got, `"`)), "%q as %q divides it", got, delimiter)
				}
			}
		}
	}
}

// A file that was written before semicolons were looked at has them as they were.
func TestWhatHadNoApostropheBehindASemicolonIsReadAsItStands(t *testing.T) {
	for _, cell := range []string{"x;=1+1;y", "a;-b", "x;'y", "; ;"} {
		assert.Equal(t, cell, Any.Restore(cell))
	}
}
