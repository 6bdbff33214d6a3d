package manifest

import (
	"strings"
	"unicode/utf8"
)

// checkCell checks the text of one cell by itself. The fault is faultNone if it
// is sound; args are those of its message.
func (b *builder) checkCell(column *Column, text string) (f fault, args []any) {
	if !utf8.ValidString(text) {
		return faultNotUTF8, nil
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

// checkRow checks what the cells of a row mean together.
func (b *builder) checkRow(row *Row, from *origin) {
	if row.Title == "" {
		b.reportCell(row, faultBlankTitle, from, colTitle, "")
	}
	if row.IsAnnouncementOnly == True && row.IsLocked != True {
		b.reportCell(row, faultAnnouncementNeedsLock, from, colIsAnnouncementOnly, "")
	}
	if row.IsPublic == True && row.Description == "" {
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
	place := b.at(first.Line).String()
	switch {
	case row.nameless || first.nameless || !sameIdentity(first, row):
		b.reportRow(row, faultCollision, b.start(from), row.Ref(), place)
	case row.Key != "":
		b.reportCell(row, faultRepeatedIdentity, from, colKey, row.Key, "key", place)
	default:
		b.reportCell(row, faultRepeatedIdentity, from, colTitle, row.Title, "title and team", place)
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
	b.earlier[sum] = int32(row.Number - 1) //nolint:gosec // Two thousand million rows fit no memory.
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
