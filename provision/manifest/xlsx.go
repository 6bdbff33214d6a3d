package manifest

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/xuri/excelize/v2"
)

// What a workbook may need. A sheet of 100,000 rooms takes some 60 MB unpacked,
// on disk; everything else in the file is unpacked into memory.
const (
	maxWorkbook     = 256 << 20 // bytes of the file
	maxUnpacked     = 1 << 30   // bytes of all its parts, so that a small file cannot fill the disk
	maxUnpackedText = "1 GiB"
	maxOtherParts   = 64 << 20 // bytes of the parts that are neither sheets nor texts
	partsInMemory   = 4 << 20  // bytes of a sheet or text part, above which it goes to a temporary file
)

// readXLSX reads an Excel workbook: values through excelize, row by row, and in
// step with it the sheet's own XML for what excelize does not tell.
func readXLSX(r io.Reader, b *builder, opts Options) (err error) {
	defer func() {
		if recover() != nil { // excelize meets some broken workbooks with a panic
			b.reportFile(faultBrokenWorkbook, b.at(0), "it contradicts itself")
			err = nil
		}
	}()
	source, size, err := readerAt(r)
	if err != nil {
		return err
	}
	parts := b.openWorkbook(source, size)
	if parts == nil {
		return nil
	}
	book, err := excelize.OpenReader(io.NewSectionReader(source, 0, size), excelize.Options{
		UnzipSizeLimit:    maxUnpacked,
		UnzipXMLSizeLimit: partsInMemory,
		ShortDatePattern:  "yyyy-mm-dd", // the person's own order of day and month is not in the file
		LongDatePattern:   "yyyy-mm-dd",
	})
	if err != nil {
		b.reportFile(faultBrokenWorkbook, b.at(0), escape(err.Error()))
		return nil
	}
	defer book.Close() //nolint:errcheck // It removes temporary files; nothing is lost if that fails.
	part := b.chooseSheet(parts, opts.Sheet)
	if part == nil {
		return nil
	}
	s := &sheetReader{b: b, opts: opts}
	return s.read(book, part)
}

// readerAt returns r for random access, and its size. What is no file is read
// into memory.
func readerAt(r io.Reader) (io.ReaderAt, int64, error) {
	if file, ok := r.(*os.File); ok {
		if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
			return file, info.Size(), nil
		}
	}
	data, err := io.ReadAll(io.LimitReader(r, maxWorkbook+1))
	return bytes.NewReader(data), int64(len(data)), err
}

// openWorkbook returns the parts of a workbook. It reports a file that is none,
// and returns nil then.
func (b *builder) openWorkbook(source io.ReaderAt, size int64) *zip.Reader {
	if size > maxWorkbook {
		b.reportFile(faultTooLarge, b.at(0), "256 MiB")
		return nil
	}
	head := make([]byte, min(size, sniffLength))
	_, _ = source.ReadAt(head, 0) // what cannot be read is no workbook
	if len(head) == 0 {
		b.reportFile(faultEmpty, b.at(0))
		return nil
	}
	if kind, ok := notAWorkbook(head, source, size); ok {
		b.reportFile(faultForeignFile, b.at(0), kind.what, kind.remedy)
		return nil
	}
	parts, err := zip.NewReader(source, size)
	if err != nil {
		b.reportFile(faultBrokenWorkbook, b.at(0), escape(err.Error()))
		return nil
	}
	var all, other uint64
	for _, part := range parts.File {
		all += part.UncompressedSize64
		if name := strings.ToLower(part.Name); !strings.HasPrefix(name, "xl/worksheets/sheet") && name != "xl/sharedstrings.xml" {
			other += part.UncompressedSize64
		}
	}
	if all > maxUnpacked || other > maxOtherParts {
		b.reportFile(faultZipBomb, b.at(0), fmt.Sprintf("%d MB", size>>20), fmt.Sprintf("%d MB", all>>20))
		return nil
	}
	return parts
}

// chooseSheet returns the part that holds the wanted sheet, or else the first that
// is not hidden. It reports a name that the workbook does not have.
func (b *builder) chooseSheet(parts *zip.Reader, wanted string) *zip.File {
	sheets, err := workbookSheets(parts)
	if err != nil {
		b.reportFile(faultBrokenWorkbook, b.at(0), escape(err.Error()))
		return nil
	}
	var names []string
	for _, exact := range []bool{true, false} {
		for _, sheet := range sheets {
			names = append(names, sheet.name)
			if wanted == "" && sheet.hidden {
				continue
			}
			if wanted == "" || sheet.name == wanted || (!exact && strings.EqualFold(clean(sheet.name), clean(wanted))) {
				b.sheet = sheet.name
				return sheet.part
			}
		}
	}
	if len(sheets) == 0 || wanted == "" {
		b.reportFile(faultBrokenWorkbook, b.at(0), errNoSheets.Error())
		return nil
	}
	b.reportFileValue(faultNoSuchSheet, b.at(0), wanted, nameSome(names[:len(sheets)]))
	return nil
}

var errNoSheets = errors.New("it has no sheet that shows")
