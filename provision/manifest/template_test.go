package manifest

import (
	"bytes"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
)

func template(t *testing.T, format string) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, WriteTemplate(&b, format))
	return b.Bytes()
}

func TestATemplateLeftAsItIsHasNoRooms(t *testing.T) {
	for _, format := range Formats() {
		name := "rooms" + format.Extensions[0]
		_, err := Read(bytes.NewReader(template(t, format.Name)), name, Options{})
		all := messages(t, err)
		require.Len(t, all, 1)
		assert.Contains(t, all[0], "there are no rooms in it")
	}
}

func TestATemplateThatIsFilledInIsReadWithoutItsExample(t *testing.T) {
	filled := map[string][]byte{
		"rooms.csv":  append(template(t, "csv"), "Sales,,,true,,,,\r\n"...),
		"rooms.yaml": append(template(t, "yaml"), "  - title: Sales\n    isLocked: true\n"...),
		"rooms.xlsx": editWorkbook(t, template(t, "xlsx"), func(f *excelize.File) {
			require.NoError(t, f.SetCellStr(roomsSheet, "A3", "Sales"))
			require.NoError(t, f.SetCellBool(roomsSheet, "D3", true))
		}),
	}
	for name, data := range filled {
		m, err := Read(bytes.NewReader(data), name, Options{})
		require.NoError(t, err, name)
		require.Len(t, m.Rows, 1, name)
		assert.Equal(t, "Sales", m.Rows[0].Title)
		assert.Equal(t, True, m.Rows[0].IsLocked)
		assert.Equal(t, 1, m.Rows[0].Number)
		require.Len(t, m.Warnings, 1, name)
		assert.Equal(t, warnExample, m.Warnings[0].fault)
	}
}

func editWorkbook(t *testing.T, data []byte, change func(f *excelize.File)) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	require.NoError(t, err)
	change(f)
	var b bytes.Buffer
	require.NoError(t, f.Write(&b))
	return b.Bytes()
}

func TestTheTemplateWorkbookHelpsToFillItIn(t *testing.T) {
	f, err := excelize.OpenReader(bytes.NewReader(template(t, "xlsx")))
	require.NoError(t, err)
	assert.Equal(t, []string{roomsSheet, helpSheet}, f.GetSheetList())

	panes, err := f.GetPanes(roomsSheet)
	require.NoError(t, err)
	assert.True(t, panes.Freeze)
	comments, err := f.GetComments(roomsSheet)
	require.NoError(t, err)
	assert.Len(t, comments, len(Columns()))
	lists, err := f.GetDataValidations(roomsSheet)
	require.NoError(t, err)
	booleans := 0
	for _, column := range Columns() {
		if column.Type == Boolean {
			booleans++
		}
	}
	assert.Len(t, lists, booleans)
	for _, list := range lists {
		require.NotNil(t, list.ErrorStyle)
		assert.Equal(t, "information", *list.ErrorStyle, "yes, x and WAHR are not in the list, and right all the same")
	}
	for _, sheet := range f.GetSheetList() {
		layout, err := f.GetPageLayout(sheet)
		require.NoError(t, err)
		assert.Equal(t, "landscape", *layout.Orientation)
		assert.Equal(t, 1, *layout.FitToWidth)
	}

	help, err := f.GetRows(helpSheet)
	require.NoError(t, err)
	text := strings.Join(slices.Concat(help...), "\n")
	for _, column := range Columns() {
		assert.Contains(t, text, column.Name)
		assert.Contains(t, text, column.Doc)
		for _, alias := range column.Aliases {
			assert.Contains(t, text, alias)
		}
	}
	for _, rule := range Rules() {
		assert.Contains(t, text, rule)
	}
	assert.Contains(t, text, "starts with an example row")
	assert.NotContains(t, help[0], "")
}

// TestTheReadmeNamesEveryHeading keeps the table of columns in README.md, where
// people look for what they may write above a column, in step with the code.
func TestTheReadmeNamesEveryHeading(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	for _, column := range Columns() {
		var aliases []string
		for _, alias := range column.Aliases {
			aliases = append(aliases, "*"+alias+"*")
		}
		assert.Contains(t, string(readme), "\n| `"+column.Name+"` | "+strings.Join(aliases, ", ")+" | ")
	}
}

func TestNoTemplateHoldsAFormula(t *testing.T) {
	f, err := excelize.OpenReader(bytes.NewReader(template(t, "xlsx")))
	require.NoError(t, err)
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		require.NoError(t, err)
		for _, row := range rows {
			for _, cell := range row {
				assert.False(t, strings.HasPrefix(cell, "=") || strings.HasPrefix(cell, "+") || strings.HasPrefix(cell, "-") || strings.HasPrefix(cell, "@"), cell)
			}
		}
	}
}

func TestTemplateErrorsReachTheCaller(t *testing.T) {
	failing := errors.New("the disk is full")
	for _, format := range Formats() {
		require.ErrorIs(t, WriteTemplate(failingWriter{failing}, format.Name), failing)
	}
	require.ErrorContains(t, WriteTemplate(&bytes.Buffer{}, "doc"), "use one of csv, yaml, xlsx")
}

type failingWriter struct{ err error }

func (f failingWriter) Write([]byte) (int, error) { return 0, f.err }
