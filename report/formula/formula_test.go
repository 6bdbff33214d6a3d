package formula

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

func TestWhatWouldBeRunIsNeutralised(t *testing.T) {
	for cell, want := range map[string]string{
		"=1+1": "'=1+1", "+49 30": "'+49 30", "-5": "'-5", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", "\r=1": "'\r=1",
		"'=1": "''=1", "''-": "'''-",
		"x;=1+1;y": "x;'=1+1;y", "x;'=1": "x;''=1", "x;\"=1": "x;'\"=1", ";-1": ";'-1", "=1;+2": "'=1;'+2", "'=a;@b": "''=a;'@b",
		"x; =1": "x; =1", "a;b;c": "a;b;c", "x;'y": "x;'y", "x;": "x;", "=;": "'=;", ";;=": ";;'=",
		"": "", "Sales": "Sales", "'n Roses": "'n Roses", "'": "'", "a=b": "a=b",
	} {
		assert.Equal(t, want, Neutralise(cell))
		assert.Equal(t, cell, Restore(want))
	}
}

func TestRestoreIsTheInverse(t *testing.T) {
	rapid.Check(t, func(drawn *rapid.T) {
		cell := rapid.StringMatching(`'{0,3}[=+\-@\t\r]?.*|([';"=+\-@\t\r ]|[a-c]){0,12}`).Draw(drawn, "cell")
		written := Neutralise(cell)
		for i, part := range strings.Split(written, ";") {
			assert.False(drawn, starts(part))
			assert.False(drawn, i > 0 && starts(strings.TrimLeft(part, `"`)))
		}
		assert.Equal(drawn, cell, Restore(written))
	})
}

// A file that was written before semicolons were looked at has them as they were.
func TestWhatHadNoApostropheBehindASemicolonIsReadAsItStands(t *testing.T) {
	for _, cell := range []string{"x;=1+1;y", "a;-b", "x;'y", "; ;"} {
		assert.Equal(t, cell, Restore(cell))
	}
}
