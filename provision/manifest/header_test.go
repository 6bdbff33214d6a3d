package manifest

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
)

func TestHeadersMatchWithoutRegardToCaseSpacesAndHyphens(t *testing.T) {
	b := newBuilder("r.csv", "csv")
	for header, want := range map[string]string{
		"title": "title", "TITLE": "title", " Title\u00a0": "title",
		"teamId": "teamId", "Team ID": "teamId", "team_id": "teamId", "TEAM-ID": "teamId",
		"is announcement only": "isAnnouncementOnly", "Classification_Id": "classificationId",
	} {
		column := b.matchColumn(header)
		if assert.NotNil(t, column, header) {
			assert.Equal(t, want, column.Name, header)
		}
	}
	for _, header := range []string{"", " ", "_", "titles of rooms", "name_of_team"} {
		assert.Nil(t, b.matchColumn(header), header)
	}
}

func TestMisspeltHeadersFindTheirColumn(t *testing.T) {
	for header, want := range map[string]string{
		"isLockd": "isLocked", "titel": "title", "titles": "title", "tittle": "title", "itle": "title",
		"Teamid2": "teamId", "taemId": "teamId", "is-pubic": "isPublic", "kye": "key", "keys": "key",
		"descripton": "description", "desciptoin": "description", "team": "teamId", "classification": "classificationId", "Modrated": "isLocked", "isAnouncmentOnly": "isAnnouncementOnly",
		"clasificationID": "classificationId",
	} {
		column, _ := closestColumn(Columns(), header)
		if assert.NotNil(t, column, header) {
			assert.Equal(t, want, column.Name, header)
		}
	}
	for _, header := range []string{"", "x", "id", "tier", "tile set", "monkey", "notes", "city", "email", "team lead", "Moderator", "date", "place"} {
		column, _ := closestColumn(Columns(), header)
		if column != nil {
			assert.Failf(t, "matched", "%q is taken for %s", header, column.Name)
		}
	}
}

func TestEditDistanceCountsSlips(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"", "abc", 3},
		{"abc", "abc", 0},
		{"abc", "acb", 1},
		{"abc", "ab", 1},
		{"abc", "xabc", 1},
		{"abc", "adc", 1},
		{"ca", "abc", 3},
		{"über", "uber", 1},
	} {
		assert.Equal(t, test.want, editDistance([]rune(test.a), []rune(test.b)), "%s → %s", test.a, test.b)
		assert.Equal(t, test.want, editDistance([]rune(test.b), []rune(test.a)), "%s → %s", test.b, test.a)
	}
}

func TestTheColumnTableIsWhole(t *testing.T) {
	var c cells
	var r Row
	tags := reflect.TypeFor[cells]()
	columns := Columns()
	require.Len(t, columns, tags.NumField())
	for i := range columns {
		column := &columns[i]
		assert.NotEmpty(t, column.Doc, column.Name)
		assert.NotEmpty(t, column.Example, column.Name)
		*column.cell(&c) = column.Name
		if column.Type == Boolean {
			*column.flag(&r) = True
		} else {
			*column.text(&r) = column.Name
		}
		field, ok := tags.FieldByNameFunc(func(name string) bool {
			f, _ := tags.FieldByName(name)
			return f.Tag.Get("csv") == column.Name
		})
		if assert.True(t, ok, column.Name) {
			assert.Equal(t, column.Name, reflect.ValueOf(c).FieldByIndex(field.Index).String(), "tag and cell disagree")
		}
	}
	assert.Equal(t, Row{
		Title: "title", TeamID: "teamId", ClassificationID: "classificationId", Description: "description", Key: "key",
		IsLocked: True, IsPublic: True, IsAnnouncementOnly: True,
	}, r)
	names := 0
	for i := range columns {
		names += 1 + len(columns[i].Aliases)
	}
	assert.Len(t, columnsByName(columns), names, "two columns share a name or alias")
}

func TestAHeaderThatCannotBeToldIsAFault(t *testing.T) {
	const sheet = `<row r="1"><c t="str"><v>Rooms of 2026</v></c></row><row r="3"><c t="str"><v>title</v></c>%s</row><row r="4"><c t="str"><v>Sales</v></c><c t="b"><v>1</v></c></row>`
	for cell, want := range map[string]string{
		`<c><f>Names!B1</f></c>`:                   `rooms.xlsx: Rooms!B3: the header is a formula whose result the file does not hold; open the file in Excel or LibreOffice and save it, or write the header itself`,
		`<c t="e"><f>Names!B1</f><v>#REF!</v></c>`: `rooms.xlsx: Rooms!B3: "#REF!" is the error of a formula that failed; correct the formula, or write the value itself`,
		`<c t="e"><f>Names!B1</f><v>#NEW!</v></c>`: `rooms.xlsx: Rooms!B3: "#NEW!" is the error of a formula that failed; correct the formula, or write the value itself`,
	} {
		m, err := readXLSXBytes(rawWorkbook(t, sheetOf(fmt.Sprintf(sheet, cell+`<c t="str"><v>key</v></c>`), "")), Options{})
		assert.Nil(t, m)
		assert.Equal(t, []string{want}, messages(t, err))
	}
	_, err := readXLSXBytes(rawWorkbook(t, sheetOf(fmt.Sprintf(sheet, `<c t="e" vm="2"><v>#VALUE!</v></c>`), "")), Options{})
	require.ErrorContains(t, err, `Rooms!B3: "#VALUE!" is what the file holds in place of what newer versions of Excel show`)
	_, err = readXLSXBytes(rawWorkbook(t, sheetOf(`<row r="1"><c t="str"><v>title</v></c><c><f>A2</f></c></row>`, "")), Options{})
	assert.ErrorContains(t, err, "Rooms!B1: the header is a formula")
	m, err := readXLSXBytes(rawWorkbook(t, sheetOf(`<row r="1"><c t="e"><v>#REF!</v></c></row><row r="2"><c t="str"><v>title</v></c><c t="str"><v>key</v></c></row><row r="3"><c t="str"><v>Sales</v></c></row>`, "")), Options{})
	require.NoError(t, err, "a heading matters to nobody")
	assert.Equal(t, []string{"Sales"}, titles(m))
	m, err = readString(t, "r.csv", "title,#REF!,key\nSales,true,1\n")
	assert.Nil(t, m)
	assert.Equal(t, []string{`r.csv:1: "#REF!" is the error of a formula that failed; correct the formula, or write the value itself`}, messages(t, err))
}

func TestAHeaderInAnotherOrderIsNoRoom(t *testing.T) {
	_, err := readString(t, "r.csv", "title,description,key\nSales,,1\nKey,Room description,Space name\nHR,,2\n")
	require.Equal(t, []string{
		`r.csv:3: title "Key" is the name of a column: the row is a header again, and no room; delete the row; if another table starts here, move it to a file or sheet of its own`,
	}, messages(t, err))
	m, err := readString(t, "r.csv", "title,description,key\nKey,,\nPublic,Description,\nModeration,x,Name\n")
	require.NoError(t, err)
	assert.Equal(t, []string{"Key", "Public", "Moderation"}, titles(m))
}

func TestAnExplanationBehindANameIsNoOtherColumn(t *testing.T) {
	_, err := readString(t, "r.csv", "Title (required),isLocked [true/false],Name (owner),key: ticket\nSales,true,Ada,1\n")
	assert.Equal(t, []string{
		`r.csv:1: "Title (required)" is not a column; did you mean "title"?; correct the header, or rename the column if it is something else`,
		`r.csv:1: "isLocked [true/false]" is not a column; did you mean "isLocked"?; correct the header, or rename the column if it is something else`,
		`r.csv:1: "key: ticket" is not a column; did you mean "key"?; correct the header, or rename the column if it is something else`,
	}, messages(t, err))
	m, err := readString(t, "r.csv", "title,Title (EN)\nVertrieb,Sales\n")
	require.NoError(t, err)
	assert.Equal(t, []string{"Vertrieb"}, titles(m))
}

func TestTheSecondRowOfAHeaderIsNotLeftOut(t *testing.T) {
	rows := []string{"title,Settings,", ",isLocked,isPublic", "Sales,true,"}
	book := workbook(t, func(f *excelize.File) {
		for i, row := range rows {
			cells := strings.Split(row, ",")
			require.NoError(t, f.SetSheetRow("Sheet1", cellName(1, i+1), &cells))
		}
	})
	for name, data := range map[string]string{"r.csv": strings.Join(rows, "\n"), "r.xlsx": string(book)} {
		_, err := readString(t, name, data)
		assert.Error(t, err, name)
	}
}
