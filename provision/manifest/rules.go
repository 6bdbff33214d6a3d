package manifest

import (
	"crypto/sha256"
	"encoding/binary"
	"strings"
	"unicode/utf8"
)

// checkCell checks the text of one cell by itself. The fault is faultNone if it
// is sound; args are those of its message.
func checkCell(column *Column, text string) (f fault, args []any) {
	if !utf8.ValidString(text) {
		return faultNotUTF8, nil
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
	if row.Title == "" && !b.noTitles {
		b.reportCell(row, faultBlankTitle, from, colTitle, "")
	}
	if row.IsAnnouncementOnly == True && row.IsLocked != True {
		b.reportCell(row, faultAnnouncementNeedsLock, from, colIsAnnouncementOnly, "")
	}
	if row.IsPublic == True && row.Description == "" {
		b.reportCell(row, faultPublicNeedsDescription, from, colIsPublic, "")
	}
}

// claimIdentity gives the row its identity unless an earlier row has it.
func (b *builder) claimIdentity(row *Row, from *origin) {
	if !hasIdentity(row) {
		row.nameless = true
		if b.noTitles {
			return
		}
	}
	b.identity = row.appendIdentity(b.identity[:0])
	hash := sha256.Sum256(b.identity)
	sum := binary.BigEndian.Uint64(hash[:])
	index, taken := b.earlier[sum]
	if !taken {
		b.earlier[sum] = int32(len(b.manifest.Rows) - 1) //nolint:gosec // Two thousand million rows fit no memory.
		return
	}
	first := &b.manifest.Rows[index]
	place := b.at(first.Line)
	switch {
	case !sameIdentity(first, row) || first.nameless || row.nameless:
		b.reportRow(row, faultCollision, b.at(from.line), row.Ref(), place.String())
	case row.Key != "":
		b.reportCell(row, faultRepeatedIdentity, from, colKey, row.Key, "key", place.String())
	default:
		b.reportCell(row, faultRepeatedIdentity, from, colTitle, row.Title, "title and team", place.String())
	}
	row.nameless = true
}

// hasIdentity reports whether the row can be known by its key, or else its title
// and team. NUL, which separates the parts of an identity, can be in none of them.
func hasIdentity(row *Row) bool {
	if row.Key != "" {
		return !strings.Contains(row.Key, "\x00")
	}
	return row.Title != "" && !strings.Contains(row.Title, "\x00") && !strings.Contains(row.TeamID, "\x00")
}
