package manifest

import (
	"strings"
	"unicode/utf8"
)

// The only marks that keep the text of a CSV cell together are straight double quotes.
// Word processors and other programs put others there, which are part of the text then.

// closingMarks are the quotation marks that close what the key opens.
var closingMarks = map[rune]string{'\'': "'", '‘': "’", '’': "’", '‚': "‘’", '“': "”", '„': "“”", '”': "”", '«': "»", '»': "«", '‹': "›"}

// opensQuotation returns the marks that would close a quotation that the text opens and
// does not close; "" if it does neither.
func opensQuotation(text string) string {
	opening, size := utf8.DecodeRuneInString(text)
	closing := closingMarks[opening]
	if strings.ContainsAny(text[size:], closing) {
		return ""
	}
	return closing
}

// isQuoted reports whether the whole text stands in quotation marks.
func isQuoted(text string) bool {
	opening, size := utf8.DecodeRuneInString(text)
	closing, _ := utf8.DecodeLastRuneInString(text)
	return len(text) > size && strings.ContainsRune(closingMarks[opening], closing)
}

// splitQuotation returns a text in quotation marks of which a delimiter in it made two
// cells or more; "" if there is none.
func splitQuotation(record []string, delimiter string) string {
	for i, cell := range record {
		closing := opensQuotation(clean(cell))
		if closing == "" {
			continue
		}
		for n, other := range record[i+1:] {
			last, _ := utf8.DecodeLastRuneInString(clean(other))
			if opensQuotation(clean(other)) != "" || isQuoted(clean(other)) {
				break
			}
			if strings.ContainsRune(closing, last) {
				return clean(strings.Join(record[i:i+n+2], delimiter))
			}
		}
	}
	return ""
}
