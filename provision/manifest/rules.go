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
	if text != "" && text[0] == '#' && slices.Contains(errorValues, text) {
		return faultErrorValue, nil
	}
	if unreadLetters(text) {
		return faultUnreadLetters, nil
	}
	if !b.vouched && lostLetters(text) {
		return faultLostLetters, nil
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
	return faultNone, nil
}

// errorValues are what a spreadsheet program shows, and exports, for a formula that
// failed: in English, German, French, Spanish, Italian, Portuguese and Dutch.
var errorValues = []string{
	"#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA",
	"#NV", "#BEZUG!", "#WERT!", "#ZAHL!", "#ÜBERLAUF!",
	"#NOM?", "#VALEUR!", "#NOMBRE!", "#NUL!",
	"#¿NOMBRE?", "#¡REF!", "#¡VALOR!", "#¡DIV/0!", "#¡NUM!",
	"#NOME?", "#VALORE!", "#RIF!", "#N/D", "#VALOR!",
	"#NAAM?", "#WAARDE!", "#VERW!", "#N/B", "#GETAL!", "#DEEL/0!",
}

// checkRow checks what the cells of a row mean together.
func (b *builder) checkRow(row *Row, from *origin) {
	if row.Title == "" && !from.unread[colTitle] {
		b.reportCell(row, faultBlankTitle, from, colTitle, "")
	}
	if row.Key == exampleKey {
		b.reportCell(row, faultExampleKey, from, colKey, row.Key)
	}
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
