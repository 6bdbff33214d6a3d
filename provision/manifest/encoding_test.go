package manifest

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
)

func encode(t *testing.T, e encoding.Encoding, text string) []byte {
	t.Helper()
	data, err := e.NewEncoder().Bytes([]byte(text))
	require.NoError(t, err)
	return data
}

func TestWesternTextIsReadWithoutAQuestion(t *testing.T) {
	for _, title := range []string{
		"Büro Zürich", "GRÖSSE ÄNDERN", "Straße", "Übergröße", "L’équipe déléguée", "créée à Noël", "Œuvre", "où ça?", "España", "¿Qué pasó?",
		"Ação e coração", "È più così", "Åse Sørensen", "Smörgåsbord", "naïve café – menü", "50 € für alle", "„Räume“", "m² und 5 °C",
		"Þórður", "Coöperatie", "10 ½ Zoll", "§ 5 Abs. 2", "l·l", "ºC", "«Équipe»", "Señorío", "pingüino", "Œdème",
	} {
		m, err := Read(bytes.NewReader(encode(t, charmap.Windows1252, "title,key\n"+title+",1\n")), "r.csv", Options{})
		if assert.NoError(t, err, title) {
			assert.Equal(t, []string{title}, titles(m))
			assert.Equal(t, warnWindows1252, m.Warnings[0].fault)
		}
	}
}

func TestTextThatIsNotWesternIsNeverGuessedAt(t *testing.T) {
	for name, test := range map[string]struct {
		encoding encoding.Encoding
		titles   []string
	}{
		"windows-1251": {charmap.Windows1251, []string{"Отдел продаж", "Москва", "Совет", "Киев и Львов", "Команда"}},
		"koi8-r":       {charmap.KOI8R, []string{"Отдел продаж", "Москва"}},
		"windows-1253": {charmap.Windows1253, []string{"Πωλήσεις", "Αθήνα"}},
		"windows-1250": {charmap.Windows1250, []string{"Příbram", "Łódź", "Sprzedaż Łódź", "Dział sprzedaży", "Žďár"}},
		"macintosh":    {charmap.Macintosh, []string{"München", "Café", "Größe", "São Paulo", "Zürich"}},
		"ibm866":       {charmap.CodePage866, []string{"Отдел продаж"}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, title := range test.titles {
				data := encode(t, test.encoding, "title,key\n"+title+",1\n")
				m, err := Read(bytes.NewReader(data), "r.csv", Options{})
				if assert.Error(t, err, title) {
					assert.Nil(t, m)
					assert.Contains(t, err.Error(), "r.csv:2: the text is neither UTF-8 nor windows-1252", title)
				}
				m, err = Read(bytes.NewReader(data), "r.csv", Options{Encoding: name})
				require.NoError(t, err, title)
				assert.Equal(t, []string{title}, titles(m))
			}
		})
	}
}

func TestTheEncodingIsFoundWhereverTheFirstLetterStands(t *testing.T) {
	var numbered strings.Builder
	numbered.WriteString("title,key\n")
	for i := 0; numbered.Len() < 2*dialectLength; i++ {
		fmt.Fprintf(&numbered, "Sales,%d\n", i)
	}
	for name, test := range map[string]struct {
		last string
		want string
	}{
		"UTF-8":        {"B\xc3\xbcro,last\n", "Büro"},
		"windows-1252": {"B\xfcro,last\n", "Büro"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, wrap := range []func(io.Reader) io.Reader{iotest.HalfReader, iotest.DataErrReader} {
				m, err := Read(wrap(strings.NewReader(numbered.String()+test.last)), "r.csv", Options{})
				require.NoError(t, err)
				assert.Equal(t, test.want, m.Rows[len(m.Rows)-1].Title)
			}
		})
	}
}

func TestLettersAreWholeHoweverTheirBytesArrive(t *testing.T) {
	for want, input := range map[string]string{
		"Büro 日本 👩‍🔧": "title,key\nBüro 日本 👩‍🔧,1\n",
		"Büro à Noël": "title,key\nB\xfcro \xe0 No\xebl,1\n",
		"Café":        "title\nCaf\xe9",
	} {
		m, err := Read(iotest.OneByteReader(strings.NewReader(input)), "r.csv", Options{})
		require.NoError(t, err, want)
		assert.Equal(t, []string{want}, titles(m))
	}
}

func TestAByteOrderMarkCountsForMoreThanTheOption(t *testing.T) {
	m, err := Read(strings.NewReader("\ufefftitle\nBüro\n"), "r.csv", Options{Encoding: "windows-1252"})
	require.NoError(t, err)
	assert.Equal(t, []string{"Büro"}, titles(m))
	_, err = Read(strings.NewReader("\ufefftitle\nB\xfcro\n"), "r.csv", Options{})
	assert.ErrorContains(t, err, `r.csv:2: title "B\xfcro" is not valid UTF-8`)
}

func TestOptionsThatMakeNoSenseAreRefused(t *testing.T) {
	for _, test := range []struct {
		opts Options
		want string
	}{
		{Options{Encoding: "klingon"}, `there is no encoding "klingon": use utf-8, windows-1252, `},
		{Options{Delimiter: '"'}, `'"' cannot be the delimiter of a CSV file: use one of , ; | or a tab`},
		{Options{Delimiter: 'a'}, `'a' cannot be the delimiter`},
		{Options{Delimiter: '\n'}, `'\n' cannot be the delimiter`},
		{Options{Delimiter: '–'}, `'–' cannot be the delimiter`},
	} {
		_, err := Read(strings.NewReader("title\nA\n"), "r.csv", test.opts)
		require.ErrorContains(t, err, test.want)
		var list ErrorList
		assert.NotErrorAs(t, err, &list)
	}
}

func TestQuestionMarksThatAreMeantPass(t *testing.T) {
	for text, lost := range map[string]bool{
		"What?": false, "What??": false, "Really??? Yes": false, "Who? What? Where?": false, "Who?What": false, "Quoi ??": false, "?": false,
		"see https://example.com/?a=b?c": false, "a=b?c": false, "FAQ?": false, "Ask us anything?!": false, "5?6": false,
		"Why!?": false, "¿Qué pasa?": false, "(Why?)": false, "Quoi ? Non": false, "\"Why???\"": false, "What?, then": false, "Pozna?": false,
		"M?nchen": true, "M?NCHEN": true, "B??ro": true, "????": true, "?? ???": true, "Stra?e": true, "??-?? A": true,
		"??? Sales": true, "?stanbul": true, "?ód?": true, "?????? Moscow office": true, "Room ?? North": true, "?? 2024": true, "A??B": true,
		"Krak?w?": true, "Sales ????": true, "What????": true, "(?stanbul)": true, "\"??? Sales\"": true, "???": true,
	} {
		assert.Equal(t, lost, lostLetters(text), text)
	}
	m, err := Read(strings.NewReader("title\nM?nchen\n"), "r.csv", Options{Encoding: "utf-8"})
	require.NoError(t, err)
	assert.Equal(t, []string{"M?nchen"}, titles(m))
}

func TestDelimitersAreFoundByTheHeadersTheyMake(t *testing.T) {
	for input, want := range map[string]string{
		"title\nA;B|C\n":                 "A;B|C",
		"title,key\nA;B,1\n":             "A;B",
		"title;key\nA,B;1\n":             "A,B",
		"title\tkey\nA,B\t1\n":           "A,B",
		"title|key\nA,B|1\n":             "A,B",
		"Rooms, all\ntitle;key\nA,B;1\n": "A,B",
		"Rooms;\ntitle;key\nA,B;1\n":     "A,B",
		"\"title\",\"key\"\n\"A,B\",1\n": "A,B",
		"sep=|\ntitle|key\nA;B|1\n":      "A;B",
		"SEP=\t\ntitle\tkey\nA;B\t1\n":   "A;B",
		"title,a;b;c\nA,1\n":             "A",
	} {
		m, err := Read(strings.NewReader(input), "r.csv", Options{})
		if assert.NoError(t, err, input) {
			assert.Equal(t, []string{want}, titles(m), input)
		}
	}
	m, err := Read(strings.NewReader("title,key;description\nA,1;B\n"), "r.csv", Options{Delimiter: ';'})
	assert.Nil(t, m)
	assert.ErrorContains(t, err, "the header has no title column")
}

func TestLineEndsOfOldMacintoshComputers(t *testing.T) {
	for _, wrap := range []func(io.Reader) io.Reader{iotest.OneByteReader, iotest.HalfReader} {
		m, err := Read(wrap(strings.NewReader("title,description\rA,\"one\rtwo\"\rB,")), "r.csv", Options{})
		require.NoError(t, err)
		assert.Equal(t, []string{"A", "B"}, titles(m))
		assert.Equal(t, "one\ntwo", m.Rows[0].Description)
	}
}
