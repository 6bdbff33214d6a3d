package sheet

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"hash/fnv"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"roomlift/provision"
	"roomlift/provision/manifest"
	"roomlift/report/results"
)

const (
	server = "webexapis.com"
	roomID = "Y2lzY29zcGFyazovL3VzL1JPT00vNWE2ZDBiMGUtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAx"
	space  = "webexteams://im?space=5a6d0b0e-0000-4000-8000-000000000001"
)

// recorded is what is recorded of a row with a key.
func recorded(key, title string, status results.Status, text string) results.Record {
	row := manifest.Row{Key: key, Title: title}
	r := results.Record{
		Ref: row.Ref(), Key: key, Title: title, Status: status, Server: server, Error: text, Attempts: 1, HTTPStatus: 200,
	}
	switch {
	case status.HasRoom():
		r.RoomID = roomID
		if key != "0001" && key != "a" && key != "" { // each room has one row
			r.RoomID = roomIDOf(key)
		}
	case status == results.Pending:
		r.Attempts = 0
	}
	if status != results.Pending {
		r.StartedAt = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	}
	return r
}

// roomIDOf is the id of a room that no other key has.
func roomIDOf(key string) string {
	hash := fnv.New64()
	_, _ = hash.Write([]byte(key))
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "ciscospark://us/ROOM/5a6d0b0e-0000-4000-8000-%012x", hash.Sum64()&0xffffffffffff))
}

// reportOf is what is known of a manifest and of these records.
func reportOf(t testing.TB, name string, content []byte, opts manifest.Options, records ...results.Record) *Report {
	t.Helper()
	m, err := manifest.Read(bytes.NewReader(content), name, opts)
	var faults manifest.ErrorList
	if err != nil {
		require.ErrorAs(t, err, &faults)
	}
	require.NotNil(t, m, "%v", err)
	file, err := results.Open(filepath.Join(t.TempDir(), "r.results.csv"), results.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { _ = file.Close() })
	if len(records) > 0 {
		require.NoError(t, file.Append(records...))
	}
	plan, err := provision.NewPlan(m, faults, file, server)
	require.NoError(t, err)
	return &Report{
		Manifest: m, Faults: faults, Options: opts, Content: bytes.NewReader(content), Size: int64(len(content)),
		Plan: plan, Records: file, Live: true,
	}
}

// annotated returns the annotated workbook of a report, as bytes and opened.
func annotated(t testing.TB, r *Report) ([]byte, *excelize.File) {
	t.Helper()
	require.NoError(t, CheckAnnotated(r))
	var out bytes.Buffer
	warnings, err := WriteAnnotated(&out, r)
	require.NoError(t, err)
	require.Empty(t, warnings)
	return out.Bytes(), opened(t, out.Bytes())
}

func opened(t testing.TB, content []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(content))
	require.NoError(t, err)
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// workbook makes a workbook with excelize.
func workbook(t testing.TB, change func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	change(f)
	var out bytes.Buffer
	require.NoError(t, errors.Join(f.Write(&out), f.Close()))
	return out.Bytes()
}

// fill writes rows into a sheet, from a cell on.
func fill(t testing.TB, f *excelize.File, sheet, from string, rows ...[]any) {
	t.Helper()
	column, row, err := excelize.CellNameToCoordinates(from)
	require.NoError(t, err)
	for i, cells := range rows {
		for n, cell := range cells {
			if cell == nil {
				continue
			}
			name, err := excelize.CoordinatesToCellName(column+n, row+i)
			require.NoError(t, err)
			require.NoError(t, f.SetCellValue(sheet, name, cell))
		}
	}
}

// failuresOf returns the failures file of a report.
func failuresOf(t testing.TB, r *Report, workbook bool) []byte {
	t.Helper()
	var out bytes.Buffer
	_, err := WriteFailures(&out, r, workbook)
	require.NoError(t, err)
	return out.Bytes()
}

func lines(text string) []string { return strings.Split(strings.TrimSuffix(text, "\n"), "\n") }
