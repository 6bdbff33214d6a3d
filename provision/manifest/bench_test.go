package manifest

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
)

// generator gives a manifest row by row, so that no benchmark holds one in memory.
type generator struct {
	head   string
	row    func(b []byte, i int) []byte
	rows   int
	next   int
	buffer []byte
	rest   []byte
}

func (g *generator) Read(p []byte) (int, error) {
	if g.next == 0 && g.rest == nil {
		g.rest = []byte(g.head)
	}
	for len(g.rest) == 0 {
		if g.next == g.rows {
			return 0, io.EOF
		}
		g.next++
		g.buffer = g.row(g.buffer[:0], g.next)
		g.rest = g.buffer
	}
	n := copy(p, g.rest)
	g.rest = g.rest[n:]
	return n, nil
}

const benchTeam = "Y2lzY29zcGFyazovL3VzL1RFQU0vMTIzNDU2NzgtMTIzNC0xMjM0LTEyMzQtMTIzNDU2Nzg5MGFi"

func csvRows(rows int) *generator {
	return &generator{
		rows: rows,
		head: "title,teamId,isLocked,isPublic,description,isAnnouncementOnly,key\n",
		row: func(b []byte, i int) []byte {
			return fmt.Appendf(b, "Project %07d,%s,true,,\"Plans, papers and people of project %d\",false,REQ-%d\n", i, benchTeam, i, i)
		},
	}
}

func yamlRows(rows int) *generator {
	return &generator{
		rows: rows,
		head: "defaults:\n  isLocked: true\nrooms:\n",
		row: func(b []byte, i int) []byte {
			return fmt.Appendf(b, "- title: Project %07d\n  teamId: %s\n  description: Plans, papers and people of project %d\n", i, benchTeam, i)
		},
	}
}

// BenchmarkLoadCSV reads a million rows. It reports rows/s, the heap that stays
// for each row, and the peak of the heap above what was there before.
func BenchmarkLoadCSV(b *testing.B) {
	benchmarkRead(b, "bench.csv", 1_000_000, func(rows int) io.Reader { return csvRows(rows) })
}

// BenchmarkLoadYAML reads the 60,000 rooms that fit the bound on YAML, and
// reports what BenchmarkLoadCSV does.
func BenchmarkLoadYAML(b *testing.B) {
	benchmarkRead(b, "bench.yaml", 60_000, func(rows int) io.Reader { return yamlRows(rows) })
}

// BenchmarkLoadXLSX reads a workbook of 100,000 rows and six columns from a file,
// and reports what BenchmarkLoadCSV does.
func BenchmarkLoadXLSX(b *testing.B) {
	const rows = 100_000
	path := filepath.Join(b.TempDir(), "bench.xlsx")
	require.NoError(b, writeWorkbook(path, rows))
	benchmarkLoad(b, rows, func() (*Manifest, error) { return Load(path, Options{}) })
}

// writeWorkbook writes a workbook with every text in its table of shared texts, as
// Excel does.
func writeWorkbook(path string, rows int) error {
	f := excelize.NewFile()
	defer f.Close()
	header := []any{"title", "teamId", "isLocked", "isPublic", "description", "key"}
	if err := f.SetSheetRow("Sheet1", "A1", &header); err != nil {
		return err
	}
	for i := 1; i <= rows; i++ {
		row := []any{
			fmt.Sprintf("Project %07d", i), benchTeam, true, nil,
			fmt.Sprintf("Plans, papers and people of project %d", i), fmt.Sprintf("REQ-%d", i),
		}
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			return err
		}
	}
	return f.SaveAs(path)
}

func benchmarkRead(b *testing.B, name string, rows int, source func(rows int) io.Reader) {
	benchmarkLoad(b, rows, func() (*Manifest, error) { return Read(source(rows), name, Options{}) })
}

func benchmarkLoad(b *testing.B, rows int, load func() (*Manifest, error)) {
	var peak, stays uint64
	for b.Loop() {
		b.StopTimer()
		before := heapInUse()
		stop := watchHeap()
		b.StartTimer()
		m, err := load()
		b.StopTimer()
		require.NoError(b, err)
		require.Len(b, m.Rows, rows)
		peak = max(peak, stop()-before)
		stays = heapInUse() - before
		runtime.KeepAlive(m)
		b.StartTimer()
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(float64(stays)/float64(rows), "heapB/row")
	b.ReportMetric(float64(peak)/(1<<20), "peakMiB")
}

// heapInUse returns the bytes of the heap that are in use after a collection.
func heapInUse() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// watchHeap looks at the heap every few milliseconds until it is stopped, and
// returns the largest size that it saw, garbage that awaits collection included.
func watchHeap() (stop func() uint64) {
	var peak atomic.Uint64
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			var stats runtime.MemStats
			runtime.ReadMemStats(&stats)
			peak.Store(max(peak.Load(), stats.HeapAlloc))
			select {
			case <-tick.C:
			case <-done:
				return
			}
		}
	}()
	return func() uint64 {
		close(done)
		<-ended
		return peak.Load()
	}
}

func TestGeneratedManifestsAreWhole(t *testing.T) {
	for name, source := range map[string]*generator{"g.csv": csvRows(3), "g.yaml": yamlRows(3)} {
		data, err := io.ReadAll(source)
		require.NoError(t, err)
		m, err := Read(bytes.NewReader(data), name, Options{})
		require.NoError(t, err)
		require.Len(t, m.Rows, 3)
	}
}
