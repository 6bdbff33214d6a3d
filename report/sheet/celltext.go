package sheet

import (
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// maxCell is the most characters that a cell of a workbook holds, in UTF-16.
const maxCell = 32767

// tooLong reports a text that no cell can hold.
func tooLong(text string) bool {
	return len(text) > maxCell && len(utf16.Encode([]rune(text))) > maxCell
}

// cut shortens a text so that a cell can hold it, and says so with an ellipsis.
func cut(text string) string {
	if !tooLong(text) {
		return text
	}
	runes := []rune(text)
	return string(runes[:min(len(runes), maxCell/2)]) + "…"
}

// appendText appends a text as XML. What XML cannot hold is written as workbooks
// do, "_x0001_", and so is an underscore that would be read like that. A byte that
// is no UTF-8 becomes U+FFFD, as which no manifest accepts it.
func appendText(b []byte, text string) []byte {
	for i, r := range text {
		switch {
		case r == '&':
			b = append(b, "&amp;"...)
		case r == '<':
			b = append(b, "&lt;"...)
		case r == '>':
			b = append(b, "&gt;"...)
		case r == '"':
			b = append(b, "&quot;"...)
		case r == '_' && isEscape(text[i:]):
			b = append(b, "_x005F_"...)
		case r < ' ' && r != '\t' && r != '\n' || r == '\ufffe' || r == '\uffff':
			b = fmt.Appendf(b, "_x%04X_", r)
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return b
}

// isEscape reports a text that starts like "_x0001_".
func isEscape(text string) bool {
	if len(text) < 7 || text[1] != 'x' || text[6] != '_' {
		return false
	}
	_, err := strconv.ParseUint(text[2:6], 16, 16)
	return err == nil
}

// appendCell appends a cell with a text; prefix is that of the part's elements,
// such as "x:".
func appendCell(b []byte, prefix, place string, style int, text string) []byte {
	b = append(b, '<')
	b = append(b, prefix...)
	b = append(b, `c r="`...)
	b = append(b, place...)
	if style != 0 {
		b = append(b, `" s="`...)
		b = strconv.AppendInt(b, int64(style), 10)
	}
	if text == "" {
		return append(b, `"/>`...)
	}
	b = append(b, `" t="inlineStr"><`...)
	b = append(b, prefix...)
	b = append(b, `is><`...)
	b = append(b, prefix...)
	b = append(b, `t xml:space="preserve">`...)
	b = appendText(b, text)
	b = append(b, "</"...)
	b = append(b, prefix...)
	b = append(b, "t></"...)
	b = append(b, prefix...)
	b = append(b, "is></"...)
	b = append(b, prefix...)
	return append(b, "c>"...)
}
