package manifest

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// languages are the letters beyond ASCII of the languages that windows-1252 is
// for. Words mix those of one language, but not those of several.
var languages = []string{
	"äöüß",             // German
	"àâæçèéêëîïôœùûüÿ", // French
	"áéíóúüñ",          // Spanish
	"àçèéíïòóúü",       // Catalan
	"áàâãçéêíóôõú",     // Portuguese
	"àèéìòù",           // Italian
	"áéíóúëïöüè",       // Dutch
	"åäöéü",            // Swedish, Finnish
	"åæøéèêóòôü",       // Danish, Norwegian
	"äöšž",             // names from the east in Finnish
	"áðéíóúýþæö",       // Icelandic
	"çöü",              // Turkish, as far as windows-1252 has it
}

// graveBeforeAcute matches è before é with no vowel between them. In French a mute e is
// what makes it è; Slovakia has č there: Ročné.
var graveBeforeAcute = regexp.MustCompile(`è[^aeiouyàâéèêëîïôùûüœæ]+é`)

// cyrillicToo is a French word that is one in windows-1251, too: за. See endLine.
const cyrillicToo = "çà"

// believableLetters returns whether a run of letters can be a word, or a part of one.
func believableLetters(word []rune) belief {
	lower := []rune(strings.ToLower(string(word)))
	if ascii(lower) {
		return believed
	}
	if len(word) == 1 {
		return believe(strings.ContainsRune("àáéèíóòúöåæøâôÀÂÉÈÓÒÖÅÆØÄÜÔ", word[0]))
	}
	if !believableCase(word) || !oneLanguage(lower) || !slices.ContainsFunc(lower, isASCII) && string(lower) != cyrillicToo {
		return impossible
	}
	accents, least := 0, believed
	for i, r := range lower {
		if isASCII(r) {
			continue
		}
		if strings.ContainsRune("áìíòóùú", r) {
			accents++
		}
		if !fits(r, context{word: lower, at: i, capital: unicode.IsUpper(word[0])}) {
			least = unusual
		}
	}
	if graveBeforeAcute.MatchString(string(lower)) {
		least = unusual
	}
	if strings.ContainsRune(string(lower), 'è') && accents > 0 {
		return impossible // no language of the west has both in a word: Finanční, účet
	}
	// Where several accents stand in a word, they are Icelandic or another's, and acute.
	return min(least, believe(accents < 2 || !strings.ContainsAny(string(lower), "ìòùèïñ")))
}

func isASCII(r rune) bool { return r < utf8.RuneSelf }

func ascii(word []rune) bool {
	return !slices.ContainsFunc(word, func(r rune) bool { return !isASCII(r) })
}

// believableCase reports whether no capital stands inside a word in small letters,
// nor a small letter beyond ASCII among capitals. German ß has no usual capital.
func believableCase(word []rune) bool {
	for i, r := range word {
		if isASCII(r) || r == 'ß' {
			continue
		}
		before := i > 0 && unicode.IsUpper(word[i-1])
		after := i+1 < len(word) && unicode.IsUpper(word[i+1])
		switch {
		case unicode.IsUpper(r) && i > 0 && (!before || i+1 < len(word) && !after):
			return false // "CafŽ", "MŸnchen"
		case unicode.IsLower(r) && (after || before && i > 1 && unicode.IsUpper(word[i-2])):
			return false
		}
	}
	return true
}

func oneLanguage(lower []rune) bool {
	return slices.ContainsFunc(languages, func(letters string) bool {
		return !slices.ContainsFunc(lower, func(r rune) bool { return !isASCII(r) && !strings.ContainsRune(letters, r) })
	})
}

// context is a letter's place in a word in small letters.
type context struct {
	word    []rune
	at      int
	capital bool // the word starts with one
}

func (c context) first() bool { return c.at == 0 }
func (c context) last() bool  { return c.at == len(c.word)-1 }

// next and before report whether the letter there is one of those.
func (c context) next(letters string) bool {
	return !c.last() && strings.ContainsRune(letters, c.word[c.at+1])
}

func (c context) before(letters string) bool {
	return !c.first() && strings.ContainsRune(letters, c.word[c.at-1])
}

// rest is the word from the letter on.
func (c context) rest() string { return string(c.word[c.at:]) }

func (c context) has(letters string) bool { return strings.ContainsAny(string(c.word), letters) }

const vowels = "aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüœ"

// fits reports whether a small letter stands where the languages that have it put it,
// and where others do not put the letter that has its byte in their encoding.
func fits(r rune, c context) bool {
	switch r {
	case 'á':
		return fitsAcuteA(c) && (!c.first() || acuteStart.MatchString(string(c.word)))
	case 'à': // ą
		return c.last() || !c.first() && !c.next(vowels) || c.first() && c.next("rlutfnvmcgbq") || string(c.word) == "às"
	case 'â': // ā
		return !c.last() && !c.next("j") && !c.has("w")
	case 'ã': // ă
		return fitsTildeA(c)
	case 'æ': // ć, ę
		return (!c.next(vowels) || strings.HasPrefix(c.rest(), "æisk")) && (!c.before(vowels) || c.next("nr")) && !c.next("w") && (!c.first() || !c.last())
	case 'ç': // ē
		return c.next("aoueáãâéêíóôõúàèòûiöü") && !(c.first() && c.next("o") && c.has("w")) || c.last() && c.before("aeio")
	case 'è': // č
		return fitsGraveE(c)
	case 'ê': // ę
		return fitsCircumflexE(c)
	case 'ë': // ė
		return c.before("aeiouy")
	case 'ì', 'ù': // ě, ů
		return c.last() && !c.first() && (r == 'ì' || c.before("oitsbngr"))
	case 'î': // ī
		return c.next("tnlmc") || c.first() && c.next("l")
	case 'ï': // ď
		return c.before("aeouAEOU")
	case 'ñ': // ń
		return c.next("aeiouáéíóú")
	case 'ò': // ň
		return !c.first() && (!c.last() || !c.before("eòa")) && !c.next(vowels+"v")
	case 'õ': // ő
		return !c.first() && (slices.Contains([]string{"õe", "ões", "õem"}, c.rest()) || strings.HasPrefix(c.rest(), "õezin"))
	case 'ö', 'ä', 'ü', 'é', 'ó', 'í', 'ú', 'å', 'ô':
		return true
	case 'ø': // ř, ų
		return fitsSlashedO(c)
	case 'û': // ű, ū
		return circumflexU.MatchString(string(c.word))
	case 'ß':
		return c.before("aeiouäöüy")
	case 'ÿ':
		return c.before("au")
	case 'œ': // ś, ú of the Macintosh
		return fitsOE(c)
	case 'š', 'ž':
		return fitsCaron(c)
	case 'ð': // ğ, š
		return !c.first() && (c.before("rgl") || c.has("áéíóúæ"))
	case 'þ': // ş, ţ, ž
		return c.first() && !c.last() && (c.has("áðéíóúýæ") || c.next("r")) || c.before("íl")
	case 'ý': // ı
		return c.has("áéíóúæ") || c.has("ð") && c.before("r")
	default:
		return false
	}
}

var (
	// circumflexU are the French words with û. Hungary and the Baltic have ű and ū there,
	// in many others: gyűlés, Jūrmala.
	circumflexU = regexp.MustCompile(`^(in|re)?dûs?$|^crûs?$|[aoe]û[tlmn]|brûl|flût|ûch|affût|^fûts?$|qûr|assidû|(ûment|ûmes|ûtes|ûrent)$|` +
		`^sûr(s|es?|ement|etés?)?$|^mûr(s|es?|ement|ir|iers?)?$|^sûret`)

	// acuteStart is how words with Á start in the west. Lithuania has Į there: Įranga.
	acuteStart = regexp.MustCompile(`^á(æ|b[ra]|by|c|dr|dá|f|ga[tp]|gil|gor|gr|g[uú]|h|kv|l(a[mv]|[bcefgiotv]|$)|mb|n[dgifsæ]|nade|p[ei]|` +
		`r(ab|amó|ea|ei|i|[bclmnstv]|$)|s$|s(dí|g|ia|k|l|p|ta?$|t[rvíú]|tin)|t(ic|la|om|ri|ta)|u|v(al|ar|id|il)|x)`)

	// tildeEnd are the Portuguese words that end in ã. Romania has ă there: Sală.
	tildeEnd = regexp.MustCompile(`^(afegã|afã|aldeã|alemã|amanhã|amsterdã|anciã|anã|artesã|avelã|butantã|campeã|canaã|capitã|catalã|cidadã|clã|cristã|divã|fã|guardiã|` +
		`hortelã|irmã|irã|ivã|imã|ímã|jaçanã|lã|leviatã|manhã|maracanã|maçã|pagã|romã|rã|satã|sultã|sutiã|sã|talismã|tecelã|tobogã|tupã|vilã|vã|xamã|órfã)s?$`)
)

// fitsTildeA: ã is a vowel of its own at the end of few words, and part of ão and ãe.
func fitsTildeA(c context) bool {
	switch {
	case c.first() || c.has("â"):
		return false
	case c.last() || c.rest() == "ãs":
		return tildeEnd.MatchString(string(c.word))
	default:
		return c.next("oe") || strings.HasPrefix(c.rest(), "ãib")
	}
}

func fitsGraveE(c context) bool {
	switch {
	case c.first():
		return slices.Contains([]string{"ère", "ères", "ès", "èze", "ève", "èves"}, string(c.word)) || c.next("px")
	case c.last():
		return !c.before("íáúéý") && (!c.before("a") || len(c.word) < 3)
	default:
		return !c.next(vowels) && !c.before("ae") && !c.next("kw")
	}
}

// fitsCircumflexE: ê is ę in Poland, where w, cz and sz are about.
func fitsCircumflexE(c context) bool {
	word := string(c.word)
	switch {
	case c.next("aiouj") || c.has("wky") || strings.Contains(word, "cz") || strings.Contains(word, "sz"):
		return false
	case c.first():
		return c.next("t")
	case c.before("i"):
		return c.next("n")
	case c.before("u"):
		return strings.Contains(word, "guê") || strings.Contains(word, "quê")
	default:
		return !c.before("ao") || c.next("s")
	}
}

// fitsAcuteA: á is what DOS has for ß, which stands behind vowels.
func fitsAcuteA(c context) bool {
	behind := string(c.word[max(0, c.at-2):c.at])
	switch {
	case c.has("ðþýæö"):
		return true
	case c.next("eáa") && c.before(vowels) || c.before("aá") || c.last() && c.before("eiou"):
		return false
	case c.before("o"):
		return c.next("gv")
	default:
		return len(behind) < 2 || strings.Trim(behind, "aeiou") != ""
	}
}

// fitsSlashedO: ø is what the east has for ř and ų. In the north e stands behind it
// in islands and behind j, and vowels before it where two words make one.
func fitsSlashedO(c context) bool {
	island := c.first() && strings.HasPrefix(c.rest(), "øen") || (c.first() || c.before("aeou")) && strings.HasPrefix(c.rest(), "øer")
	switch {
	case c.has("w") || c.next("aiou"):
		return false
	case c.next("e"):
		return island || c.before("j")
	default:
		return !c.before("aeou") || c.next("y")
	}
}

// fitsOE: œ stands before u, and otherwise in few words, most of them from Greek.
func fitsOE(c context) bool {
	for _, start := range []string{"œu", "œil", "œno", "œso", "œcu", "œd", "œt", "œl"} {
		if strings.HasPrefix(c.rest(), start) {
			return start[len("œ")] == 'u' || start == "œil" || c.before("fc") || c.first() && start != "œl" && start != "œt"
		}
	}
	return false
}

// fitsCaron: š and ž are in Windows' code pages of west and east alike, and are ö, ä
// and û of the Macintosh, which stand between consonants.
func fitsCaron(c context) bool {
	switch {
	case c.first():
		return c.next("aeiouá") || c.capital && c.word[0] == 'š' && c.next("kt") && len(c.word) > 2 && strings.ContainsRune("aeiou", c.word[2])
	case c.last():
		return c.before("aeiou")
	default:
		return c.before("aeioutd") && c.next("aeiou")
	}
}
