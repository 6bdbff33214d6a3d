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
// The texts of a large sheet are most of what is held while it is read, so they stand
// in few large blocks, and eight bytes say where each of them is.
type sharedTexts struct {
	blocks []string
	filled strings.Builder // the block that is not in blocks yet
	places []textPlace
}

// textPlace packs the number of a block, a start in it and a length.
type textPlace uint64

const (
	lengthBits = 21 // a text has 1 MiB at most, see maxRecord
	startBits  = 17 // a start is less than arenaBlock
)

func (t *sharedTexts) add(text string) {
	if t.filled.Cap()-t.filled.Len() < len(text) {
		t.seal()
		t.filled.Grow(max(arenaBlock, len(text)))
	}
	t.places = append(t.places, textPlace(len(t.blocks))<<(startBits+lengthBits)|textPlace(t.filled.Len())<<lengthBits|textPlace(len(text)))
	t.filled.WriteString(text)
}

// seal puts the block that is being filled with the others.
func (t *sharedTexts) seal() {
	if t.filled.Cap() > 0 {
		t.blocks = append(t.blocks, t.filled.String())
		t.filled = strings.Builder{}
	}
}

// text returns the text that a cell refers to.
func (t *sharedTexts) text(number string) (string, error) {
	n, err := strconv.Atoi(strings.TrimSpace(number))
	if err != nil || n < 0 || n >= len(t.places) {
		return "", errors.New("it refers to a text that it does not hold")
	}
	place := t.places[n]
	length := int(place & (1<<lengthBits - 1))
	if length == 0 {
		return "", nil
	}
	start := int(place >> lengthBits & (1<<startBits - 1))
	return t.blocks[place>>(startBits+lengthBits)][start : start+length], nil
}

// expect makes room for so many texts, as the table says of itself, if that can be.
func (t *sharedTexts) expect(count string, size uint64) {
	const least = 15 // bytes of a text: <si><t></t></si>
	if n, err := strconv.ParseUint(count, 10, 32); err == nil && n <= size/least {
		t.places = make([]textPlace, 0, n)
	}
}

var errTextTooLong = errors.New("a text in its table of texts is longer than " + maxRecordText)

// readSharedTexts reads the table; a workbook may have none.
func readSharedTexts(part *zip.File) (*sharedTexts, error) {
	texts := &sharedTexts{}
	if part == nil {
		return texts, nil
	}
	content, err := part.Open()
	if err != nil {
		return nil, err
	}
	defer content.Close()
	tokens := newTokenSource(content, errTextTooLong)
	for {
		token, err := tokens.next()
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "sst":
				for _, a := range t.Attr {
					if a.Name.Local == "uniqueCount" {
						texts.expect(a.Value, part.UncompressedSize64)
					}
				}
			case "si":
				text, err := readText(tokens, "si", errTextTooLong)
				if err != nil {
					return nil, err
				}
				texts.add(text)
			}
		case xml.EndElement:
			if t.Name.Local == "sst" {
				texts.seal()
				// The rest is read for the checksum at its end.
				_, err := io.Copy(io.Discard, content) //nolint:gosec // maxSharedTexts bounds it.
				return texts, err
			}
		}
	}
}

// readText returns the text of an element up to its end: that of a value, or of
// all runs of a rich text, without the phonetic hints of Japanese.
// tooLong is the error of a text that is longer than a row may be.
func readText(tokens *tokenSource, element string, tooLong error) (string, error) {
	text := tokens.text[:0]
	defer func() { tokens.text = text }()
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
