package manifest

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// believableSign returns whether the sign at i stands where people put it. Signs
// inside words and behind them are what other encodings have for letters.
func (w *wordCheck) believableSign(word []rune, i int) belief {
	sign := word[i]
	before, after := letterRun(word[:i], true), letterRun(word[i+1:], false)
	switch {
	case sign == '\u00a0': // a space, and á on DOS
		if i == len(word)-1 && endsLower(before) && !strings.ContainsRune("?!:%", w.next) {
			w.padded = doubt{word: string(word), line: w.line}
		}
		return believe(!startsLower(after) || !endsLower(before) && !isInitial(before))
	case strings.ContainsRune("“„”‘’‚«»‹›´", sign):
		return w.believableQuote(sign, before, after)
	case before == "" && after == "":
		return believed // believableSigns looks at those
	case sign == '…':
		if after == "" && !isPause(before, after) {
			return unusual // à on DOS
		}
		return believe(isPause(before, after))
	case strings.ContainsRune("²³¹", sign):
		return believe(isPower(sign, before, after))
	case sign == 'º' || sign == 'ª':
		return believe(after == "" && len([]rune(before)) <= 1 || before == "" && after == "C")
	case sign == '°':
		return believe(after == "" && strings.EqualFold(before, "n") || before == "" && len(after) == 1)
	case sign == 'µ':
		return believe(before == "" && len(after) <= 2)
	case sign == '™' || sign == '®':
		return believe(after == "")
	case sign == '\u00ad':
		return believe(before != "" && after != "") // a hyphen that shows at the end of a line alone
	case sign == '·' && strings.EqualFold(lastLetter(before), "l"):
		return believe(strings.EqualFold(after[:min(1, len(after))], "l")) // Catalan
	case strings.ContainsRune("–—§×•·", sign):
		return believe(joinsNames(before, after) || before == "" && (sign == '•' || sign == '§') && startsUpper(after))
	case sign == '¿' || sign == '¡':
		w.open = append(w.open, sign)
		return believe(before == "")
	default:
		return impossible
	}
}

// isInitial reports whether the letters are one capital that is no word: the M of
// M\u00a0laga, which was Málaga on DOS.
func isInitial(before string) bool {
	return len(before) == 1 && startsUpper(before) && !strings.Contains("AEIOUY", before)
}

// letterRun returns the letters next to a sign.
func letterRun(word []rune, before bool) string {
	if before {
		start := len(word)
		for start > 0 && isWordLetter(word[start-1]) {
			start--
		}
		return string(word[start:])
	}
	end := 0
	for end < len(word) && isWordLetter(word[end]) {
		end++
	}
	return string(word[:end])
}

func lastLetter(text string) string {
	letters := []rune(text)
	return string(letters[max(0, len(letters)-1):])
}

func startsLower(text string) bool { return text != "" && !startsUpper(text) }

func endsLower(text string) bool { return startsLower(lastLetter(text)) }

func startsUpper(text string) bool {
	for _, r := range text {
		return unicode.IsUpper(r)
	}
	return false
}

// joinsNames reports whether a sign stands between two names, as in Team§Berlin,
// Köln–Bonn or A×B, and not in the middle of a word.
func joinsNames(before, after string) bool {
	if before == "" || !startsUpper(after) {
		return false
	}
	letters := []rune(before)
	return len(letters) == 1 || unicode.IsLower(letters[len(letters)-1])
}

// Where a text may break off before …, and go on behind it. Old Macintosh computers
// have Ö there, which no small letter stands before, but most consonants behind; DOS
// has à, which stands behind many of them.
var (
	breaksOff = regexp.MustCompile(`\p{L}([aehkow]|ng|hr|tc)$`)
	goesOn    = regexp.MustCompile(`^(\p{Lu}\p{Ll}|[aeiouw]\p{L})`)
	startsNew = regexp.MustCompile(`^\p{Lu}\p{Ll}`)
)

// isPause reports whether … stands where a text breaks off or goes on: Loading…,
// …und mehr.
func isPause(before, after string) bool {
	switch {
	case after == "":
		return breaksOff.MatchString(before)
	case before == "":
		return goesOn.MatchString(after)
	default:
		return endsLower(before) && startsNew.MatchString(after)
	}
}

// isPower reports whether ², ³ or ¹ stand behind a unit, a variable or a name: m²,
// x²y, Team². Eastern Europe has ł for ³, which stands behind other letters.
func isPower(sign rune, before, after string) bool {
	unit := slices.Contains([]string{"m", "cm", "dm", "km", "mm"}, strings.ToLower(before))
	switch {
	case unit:
		return after == "" || startsUpper(after)
	case sign == '²':
		return before != "" && after == "" || len(before) == 1 && len(after) == 1
	case sign == '³':
		return after == "" && (len(before) > 1 && startsUpper(lastLetter(before)) || strings.ContainsAny(lastLetter(before), "fmnqvx"))
	default:
		return false
	}
}

// believableQuote returns whether a quotation mark or an apostrophe stands where one
// does: an opening one before a word, a closing one behind it and after an opening
// one, an apostrophe where a language leaves letters out.
func (w *wordCheck) believableQuote(sign rune, before, after string) belief {
	apostrophe := sign == '’' || sign == '´'
	switch {
	case before == "" && after == "":
		if len(w.open) > 0 && strings.ContainsRune("“”’»«›‹", sign) {
			w.open = w.open[:len(w.open)-1] // behind a digit or another sign
		}
		return believed
	case before != "" && after != "":
		return believe(apostrophe && isApostrophe(before, after))
	case before == "":
		if apostrophe {
			return believe(len(after) <= 2 || isShortened(after)) // ’n, ’s, ’tis
		}
		w.open = append(w.open, sign)
		return believe(sign != '´')
	case len(w.open) > 0 && !strings.ContainsRune("„‚´", sign):
		w.open = w.open[:len(w.open)-1]
		return believed
	case sign == '’' && endsLower(before) && strings.ContainsAny(lastLetter(before), "sxz"):
		return unusual // of Andreas’, or the í of así on the Macintosh
	default:
		return believe(apostrophe && strings.EqualFold(before, "n")) // Rock ’n’ Roll
	}
}

func isShortened(after string) bool {
	return slices.Contains([]string{"tis", "twas", "round", "cause", "bout"}, strings.ToLower(after))
}

// elisions are what French, Italian and Catalan write before an apostrophe.
var elisions = []string{
	"l", "d", "j", "m", "t", "s", "c", "n", "qu", "jusqu", "lorsqu", "puisqu", "quelqu", "presqu", "quoiqu", "aujourd", "entr",
	"un", "dell", "nell", "all", "sull", "dall", "quest", "quell", "sant", "tutt", "cos", "senz", "anch", "com", "dov", "o", "mc",
}

func isElision(before string) bool { return slices.Contains(elisions, strings.ToLower(before)) }

// isApostrophe reports whether letters are left out between these: L’Hôpital, It’s,
// don’t, Rock’n’Roll.
func isApostrophe(before, after string) bool {
	lower := strings.ToLower(after)
	switch lower {
	case "s":
		return !strings.EqualFold(before, "pa") // país, as old Macintosh computers write it
	case "re", "ve", "ll", "d", "m":
		return true
	case "n":
		return strings.EqualFold(before, "rock")
	case "t":
		return strings.HasSuffix(strings.ToLower(before), "n")
	}
	if strings.HasPrefix(lower, "sche") {
		return true // German: Grimm’sche Märchen
	}
	first := []rune(lower)[0]
	vowel := strings.ContainsRune("aeiouyhàâäæáéèêëíîïóôöòúûüœ", first)
	if startsUpper(after) && slices.Contains([]string{"O", "D", "Mc", "N"}, before) {
		return true // O’Brien, Rock ’N’Roll
	}
	if isElision(before) && vowel && (len(lower) > 1 || strings.ContainsAny(strings.ToLower(before), "lmntsj")) {
		return !strings.EqualFold(before, "m") && !strings.EqualFold(before, "t") || len(lower) > 1
	}
	return startsUpper(after) && strings.EqualFold(before, "n") // Rock’n’Roll, its second half
}
