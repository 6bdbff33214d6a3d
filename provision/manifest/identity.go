package manifest

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Ref returns the name under which the results file knows the row: "r-" and
// the first 16 lower-case hex digits of SHA-256 over the row's identity. The
// identity is the key, or else title and teamId.
//
// An Invalid row without an identity of its own (a blank title and no key, cells
// that cannot be told apart, or an identity that an earlier row has) gets a ref
// from its Number instead, so that it never stands in for a good row.
func (r *Row) Ref() string {
	hash := r.identity
	if hash == 0 {
		hash = identityHash(r.appendIdentity(make([]byte, 0, 256)))
	}
	var digits [8]byte
	binary.BigEndian.PutUint64(digits[:], hash)
	return string(hex.AppendEncode(append(make([]byte, 0, 18), "r-"...), digits[:]))
}

// Nameless reports an Invalid row without an identity of its own, whose Ref tells
// it by its place alone.
func (r *Row) Nameless() bool { return r.nameless }

// identityHash returns the 64 bits of an identity that Ref spells out.
func identityHash(identity []byte) uint64 {
	sum := sha256.Sum256(identity)
	return binary.BigEndian.Uint64(sum[:])
}

// appendIdentity appends the bytes that Ref hashes. Valid titles, keys and team
// ids hold no NUL, so no two identities give the same bytes.
func (r *Row) appendIdentity(b []byte) []byte {
	switch {
	case r.nameless:
		b = append(b, "row\x00"...)
		return strconv.AppendInt(b, int64(r.Number), 10)
	case r.Key != "":
		b = append(b, "key\x00"...)
		return append(b, r.Key...)
	default:
		b = append(b, "title\x00"...)
		b = append(b, r.Title...)
		b = append(b, 0)
		return append(b, r.TeamID...)
	}
}

// sameIdentity reports whether both rows are known by the same name.
func sameIdentity(a, b *Row) bool {
	if a.Key != "" || b.Key != "" {
		return a.Key == b.Key
	}
	return a.Title == b.Title && a.TeamID == b.TeamID
}

// warnOfLookalikes says that two rows have titles which differ in nothing that
// shows, such as a no-break space or an accent in two parts. Keys make them meant.
func (b *builder) warnOfLookalikes() {
	rows := b.manifest.Rows
	odd := map[string]*Row{} // the rows with such titles, by what shows
	for i := range rows {
		if row := &rows[i]; row.Key == "" && !row.nameless {
			if shown := visible(row.Title); shown != row.Title {
				odd[shown+"\x00"+row.TeamID] = row
			}
		}
	}
	if len(odd) == 0 {
		return
	}
	first := map[string]*Row{}
	for i := range rows {
		row := &rows[i]
		if row.Key != "" || row.nameless {
			continue
		}
		shown := visible(row.Title) + "\x00" + row.TeamID
		if odd[shown] == nil {
			continue
		}
		if earlier := first[shown]; earlier != nil {
			pos := b.at(row.Line)
			if b.sheet != "" {
				pos = b.cell(max(1, b.sheetColumns[colTitle]), row.Line)
			}
			b.warnValue(warnLookalike, pos, row.Title, b.place(earlier, colTitle))
			continue
		}
		first[shown] = row
	}
}

// visible returns the text with plain spaces for others, with letters and their
// accents in one, and without characters that have no width.
func visible(text string) string {
	if isPlain(text) {
		return text
	}
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case isSpace(r) || unicode.Is(unicode.Cf, r):
			return -1
		default:
			return r
		}
	}, norm.NFC.String(text))
}
