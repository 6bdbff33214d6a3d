package manifest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
)

// TestTheBetterHeaderIsTaken reads the same tables as CSV and as a workbook.
func TestTheBetterHeaderIsTaken(t *testing.T) {
	for name, test := range map[string]struct {
		rows   [][]string
		titles []string
		above  int // how many headings are told of
		fault  string
	}{
		"a heading that happens to name the title": {[][]string{{"Name", "", ""}, {"title", "teamId", "description"}, {"Sales", "T1", "d"}}, []string{"Sales"}, 1, ""},
		"such a heading above a lone title":        {[][]string{{"Room name"}, {"title"}, {"Sales"}}, []string{"Sales"}, 1, ""},
		"a heading that nearly names the title":    {[][]string{{"Titles", ""}, {"title", "key"}, {"Sales", "1"}}, []string{"Sales"}, 1, ""},
		"a heading of two values":                  {[][]string{{"Webex rooms", "", "Version 3"}, {"title", "teamId", "key"}, {"Sales", "", "1"}}, []string{"Sales"}, 1, ""},
		"headings of several values":               {[][]string{{"Rooms", "2026"}, {"by", "Ada"}, {"title", "key"}, {"Sales", "1"}}, []string{"Sales"}, 2, ""},
		"a lone title above a room called Name":    {[][]string{{"title"}, {"Name"}, {"Sales"}}, []string{"Name", "Sales"}, 0, ""},
		"a lone title and rooms":                   {[][]string{{"Name"}, {"Sales"}, {"Berlin"}}, []string{"Sales", "Berlin"}, 0, ""},
		"a header again further down":              {[][]string{{"title", "key"}, {"Sales", "1"}, {"title", "key"}, {"Berlin", "2"}}, nil, 0, "a header again, and no room"},
		"a header again of one column":             {[][]string{{"Title"}, {"Sales"}, {"title"}}, nil, 0, "a header again, and no room"},
		"a room that is called like a column":      {[][]string{{"title", "key"}, {"Title", "k"}, {"Key", ""}}, []string{"Title", "Key"}, 0, ""},
		"a header again in another order":          {[][]string{{"title", "key"}, {"Sales", "1"}, {"Key", "title"}}, nil, 0, "a header again, and no room"},
	} {
		t.Run(name, func(t *testing.T) {
			var lines []string
			for _, row := range test.rows {
				lines = append(lines, strings.Join(row, ","))
			}
			asBook := workbook(t, func(f *excelize.File) {
				for i, row := range test.rows {
					for n, cell := range row {
						require.NoError(t, f.SetCellStr("Sheet1", cellName(n+1, i+1), cell))
					}
				}
			})
			for format, data := range map[string]string{"r.csv": strings.Join(lines, "\n") + "\n", "r.xlsx": string(asBook)} {
				m, err := Read(strings.NewReader(data), format, Options{})
				if test.fault != "" {
					assert.ErrorContains(t, err, test.fault, format)
					continue
				}
				require.NoError(t, err, format)
				assert.Equal(t, test.titles, titles(m), format)
				above := 0
				for _, w := range m.Warnings {
					if w.fault == warnAboveHeader {
						above++
					}
				}
				assert.Equal(t, test.above, above, fmt.Sprint(format, m.Warnings))
				seen := 0
				require.NoError(t, VisitTable(strings.NewReader(data), m, Options{}, func(row *Row, cells []string) error {
					if row == nil {
						assert.Contains(t, strings.ToLower(strings.Join(cells, ",")), strings.ToLower(test.rows[test.above][0]))
					} else {
						seen++
					}
					return nil
				}))
				assert.Len(t, m.Rows, seen)
			}
		})
	}
}
