package manifest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
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
	for file, rows := range map[string]int{"rooms.csv": 20, "rooms.yaml": 4, "minimal.csv": 3, "demo.csv": 300, "rooms.xlsx": 20} {
		m, err := Load(filepath.Join(samplesFolder, file), Options{})
		require.NoError(t, err)
		assert.Len(t, m.Rows, rows, file)
		if file == "minimal.csv" || file == "demo.csv" {
			continue
		}
		columns := Columns()
		for i := range columns {
			assert.True(t, anyRowSets(m.Rows, &columns[i]), "%s shows no %s", file, columns[i].Name)
		}
	}
}

// TestTheSampleWorkbookHoldsTheSampleRooms keeps rooms.xlsx the same as rooms.csv.
// With -update it is made from the template.
func TestTheSampleWorkbookHoldsTheSampleRooms(t *testing.T) {
	want, err := Load(filepath.Join(samplesFolder, "rooms.csv"), Options{})
	require.NoError(t, err)
	path := filepath.Join(samplesFolder, "rooms.xlsx")
	if *update {
		require.NoError(t, os.WriteFile(path, sampleWorkbook(t, want.Rows), 0o600))
	}
	got, err := Load(path, Options{})
	require.NoError(t, err)
	for i := range want.Rows {
		want.Rows[i].Line = got.Rows[i].Line
	}
	assert.Equal(t, want.Rows, got.Rows)
}

func sampleWorkbook(t *testing.T, rows []Row) []byte {
	t.Helper()
	columns := Columns()
	return editWorkbook(t, template(t, "xlsx"), func(f *excelize.File) {
		require.NoError(t, f.RemoveRow(roomsSheet, 2))
		for i := range rows {
			for j := range columns {
				cell := cellName(j+1, i+2)
				if columns[j].Type == Text && *columns[j].text(&rows[i]) != "" {
					require.NoError(t, f.SetCellStr(roomsSheet, cell, *columns[j].text(&rows[i])))
				} else if columns[j].Type == Boolean && *columns[j].flag(&rows[i]) != Unset {
					require.NoError(t, f.SetCellBool(roomsSheet, cell, *columns[j].flag(&rows[i]) == True))
				}
			}
		}
	})
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
