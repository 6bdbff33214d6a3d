package manifest

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
)

// sharedTexts is the table of texts that the cells of a workbook refer to by number.
type sharedTexts []string

var errTextTooLong = errors.New("a text in its table of texts is longer than " + maxRecordText)

// readSharedTexts reads the table; a workbook may have none.
func readSharedTexts(part *zip.File) (sharedTexts, error) {
	if part == nil {
		return nil, nil
	}
	content, err := part.Open()
	if err != nil {
		return nil, err
	}
	defer content.Close()
	tokens := newTokenSource(content, errTextTooLong)
	var texts sharedTexts
	var kept arena
	for {
		token, err := tokens.next()
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if t.Name.Local == "si" {
				text, err := readText(tokens, "si", errTextTooLong)
				if err != nil {
					return nil, err
				}
				texts = append(texts, kept.keep(text))
			}
		case xml.EndElement:
			if t.Name.Local == "sst" {
				// The rest is read for the checksum at its end.
				_, err := io.Copy(io.Discard, content) //nolint:gosec // maxSharedTexts bounds it.
				return texts, err
			}
		}
	}
}

// text returns the text that a cell refers to.
func (t sharedTexts) text(number string) (string, error) {
	n, err := strconv.Atoi(strings.TrimSpace(number))
	if err != nil || n < 0 || n >= len(t) {
		return "", errors.New("it refers to a text that it does not hold")
	}
	return t[n], nil
}

// readText returns the text of an element up to its end: that of a value, or of
// all runs of a rich text, without the phonetic hints of Japanese.
// tooLong is the error of a text that is longer than a row may be.
func readText(tokens *tokenSource, element string, tooLong error) (string, error) {
	var text []byte
	hint, inText := false, element == "v"
	for {
		token, err := tokens.next()
		if err != nil {
			return "", err
		}
		switch t := token.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "rPh":
				hint = true
			case "t":
				inText = true
			}
		case xml.CharData:
			if inText && !hint {
				text = append(text, t...)
			}
			if len(text) > maxRecord {
				return "", tooLong
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "rPh":
				hint = false
			case "t":
				inText = false
			case element:
				return unescapeText(string(text)), nil
			}
		}
	}
}

// unescapeText replaces "_x000D_" and its like, which stand for characters that XML
// does not have, and "_x005F_", which stands for an underscore that is meant.
func unescapeText(text string) string {
	if !strings.Contains(text, "_x") {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if len(text)-i >= 7 && text[i] == '_' && text[i+1] == 'x' && text[i+6] == '_' {
			if code, err := strconv.ParseUint(text[i+2:i+6], 16, 16); err == nil {
				b.WriteRune(rune(code))
				i += 6
				continue
			}
		}
		b.WriteByte(text[i])
	}
	return b.String()
}
