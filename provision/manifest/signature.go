package manifest

import "bytes"

// signature tells a kind of file that is no text by its first bytes.
type signature struct {
	prefix []byte
	what   string // "this is …"
	remedy string
}

const saveAsCSV = "open it in the program that wrote it and save it as \"CSV UTF-8\""

// foreignFile returns the kind of file that starts with head, where that is one
// that people take for a CSV or YAML file.
func foreignFile(head []byte) (signature, bool) {
	for _, s := range []signature{
		{[]byte("PK\x03\x04"), "a ZIP file, as Excel and LibreOffice workbooks are", "name it .xlsx if it is an Excel workbook, or else save it as \"CSV UTF-8\""},
		{[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "an old Excel workbook (.xls) or a password-protected one", saveAsCSV},
		{[]byte("%PDF-"), "a PDF file", "export the table as CSV from the program that made it"},
		{[]byte("\x1f\x8b"), "a gzip file", "unpack it first"},
	} {
		if bytes.HasPrefix(head, s.prefix) {
			return s, true
		}
	}
	return signature{}, false
}
