package manifest

import (
	"bufio"
	"errors"
	"io"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// sniffLength is the number of bytes that are looked at before a file is read.
const sniffLength = 4 << 10

// byteOrderMarks are the first bytes of files that say their encoding themselves.
// Excel's "CSV UTF-8" and "Unicode text" have them. UTF-32 comes before UTF-16,
// whose mark it starts with, and is no encoding that anybody saves in.
var byteOrderMarks = []struct{ mark, encoding string }{
	{"\xef\xbb\xbf", "utf-8"},
	{"\xff\xfe", "utf-16le"},
	{"\xfe\xff", "utf-16be"},
}

// misreadMarks are what programs show for the mark of UTF-8 that take the text for
// windows-1252, windows-1251, windows-1250, Macintosh or DOS, and save when told to.
var misreadMarks = []string{"ï»¿", "п»ї", "ď»ż", "Ôªø", "´╗┐", "∩╗┐"}

// exampleEncodings are the names that messages suggest; see findEncoding.
const exampleEncodings = "utf-8, windows-1252, windows-1250, windows-1251, macintosh, cp850 or utf-16le"

// findEncoding returns the encoding of that name, which may be any label that the
// WHATWG Encoding Standard lists, or that of a DOS code page. An empty name is none, and changes nothing.
func findEncoding(name string) (encoding.Encoding, error) {
	if name == "" {
		return encoding.Nop, nil
	}
	if found := dosEncoding(name); found != nil {
		return found, nil
	}
	found, err := htmlindex.Get(strings.TrimSpace(name))
	if err != nil {
		return nil, unreadable("use "+exampleEncodings, "there is no encoding %q", name)
	}
	return found, nil
}

// dosEncoding returns the encoding of DOS programs of that name, nil if it is none:
// those are not in the Standard, but in old exports all the same.
func dosEncoding(name string) encoding.Encoding {
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "cp437", "ibm437":
		return charmap.CodePage437
	case "cp850", "ibm850":
		return charmap.CodePage850
	case "cp852", "ibm852":
		return charmap.CodePage852
	default:
		return nil
	}
}

// openText returns the text of a manifest as UTF-8 without a byte-order mark. A
// mark counts for more than the encoding in opts, for it stands in the file. It
// reports an empty file and a file that is no text, and returns nil then.
func (b *builder) openText(r io.Reader, opts Options) (io.Reader, error) {
	source := bufio.NewReaderSize(r, 64<<10)
	head, err := source.Peek(sniffLength)
	if err != nil && !errors.Is(err, io.EOF) {
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
	for _, known := range byteOrderMarks {
		if strings.HasPrefix(string(head), known.mark) {
			_, _ = source.Discard(len(known.mark)) // Peek has them, so this cannot fail.
			b.decoded = true
			return decode(source, known.encoding)
		}
	}
	if opts.Encoding != "" {
		b.decoded = true
		return decode(source, opts.Encoding)
	}
	if order := byteOrder(head); order != "" {
		b.reportFile(faultUTF16NoMark, b.at(0), order)
		return nil, nil
	}
	return source, nil
}

// misreadMark returns the letters that a text starts with in the place of a
// byte-order mark, "" if it does not.
func misreadMark[T string | []byte](head T) string {
	for _, letters := range misreadMarks {
		if len(head) >= len(letters) && string(head[:len(letters)]) == letters {
			return letters
		}
	}
	return ""
}

// decode returns the text of r, which is in that encoding, as UTF-8.
func decode(r io.Reader, name string) (io.Reader, error) {
	found, err := findEncoding(name)
	if err != nil {
		return nil, err
	}
	if found == unicode.UTF8 {
		return r, nil // so that invalid bytes are found where they stand
	}
	return transform.NewReader(r, found.NewDecoder()), nil
}

// byteOrder returns the encoding of text that is UTF-16 without a mark: at least
// most of it is letters of one byte with a NUL before or after each.
func byteOrder(head []byte) string {
	var even, odd int
	for i, c := range head {
		if c == 0 && i%2 == 0 {
			even++
		} else if c == 0 {
			odd++
		}
	}
	switch half := len(head) / 2; {
	case len(head) >= 4 && odd > half/2 && even == 0:
		return "utf-16le"
	case len(head) >= 4 && even > half/2 && odd == 0:
		return "utf-16be"
	default:
		return ""
	}
}
