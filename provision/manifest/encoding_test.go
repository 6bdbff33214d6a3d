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
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
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

		"A×B", "Team§Berlin", "x²y", "3 m²Raum", "10 €", "10€", "„Anführung“", "Straße – Süd", "L’Hôpital", "Nº 5", "½", "©", "™", "Øresund", "Ærø", "Þór",
		"Çelik", "Zoë", "Noël", "Señor", "São Paulo", "Ibáñez", "ŒUVRE", "ÜBER", "Käthe-Kollwitz-Straße", "Größe", "weiß", "Maßnahmen", "Schäfflerstraße",
		"FRANÇAIS", "Île-de-France", "maître", "forêt", "Hôtel", "château", "sœur", "cœur", "bœuf", "naïf", "Haïti", "maïs", "père", "système", "poème", "Suède", "août",
		"sûr", "dû", "coût", "brûler", "déjà vu", "règlementée", "évènement", "première", "voilà", "garçon", "Barça", "reçu", "où", "élève", "été", "âge", "relâche", "tête-à-tête", "être",
		"Málaga", "Córdoba", "Cádiz", "León", "Dirección", "Público", "María", "García", "país", "José", "Núñez", "Peñarol", "vergüenza", "¡Hola!", "mañana", "rápido", "náutico",
		"Português", "João", "mãe", "pão", "manhã", "Camões", "ações", "você", "três", "ciência", "português", "às", "água", "câmara", "avó", "avô", "Açores",
		"città", "perché", "però", "più", "lunedì", "cioè", "caffè", "Università", "Gesù", "Forlì", "ciò", "L’Aquila", "dell’università", "Niccolò",
		"Göteborg", "Malmö", "Åland", "Ängelholm", "Ålborg", "Tromsø", "Bodø", "København", "Smørrebrød", "Læsø", "blåbær", "Søren", "Kærgaard", "Ørsted", "øen",
		"België", "coördinator", "Ideeën", "Israël", "één", "Citroën", "Reykjavík", "Guðrún", "Sigurðsson", "Pingüí", "àrea", "Àustria", "Època", "èxit", "vóór", "miljøet", "Jomfruøerne", "øyene", "uændret", "lineær", "europæisk", "Tšekki", "Grimm’sche Märchen", "¡Hola, qué tal!", "Història", "això", "Pàgina", "Col·legi", "Lluís",
		"Webex™", "Produkt®", "Köln–Bonn", "Mo–Fr", "5 µm", "±5 %", "1¹", "20 °C", "n° 5", "M² m³", "It’s", "Bob’s Team", "don’t", "Rock’n’Roll", "Rock ’n’ Roll", "‘quoted’", "“Sales” team", "der ›Raum‹", "”svensk”",
		"Team\u00a0Berlin", "A • B", "•Punkt", "Škoda", "Žižek", "Miloš", "Größe 5×3", "100 £", "50 ¢", "£5", "STRAßE", "Café «Chez Nous»", "d’Artagnan", "aujourd’hui", "O’Brien", "½ Liter", "Dª Ana", "Mª", "1º andar", "piñata – olé",
		"Loading…", "…und mehr", "Demo…Ende", "(…)", "Team²", "TEAM³", "Form³", "10³", "Háskóli Íslands", "Sjálfstæðisfélögin í Reykjavík", "Ágústsdóttir",
		"Çà et là", "Â la carte", "L'HAŸ-LES-ROSES", "L’Haÿ-les-Roses", "Éire", "Àustria", "Île", "Ürümqi", "Ángel",
		"Área", "ÁREAS", "África", "Árbol", "Álvaro", "Ávila", "Ágata", "Água", "Águila", "Áudio", "Ásia", "Áustria", "Ástin", "Ágúst", "Ármúli", "Áfram", "Árni", "Ábyrgð", "Álit", "Ática", "Átomo", "Álbum", "Ámbito", "Ánimo",
		"Goût", "Croûte", "Sûreté", "sûrement", "Mûrier", "Flûte", "Bûche", "Jeûne", "Piqûre", "Affûtage", "Dûment", "Dégoût", "Soûl", "Fût", "Envoûté", "assidûment",
		"irmã", "Maçã", "amanhã", "alemãs", "Comissões", "põe", "propõem", "A\u00a0team", "Quoi\u00a0? Noël", "Büro für Team\u00a0, alle",
	} {
		m, err := Read(bytes.NewReader(encode(t, charmap.Windows1252, "title,key\n\""+title+"\",1\n")), "r.csv", Options{})
		if assert.NoError(t, err, title) {
			assert.Equal(t, []string{title}, titles(m))
			assert.Equal(t, warnWindows1252, m.Warnings[0].fault)
		}
	}
}

func TestTextThatIsNotWesternIsNeverGuessedAt(t *testing.T) {
	for name, test := range map[string]struct {
		encoding encoding.Encoding
		titles   string
	}{
		"windows-1251": {charmap.Windows1251, "За|за|“Wi-Fi” за|Отдел продаж|Москва|Совет|Киев и Львов|Команда|Да|я|Зал 5|Wi-Fi зал"},
		"koi8-r":       {charmap.KOI8R, "Отдел продаж|Москва|Да"},
		"windows-1253": {charmap.Windows1253, "Πωλήσεις|Αθήνα|Ώρα"},
		"windows-1250": {charmap.Windows1250, "Příbram|Łódź|Sprzedaż Łódź|Dział sprzedaży|Žďár|Győr|Čakovec|Poznań|Gdańsk|Częstochowa|Plzeň|Iaşi|Bucureşti|Braşov|młody|słowo|są|mały|śląsk|Środa|być|Ćuk|Milošević|Kovačević|Němec|dům|Řím|dveře|kořen|idő|műszaki|gyűjtés|tűz|Heti gyűlés|gyűlés|Fűtés|Hűtés|Szűrés|Műtét|előest|időegység|fântână|Sală|casă|băi|pământ|ţară|Łukasz|Michał|dział|zł|zmysł|pchł|Finanční|Účetní|Mzdová účtárna|Večírky|Ročné|Finančné oddelenie"},
		"windows-1254": {charmap.Windows1254, "Eskişehir|şube|Şube|İstanbul|İzmir|Aydın|Kadıköy|Doğan|Beyoğlu|öğretmen|Dağıtım|Satış|Beşiktaş"},
		"windows-1257": {charmap.Windows1257, "Rīga|Šiauliai|Kaunas ė|Klaipėda|Žemaitija|vēsture|Latvijā|Žmonių|čia|ąžuolas|Įranga|ĮRANGA|Įrankiai|Įvykiai|Įsakymai|Įdarbinimas|Įstaiga|Įmokos|Jūrmala|Kūrimas|Mūris"},
		"iso-8859-2":   {charmap.ISO8859_2, "Šumava|Łódź|Śląsk|Praha-Žižkov|są"},
		"iso-8859-15":  {charmap.ISO8859_15, "10 €|Œuvre|cœur|Šakki"},
		"macintosh":    {charmap.Macintosh, "München|Café|Größe|São Paulo|Zürich|España|Dirección|Público|María|país|Città|Straße|Fuß|Möbel|Köln|schön|CAFÉ|Álvaro|Índice|Único|Óscar|último|“A”|It’s|Über|Ärger|naïve|hôtel|Noël|Sales – Berlin|más|Smørrebrød|ønsker|útil|Martín|Potosí|étiquette|åtkomst|öka|Österreich|Öffnung|MALMÖ|ÖSTERREICH|KÖLN|GÖTEBORG|“Team A”|“opera house”"},
		"ibm866":       {charmap.CodePage866, "Отдел продаж|Москва"},
		"ibm850":       {charmap.CodePage850, "Café|Größe|Straße|España|Dirección|München|Malmö|ähnlich|Märkte|São|Gruß|heiß|Città|Île|MAÎTRE|ÜBER|señor|ausschließlich|Großbuchstaben|inválido|heißt|máximo|città|Canadà|català|àmbit|pàgina|già|voilà|Málaga|Cádiz|Panamá|Canadá"},
		"windows-1255": {charmap.Windows1255, "שלום|חדר"},
		"windows-1256": {charmap.Windows1256, "مرحبا|غرفة"},
		"windows-874":  {charmap.Windows874, "กรุงเทพ"},
		"gbk":          {simplifiedchinese.GBK, "北京|上海|会议室|安"},
		"big5":         {traditionalchinese.Big5, "台北|會議室"},
		"shift_jis":    {japanese.ShiftJIS, "東京|会議室"},
		"euc-kr":       {korean.EUCKR, "서울|회의실"},
	} {
		t.Run(name, func(t *testing.T) {
			for title := range strings.SplitSeq(test.titles, "|") {
				data := encode(t, test.encoding, "title,key\n"+title+",1\n")
				m, err := Read(bytes.NewReader(data), "r.csv", Options{})
				if assert.Error(t, err, title) {
					assert.True(t, m == nil || m.Rows[0].Invalid)
					assert.Regexp(t, `^r\.csv:2: "[^"]+" is neither UTF-8 nor surely windows-1252|is not valid UTF-8`, err.Error(), title)
				}
				m, err = Read(bytes.NewReader(data), "r.csv", Options{Encoding: name})
				require.NoError(t, err, title)
				assert.Equal(t, []string{title}, titles(m))
			}
		})
	}
}

// An unusual word is believed where many others speak against the encoding in which it
// would be a usual one.
func TestUnusualWordsNeedManyOthers(t *testing.T) {
	german := []string{"Büro", "Größe", "Zürich", "Köln", "München"}
	for name, test := range map[string]struct {
		encoding encoding.Encoding
		titles   []string
		doubted  string // the line of the word that is doubted
	}{
		"an apostrophe among German words":  {charmap.Windows1252, append([]string{"Andreas’ Büro"}, german...), ""},
		"it alone":                          {charmap.Windows1252, []string{"Andreas’ Team"}, "2"},
		"it with too few":                   {charmap.Windows1252, []string{"Büro", "Andreas’ Team", "Köln"}, "3"},
		"the same word again and again":     {charmap.Windows1252, []string{"Büro", "Warten…", "Büro", "Büro 2", "Büro 3"}, "3"},
		"an ellipsis among German words":    {charmap.Windows1252, append([]string{"Warten…"}, german...), ""},
		"a Spanish name":                    {charmap.Windows1252, []string{"Sáez", "Ève"}, ""},
		"an ending among Spanish words":     {charmap.Windows1252, []string{"Equilicuá", "España", "Señor", "mañana", "Núñez", "año", "León", "Dirección", "García", "Córdoba", "ñandú", "niño", "Málaga", "Cádiz", "país"}, ""},
		"Spanish words of the Macintosh":    {charmap.Macintosh, []string{"así", "aquí", "Español"}, "3"},
		"a Czech name among German words":   {charmap.Windows1250, append([]string{"Dvořák"}, german...), "2"},
		"Latvian words among those of both": {charmap.Windows1257, append([]string{"Kārļa"}, german...), "2"},
	} {
		data := encode(t, test.encoding, "title\n"+strings.Join(test.titles, "\n")+"\n")
		m, err := Read(bytes.NewReader(data), "r.csv", Options{})
		if test.doubted != "" {
			assert.Nil(t, m, name)
			assert.ErrorContains(t, err, "r.csv:"+test.doubted+": ", name)
			assert.ErrorContains(t, err, "is neither UTF-8 nor surely windows-1252", name)
		} else if assert.NoError(t, err, name) {
			assert.Equal(t, test.titles, titles(m), name)
		}
	}
}

func TestTheLeastCertainWordTellsOfWindows1252(t *testing.T) {
	for text, want := range map[string]string{
		"Büro|Málaga|Coût|Señor": "Coût", "Büro|Málaga|Zürich": "Málaga", "Büro|Zürich": "Büro", "50 €|Büro": "Büro", "Team – x": "–",
	} {
		m, err := Read(bytes.NewReader(encode(t, charmap.Windows1252, "title\n"+strings.ReplaceAll(text, "|", "\n"))), "r.csv", Options{})
		require.NoError(t, err, text)
		assert.Equal(t, want, m.Warnings[0].Value)
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

func TestAByteOrderMarkThatBecameLettersIsExplained(t *testing.T) {
	for _, program := range []encoding.Encoding{charmap.Windows1252, charmap.Windows1251, charmap.Windows1250, charmap.Macintosh, charmap.CodePage850, charmap.CodePage437} {
		letters, err := program.NewDecoder().String("\xef\xbb\xbf")
		require.NoError(t, err)
		_, err = Read(strings.NewReader(letters+"title;key\nSales;1\n"), "r.csv", Options{})
		assert.ErrorContains(t, err, `r.csv:1: "`+letters+`" starts the table: a program took the byte-order mark of UTF-8 for letters`)
	}
	_, err := Read(strings.NewReader("ï»¿rooms:\n- title: Sales\n"), "r.yaml", Options{})
	assert.ErrorContains(t, err, `r.yaml:1: "ï»¿" starts the table: a program took the byte-order mark of UTF-8 for letters`)
}

func TestAWebPageIsNoTextFile(t *testing.T) {
	for _, page := range []string{
		"<html><body><table><tr><td class=\"x\">title</td></tr></table>", "\ufeff\r\n<!DOCTYPE html>\n<table>", "<table><tr><td>title", "<?xml version=\"1.0\"?>\n<Workbook>",
	} {
		for _, name := range []string{"r.csv", "r.yaml"} {
			_, err := Read(strings.NewReader(page), name, Options{})
			require.ErrorContains(t, err, name+`: this is a web page (HTML) or XML file that only has the name of a text file; open it in Excel or LibreOffice and save it as .xlsx or as "CSV UTF-8"`)
			assert.Len(t, messages(t, err), 1)
		}
	}
	m, err := readString(t, "r.csv", "title,<table>\n<A>,b\n")
	require.NoError(t, err)
	assert.Equal(t, []string{"<A>"}, titles(m))
}

func TestOptionsThatMakeNoSenseAreRefused(t *testing.T) {
	for _, test := range []struct {
		opts Options
		want string
	}{
		{Options{Encoding: "klingon"}, `there is no encoding "klingon"; use utf-8, windows-1252, `},
		{Options{Delimiter: '"'}, `'"' cannot be the delimiter of a CSV file; use one of , ; | or a tab`},
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
	assert.ErrorContains(t, err, `r.csv:1: "title,key" is the whole header in one cell`)
}

func TestADelimiterThatTheHeaderContradictsIsInDoubt(t *testing.T) {
	for input, cell := range map[string]string{
		"title;teamId,Note;key\nA;;7\n":                `"teamId,Note"`,
		"Betreff;Public,title\nA;x,B\n":                `"Betreff;Public"`,
		"title,isLocked,key;;;;;;;\nA;;WAHR;;d;;;;;\n": `"key;;;;;;;"`,
		"title,Note;\nA,x\n":                           `"Note;"`,
		"title,isLocked,key\tdescription\nA,,7\n":      `"key\tdescription"`,
	} {
		m, err := readString(t, "r.csv", input)
		assert.Nil(t, m)
		require.Len(t, messages(t, err), 1, input)
		assert.ErrorContains(t, err, "r.csv:1: "+cell+" is a cell of the header where", input)
	}
	for input, want := range map[string]string{
		"title,Note;x\nA;B,1\n":            "A;B",
		"sep=;\ntitle;teamId,Note\nA,B;\n": "A,B",
		"title,key\t\nA;B,1\n":             "A;B",
	} {
		m, err := readString(t, "r.csv", input)
		require.NoError(t, err, input)
		assert.Equal(t, []string{want}, titles(m))
	}
	m, err := Read(strings.NewReader("title;teamId,Note;key\nA;;7\n"), "r.csv", Options{Delimiter: ';'})
	require.NoError(t, err)
	assert.Equal(t, "7", m.Rows[0].Key)
}

func TestLineEndsOfOldMacintoshComputers(t *testing.T) {
	for _, wrap := range []func(io.Reader) io.Reader{iotest.OneByteReader, iotest.HalfReader} {
		m, err := Read(wrap(strings.NewReader("title,description\rA,\"one\rtwo\"\rB,")), "r.csv", Options{})
		require.NoError(t, err)
		assert.Equal(t, []string{"A", "B"}, titles(m))
		assert.Equal(t, "one\ntwo", m.Rows[0].Description)
	}
}
