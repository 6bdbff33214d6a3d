package manifest

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write what the corpus gives now into its .want files")

// TestCorpus reads the ugly files under testdata/corpus. Beside each stands a .want
// file with the rows, warnings and faults that it must give, word for word.
func TestCorpus(t *testing.T) {
	files, err := filepath.Glob("testdata/corpus/*")
	require.NoError(t, err)
	tested := 0
	for _, file := range files {
		if filepath.Ext(file) == ".want" || strings.HasPrefix(filepath.Base(file), ".") {
			continue
		}
		tested++
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.Open(file)
			require.NoError(t, err)
			defer func() { _ = data.Close() }()
			m, err := Read(data, filepath.Base(file), Options{})
			got := describe(m, err)
			if *update {
				require.NoError(t, os.WriteFile(file+".want", []byte(got), 0o600))
			}
			want, err := os.ReadFile(file + ".want")
			require.NoError(t, err)
			assert.Equal(t, string(want), got)
		})
	}
	assert.GreaterOrEqual(t, tested, 30)
}

// describe returns everything that a manifest gave, as text.
func describe(m *Manifest, err error) string {
	var b strings.Builder
	if m == nil {
		b.WriteString("no rows\n")
	} else {
		for i := range m.Rows {
			describeRow(&b, &m.Rows[i])
		}
		for _, w := range m.Warnings {
			fmt.Fprintf(&b, "warning: %s\n", w)
		}
	}
	var list ErrorList
	switch {
	case errors.As(err, &list):
		for _, e := range list {
			fmt.Fprintf(&b, "fault: %s\n", e)
		}
	case err != nil:
		fmt.Fprintf(&b, "error: %s\n", err)
	}
	return b.String()
}

func describeRow(b *strings.Builder, row *Row) {
	fmt.Fprintf(b, "row %d, line %d:", row.Number, row.Line)
	columns := Columns()
	for i := range columns {
		c := &columns[i]
		if c.Type == Text && *c.text(row) != "" {
			fmt.Fprintf(b, " %s=%q", c.Name, *c.text(row))
		}
		if c.Type == Boolean && *c.flag(row) != Unset {
			fmt.Fprintf(b, " %s=%t", c.Name, *c.flag(row) == True)
		}
	}
	if row.Invalid {
		b.WriteString(" INVALID")
	}
	b.WriteString("\n")
}
