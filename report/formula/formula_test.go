package formula

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

func TestWhatWouldBeRunIsNeutralised(t *testing.T) {
	for cell, want := range map[string]string{
		"=1+1": "'=1+1", "+49 30": "'+49 30", "-5": "'-5", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", "\r=1": "'\r=1",
		"'=1": "''=1", "''-": "'''-",
		"": "", "Sales": "Sales", "'n Roses": "'n Roses", "'": "'", "a=b": "a=b",
	} {
		assert.Equal(t, want, Neutralise(cell))
		assert.Equal(t, cell, Restore(want))
	}
}

func TestRestoreIsTheInverse(t *testing.T) {
	rapid.Check(t, func(drawn *rapid.T) {
		cell := rapid.StringMatching(`'{0,3}[=+\-@\t\r]?.*`).Draw(drawn, "cell")
		written := Neutralise(cell)
		assert.False(drawn, starts(written))
		assert.Equal(drawn, cell, Restore(written))
	})
}
