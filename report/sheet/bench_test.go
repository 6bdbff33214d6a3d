package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"roomlift/provision/manifest"
	"roomlift/report/results"
)

// largeBook is a workbook of n rooms, and what is recorded of them.
func largeBook(t testing.TB, n int) ([]byte, records) {
	f := excelize.NewFile()
	w, err := f.NewStreamWriter("Sheet1")
	require.NoError(t, err)
	require.NoError(t, w.SetRow("A1", []any{"title", "key", "description", "isLocked", "owner", "note"}))
	known := records{}
	for i := range n {
		row := manifest.Row{Title: fmt.Sprintf("Project room %d", i), Key: fmt.Sprintf("REQ-%d", i)}
		require.NoError(t, w.SetRow(fmt.Sprintf("A%d", i+2), []any{row.Title, row.Key, "What this room is for", true, "Ada Lovelace", i}))
		r := recorded(row.Key, row.Title, results.Created, "")
		r.RoomID = roomID
		if i%10 == 0 {
			r.Status, r.RoomID, r.Error = results.Failed, "", "Webex answered 404: there is no such team; check teamId"
		}
		known[r.Ref] = r
	}
	var out bytes.Buffer
	require.NoError(t, errors.Join(w.Flush(), f.Write(&out), f.Close()))
	return out.Bytes(), known
}

// BenchmarkAnnotate annotates a workbook of so many rows: the time, and the most
// heap that it held besides the manifest.
func BenchmarkAnnotate(b *testing.B) {
	for _, n := range []int{1_000, 50_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			content, known := largeBook(b, n)
			m, err := manifest.Read(bytes.NewReader(content), "r.xlsx", manifest.Options{})
			require.NoError(b, err)
			r := &Report{Manifest: m, Content: bytes.NewReader(content), Size: int64(len(content)), Records: known}
			var heap uint64
			for b.Loop() {
				runtime.GC()
				peak := watchHeap()
				_, err := WriteAnnotated(io.Discard, r)
				require.NoError(b, err)
				heap = max(heap, peak())
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(n), "µs/row")
			b.ReportMetric(float64(heap)/(1<<20), "peak-MiB")
		})
	}
}

// watchHeap samples the heap until the function it returns is called, which
// returns by how much it grew.
func watchHeap() func() uint64 {
	stop, done := make(chan struct{}), make(chan uint64)
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	go func() {
		var stats runtime.MemStats
		most := before.HeapInuse
		for {
			runtime.ReadMemStats(&stats)
			most = max(most, stats.HeapInuse)
			select {
			case <-stop:
				done <- most - before.HeapInuse
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	return func() uint64 {
		close(stop)
		return <-done
	}
}

func TestALargeWorkbookIsAnnotatedInLittleMemory(t *testing.T) {
	const n = 70_000 // more than Excel accepts links in a sheet
	content, known := largeBook(t, n)
	for ref, r := range known { // so that every row has a link of its own
		r.Status, r.Error = results.Created, ""
		r.RoomID = roomIDOf(r.Key)
		known[ref] = r
	}
	m, err := manifest.Read(bytes.NewReader(content), "r.xlsx", manifest.Options{})
	require.NoError(t, err)
	r := &Report{Manifest: m, Content: bytes.NewReader(content), Size: int64(len(content)), Records: known}
	runtime.GC()
	peak := watchHeap()
	var out bytes.Buffer
	warnings, err := WriteAnnotated(&out, r)
	require.NoError(t, err)
	require.Less(t, peak(), uint64(192<<20), "a library that keeps the workbook takes several times that; a collector that gets no time lets it grow")
	require.Equal(t, []string{"Excel accepts 65530 links in a sheet; 4470 more are written as text"}, warnings)
	again, err := manifest.Read(bytes.NewReader(out.Bytes()), "r.xlsx", manifest.Options{})
	require.NoError(t, err)
	require.Len(t, again.Rows, n)
}
