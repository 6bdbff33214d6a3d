package manifest

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"
)

func TestCapitalsAndSignsThatMayBeLettersOfUTF8AreInDoubt(t *testing.T) {
	for title, other := range map[string]string{
		"ANDRÉ’S OFFICE": "ANDRɒS", "JOSÉ’s": "JOSɒs", "QUALITÄ–Team": "QUALITĖTeam", "QUALITÄ…": "QUALITą", "MENÜ…": "MEN܅", "MENÜ»": "MENܻ", "LE CAFÉ®": "CAFɮ",
		"CAFÉ™ Berlin": "CAFə", "Team É™": "ə", "TORÜ°": "TORܰ", "NOË’S": "NO˒S", "NICCOLÒ’S": "NICCOLҒS", "CAFÉ…und mehr": "CAFɅund", "MILJØ®": "MILJخ", "Spaß…": "Spa߅",
		"LUNEDÌ–FRI": "LUNED̖FRI", "PERCHÈ™": "PERCHș",
	} {
		text := "title,key\nSales,1\n" + string(encode(t, charmap.Windows1252, title)) + ",2\n"
		for _, wrap := range []func(io.Reader) io.Reader{iotest.HalfReader, iotest.DataErrReader, func(r io.Reader) io.Reader { return r }} {
			m, err := Read(wrap(strings.NewReader(text)), "r.csv", Options{})
			assert.Nil(t, m, title)
			if assert.Error(t, err, title) && assert.Len(t, messages(t, err), 1) {
				assert.Contains(t, err.Error(), `r.csv:3: "`, title)
				assert.Contains(t, err.Error(), `as windows-1252 is `+quote(other), title)
			}
		}
		_, err := readString(t, "r.csv", "title\n\n"+string(encode(t, charmap.Windows1252, title)))
		require.ErrorContains(t, err, "r.csv:3: \"", "at the end of the file")
		for encoding, want := range map[string]string{"windows-1252": title, "utf-8": string(encode(t, charmap.Windows1252, title))} {
			m, err := Read(strings.NewReader(text), "r.csv", Options{Encoding: encoding})
			require.NoError(t, err, title)
			assert.Equal(t, want, m.Rows[1].Title)
		}
		m, err := readString(t, "r.csv", text+"B\xfcro,3\n")
		assert.Nil(t, m, title)
		require.ErrorContains(t, err, `as windows-1252 is `+quote(other), "windows-1252 after all, but what came before was not read so")
		m, err = readString(t, "r.csv", text+"Büro,3\n")
		require.NoError(t, err, "UTF-8 after all")
		assert.Len(t, m.Rows, 3)
	}
	_, err := readString(t, "r.yaml", "- title: Sales\n- title: ANDR\xc9\x92S OFFICE\n")
	assert.ErrorContains(t, err, `r.yaml:2: "ANDRÉ’S" as windows-1252 is "ANDRɒS" as UTF-8`)
	for encoding, want := range map[string]string{"windows-1252": "ANDRÉ’S OFFICE", "utf-8": "ANDRɒS OFFICE"} {
		m, err := Read(strings.NewReader("- title: ANDR\xc9\x92S OFFICE\n"), "r.yaml", Options{Encoding: encoding})
		require.NoError(t, err)
		assert.Equal(t, []string{want}, titles(m))
	}
	_, err = readString(t, "r.csv", "title\rSales\rANDR\xc9\x92S OFFICE\r")
	assert.ErrorContains(t, err, `r.csv:3: "ANDRÉ’S" as windows-1252`)
}

func TestHonestUTF8IsReadWithoutAQuestion(t *testing.T) {
	for _, title := range []string{
		"Café", "MÜNCHEN", "ș", "Țară", "IAȘI", "Brașov", "Doğan", "İZMİR", "Łódź", "KĄPIEL", "KLAIPĖDA", "ROKIŠKĖ", "Są", "Dąb", "RĪGA", "Gəncə", "Mən", "Şəhər", "Москва", "ДА", "и", "Қазақстан", "Αθήνα", "TGFβ", "TNFα",
		"北京", "שלום", "مرحبا", "و", "Երևան", "ܫܠܡܐ", "Hawaiʻi", "ʻEWA", "Thư", "Wǒ", "Mu\u0308nchen", "MU\u0308NCHEN", "CAFE\u0301", "PERCHE\u0300", "“MENÜ”", "CAFÉ™", "50 €", "20 °C", "Œuvre", "ŒUVRE", "© 2026", "LE CAFÉ®", "ANDRÉ’S",
		"BŐR", "IDŐ", "TŰZ", "ANKETŲ", "Twi kɔkɔɔ",
	} {
		m, err := readString(t, "r.csv", "title\nSales\n"+title+"\n")
		if assert.NoError(t, err, title) {
			assert.Equal(t, title, m.Rows[1].Title)
			assert.Empty(t, m.Warnings)
		}
	}
	m, err := readString(t, "r.csv", "\ufefftitle\nANDRɒS\n")
	require.NoError(t, err, "a byte-order mark says so")
	assert.Equal(t, []string{"ANDRɒS"}, titles(m))
}
