package manifest

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const samplesFolder = "../../samples"

func TestEverySampleLoadsWithoutFaultOrWarning(t *testing.T) {
	var files []string
	for _, format := range Formats() {
		for _, extension := range format.Extensions {
			found, err := filepath.Glob(filepath.Join(samplesFolder, "*"+extension))
			require.NoError(t, err)
			files = append(files, found...)
		}
	}
	require.GreaterOrEqual(t, len(files), 4)
	for _, file := range files {
		m, err := Load(file, Options{})
		require.NoError(t, err)
		assert.Empty(t, m.Warnings)
		assert.NotEmpty(t, m.Rows)
	}
}

func TestTheSamplesShowWhatTheyPromise(t *testing.T) {
	for file, rows := range map[string]int{"rooms.csv": 20, "rooms.yaml": 4, "minimal.csv": 3, "demo.csv": 300} {
		m, err := Load(filepath.Join(samplesFolder, file), Options{})
		require.NoError(t, err)
		assert.Len(t, m.Rows, rows, file)
		if file != "rooms.csv" && file != "rooms.yaml" {
			continue
		}
		columns := Columns()
		for i := range columns {
			assert.True(t, anyRowSets(m.Rows, &columns[i]), "%s shows no %s", file, columns[i].Name)
		}
	}
}

func anyRowSets(rows []Row, column *Column) bool {
	for i := range rows {
		if column.Type == Boolean && *column.flag(&rows[i]) != Unset ||
			column.Type == Text && *column.text(&rows[i]) != "" {
			return true
		}
	}
	return false
}
