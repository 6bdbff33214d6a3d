package provision

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"roomlift/provision/manifest"
	"roomlift/report/results"
)

// What a spreadsheet program does to a results file that it saves: the title 0012
// becomes 12, Комната becomes ??????? where the encoding has no such letters.
// What a record was made from is then known from its ref, or from the manifest.

// titleRef is the ref of a row without a key.
func titleRef(title, teamID string) string {
	row := manifest.Row{Title: title, TeamID: teamID}
	return row.Ref()
}

// restored returns the record of a row with its key, title and team as they were
// written, as far as that can be known: the ref stands for the key, or for title
// and team.
func restored(r results.Record, row *manifest.Row) results.Record {
	switch {
	case row.Invalid:
	case row.Key == "":
		r.Key, r.Title, r.TeamID = "", row.Title, row.TeamID
	default:
		r.Key = row.Key
		if respelt(row.Title, r.Title) {
			r.Title = row.Title
		}
	}
	return r
}

// respelt reports whether shown is what a spreadsheet program makes of a text.
func respelt(text, shown string) bool {
	return text != shown && (sameNumber(text, shown) || lostLetters(text, shown) || sameWord(text, shown) || sameDate(text, shown))
}

// looksRespelt reports whether a text may be what a spreadsheet program made of
// another one that is no date.
func looksRespelt(shown string) bool {
	_, number := numberIn(shown)
	return number || strings.ContainsAny(shown, "?\uFFFD")
}

// outline is the same for a text and for what a spreadsheet program makes of it,
// dates and truth values apart.
func outline(text string) string {
	if n, ok := numberIn(text); ok {
		return n
	}
	var b strings.Builder
	lost := false
	for _, r := range text {
		if r == '?' || r >= utf8.RuneSelf {
			if !lost {
				b.WriteByte('?')
			}
			lost = true
			continue
		}
		b.WriteRune(r)
		lost = false
	}
	return b.String()
}

// months are the names and abbreviations that spreadsheet programs show of typed dates
// in English, German, French, Spanish, Italian, Portuguese and Dutch.
var months = monthNames(
	"jan januar january janv janvier ene enero gen gennaio janeiro januari",
	"feb februar february févr fév février febrero febbraio fev fevereiro februari",
	"mar mrz märz march mars marzo março mrt maart",
	"apr april avr avril abr abril aprile",
	"may mai mayo mag maggio maio mei",
	"jun juni june juin junio giu giugno junho",
	"jul juli july juil juillet julio lug luglio julho",
	"aug august août ago agosto augustus",
	"sep sept september septembre septiembre set settembre setembro",
	"oct okt oktober october octobre octubre ott ottobre out outubro",
	"nov november novembre noviembre novembro",
	"dec dez dezember december déc décembre dic diciembre dicembre dezembro",
)

func monthNames(names ...string) map[string]int {
	months := map[string]int{}
	for i, all := range names {
		for name := range strings.FieldsSeq(all) {
			months[name] = i + 1
		}
	}
	return months
}

// numberIn reads a number as spreadsheet programs do, to 15 digits, which is as
// many as they keep. Of a point and a comma the last is the decimal sign.
func numberIn(text string) (string, bool) {
	percent := strings.HasSuffix(text, "%")
	text = strings.TrimSuffix(text, "%")
	if point, comma := strings.LastIndexByte(text, '.'), strings.LastIndexByte(text, ','); point >= 0 && comma >= 0 {
		thousands := "."
		if comma < point {
			thousands = ","
		}
		text = strings.ReplaceAll(text, thousands, "")
	}
	text = strings.Map(func(r rune) rune {
		switch {
		case r == ',':
			return '.'
		case unicode.IsSpace(r):
			return -1
		}
		return r
	}, text)
	if text == "" || strings.Trim(text, "0123456789.+-eE") != "" {
		return "", false
	}
	n, err := strconv.ParseFloat(text, 64)
	if percent {
		n /= 100
	}
	return strconv.FormatFloat(n, 'g', 15, 64), err == nil
}

func sameNumber(text, shown string) bool {
	a, ok := numberIn(text)
	b, too := numberIn(shown)
	return ok && too && a == b
}

// lostLetters compares letter by letter: one that the encoding does not have is
// shown as a question mark, or as two.
func lostLetters(text, shown string) bool {
	lost := false
	for _, letter := range text {
		r, size := utf8.DecodeRuneInString(shown)
		shown = shown[size:]
		if r == letter {
			continue
		}
		if size == 0 || letter < utf8.RuneSelf || r != '?' && r != utf8.RuneError {
			return false
		}
		lost = true
		if letter > 0xFFFF {
			shown = strings.TrimPrefix(shown, "?")
		}
	}
	return lost && shown == ""
}

// sameWord compares truth values, which are shown in capitals, in the language of the
// program.
func sameWord(text, shown string) bool {
	value, ok := truthWords[shown]
	meant, too := truthWords[strings.ToUpper(text)]
	return ok && too && value == meant
}

// truthWords are those that spreadsheet programs show.
var truthWords = map[string]bool{
	"TRUE": true, "WAHR": true, "VRAI": true, "VERDADERO": true, "VERO": true, "VERDADEIRO": true, "WAAR": true,
	"FALSE": false, "FALSCH": false, "FAUX": false, "FALSO": false, "ONWAAR": false,
}

// sameDate compares the numbers in dates and times of day. Such a text gains
// numbers when it is shown in another form, and years lose their century.
func sameDate(text, shown string) bool {
	if same, compared := sameTime(text, shown); compared {
		return same
	}
	a, b := dateNumbers(text), dateNumbers(shown)
	if len(a) < 2 || len(b) < len(a) || len(b) < 3 && !strings.Contains(shown, ":") && !strings.ContainsFunc(shown, unicode.IsLetter) {
		return false
	}
	for n, times := range count(a) {
		if count(b)[n] < times {
			return false
		}
	}
	return true
}

func count(numbers []int) map[int]int {
	times := map[int]int{}
	for _, n := range numbers {
		times[n%100]++
	}
	return times
}

// dateNumbers returns the numbers of a text that has nothing but what dates and
// times of day have; the name of a month is its number.
func dateNumbers(text string) []int {
	for _, half := range []string{" AM", " PM"} {
		text = strings.TrimSuffix(text, half)
	}
	if word := strings.Trim(text, "0123456789./-: "); word != "" {
		month, ok := months[strings.ToLower(word)]
		if !ok {
			return nil
		}
		text = strings.Replace(text, word, " "+strconv.Itoa(month)+" ", 1)
	}
	if strings.Trim(text, "0123456789./-: ") != "" {
		return nil
	}
	var numbers []int
	for _, digits := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsDigit(r) }) {
		n, err := strconv.Atoi(digits)
		if err != nil {
			return nil
		}
		numbers = append(numbers, n)
	}
	return numbers
}
