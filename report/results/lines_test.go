package results

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// long is a record whose line has an error of so many bytes.
func long(n, size int) Record {
	r := room(1)
	r.Ref, r.Row, r.RoomID = fmt.Sprintf("r-%016x", n), n, fmt.Sprintf("room-%d", n)
	r.Error = strings.Repeat("x", size)
	return r
}

func TestRecordsAreFoundWhereverABlockOfTheFileEnds(t *testing.T) {
	header, line := len(native()), len(native(long(1, 0)))-len(native())
	for name, sizes := range map[string][]int{
		"lines longer than a block":             {3 * readSize, 1, 2*readSize + 17, 0},
		"a line that ends with the block":       {readSize - header - line, 5, 5},
		"a line end that begins the next block": {readSize - header - line + 1, 5, 5},
		"a line that begins with the block":     {readSize - header - line - 1, 5, 5},
		"many blocks":                           slices.Repeat([]int{1000}, 2000),
	} {
		t.Run(name, func(t *testing.T) {
			var want []Record
			for i, size := range sizes {
				want = append(want, long(i+1, size))
			}
			path := write(t, native(want...))
			f := open(t, path)
			assert.Equal(t, want, slices.Collect(f.All()))
			for _, i := range []int{len(want) - 1, 0, len(want) / 2} { // in no order
				got, ok := f.Get(want[i].Ref)
				require.True(t, ok)
				assert.Equal(t, want[i], got)
			}
			require.NoError(t, f.Append(long(len(want)+1, 70_000)))
			got, ok := f.Get(long(len(want)+1, 0).Ref)
			require.True(t, ok)
			assert.Len(t, got.Error, 70_000, "what was appended is read from the file, too")
			require.NoError(t, f.Err())
			require.NoError(t, f.Compact(f.All()))
			require.NoError(t, f.Close())
			assert.Equal(t, native(append(want, long(len(want)+1, 70_000))...), read(t, path))
		})
	}
}
