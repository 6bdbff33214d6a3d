package manifest

import (
	"slices"
	"strings"
)

// dateLanguage is what is known of the dates of a language.
type dateLanguage struct {
	slash  string     // what stands for the / of a code; "" if programs differ, or if nobody has looked
	names  *dateNames // nil as slash
	halves bool       // the halves of a day are AM and PM

	unknown fault // of what is not known
	digits  fault // of whatever the code shows
}

// dateNames are the names of months and days, Monday first. Those that are nil are
// not the same in Excel and LibreOffice, or in all versions of Excel.
type dateNames struct{ months, shortMonths, days, shortDays []string }

// shows reports whether it is known how the language shows a part of a date.
func (l *dateLanguage) shows(part string) bool {
	names := l.names
	if names == nil {
		names = &dateNames{}
	}
	switch part {
	case "mmm":
		return names.shortMonths != nil
	case "mmmm", "mmmmm":
		return names.months != nil
	case "ddd":
		return names.shortDays != nil
	case "dddd":
		return names.days != nil
	case halfOfDay:
		return l.halves
	default:
		return true
	}
}

// findDateLanguage returns the language that a code names, by its number or its name.
// One that is not known may have another calendar or other digits, unless its number
// is a plain one.
func findDateLanguage(tag string) *dateLanguage {
	tag = strings.TrimLeft(strings.ToLower(tag), "0")
	if number := languageNumbers[tag]; number != "" {
		tag = number
	}
	switch known := dateLanguages[tag]; {
	case tag == "":
		return noLanguage
	case known != nil:
		return known
	case slices.Contains(systemDates, tag):
		return &dateLanguage{digits: faultSystemDate}
	case len(tag) > 4 || strings.Trim(tag, "0123456789abcdef") != "":
		return &dateLanguage{digits: faultUnknownFormat}
	default:
		return &dateLanguage{unknown: faultUnknownFormat}
	}
}

// noLanguage is that of a code that names none: the computer's own, also for what
// stands for a /.
var noLanguage = &dateLanguage{halves: true, unknown: faultSystemDate}

// systemDates stand for a day and a time as the computer shows them, whatever the code.
var systemDates = []string{"f800", "f400", "x-sysdate", "x-systime"}

// languageNumbers are the numbers of languages that codes name by their names, too.
var languageNumbers = map[string]string{
	"en-us": "409", "en-gb": "809", "en-au": "c09", "en-ca": "1009", "en-nz": "1409", "en-ie": "1809", "en-za": "1c09", "en-in": "4009",
	"de-de": "407", "de-ch": "807", "de-at": "c07", "fr-fr": "40c", "fr-be": "80c", "fr-ca": "c0c", "fr-ch": "100c", "fr-lu": "140c",
	"it-it": "410", "it-ch": "810", "es-es": "c0a", "es-mx": "80a", "es-co": "240a", "es-ar": "2c0a", "es-cl": "340a",
	"pt-br": "416", "pt-pt": "816", "nl-nl": "413", "nl-be": "813", "da-dk": "406", "nb-no": "414", "sv-se": "41d", "sv-fi": "81d", "tr-tr": "41f",
}

// dateLanguages are the languages by their numbers.
var dateLanguages = map[string]*dateLanguage{
	"409": known("/", englishDates, true), "809": known("/", englishDates, false), "c09": known("/", englishDates, false),
	"1009": known("", englishDates, true), "1409": known("", englishDates, true), "1809": known("", englishDates, false), "1c09": known("", englishDates, true), "4009": known("", englishDates, true),
	"407": known(".", germanDates, false), "807": known(".", germanDates, false), "c07": known(".", austrianDates, false),
	"40c": known("/", frenchDates, true), "80c": known("", frenchDates, true), "c0c": known("", frenchDates, true), "100c": known("", frenchDates, true), "140c": known("", frenchDates, true),
	"410": known("/", italianDates, false), "810": known("", italianDates, false),
	"c0a": known("/", spanishDates, false), "80a": known("/", spanishDates, false), "240a": known("", spanishDates, false), "2c0a": known("", spanishDates, false), "340a": known("", spanishDates, false),
	"416": known("/", portugueseDates, true), "816": known("", portugueseDates, true),
	"413": known("-", dutchDates, true), "813": known("", dutchDates, true),
	"406": known("-", danishDates, true), "414": known(".", norwegianDates, false), "41d": known("-", swedishDates, false), "81d": known("", swedishDates, false),
	"41f": known(".", turkishDates, false),
	"40a": known("/", nil, false), "411": known("/", nil, false),
	"405": known(".", nil, false), "40b": known(".", nil, false), "418": known(".", nil, false), "419": known(".", nil, false), "422": known(".", nil, false),
}

func known(slash string, names *dateNames, halves bool) *dateLanguage {
	return &dateLanguage{slash: slash, names: names, halves: halves, unknown: faultUnknownFormat}
}

// The names of dates, as Excel and LibreOffice write them. Where a language is missing,
// the two differ, mostly in the name that a month has behind a day.
var (
	englishDates = &dateNames{
		strings.Fields("January February March April May June July August September October November December"),
		strings.Fields("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"),
		strings.Fields("Monday Tuesday Wednesday Thursday Friday Saturday Sunday"),
		strings.Fields("Mon Tue Wed Thu Fri Sat Sun"),
	}
	germanDates = &dateNames{
		strings.Fields("Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
		nil, // March is Mrz or Mär
		strings.Fields("Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag"),
		strings.Fields("Mo Di Mi Do Fr Sa So"),
	}
	austrianDates = &dateNames{
		strings.Fields("Jänner Februar März April Mai Juni Juli August September Oktober November Dezember"),
		nil,
		germanDates.days,
		germanDates.shortDays,
	}
	frenchDates = &dateNames{
		strings.Fields("janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
		strings.Fields("janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc."),
		strings.Fields("lundi mardi mercredi jeudi vendredi samedi dimanche"),
		strings.Fields("lun. mar. mer. jeu. ven. sam. dim."),
	}
	italianDates = &dateNames{
		strings.Fields("gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"),
		strings.Fields("gen feb mar apr mag giu lug ago set ott nov dic"),
		strings.Fields("lunedì martedì mercoledì giovedì venerdì sabato domenica"),
		strings.Fields("lun mar mer gio ven sab dom"),
	}
	spanishDates = &dateNames{
		strings.Fields("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"),
		strings.Fields("ene feb mar abr may jun jul ago sep oct nov dic"),
		strings.Fields("lunes martes miércoles jueves viernes sábado domingo"),
		nil,
	}
	portugueseDates = &dateNames{
		strings.Fields("janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro"),
		strings.Fields("jan fev mar abr mai jun jul ago set out nov dez"),
		strings.Fields("segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo"),
		strings.Fields("seg ter qua qui sex sáb dom"),
	}
	dutchDates = &dateNames{
		strings.Fields("januari februari maart april mei juni juli augustus september oktober november december"),
		strings.Fields("jan feb mrt apr mei jun jul aug sep okt nov dec"),
		strings.Fields("maandag dinsdag woensdag donderdag vrijdag zaterdag zondag"),
		strings.Fields("ma di wo do vr za zo"),
	}
	danishDates = &dateNames{
		strings.Fields("januar februar marts april maj juni juli august september oktober november december"),
		strings.Fields("jan feb mar apr maj jun jul aug sep okt nov dec"),
		strings.Fields("mandag tirsdag onsdag torsdag fredag lørdag søndag"),
		nil,
	}
	norwegianDates = &dateNames{
		strings.Fields("januar februar mars april mai juni juli august september oktober november desember"),
		nil,
		danishDates.days,
		nil,
	}
	swedishDates = &dateNames{
		strings.Fields("januari februari mars april maj juni juli augusti september oktober november december"),
		nil,
		strings.Fields("måndag tisdag onsdag torsdag fredag lördag söndag"),
		nil,
	}
	turkishDates = &dateNames{
		strings.Fields("Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık"),
		strings.Fields("Oca Şub Mar Nis May Haz Tem Ağu Eyl Eki Kas Ara"),
		strings.Fields("Pazartesi Salı Çarşamba Perşembe Cuma Cumartesi Pazar"),
		strings.Fields("Pzt Sal Çar Per Cum Cmt Paz"),
	}
)
