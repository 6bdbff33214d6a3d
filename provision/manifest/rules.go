package manifest

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Rules returns the rules that concern more than one column, a sentence each, for
// documentation and templates.
func Rules() []string {
	return []string{
		"Headers may stand in any order and in any case; columns with other names are ignored with a warning.",
		"An empty cell means not set: the field is left out, and Webex decides.",
		"True and false may be written true/false, yes/no, 1/0 or x, and as Excel writes them in German, French, Spanish, Italian, Portuguese and Dutch.",
		"A row is known by its key, or without one by title and team; two rows that are known by the same are refused.",
		"Cells must not be merged, and formulas must have a stored result.",
	}
}

// checkCell checks the text of one cell by itself. The fault is faultNone if it
// is sound; args are those of its message.
func (b *builder) checkCell(column *Column, text string) (f fault, args []any) {
	if !utf8.ValidString(text) {
		return faultNotUTF8, nil
	}
	if len(text) > 1 && strings.Trim(text, "#") == "" {
		return faultNarrowColumn, nil
	}
	if isErrorValue(text) {
		return faultErrorValue, nil
	}
	if unreadLetters(text) {
		return faultUnreadLetters, nil
	}
	if !b.vouched {
		if b.lettersLost(text) {
			return faultLostLetters, nil
		}
		if misreadUTF8(text) {
			return faultMisreadUTF8, nil
		}
		if b.manifest.Format == "csv" && strings.Contains(text, "&") {
			if entity := htmlEntity.FindString(text); entity != "" {
				return faultHTMLEntity, []any{entity}
			}
		}
	}
	if b.quoted && isQuoted(text) {
		return faultQuotedCell, nil
	}
	if b.manifest.Format != "yaml" && isNothing(column, text) {
		return faultNothing, nil
	}
	if column.index == colTitle && isDrawn(text) {
		return faultDrawnLine, nil
	}
	if (b.manifest.Format == "csv" || b.refusals) && keptZeros(text) {
		return faultKeptZeros, []any{strings.ReplaceAll(text[2:len(text)-1], `""`, `"`)}
	}
	if column.Type == Boolean {
		if _, ok := parseBool(text); !ok {
			return faultNotBoolean, nil
		}
		return faultNone, nil
	}
	allowed := ""
	if column.index == colDescription {
		allowed = "\t\n\r"
	}
	if r, found := controlCharacter(text, allowed); found {
		return faultControlCharacter, []any{r}
	}
	if column.index == colDescription {
		return faultNone, nil
	}
	for _, separator := range []string{"\u2028", "\u2029"} {
		if strings.Contains(text, separator) {
			return faultLineSeparator, []any{[]rune(separator)[0]}
		}
	}
	if b.manifest.Format != "yaml" && lostDigits(text) {
		return faultLostDigits, nil
	}
	return faultNone, nil
}

// isErrorValue reports whether a text is what a spreadsheet program shows, and
// exports, for a formula that failed.
func isErrorValue(text string) bool {
	if number, found := strings.CutPrefix(text, "Err:"); found { // LibreOffice
		return number != "" && strings.Trim(number, "0123456789") == ""
	}
	if text == "" || text[0] != '#' {
		return false
	}
	return slices.ContainsFunc(errorValues, func(known string) bool { return strings.EqualFold(known, text) })
}

// errorValues are those of Excel, LibreOffice and Google Sheets in English, German,
// French, Spanish, Italian, Portuguese and Dutch.
var errorValues = []string{
	"#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA",
	"#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#BUSY!", "#PYTHON!", "#EXTERNAL!", "#ERROR!", "#N/A N/A",
	"#NV", "#BEZUG!", "#WERT!", "#ZAHL!", "#ÜBERLAUF!", "#FELD!",
	"#NOM?", "#VALEUR!", "#NOMBRE!", "#NUL!", "#CHAMP!", "#PROPAGATION!",
	"#¿NOMBRE?", "#¡REF!", "#¡VALOR!", "#¡DIV/0!", "#¡NUM!", "#¡NULO!", "#¡DESBORDAMIENTO!",
	"#NOME?", "#VALORE!", "#RIF!", "#N/D", "#VALOR!", "#NULLO!", "#NULO!", "#NÚM!",
	"#NAAM?", "#WAARDE!", "#VERW!", "#N/B", "#GETAL!", "#DEEL/0!", "#LEEG!",
}

// isNothing reports whether a text is what programs, or people, write for an empty
// cell. What people write is a text where it is no title.
func isNothing(column *Column, text string) bool {
	switch text {
	case "nan", "NaN", "NULL", "(null)", "<NA>", "<null>", `\N`:
		return column.Type == Text
	case "null", "Null", "None", "undefined", "-", "–", "—", "n/a", "N/A":
		return column.index == colTitle
	default:
		return false
	}
}

// lettersLost reports whether letters of the text are lost. In a workbook there may
// be question marks that are meant, and no way to say so: they are counted.
func (b *builder) lettersLost(text string) bool {
	if !lostLetters(text) {
		return false
	}
	if b.manifest.Format != "xlsx" {
		return true
	}
	b.questions.note(text, 0)
	return false
}

// checkRow checks what the cells of a row mean together.
func (b *builder) checkRow(row *Row, from *origin) {
	if row.Title == "" && !from.unread[colTitle] {
		b.reportCell(row, faultBlankTitle, from, colTitle, "")
	}
	b.checkExample(row, from)
	if row.IsAnnouncementOnly == True && row.IsLocked != True && !from.unread[colIsLocked] {
		b.reportCell(row, faultAnnouncementNeedsLock, from, colIsAnnouncementOnly, "")
	}
	if row.IsPublic == True && row.Description == "" && !from.unread[colDescription] {
		b.reportCell(row, faultPublicNeedsDescription, from, colIsPublic, "")
	}
}

// claimIdentity gives the row its identity. One that an earlier row has is a
// fault, and the row goes on without.
func (b *builder) claimIdentity(row *Row, from *origin) {
	row.nameless = row.nameless || !hasIdentity(row)
	first := b.claim(row)
	if first == nil {
		return
	}
	switch {
	case row.nameless || first.nameless || !sameIdentity(first, row):
		b.reportRow(row, faultCollision, b.start(from), row.Ref(), b.place(first, colTitle))
	case row.Key != "":
		b.reportCell(row, faultRepeatedIdentity, from, colKey, row.Key, "key", b.place(first, colKey))
	default:
		b.reportCell(row, faultRepeatedIdentity, from, colTitle, row.Title, "title and team", b.place(first, colTitle))
	}
	row.nameless = true
	b.claim(row)
}

// claim notes that the row has its ref, or returns the earlier row that has it.
func (b *builder) claim(row *Row) (earlier *Row) {
	b.identity = row.appendIdentity(b.identity[:0])
	sum := b.hash(b.identity)
	if index, taken := b.earlier[sum]; taken {
		return &b.manifest.Rows[index]
	}
	b.earlier[sum] = int32(row.Number - 1)
	row.identity = sum
	return nil
}

// hasIdentity reports whether the row can be known by its key, or else its title
// and team. NUL, which separates the parts of an identity, can be in none of them.
func hasIdentity(row *Row) bool {
	if row.Key != "" {
		return !strings.Contains(row.Key, "\x00")
	}
	return row.Title != "" && !strings.Contains(row.Title, "\x00") && !strings.Contains(row.TeamID, "\x00")
}
