package manifest

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// What a workbook may need. Its sheet is read as a stream; its texts are held in
// memory, and so is everything else that tells how numbers are shown.
const (
	maxWorkbook     = 256 << 20 // bytes of the file
	maxWorkbookText = "256 MiB"
	maxSheet        = 2 << 30   // bytes of the sheet, unpacked: a million rows and more
	maxSharedTexts  = 256 << 20 // bytes of the table of texts, unpacked
	maxOtherParts   = 64 << 20  // bytes of the other XML parts, unpacked
)

// readXLSX reads an Excel workbook: its sheet as a stream, numbers and dates in the
// form that excelize knows from their styles.
func readXLSX(r io.Reader, b *builder, opts Options) (err error) {
	defer func() {
		if recover() != nil { // excelize meets some contradictory styles with a panic
			b.reportFile(faultBrokenWorkbook, b.at(0), "its styles contradict each other")
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
	part := b.chooseSheet(parts, opts.Sheet)
	if part == nil {
		return nil
	}
	texts, err := readSharedTexts(parts)
	if err != nil {
		b.reportFile(faultBrokenWorkbook, b.at(0), escape(err.Error()))
		return nil
	}
	b.borrow, b.vouched = true, true
	s := &sheetReader{b: b, opts: opts, texts: texts, numbers: numberFormat{parts: parts, sheet: b.sheet, part: part.Name}}
	defer s.numbers.close()
	s.read(part)
	return nil
}

// readerAt returns r for random access, and its size. What is no file is read
// into memory.
func readerAt(r io.Reader) (io.ReaderAt, int64, error) {
	if file, ok := r.(*os.File); ok {
		if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
			return file, info.Size(), nil
		}
	}
	if sized, ok := r.(interface {
		io.ReaderAt
		Size() int64
	}); ok {
		return sized, sized.Size(), nil
	}
	data, err := io.ReadAll(io.LimitReader(r, maxWorkbook+1))
	return bytes.NewReader(data), int64(len(data)), err
}

// openWorkbook returns the parts of a workbook. It reports a file that is none,
// and returns nil then.
func (b *builder) openWorkbook(source io.ReaderAt, size int64) *zip.Reader {
	if size > maxWorkbook {
		b.reportFile(faultTooLarge, b.at(0), maxWorkbookText)
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
	var unpacked, sheet, texts, other uint64
	for _, part := range parts.File {
		unpacked += part.UncompressedSize64
		switch partKind(strings.ToLower(part.Name)) {
		case sheetPart:
			sheet = max(sheet, part.UncompressedSize64)
		case textsPart:
			texts += part.UncompressedSize64
		case otherPart:
			other += part.UncompressedSize64
		}
	}
	if sheet > maxSheet || texts > maxSharedTexts || other > maxOtherParts {
		b.reportFile(faultZipBomb, b.at(0), fmt.Sprintf("%d KB", size>>10), fmt.Sprintf("%d MB", unpacked>>20))
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
	b.reportFileValue(faultNoSuchSheet, b.at(0), wanted, listSome(quoteAll(names[:len(sheets)]), len(sheets)))
	return nil
}

var errNoSheets = errors.New("it has no sheet that shows")
