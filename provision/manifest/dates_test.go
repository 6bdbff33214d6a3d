package manifest

import (
	"encoding/csv"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestDatesShowAsInLibreOffice compares dates in many formats and languages with what
// LibreOffice showed: each line has a format and then numbers, each with its date.
// What is shown is the same, or it is a fault.
func TestDatesShowAsInLibreOffice(t *testing.T) {
	file, err := os.Open("testdata/libreoffice/dates.csv")
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	reader := csv.NewReader(file)
	reader.FieldsPerRecord = -1
	lines, err := reader.ReadAll()
	require.NoError(t, err)
	shown, faults := 0, 0
	for _, line := range lines {
		format := parseNumberFormat(line[0])
		for i := 1; i+1 < len(line) && line[i] != ""; i += 2 {
			got, f := format.showNumber(line[i], &dateFormats{})
			if f != faultNone {
				faults++
				continue
			}
			shown++
			assert.Equal(t, line[i+1], got, "%s in %s", line[i], line[0])
		}
	}
	assert.Greater(t, shown, 3*faults)
}
