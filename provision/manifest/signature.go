package manifest

import (
	"archive/zip"
	"bytes"
	"io"
	"path/filepath"
	"slices"
	"strings"
)

// signature tells a kind of file that is no text by its first bytes.
type signature struct {
	prefix string
	what   string // "this is …"
	remedy string
}

const saveAsCSV = "open it in the program that wrote it and save it as \"CSV UTF-8\""

// foreignFile returns the kind of file that starts with head, where that is one
// that people take for a CSV or YAML file.
func foreignFile(head []byte) (signature, bool) {
	for _, s := range []signature{
		{zipMark, "a ZIP file, as Excel and LibreOffice workbooks are", "name it .xlsx if it is an Excel workbook, or else save it as \"CSV UTF-8\""},
		{oleMark, "an old Excel workbook (.xls) or a password-protected one", saveAsCSV},
		{"%PDF-", "a PDF file", "export the table as CSV from the program that made it"},
		{"\x1f\x8b", "a gzip file", "unpack it first"},
		{"ListSchema=", "a SharePoint list with a first line that describes it", "export it as \"CSV\" and not as \"CSV with schema\", or delete the first line"},
	} {
		if bytes.HasPrefix(head, []byte(s.prefix)) {
			return s, true
		}
	}
	if isWebPage(head) {
		return signature{what: "a web page (HTML) or XML file that only has the name of a text file", remedy: saveAsXLSX}, true
	}
	return signature{}, false
}

// webPages are how web pages and XML files start. Web programs export such tables.
var webPages = []string{"<!doctype", "<html", "<head", "<body", "<meta", "<style", "<table", "<div", "<?xml", "<!--"}

func isWebPage(head []byte) bool {
	start := strings.ToLower(clean(string(head)))
	return slices.ContainsFunc(webPages, func(tag string) bool { return strings.HasPrefix(start, tag) })
}

// The first bytes of a ZIP file and of the container of old Office files, in which
// password-protected new ones are, too.
const (
	zipMark = "PK\x03\x04"
	oleMark = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
)

// saveAsXLSX is what to do with a table in another format.
const saveAsXLSX = "open it in Excel or LibreOffice and save it as .xlsx or as \"CSV UTF-8\""

// notAWorkbook returns the kind of file that is no workbook although its name says
// so; a ZIP file that may be one is not looked into, but for OpenDocument's mark.
func notAWorkbook(head []byte, source io.ReaderAt, size int64) (signature, bool) {
	switch {
	case bytes.HasPrefix(head, []byte(zipMark)):
		if bytes.Contains(head, []byte("application/vnd.oasis.opendocument")) {
			return signature{what: "an OpenDocument file (.ods)", remedy: saveAsXLSX}, true
		}
		return signature{}, false // openWorkbook looks into it
	case bytes.HasPrefix(head, []byte(oleMark)):
		if containsUTF16(source, size, "EncryptedPackage") {
			return signature{what: "a password-protected workbook", remedy: "remove the password in Excel (File, Info, Protect Workbook) and save it"}, true
		}
		return signature{what: "an old Excel workbook (.xls)", remedy: saveAsXLSX}, true
	case bytes.HasPrefix(head, []byte("%PDF-")):
		return signature{what: "a PDF file", remedy: "save the table as .xlsx or as \"CSV UTF-8\" in the program that made it"}, true
	case bytes.HasPrefix(bytes.TrimSpace(head), []byte("<")):
		return signature{what: "a web page or XML file that only has the name of a workbook", remedy: saveAsXLSX}, true
	case bytes.IndexByte(head, 0) < 0 || byteOrder(head) != "" || bytes.HasPrefix(head, []byte("\xff\xfe")):
		return signature{what: "a text file, not a workbook", remedy: "name it .csv if it is CSV"}, true
	default:
		return signature{what: "not an Excel workbook", remedy: "check that this is the right file; open it in Excel and save it as .xlsx"}, true
	}
}

// containsUTF16 reports whether the file holds the ASCII text as UTF-16.
func containsUTF16(source io.ReaderAt, size int64, text string) bool {
	var wanted []byte
	for i := range len(text) {
		wanted = append(wanted, text[i], 0)
	}
	block := make([]byte, 64<<10)
	for offset := int64(0); offset < size; offset += int64(len(block) - len(wanted)) {
		n, _ := source.ReadAt(block, offset)
		if bytes.Contains(block[:n], wanted) {
			return true
		}
	}
	return false
}

// otherArchive returns the kind of a ZIP file that is no Excel workbook, by the parts
// that only that kind has.
func otherArchive(archive *zip.Reader) (signature, bool) {
	for _, part := range archive.File {
		name := strings.ToLower(partName(part))
		switch {
		case name == "xl/workbook.bin":
			return signature{what: "an Excel binary workbook (.xlsb)", remedy: saveAsXLSX}, true
		case strings.HasSuffix(name, ".iwa") || name == "index.zip" || name == "index.xml":
			return signature{what: "an Apple Numbers table (.numbers)", remedy: exportFromNumbers}, true
		case name == "content.xml":
			return signature{what: "an OpenDocument file (.ods)", remedy: saveAsXLSX}, true
		case strings.HasPrefix(name, "word/"):
			return signature{what: "a Word document", remedy: "copy its table into a workbook and save that as .xlsx"}, true
		case strings.HasPrefix(name, "ppt/"):
			return signature{what: "a PowerPoint presentation", remedy: "copy its table into a workbook and save that as .xlsx"}, true
		}
	}
	return signature{}, false
}

const exportFromNumbers = "open it in Numbers and export it (File, Export To, Excel) as .xlsx"

// foreignExtension returns the kind of file that the name says, where it is one that
// holds tables and is not read.
func foreignExtension(path string) (signature, bool) {
	kinds := map[string]signature{
		".xls":     {what: "an old Excel workbook", remedy: saveAsXLSX},
		".xlt":     {what: "an old Excel template", remedy: saveAsXLSX},
		".xlsb":    {what: "an Excel binary workbook", remedy: saveAsXLSX},
		".ods":     {what: "an OpenDocument table", remedy: saveAsXLSX},
		".fods":    {what: "an OpenDocument table", remedy: saveAsXLSX},
		".numbers": {what: "an Apple Numbers table", remedy: exportFromNumbers},
		".pdf":     {what: "a PDF file", remedy: "save the table as .xlsx or as \"CSV UTF-8\" in the program that made it"},
		".docx":    {what: "a Word document", remedy: "copy its table into a workbook and save that as .xlsx"},
		".html":    {what: "a web page", remedy: saveAsXLSX},
		".htm":     {what: "a web page", remedy: saveAsXLSX},
		".json":    {what: "a JSON file", remedy: "name it .yaml, which JSON is, too"},
	}
	kind, ok := kinds[strings.ToLower(filepath.Ext(path))]
	return kind, ok
}
