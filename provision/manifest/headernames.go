package manifest

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// quotationMarks are those that word processors put around a name.
const quotationMarks = "\"'“”„‟«»‘’‚‛‹›"

// normalizeName reduces a header or field name to what counts when names are
// compared: no case, no white space, no "_", no "-", no quotation
// marks and nothing without a width; accents are part of their letters.
func normalizeName(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Cf, r):
			return -1
		case r == '_' || r == '-' || isSpace(r) || strings.ContainsRune(quotationMarks, r):
			return -1
		default:
			return unicode.ToLower(r)
		}
	}, norm.NFC.String(name))
}

// columnsByName returns the columns under their normalised names and aliases.
func columnsByName(table []Column) map[string]*Column {
	names := map[string]*Column{}
	for i := range table {
		for _, name := range append([]string{table[i].Name}, table[i].Aliases...) {
			names[normalizeName(name)] = &table[i]
		}
	}
	return names
}

// matchColumn returns the column that the name means, nil if there is none.
func (b *builder) matchColumn(name string) *Column {
	return b.names[normalizeName(name)]
}

// closestColumn returns the column that a name not in the table probably meant,
// and the spelling of it that is closest, or nil.
func closestColumn(table []Column, name string) (column *Column, spelling string) {
	wanted := normalizeName(name)
	best := 0
	for i := range table {
		for _, known := range append([]string{table[i].Name}, table[i].Aliases...) {
			d, ok := closeness(wanted, normalizeName(known))
			if ok && d > 1 && known != table[i].Name {
				continue // aliases are common words, near which there are others
			}
			if ok && (column == nil || d < best) {
				column, spelling, best = &table[i], known, d
			}
		}
	}
	return column, spelling
}

// explainedColumn returns the column that a name means with an explanation behind it,
// as in "Title (required)"; nil if it has none, or is one of the common words.
func (b *builder) explainedColumn(name string) *Column {
	at := strings.IndexAny(name, "([{*:/?!")
	if at < 1 {
		return nil
	}
	column := b.matchColumn(name[:at])
	if column == nil || normalizeName(column.Name) != normalizeName(name[:at]) {
		return nil
	}
	return column
}

// closeness returns the distance of two names and whether one is a likely
// misspelling of the other: at most two slips, and at most one in three
// characters, so that short names must be nearly the same; or the start of it, as
// team is of teamId.
func closeness(a, b string) (distance int, ok bool) {
	shorter, longer := utf8.RuneCountInString(a), utf8.RuneCountInString(b)
	if shorter > longer {
		shorter, longer = longer, shorter
	}
	if longer-shorter > 2 || shorter < 3 {
		return 0, false
	}
	distance = editDistance([]rune(a), []rune(b))
	if strings.HasPrefix(b, a) && shorter >= 4 {
		return distance, true
	}
	return distance, distance <= min(2, shorter/3)
}

// editDistance is the Damerau-Levenshtein distance (optimal string alignment):
// how many characters must be inserted, deleted, replaced or swapped with their
// neighbour to make b from a.
func editDistance(a, b []rune) int {
	before, above, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range above {
		above[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, above, row = above, row, before
	}
	return above[len(b)]
}

// foreignTitles are words for the title in German, French, Spanish, Italian,
// Portuguese and Dutch, without accents. They are suggestions: a file must not mean
// something else because of the language that it is in.
var foreignTitles = []string{
	"titel", "raumname", "raumtitel", "raum", "bezeichnung", "bereichsname", "nameraum", "namedesraums",
	"titre", "nom", "nomdelespace", "nomdelasalle", "espace", "intitule",
	"titulo", "nombre", "nombredelespacio", "nombredelasala", "espacio",
	"titolo", "nome", "nomedellospazio", "nomedellastanza", "spazio",
	"nomedoespaco", "nomedasala", "espaco", "naam", "ruimtenaam", "naamruimte", "naamvanderuimte", "ruimte",
}

// foreignTitle returns the first cell of a header that has such a word, -1 if none has.
func foreignTitle(header []string) int {
	return slices.IndexFunc(header, func(name string) bool {
		bare := strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Mn, r) || strings.ContainsRune("'’", r) {
				return -1
			}
			return r
		}, norm.NFD.String(normalizeName(name)))
		return slices.Contains(foreignTitles, bare)
	})
}
