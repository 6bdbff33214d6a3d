package manifest

import (
	"archive/zip"
	"cmp"
	"encoding/xml"
	"slices"
	"strconv"
)

// checkMerged refuses merged cells among the known columns of the header and of
// rooms: only the first cell of a range has its value, so the other rows would lose it.
func (s *sheetReader) checkMerged(ranges []string) {
	if s.header == nil {
		return
	}
	for _, text := range ranges {
		r, ok := parseRange(text)
		if !ok || !s.hasRows(r) {
			continue
		}
		for column := r.left; column <= r.right; column++ {
			if s.columnAt(column) != nil {
				pos := s.b.cell(r.left, r.top)
				pos.Cell = text
				s.b.reportFile(faultMerged, pos)
				break
			}
		}
	}
}

// hasRows reports whether the header or a room stands in the rows of the range.
func (s *sheetReader) hasRows(r cellRange) bool {
	if r.top <= s.headerRow && s.headerRow <= r.bottom {
		return true
	}
	rows := s.b.manifest.Rows
	i, _ := slices.BinarySearchFunc(rows, r.top, func(row Row, top int) int { return cmp.Compare(row.Line, top) })
	return i < len(rows) && rows[i].Line <= r.bottom
}

// finish says what concerns the sheet as a whole.
func (s *sheetReader) finish() {
	if s.header == nil && !s.b.broken {
		header, found := s.search.end()
		if !found {
			if s.b.otherSheets != "" {
				s.b.reportFile(faultEmptySheetOfSeveral, s.b.at(0), s.b.otherSheets)
			} else {
				s.b.reportFile(faultEmptySheet, s.b.at(0))
			}
			return
		}
		s.setHeader(header)
	}
	if s.hidden > 0 {
		f := warnHidden
		if s.opts.SkipHidden {
			f = warnHiddenSkipped
		}
		s.b.warn(f, s.b.at(0), s.hidden)
	}
	if len(s.unnamed) > 0 {
		s.b.warn(warnUnnamedCells, s.b.at(s.headerRow), listSome(s.unnamed, s.unnamedOf))
	}
	if hidden := s.hiddenColumns(); len(hidden) > 0 {
		s.b.warn(warnHiddenColumns, s.b.cell(1, s.headerRow), listSome(hidden, len(hidden)))
	}
}

// hiddenColumns returns the known columns that the sheet does not show.
func (s *sheetReader) hiddenColumns() []string {
	var names []string
	if s.header == nil {
		return nil
	}
	for i, column := range s.header.columns {
		for _, r := range s.columns {
			if column != nil && r.left <= i+1 && i+1 <= r.right {
				names = append(names, columnLetters(i+1)+" ("+column.Name+")")
				break
			}
		}
	}
	return names
}

// isTotals reports whether the row is the totals of a table in the known columns.
func (s *sheetReader) isTotals(row int) bool {
	for _, r := range s.totals {
		if row < r.top || row > r.bottom || row <= s.headerRow {
			continue
		}
		for column := r.left; column <= r.right && column <= len(s.header.columns); column++ {
			if s.columnAt(column) != nil {
				return true
			}
		}
	}
	return false
}

// totalsRows returns the rows of totals below the tables of a sheet.
func totalsRows(archive *zip.Reader, sheet *zip.File) ([]cellRange, error) {
	name := partName(sheet)
	relations, err := relationsOf(archive, name, "table")
	if err != nil {
		return nil, err
	}
	var totals []cellRange
	for _, r := range relations {
		var area, rows string
		err := eachElement(archive, resolveTarget(name, r.target), func(_ string, start xml.StartElement) error {
			if start.Name.Local == "table" {
				area, rows = attribute(start, "ref"), attribute(start, "totalsRowCount")
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		count, _ := strconv.Atoi(rows) // none if it says nothing
		if area, ok := parseRange(area); ok && count > 0 {
			area.top = max(area.top, area.bottom-count+1)
			totals = append(totals, area)
		}
	}
	return totals, nil
}
