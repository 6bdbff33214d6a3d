package manifest

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/xml"
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
	maxInlineTexts  = 256 << 20 // bytes of the texts of rooms that stand in the sheet itself: 2,600 for each of 100,000
	maxOtherParts   = 64 << 20  // bytes of the other XML parts, unpacked
)

// readXLSX reads an Excel workbook: its sheet as a stream, numbers and dates as their
// styles show them.
func readXLSX(r io.Reader, b *builder, opts Options) error {
	source, size, err := readerAt(r)
	if err != nil {
		return err
	}
	parts := b.openWorkbook(source, size)
	if parts == nil {
		return nil
	}
	sheet := b.chooseSheet(parts, opts.Sheet)
	if sheet == nil {
		return nil
	}
	s, err := newSheetReader(b, parts, sheet)
	if err != nil {
		b.reportWorkbook(err)
		return nil
	}
	b.borrow, s.opts = len(s.texts.places) > 0, opts
	s.read()
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
func (b *builder) openWorkbook(source io.ReaderAt, size int64) *workbookParts {
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
	archive, err := zip.NewReader(source, size)
	if err != nil {
		b.reportFile(faultBrokenWorkbook, b.at(0), escape(plainReason(err)))
		return nil
	}
	if kind, ok := otherArchive(archive); ok {
		b.reportFile(faultForeignFile, b.at(0), kind.what, kind.remedy)
		return nil
	}
	parts, err := readParts(archive)
	unpacked, bomb := unpackedSize(archive, parts)
	b.packed, b.unpacked = size, unpacked
	if bomb {
		err = errTooMuch
	}
	if err != nil {
		b.reportWorkbook(err)
		return nil
	}
	return parts
}

// reportWorkbook says why a workbook cannot be read.
func (b *builder) reportWorkbook(err error) {
	if errors.Is(err, errTooMuch) {
		b.reportFile(faultZipBomb, b.at(0), fmt.Sprintf("%d KB", b.packed>>10), fmt.Sprintf("%d MB", b.unpacked>>20))
		return
	}
	b.reportFile(faultBrokenWorkbook, b.at(0), escape(plainReason(err)))
}

// unpackedSize returns the size of all that a workbook unpacks to, and whether a
// part of it is larger than what is read. known may be nil. Pictures and the like
// are never read.
func unpackedSize(archive *zip.Reader, known *workbookParts) (unpacked uint64, bomb bool) {
	kinds := map[*zip.File]uint64{} // the most that a part may have
	if known != nil {
		for i := range known.sheets {
			kinds[known.sheets[i].part] = maxSheet
		}
		kinds[known.texts] = maxSharedTexts
	}
	var other uint64
	for _, part := range archive.File {
		unpacked += part.UncompressedSize64
		name := strings.ToLower(part.Name)
		switch most, read := kinds[part]; {
		case read:
			bomb = bomb || part.UncompressedSize64 > most
		case strings.HasSuffix(name, ".xml") || strings.HasSuffix(name, ".rels"):
			other += part.UncompressedSize64
		}
	}
	return unpacked, bomb || other > maxOtherParts
}

// plainReason says why a workbook cannot be read, in the words of people who have
// never heard of what it is made of.
func plainReason(err error) string {
	var syntax *xml.SyntaxError
	var corrupt flate.CorruptInputError
	var foreign charsetError
	switch {
	case errors.As(err, &foreign):
		return foreign.Error()
	case errors.Is(err, zip.ErrFormat):
		return "it is cut off or damaged"
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		return "a part of it is cut off"
	case errors.As(err, &syntax), errors.As(err, &corrupt), errors.Is(err, zip.ErrChecksum), errors.Is(err, zip.ErrAlgorithm):
		return "a part of it is damaged"
	default:
		return err.Error()
	}
}

// chooseSheet returns the wanted sheet, or else the first that is not hidden. It
// reports a name that the workbook does not have.
func (b *builder) chooseSheet(parts *workbookParts, wanted string) *workbookSheet {
	var names, hidden []string
	for _, exact := range []bool{true, false} {
		for i := range parts.sheets {
			sheet := &parts.sheets[i]
			names = append(names, sheet.name)
			if wanted == "" && sheet.hidden {
				hidden = append(hidden, sheet.name)
				continue
			}
			if wanted == "" || sheet.name == wanted || (!exact && strings.EqualFold(clean(sheet.name), clean(wanted))) {
				b.takeSheet(parts, sheet, wanted)
				if len(hidden) > 0 {
					b.warn(warnHiddenSheet, b.at(0), listSome(quoteAll(hidden), len(hidden)))
				}
				return sheet
			}
		}
	}
	if len(parts.sheets) == 0 || wanted == "" {
		b.reportFile(faultBrokenWorkbook, b.at(0), errNoSheets.Error())
		return nil
	}
	b.reportFileValue(faultNoSuchSheet, b.at(0), wanted, listSome(quoteAll(names[:len(parts.sheets)]), len(parts.sheets)))
	return nil
}

// takeSheet notes which sheet is read, and, unless it was named, which others
// there are.
func (b *builder) takeSheet(parts *workbookParts, sheet *workbookSheet, wanted string) {
	b.sheet = sheet.name
	if wanted != "" {
		return
	}
	var others []string
	for i := range parts.sheets {
		if other := &parts.sheets[i]; other != sheet && !other.hidden {
			others = append(others, other.name)
		}
	}
	b.otherSheets = listSome(quoteAll(others), len(others))
}

var errNoSheets = errors.New("it has no sheet that shows")
