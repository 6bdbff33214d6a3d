package manifest

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
)

func TestNumbersShowAsTheirFormatsSay(t *testing.T) {
	for format, want := range map[string]map[string]string{
		`General`:             {"12": "12", "-7.5": "-7.5", "1E+14": "100000000000000", "0.30000000000000004": "0.3"},
		`0000`:                {"12": "0012", "-7.5": "-0008", "12345": "12345"},
		`"REQ-"0000`:          {"12": "REQ-0012", "-1": "-REQ-0001"},
		`000-000`:             {"12": "000-012", "1234567": "1234-567"},
		`000\ 00`:             {"1": "000 01"},
		`#,##0`:               {"0": "0", "1234567.891": "1,234,568", "999.5": "1,000"},
		`#,##0.00 "€"`:        {"1234.5": "1,234.50 €"},
		`#'##0`:               {"1234": "1'234"},
		`0.0,`:                {"1234567": "1234.6"},
		`0,,"M"`:              {"1234567": "1M"},
		`0%`:                  {"0.5": "50%", "1": "100%"},
		`0.###`:               {"0.5": "0.5", "2.12345": "2.123"},
		`0.00`:                {"2.675": "2.68", "0": "0.00", "-0.001": "0.00"},
		`"Raum "0`:            {"12": "Raum 12"},
		`"Raum "General`:      {"12": "Raum 12", "0": "Raum 0"},
		`General" Raum"`:      {"12.5": "12.5 Raum"},
		`0" St."`:             {"1": "1 St."},
		`@`:                   {"12": "12"},
		`0.00E+00`:            {"123456789012345": "123456789012345"},
		`# ?/?`:               {"12": "12"},
		`dd.mm.yyyy`:          {"45306": "15.01.2024"},
		`[$-407]d. mmmm yyyy`: {"45306": "15. Januar 2024"},
		`[$-409]dd/mm/yyyy`:   {"45306": "15/01/2024"},
		`[$-040C]d/m/yy`:      {"45306": "15/1/24"},
		`[$-407]dd/mm/yy`:     {"45306": "15.01.24"},
		`[$-de-DE]d/m/yyyy`:   {"45306": "15.1.2024"},
		`[$-413]dd/mm/yy`:     {"45306": "15-01-24"},
		`[$-FC19]dd.mm.yyyy`:  {"45306": "15.01.2024"}, // of digits alone
		`[$-41E]d.m.yy`:       {"45306": "15.1.24"},
		`[$-nb-NO]d. mmmm`:    {"45306": "15. januar"},
		`[$-C07]mmmm d, yyyy`: {"45306": "Jänner 15, 2024"},
		`[hh]:mm:ss`:          {"0.25": "06:00:00", "40000.5": "960012:00:00"},
		`d" Tage "hh:mm`:      {"45306.5": "15 Tage 12:00"},

		`[$-de-DE]dddd, d. mmmm yyyy;@`: {"44951": "Mittwoch, 25. Januar 2023"},
		`[$-de-AT]dddd, d. mmmm yyyy;@`: {"44951": "Mittwoch, 25. Jänner 2023"},
		`[$-da-DK]dddd d mmmm`:          {"44951": "onsdag 25 januar"},
		`dd\/mm\/yyyy`:                  {"45306": "15/01/2024"},
		`[$-407]dd\/mm`:                 {"45306": "15/01"},
		`h:mm AM/PM`:                    {"0.75": "6:00 PM"},
		`[h]:mm`:                        {"1.5": "36:00"},

		`"Yes";;"No"`:                        {"1": "Yes", "0": "No", "12": "Yes"},
		`"ja";"ja";"nein"`:                   {"1": "ja", "-1": "ja", "0": "nein"},
		`[Green]"Yes";[Red]"Yes";[Blue]"No"`: {"0": "No", "1": "Yes"},
		`"TRUE";"TRUE";"FALSE"`:              {"0": "FALSE", "1": "TRUE", "-1": "TRUE"},
		`[=1]"ja";[=0]"nein";General`:        {"1": "ja", "0": "nein", "7": "7"},
		`[=0]"no";"yes"`:                     {"0": "no", "1": "yes", "-1": "yes"},
		`[<10]"small";[>=10]"big"`:           {"3": "small", "10": "big", "-3": "small"},
		`[<>1]"n";"y"`:                       {"1": "y", "2": "n"},
		`[<=1]"a";[>5]"b";"c"`:               {"1": "a", "6": "b", "3": "c"},
		`0;-0;"-"`:                           {"0": "-", "5": "5", "-5": "-5"},
		`0;(0)`:                              {"-5": "(5)", "0": "0"},
		`0;"a;b"`:                            {"-5": "a;b"},
		`0;\;`:                               {"-5": ";"},
		`0;@`:                                {"-5": "-5"},
		`_-* #,##0.00\ "€"_-;\-* #,##0.00\ "€"_-;_-* "-"??\ "€"_-;_-@_-`: {"0": "-   €", "7": "7.00 €", "-7": "-7.00 €"},
		`[$€-407] #,##0`: {"1234": "€ 1,234"},
	} {
		for number, shown := range want {
			got, f := parseNumberFormat(format).showWith(pointSigns, number, &dateFormats{})
			assert.Equal(t, faultNone, f, "%s of %s", number, format)
			assert.Equal(t, shown, clean(got), "%s in %s", number, format)
		}
	}
}

func TestWhatAFormatShowsIsNeverGuessed(t *testing.T) {
	for format, numbers := range map[string]map[string]fault{
		`"Yes";;"No"`:           {"-1": faultHiddenByFormat},
		`;;;`:                   {"1": faultHiddenByFormat, "0": faultHiddenByFormat},
		`0;-0;;@`:               {"0": faultHiddenByFormat},
		`"x";;`:                 {"0": faultHiddenByFormat},
		`#`:                     {"0": faultHiddenByFormat},
		`[=1]"yes"`:             {"0": faultUnknownFormat},
		`[>0]"yes";"no"`:        {"0": faultUnknownFormat}, // LibreOffice says yes, Excel no
		`[>5]"a";"b";"c"`:       {"3": faultUnknownFormat},
		`"a";[<5]"b";"c"`:       {"3": faultUnknownFormat},
		`"a";"b";[=0]"c"`:       {"0": faultUnknownFormat},
		`[=-1]0;"x"`:            {"-1": faultUnknownFormat},
		`[DBNum1]0`:             {"1": faultUnknownFormat},
		`[$-de-DE]TT.MM.JJJJ`:   {"45306": faultUnknownFormat},
		`dd/mm/yyyy;@`:          {"45306": faultSystemDate},    // with dots on a German computer
		`[$-816]dd/mm/yy`:       {"45306": faultUnknownFormat}, // a hyphen in LibreOffice, in Excel a slash
		`[$-FC19]d mmmm yyyy`:   {"44950": faultUnknownFormat},
		`[$-FC22]d mmmm yyyy`:   {"44950": faultUnknownFormat},
		`[$-419]d mmmm yyyy`:    {"44950": faultUnknownFormat}, // LibreOffice puts the month into another case
		`[$-40B]mmmm`:           {"44950": faultUnknownFormat},
		`[$-fi-FI]mmmm`:         {"44950": faultUnknownFormat},
		`[$-41E]mmm`:            {"44950": faultUnknownFormat},
		`[$-ja-JP]dddd`:         {"44950": faultUnknownFormat},
		`[$-407]d. mmm`:         {"44996": faultUnknownFormat}, // Mrz or Mär
		`[$-407]h:mm AM/PM`:     {"0.5": faultUnknownFormat},
		`[$-D07041E]d.m.yyyy`:   {"44950": faultUnknownFormat}, // another calendar, other digits
		`[$-D000000]yyyy-mm-dd`: {"44950": faultUnknownFormat},
		`[$-2000000]yyyy`:       {"44950": faultUnknownFormat},
		`[$-30A0000]yyyy`:       {"44950": faultUnknownFormat},
		`[$-en-US,107]yyyy`:     {"44950": faultUnknownFormat},
		`[$-F800]dddd d`:        {"44950": faultSystemDate},
		`[$-x-systime]h:mm:ss`:  {"44950": faultSystemDate},
		`d. mmmm yyyy`:          {"44950": faultSystemDate},
		`ddd`:                   {"44950": faultSystemDate},
		`yyy`:                   {"44950": faultUnknownFormat},
		`ddddd`:                 {"44950": faultUnknownFormat},
		`h:mm A/P`:              {"44950": faultUnknownFormat},
		`h:mm:ss.0`:             {"44950": faultUnknownFormat},
		`h:mm`:                  {"0.999999": faultUnknownFormat, "44926.333333333": faultUnknownFormat, "44926.9999999": faultUnknownFormat},
		`hh:mm:ss`:              {"0.256": faultNone, "0.25604": faultUnknownFormat},
		`[h]:mm`:                {"100000": faultUnknownFormat},
		`m`:                     {"12": faultUnknownFormat, "60": faultUnknownFormat, "61": faultNone},
		`mm`:                    {"0.5": faultUnknownFormat},
		`m:ss`:                  {"0.5": faultNone},
		`yyyy"-W"ww`:            {"45306": faultUnknownFormat},
		`"open`:                 {"1": faultUnknownFormat},
		`0;0;0;0;0`:             {"1": faultUnknownFormat},
		`yyyy-mm-dd`:            {"12": faultUnknownFormat, "-1": faultUnknownFormat, "123456789012": faultUnknownFormat},
		`0`:                     {"twelve": faultNotOfItsKind, "1234567890123456": faultLostDigits, "1000000000000000": faultLostDigits, "123456789012345.6": faultNone},
		`0.0000`:                {"12345678901234.5678": faultLostDigits, "0.33333333333333331": faultNone, "0.30000000000000004": faultNone},
		`General`:               {"1.23456789012345E+19": faultLostDigits, "1E+300": faultLostDigits, "12345678901234.5678": faultLostDigits, "0.33333333333333331": faultLostDigits, "1E-300": faultLostDigits, "999999999999999": faultNone, "-1234567890123456": faultLostDigits},
		`0.00E+00`:              {"1234567890123456": faultLostDigits, "20000000": faultUnknownFormat, "12345": faultUnknownFormat, "0.5": faultUnknownFormat}, // typed 2E7
		`0/0`:                   {"12": faultUnknownFormat},                                                                                                    // 12/1
		`"No. "# ?/?`:           {"12": faultUnknownFormat},
		`# ??/16`:               {"12": faultNone},
		`# ?/?`:                 {"0.5": faultUnknownFormat, "1234567890123456": faultLostDigits},
		`@`:                     {"1234567890123456": faultLostDigits},
		`"x"`:                   {"1234567890123456": faultNone},
	} {
		for number, want := range numbers {
			_, f := parseNumberFormat(format).showWith(pointSigns, number, &dateFormats{})
			assert.Equal(t, want, f, "%s in %s", number, format)
		}
	}
}

// Excel puts the computer's own signs between digits, also where the format names a
// language; LibreOffice those of the language.
func TestNumbersThatOtherComputersShowInAnotherWayAreFaults(t *testing.T) {
	for format, numbers := range map[string]map[string]string{
		`General`:            {"1.5": "1,5", "0.5": "0,5", "1234567": "", "-12": ""},
		`@`:                  {"1.5": "1,5", "12": ""},
		`0.00`:               {"12": "12,00", "-12": "-12,00"},
		`0.#`:                {"12": "12,"},
		`[$-407]0.0`:         {"1.5": "1,5"},
		`#,##0`:              {"999": "", "1000": "1.000"},
		`#,##0.00\ [$€-407]`: {"1234.5": "1.234,50 €"},
		`0.0%`:               {"0.125": "12,5%"},
		`0%`:                 {"0.125": ""},
		`0.00E+00`:           {"1234567.5": "1234567,5", "1234567": ""},
		`0\.0`:               {"15": ""},
		`#'##0`:              {"1234": ""},
		`0" v1.0"`:           {"2": ""},
		`yyyy-mm-dd`:         {"45306.5": ""},
		`0,,"M"`:             {"12345678": ""},
	} {
		f := parseNumberFormat(format)
		for number, other := range numbers {
			_, why := f.showNumber(number, &dateFormats{})
			if other == "" {
				assert.Equal(t, faultNone, why, "%s in %s", number, format)
				continue
			}
			assert.Equal(t, faultSystemNumber, why, "%s in %s", number, format)
			shown, _ := f.showWith(commaSigns, number, &dateFormats{})
			assert.Equal(t, other, shown, "%s in %s", number, format)
		}
	}
}

func TestTextsShowAsTheirFormatsSay(t *testing.T) {
	for format, want := range map[string]string{`[$-FC19]d mmmm;@`: "Sales", `[$-F800]dddd;@`: "Sales", "General": "Sales", "@": "Sales", `"Raum "@`: "Raum Sales", `0;0;0;@" Team"`: "Sales Team", `0;0`: "Sales"} {
		got, f := parseNumberFormat(format).showText("Sales")
		assert.Equal(t, faultNone, f, format)
		assert.Equal(t, want, got, format)
	}
	for _, format := range []string{`;;;`, `0;0;0;"text"`} {
		_, f := parseNumberFormat(format).showText("Sales")
		assert.Equal(t, faultHiddenByFormat, f, format)
	}
}

func TestABooleanIsReadAsItsFormatShowsIt(t *testing.T) {
	yesNo := `"Yes";;"No"`
	m, err := readXLSXBytes(workbook(t, func(f *excelize.File) {
		style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &yesNo})
		require.NoError(t, err)
		table(t, f, "Sheet1", []any{"title", "isLocked"}, []any{"A", 1}, []any{"B", 0}, []any{"C", -1})
		require.NoError(t, f.SetCellStyle("Sheet1", "B2", "B4", style))
	}), Options{})
	assert.Equal(t, []string{
		`rooms.xlsx: Sheet1!B4: isLocked "-1" is in the cell, but its format, "Yes";;"No", shows nothing of it; delete the value, or format the cell as text and write what it shall say`,
	}, messages(t, err))
	assert.Equal(t, []Bool{True, False, Unset}, []Bool{m.Rows[0].IsLocked, m.Rows[1].IsLocked, m.Rows[2].IsLocked})
}
