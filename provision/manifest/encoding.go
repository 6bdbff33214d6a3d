package manifest

import (
	"bufio"
	"bytes"
	"io"
)

// sniffLength is the number of bytes that are looked at before a file is read.
const sniffLength = 4 << 10

// openText returns the text of a manifest as UTF-8 without a byte-order mark.
// It reports an empty file and a file that is no text, and returns nil then.
func (b *builder) openText(r io.Reader) (io.Reader, error) {
	text := bufio.NewReaderSize(r, 64<<10)
	head, err := text.Peek(sniffLength)
	if err != nil && err != io.EOF {
		return nil, err
	}
	if len(head) == 0 {
		b.reportFile(faultEmpty, b.at(0))
		return nil, nil
	}
	if kind, ok := foreignFile(head); ok {
		b.reportFile(faultForeignFile, b.at(0), kind.what, kind.remedy)
		return nil, nil
	}
	for _, mark := range []string{"\xff\xfe", "\xfe\xff"} {
		if bytes.HasPrefix(head, []byte(mark)) {
			b.reportFile(faultForeignFile, b.at(0), "text in UTF-16", "save it as \"CSV UTF-8\"")
			return nil, nil
		}
	}
	if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
		_, _ = text.Discard(3) // Peek has them, so this cannot fail.
	}
	return text, nil
}
