package manifest

import (
	"archive/zip"
	"bytes"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// numberFormat shows numbers and dates as the styles of a workbook do. That is
// excelize's work, done in a copy of the workbook that has little but its styles:
// with sheets and texts excelize takes twice the memory, and it takes a sheet that
// breaks off for a whole one.
type numberFormat struct {
	parts *zip.Reader
	sheet string
	part  string
	book  *excelize.File // nil until a number has a style
}

// show returns the number as the person sees it.
func (n *numberFormat) show(number string, style int) (string, error) {
	if style == 0 {
		return plainNumber(number), nil
	}
	if n.book == nil {
		if err := n.open(); err != nil {
			return "", err
		}
	}
	value, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return number, nil //nolint:nilerr // what is no number is shown as it is
	}
	const cell = "A1"
	if err := n.book.SetCellFloat(n.sheet, cell, value, -1, 64); err != nil {
		return "", err
	}
	if err := n.book.SetCellStyle(n.sheet, cell, cell, style); err != nil {
		return "", err
	}
	raw, err := n.book.GetCellValue(n.sheet, cell, excelize.Options{RawCellValue: true})
	if err != nil {
		return "", err
	}
	shown, err := n.book.GetCellValue(n.sheet, cell)
	if err != nil {
		return "", err
	}
	if shown == raw || hasExponent(shown) {
		return plainNumber(number), nil
	}
	return shown, nil
}

func (n *numberFormat) open() error {
	var copied bytes.Buffer
	w := zip.NewWriter(&copied)
	for _, part := range n.parts.File {
		if !showsNumbers(strings.ToLower(part.Name)) {
			continue
		}
		if err := w.Copy(part); err != nil {
			return err
		}
	}
	empty, err := w.Create(n.part)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(empty, `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/></worksheet>`); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	n.book, err = excelize.OpenReader(&copied, excelize.Options{
		UnzipSizeLimit:    maxOtherParts,
		UnzipXMLSizeLimit: maxOtherParts,
		ShortDatePattern:  "yyyy-mm-dd", // the person's own order of day and month is not in the file
		LongDatePattern:   "yyyy-mm-dd",
	})
	return err
}

// showsNumbers reports whether a part, by its name in lower case, is one that tells
// how numbers are shown, or one that leads to it.
func showsNumbers(part string) bool {
	switch part {
	case "[content_types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml":
		return true
	default:
		return strings.HasPrefix(part, "xl/theme/")
	}
}

func (n *numberFormat) close() {
	if n.book != nil {
		_ = n.book.Close() // it has written nothing
	}
}

// hasExponent reports whether a number is shown as 1.23E+14.
func hasExponent(shown string) bool {
	digits, exponent, found := strings.Cut(shown, "E")
	return found && strings.Trim(digits, "-0123456789.,") == "" && strings.Trim(exponent, "+-0123456789") == ""
}

// plainNumber returns a number without an exponent, because a long number is a
// name and no quantity. Excel keeps 15 digits; what a file has beyond them is how
// 0.1 looks in binary.
func plainNumber(number string) string {
	value, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return number
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(value, 'g', 15, 64), 64)
	if err != nil {
		return number
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}
