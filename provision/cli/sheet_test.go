package cli_test

import (
	"encoding/csv"
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/xuri/excelize/v2"
)

// makeBook makes a workbook with one sheet, Rooms, from a CSV file.
//
//	book FROM.csv FILE.xlsx
func makeBook(ts *testscript.TestScript, _ bool, args []string) {
	reader := csv.NewReader(strings.NewReader(ts.ReadFile(args[0])))
	reader.FieldsPerRecord = -1
	rows, err := reader.ReadAll()
	ts.Check(err)
	f := excelize.NewFile()
	defer f.Close()
	ts.Check(f.SetSheetName("Sheet1", "Rooms"))
	for i, row := range rows {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		ts.Check(err)
		ts.Check(f.SetSheetRow("Rooms", cell, &row))
	}
	ts.Check(f.SaveAs(ts.MkAbs(args[1])))
}

// writeCells writes what the first sheet of a workbook shows, a row a line, with
// bars between the cells; where a cell is a link, what it leads to follows in brackets.
//
//	cells FILE.xlsx FILE.txt
func writeCells(ts *testscript.TestScript, _ bool, args []string) {
	f, err := excelize.OpenFile(ts.MkAbs(args[0]))
	ts.Check(err)
	defer f.Close()
	name := f.GetSheetName(0)
	rows, err := f.GetRows(name)
	ts.Check(err)
	var b strings.Builder
	for i, row := range rows {
		for n := range row {
			cell, err := excelize.CoordinatesToCellName(n+1, i+1)
			ts.Check(err)
			if linked, target, err := f.GetCellHyperLink(name, cell); err == nil && linked {
				row[n] += "[" + target + "]"
			}
			if formula, err := f.GetCellFormula(name, cell); err == nil && formula != "" {
				ts.Fatalf("%s is the formula %q", cell, formula)
			}
			row[n] = strings.ReplaceAll(row[n], "\n", " / ")
		}
		b.WriteString(strings.TrimRight(strings.Join(row, "|"), "|") + "\n")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(b.String()), 0o600))
}
