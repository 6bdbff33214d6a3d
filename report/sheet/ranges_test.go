package sheet

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWhatIsPrintedTakesTheAddedColumnsIn(t *testing.T) {
	name := func(name, sheet, text string) string {
		return fmt.Sprintf(`<workbook><definedNames><definedName name="%s" localSheetId="%s">%s</definedName></definedNames></workbook>`, name, sheet, text)
	}
	const printed, filter = "_xlnm.Print_Area", "_xlnm._FilterDatabase"
	for text, want := range map[string]string{
		`Rooms!$A$1:$C$9`:                       `Rooms!$A$1:$J$9`,
		`&apos;Rooms (2)&apos;!$A$3:$C$9`:       `&apos;Rooms (2)&apos;!$A$3:$J$9`,
		`Rooms!$A$1:$C$9,Rooms!$E$2:$F$9`:       `Rooms!$A$1:$C$9,Rooms!$E$2:$J$9`,
		`Rooms!$A$1:$C$9,Rooms!$E$12:$F$19`:     `Rooms!$A$1:$J$9,Rooms!$E$12:$F$19`,
		`Rooms!$A:$F`:                           `Rooms!$A:$J`,
		`Rooms!$A$1:$K$9`:                       `Rooms!$A$1:$K$9`,
		`Rooms!$A$4:$C$9`:                       `Rooms!$A$4:$C$9`, // below the header
		`OFFSET(Rooms!$A$1:$C$9,0,0,COUNT(A1))`: `OFFSET(Rooms!$A$1:$C$9,0,0,COUNT(A1))`,
		`#REF!`:                                 `#REF!`,
		``:                                      ``,
	} {
		got, err := stretchNames([]byte(name(printed, "2", text)), 2, 3, 10)
		require.NoError(t, err)
		assert.Equal(t, name(printed, "2", want), string(got))
	}
	for _, other := range []string{name(printed, "1", `Rooms!$A$1:$C$9`), name("Rooms", "2", `Rooms!$A$1:$C$9`), name(filter, "2", `Rooms!$A$1:$C$9`)} {
		got, err := stretchNames([]byte(other), 2, 3, 10)
		require.NoError(t, err)
		assert.Equal(t, other, string(got), "of another sheet, a name of the person's own, a filter of another table")
	}
}
