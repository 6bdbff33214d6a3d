package sheet

import (
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision/manifest"
	"roomlift/report/results"
)

func TestWhatSpreadsheetProgramsRewriteIsKnown(t *testing.T) {
	for _, cell := range []string{
		"0014", "00", "007.5", "1234567890123456", "123456789012", "3E5", "1e10", "1.5E-3", "1.50", "2,000", "1-2", "3/4", "1.5", "1.2.2024", "2024-01-15", "12/2026",
		"9:30", "12:30:00", "9:30 AM", "7 pm", "12 A", "Mar 5", "5. März", "March 2026", "5-May", "1 Okt 2026", "Dez-24",
	} {
		assert.True(t, rewritten.MatchString(cell), cell)
	}
	for _, cell := range []string{
		"", "14", "0", "12345678901", "1,5", "Sales 0014", "0014a", "REQ-0014", "E5", "1-2-3-4", "1/2/3/4", "Marketing 5", "May", "Team 3E5", "true", "R2-D2", "9:3", "13 pm", "7 B", "Mayor 2", "5 Marys",
	} {
		assert.False(t, rewritten.MatchString(cell), cell)
	}
}

func TestARefusedRowThatASpreadsheetProgramWouldRewriteIsToldOf(t *testing.T) {
	r := reportOf(t, "r.csv", []byte("title,key,note\n0014,a,1-2\nSales,b,\n0015,c,\n+5,d,0\n"), manifest.Options{},
		recorded("a", "0014", results.Failed, "no"), recorded("b", "Sales", results.Failed, "0012; 1-2"), recorded("d", "+5", results.Failed, "no"))
	warnings, err := WriteFailures(io.Discard, r, false)
	require.NoError(t, err)
	assert.Equal(t, []string{`a spreadsheet program that saves this file rewrites cells such as "0014" (such cells: 2); correct it in a text editor, or ask for a workbook with --failures FILE.xlsx`}, warnings)

	warnings, err = WriteFailures(io.Discard, r, true)
	require.NoError(t, err)
	assert.Empty(t, warnings, "a workbook keeps them")
}
