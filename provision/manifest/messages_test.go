package manifest

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// faultExamples has, for each fault, a manifest that shows it and what is said.
// A name that ends in .yaml makes it YAML.
var faultExamples = map[fault]faultExample{
	faultEmpty: {
		"r.csv", "",
		`r.csv: the file is empty; write a header and a line for each room, or start from "roomlift template"`,
	},
	faultNoRooms: {"r.csv", "title\n,\n", `r.csv: there are no rooms in it; add at least one room`},
	faultNoRefusals: {
		"r.csv", "title,Roomlift: why it was refused,Roomlift: what to do\n",
		`r.csv: no row was refused when this file was written, so there is nothing in it to apply; no action is needed; go on with the whole manifest`,
	},
	faultStillTorn: {
		"r.csv", "title,key,Roomlift: why it was refused,Roomlift: not whole\nSales,,,delete me\n",
		`r.csv:2: "delete me" says that the row may not be whole; compare the row's cells with the original, correct them, then delete this cell`,
	},
	warnApostrophes: {
		"r.csv", "title\n'=1\n'-2\n'n Roses\n",
		`r.csv: "'=1" starts with an apostrophe before the sign of a formula, as 2 cells do; it is read as it stands; no action is needed if it is meant; if the table was a file of refused rows, and its column "Roomlift: why it was refused" was deleted, delete the apostrophe, too`,
	},
	faultForeignFile: {
		"r.csv", "PK\x03\x04 and so on",
		`r.csv: this is a ZIP file, as Excel and LibreOffice workbooks are; name it .xlsx if it is an Excel workbook, or else save it as "CSV UTF-8"`,
	},
	faultNUL: {
		"r.csv", "title\nA\nB\x00\n",
		`r.csv:3: there is a NUL byte, so this is not a text file; if a program shows it as a table, save it there as "CSV UTF-8" and try again; what follows was not checked`,
	},
	faultTooLarge: {
		"r.yaml", strings.Repeat("- title: A long title that fills the file up to the limit\n", maxYAML/58+1),
		`r.yaml: the file holds more than 16 MiB, the most that is read of this format; split it, or use CSV, which may be of any size`,
	},
	faultTooManyFaults: {
		"r.csv", "title,isLocked\n" + strings.Repeat(",maybe\n", maxFaults/2+1),
		`r.csv:50002: there are more than 100000 faults, so the rest of the file was not checked; correct those above first; the same mistake probably stands in every row`,
	},
	faultUTF16NoMark: {
		"r.csv", "t\x00i\x00t\x00l\x00e\x00\n\x00A\x00",
		`r.csv: this looks like UTF-16 without a byte-order mark; save it as "CSV UTF-8", or give --encoding utf-16le`,
	},
	faultMisreadMark: {
		"r.csv", "\ufeffï»¿title\nSales\n",
		`r.csv:1: "ï»¿" starts the table: a program took the byte-order mark of UTF-8 for letters, and probably did the same to the letters below; open the file from which this one was made and save it as "CSV UTF-8"; if there is none, write the letters that look wrong again and delete these`,
	},
	faultEncodingDoubt: {
		"r.csv", "title\nSales\n\xce\xf2\xe4\xe5\xeb\n",
		`r.csv:3: "Îòäåë" is neither UTF-8 nor surely windows-1252, so the letters of the text cannot be told; save it as "CSV UTF-8", or name what it is with --encoding: utf-8, windows-1252, windows-1250, windows-1251, macintosh, cp850 or utf-16le`,
	},
	faultEitherEncoding: {
		"r.csv", "title\nSales\nANDR\xc9\x92S OFFICE\n",
		`r.csv:3: "ANDRÉ’S" as windows-1252 is "ANDRɒS" as UTF-8, and nothing in the text tells which of them it is; save it as "CSV UTF-8", or say what it is with --encoding windows-1252 or --encoding utf-8`,
	},
	faultDelimiterDoubt: {
		"r.csv", "title,key;description\nA,1;B\n",
		`r.csv:1: the header does not tell whether cells are divided by commas, semicolons, tabs or bars; name the delimiter with --delimiter, or correct the header`,
	},
	faultDividedOtherwise: {
		"r.csv", "Rooms\ntitle;teamId,Note;key\nA;;7\n",
		`r.csv:2: "teamId,Note" is a cell of the header where a semicolon divides the cells, but a comma in it seems to divide some, too; name the delimiter with --delimiter, or correct the header; if a program put the header into one cell, open the original with the delimiter that it has (in Excel Data, From Text/CSV)`,
	},
	warnWindows1252: {
		"r.csv", "title\nB\xfcro Z\xfcrich\n",
		`r.csv: "Büro" is no UTF-8; the text was read as windows-1252; if letters look wrong, save it as "CSV UTF-8" or name what it is with --encoding`,
	},
	warnAboveHeader: {
		"r.csv", ",Rooms to create,\n\ntitle,key,\nA,1,\n",
		`r.csv:1: "Rooms to create" stands above the header and is ignored; no action is needed if it is a heading; otherwise move it below the header`,
	},
	faultLostLetters: {
		"r.csv", "title\nM?nchen\n",
		`r.csv:2: title "M?nchen" has question marks where letters should be: a program saved the text in an encoding that lacks them; write the letters again and save it as "CSV UTF-8"; Excel's plain "CSV" loses letters; if the text is meant so, say so with --encoding utf-8`,
	},
	faultSideways: {
		"r.csv", "title,Sales,HR\nisLocked,true,false\nOwner,Ada,Bob\ndescription,one,two\n",
		`r.csv:2: "isLocked" is a title and the name of a column: the table seems to lie on its side; write the names of the columns into the first row, and each room into a row of its own (in Excel Copy, Paste Special, Transpose)`,
	},
	faultSplitQuotation: {
		"r.csv", "title,description,key\n'Offers, orders','x'\n",
		`r.csv:2: "'Offers, orders'" is one text in several cells: only straight double quotes keep a text with the delimiter together; put it into straight double quotes, or none and no delimiter in it`,
	},
	faultQuotedCell: {
		"r.csv", "'title','key'\n'Sales',1\n",
		`r.csv:2: title "'Sales'" stands in quotation marks, as the header does: those of a CSV file are straight double quotes; put straight double quotes around it, or none`,
	},
	faultTotal: {
		"r.csv", "title,key\nSales,a\nHR,b\nTotal: 2,\n",
		`r.csv:4: title "Total: 2" stands in the last row like the total of the table, and is no room; delete the row; if a room is to be called so, give it a key that is no number, or move its row up`,
	},
	warnBelow: {
		"r.csv", "title,key\nSales,a\nHR,b\n,\nAsk Ada first,\n",
		`r.csv:5: "Ask Ada first" stands with a title alone below a blank row at the end of the table (such rows: 1), and becomes a room; no action is needed if rooms are meant; otherwise delete the rows`,
	},
	faultDrawnLine: {
		"r.csv", "|title|key|\n|:---|---|\n|Sales|1|\n",
		`r.csv:2: title ":---" is a line of a table in text, and no room; delete the row`,
	},
	faultHTMLEntity: {
		"r.csv", "title\nR&amp;D\n",
		`r.csv:2: title "R&amp;D" has &amp; in it, as web pages write a sign or a letter; write the sign itself; if the text is meant so, say so with --encoding utf-8`,
	},
	warnUnnamedFirst: {
		"r.csv", ",title,key\n0,Sales,a\n1,HR,b\n",
		`r.csv: values in the first column, which has no header, are ignored: lines 2, 3; no action is needed if they number the rows; otherwise name the column`,
	},
	warnComment: {
		"r.csv", "title,key\n# HR,1\n#general,2\n",
		`r.csv:2: "# HR" starts a row like a comment (such rows: 1); CSV has no comments, so it is read like any other; no action is needed if it is meant; otherwise delete the row`,
	},
	faultNothing: {
		"r.csv", "title,description\nNULL,None\n",
		`r.csv:2: title "NULL" is what stands for nothing; leave the cell empty, or write what it shall say; a row without a title is no room`,
	},
	warnIdleRows: {
		"r.csv", "title,Done\nSales,TRUE\n,FALSE\n,FALSE\n",
		`r.csv:3: rows with values only in columns without a meaning are left out: 2, this the first; no action is needed if they are no rooms; otherwise write their titles`,
	},
	faultTornInTwo: {
		"r.csv", "title,isLocked,key\nA,,\nSales,tr\nue,7\nB,,\n",
		`r.csv:3: the row has 2 of the 3 cells that the header has, and with its neighbour it makes one: they look like a line that was torn in two; join the two lines, with quotes around a cell that holds a line break; or add the missing delimiters`,
	},
	warnShortRows: {
		"r.csv", "title,isLocked,key\nA,,\nSales\nHR\nB,\n",
		`r.csv: rows end before the last column, and what they lack is read as empty: lines 3, 4, 5; no action is needed if a program left out empty cells at the end of a row; otherwise add the missing cells`,
	},
	faultExampleTitle: {
		"r.csv", "title,description\nEXAMPLE: Sales Berlin (this row is ignored),mine\n",
		`r.csv:2: title "EXAMPLE: Sales Berlin (this row is ignored)" is the title of the template's example row, other cells of which were changed; write the room's own title, or delete the row`,
	},
	faultExampleID: {
		"r.csv", "title,teamId\nSales,Y2lzY29zcGFyazovL3VzL1RFQU0vZXhhbXBsZQ\n",
		`r.csv:2: teamId "Y2lzY29zcGFyazovL3VzL1RFQU0vZXhhbXBsZQ" is the id in the template's example row, and no real one; write the real id, or leave the cell empty`,
	},
	faultMisreadUTF8: {
		"r.csv", "\ufefftitle\nMÃ¼nchen\n",
		`r.csv:2: title "MÃ¼nchen" has signs in it like those of UTF-8 that a program opened as windows-1252; write the letters again; in Excel open a CSV file with Data, From Text/CSV, and choose UTF-8`,
	},
	faultLostDigits: {
		"r.csv", "title,key\nSales,1.23457E+14\n",
		`r.csv:2: key "1.23457E+14" is a long number that a spreadsheet program shortened, so its last digits are lost; format the column as text, write the whole number again, and save`,
	},
	faultKeptZeros: {
		"r.csv", "title,key\nSales,\"=\"\"0012\"\"\"\n",
		`r.csv:2: key "=\"0012\"" is the formula with which programs keep Excel from changing "0012"; write the value alone; a workbook (.xlsx) keeps it if its column is formatted as text`,
	},
	faultLineSeparator: {
		"r.csv", "title\nSales\u2028Berlin\n",
		`r.csv:2: title "Sales\u2028Berlin" has the line separator U+2028 in it, which does not show; delete the character, or write a space; pasted text often brings it along`,
	},
	warnLookalike: {
		"r.csv", "title\nSales Berlin\nSales\u00a0Berlin\n",
		`r.csv:3: "Sales\u00a0Berlin" looks like the title in r.csv:2, and differs only in spaces, in signs that do not show, or in how accents are stored; delete one of the two rows, or give each a key if both rooms are wanted`,
	},
	faultHeaderAgain: {
		"r.csv", "title,description\nSales,one\ntitle,description\n",
		`r.csv:3: title "title" is the name of a column: the row is a header again, and no room; delete the row; if another table starts here, move it to a file or sheet of its own`,
	},
	faultSepContradicts: {
		"r.csv", "sep=;\ntitle,description\nA,b\n",
		`r.csv:1: ";" divides the cells as the first line says, but the header has it nowhere; correct or delete the line "sep=", or name the delimiter with --delimiter`,
	},
	faultMisspeltHeader: {
		"r.csv", "title,isLockd\nA,true\n",
		`r.csv:1: "isLockd" is not a column; did you mean "isLocked"?; correct the header, or rename the column if it is something else`,
	},
	faultRepeatedHeader: {
		"r.csv", "title,teamId,Team ID\nA,,\n",
		`r.csv:1: "Team ID" means the column teamId, which the header "teamId" already is; remove or rename one of the two columns`,
	},
	faultNoTitleColumn: {
		"r.csv", "\n\nname of it,teamId\nA,\n",
		`r.csv:3: the header has no title column; name the columns in the first row; title is required`,
	},
	faultUndividedHeader: {
		"r.csv", "\"title,key\"\n\"Sales,\"\"7\"\"\"\n",
		`r.csv:1: "title,key" is the whole header in one cell: a program that divides cells by another sign than a comma took each line for one cell; open the original in that program with a comma as the delimiter (in Excel Data, From Text/CSV), or divide the cells there (Data, Text to Columns); if --delimiter was given, correct it`,
	},
	faultUndivided: {
		"r.csv", "title,description,isLocked\nA,,\n\"B,\"\"Offers, orders\"\",true\"\n",
		`r.csv:3: "B,\"Offers, orders\",true" is all that stands in a row of 3 cells, and a comma is in it: a program that divides cells by another sign probably took the line for one cell; open the original in that program with the delimiter that it has (in Excel Data, From Text/CSV), or divide the cells here as the header does; if all of it is one text, put quotes around it and add the delimiters that are missing behind it`,
	},
	faultTooManyColumns: {
		"r.csv", "title" + strings.Repeat(",x", maxColumns) + "\nA\n",
		`r.csv:1: the header has 16385 columns, more than the 16384 that are read; delete the columns that are not needed, or check that this is a table of rooms`,
	},
	warnUnknownColumns: {
		"r.csv", "title,notes,\"cost\ncentre\"\nA,,\n",
		`r.csv:1: columns without a meaning here are ignored: "notes", "cost\ncentre"; no action is needed; the columns with a meaning are title, teamId, classificationId, isLocked, isPublic, description, isAnnouncementOnly, key`,
	},
	faultTooManyCells: {
		"r.csv", "title,isLocked\nSales, Berlin, true\n",
		`r.csv:2: "true" is too much: the row has 3 cells, but the header has 2; put quotes around a cell that holds the delimiter, and remove what is too much`,
	},
	faultTooFewCells: {
		"r.csv", "title,isLocked\nSales",
		`r.csv:2: the row has 1 of the 2 cells that the header has; add the missing delimiters, or join a line that was torn in two`,
	},
	faultUnnamedColumn: {
		"r.csv", "title,,isLocked\nSales, Berlin,true\n",
		`r.csv:2: "Berlin" stands in column 2, which has no header; name the column, or put quotes around a cell that holds the delimiter`,
	},
	faultBareQuote: {
		"r.csv", "title\nthe \"A\" team\n",
		`r.csv:2: a cell that does not start with a quote has one in it; put quotes around the whole cell, with no space or = before them, and double those inside it: "the ""A"" team"`,
	},
	faultUnclosedQuote: {
		"r.csv", "title,description\n\"two\nlines\",\"never\nclosed\nA,\n",
		`r.csv:3: the quote that opens here is never closed; close it with a quote at the end of the cell, or remove it; what follows was not checked`,
	},
	faultStrayQuote: {
		"r.csv", "title,description\n\"A\nB,\n\"C\",\n",
		`r.csv:2: the quoted cell goes on after its closing quote in line 4; double the quotes inside a quoted cell, or close the quote that the row opens: "the ""A"" team"`,
	},
	faultLongLine: {
		"r.csv", "title\nA\n" + strings.Repeat("x", 2*maxRecord),
		`r.csv:3: the line is longer than 1 MiB; check for a missing line break or a file of another kind; no room needs that much`,
	},
	faultNotUTF8: {
		"r.csv", "title\n\xc3\xbc B\xfcro\n",
		`r.csv:2: title "ü B\xfcro" is not valid UTF-8; save the file as "CSV UTF-8", or name its encoding with --encoding`,
	},
	faultUnreadLetters: {
		"r.csv", "title\nB\ufffdro\n",
		`r.csv:2: title "B�ro" has the sign U+FFFD, which stands for letters that a program could not read; write the letters again and save the file as "CSV UTF-8"; if you named the encoding, name another`,
	},
	faultErrorValue: {
		"r.csv", "title\n#N/A\n",
		`r.csv:2: title "#N/A" is the error of a formula that failed; correct the formula, or write the value itself`,
	},
	faultNarrowColumn: {
		"r.csv", "title,key\nSales,#######\n",
		`r.csv:2: key "#######" is what a spreadsheet program shows in a column that is too narrow; widen the column and save it again, or write the value itself`,
	},
	faultControlCharacter: {
		"r.csv", "title\n\"Sales\x1b[31m\"\n",
		`r.csv:2: title "Sales\x1b[31m" has the control character U+001B in it; delete the character; pasted text often brings it along`,
	},
	faultNotBoolean: {
		"r.csv", "title,isLocked\nA,maybe\n",
		`r.csv:2: isLocked "maybe" is neither true nor false; write true or false, or leave the cell empty`,
	},
	faultBlankTitle: {
		"r.csv", "title,key\n\u00a0,1\n",
		`r.csv:2: title is blank; give the room a title, or delete it`,
	},
	faultAnnouncementNeedsLock: {
		"r.csv", "title,isAnnouncementOnly\nA,true\n",
		`r.csv:2: isAnnouncementOnly needs isLocked to be true as well; set isLocked to true, or isAnnouncementOnly to false`,
	},
	faultPublicNeedsDescription: {
		"r.csv", "title,isPublic\nA,true\n",
		`r.csv:2: isPublic needs a description; describe the room, or set isPublic to false`,
	},
	faultRepeatedIdentity: {
		"r.csv", "title,key\nA,7\nB,\nC, 7\n",
		`r.csv:4: key "7" is the same key as in r.csv:2; delete one of the two rows, or give each a key of its own if both rooms are wanted`,
	},
	faultExampleKey: {
		"r.csv", "title,key\nSales,EXAMPLE\n",
		`r.csv:2: key "EXAMPLE" is the key of the template's example row; write a key of your own, or none`,
	},
	warnExample: {
		"r.csv", "title,key\nEXAMPLE: Sales Berlin (this row is ignored),EXAMPLE\nA,\n",
		`r.csv:2: "EXAMPLE: Sales Berlin (this row is ignored)" is the template's example row and is ignored; no action is needed; delete the row when you like`,
	},
	warnExtraCells: {
		"r.csv", "title,key\nA,1\nB,2,\n",
		`r.csv: rows have more cells than the header, all of the extra ones empty: lines 3; no action is needed, unless a comma in a text should stand in quotes there`,
	},
	faultYAMLNotUTF8: {
		"r.yaml", "- title: A\n- title: B\xfcro\n",
		`r.yaml:2: "- title: B\xfcro" is not valid UTF-8; save the file with the encoding UTF-8, or name its encoding with --encoding`,
	},
	faultYAMLSyntax: {
		"r.yaml", "- title: Sales: Berlin\n",
		`r.yaml:1:15: the YAML is broken: mapping values are not allowed in this context; correct the place; indent with spaces and put quotes around text that holds ": " or starts with a special character; nothing else was checked`,
	},
	faultYAMLDocuments: {
		"r.yaml", "- title: A\n---\n- title: B\n",
		`r.yaml:2:1: a second YAML document starts here; keep one document: remove the line "---" and join the lists`,
	},
	faultYAMLTop: {
		"r.yaml", "Sales\n",
		`r.yaml:1:1: the document is a single value; write a list of rooms, or a mapping with defaults and rooms`,
	},
	faultYAMLNoRooms: {
		"r.yaml", "defaults:\n  isLocked: true\n",
		`r.yaml:1:1: the mapping has no rooms; write the rooms as a list under "rooms:"`,
	},
	faultYAMLRooms: {
		"r.yaml", "rooms:\n  title: A\n",
		`r.yaml:2:3: rooms is a mapping, not a list; start each room under "rooms:" with a hyphen`,
	},
	faultYAMLDefaults: {
		"r.yaml", "defaults: true\nrooms:\n  - title: A\n",
		`r.yaml:1:11: defaults is a single value, not a mapping; write one "field: value" a line under "defaults:"`,
	},
	faultYAMLRoom: {
		"r.yaml", "- Sales\n",
		`r.yaml:1:3: the room is a single value, not a mapping; write it as fields: "- title: Sales Berlin"`,
	},
	faultYAMLUnknownField: {
		"r.yaml", "- title: A\n  members: [b]\n",
		`r.yaml:2:3: "members" is not a field; use one of title, teamId, classificationId, isLocked, isPublic, description, isAnnouncementOnly, key`,
	},
	faultYAMLMisspeltField: {
		"r.yaml", "- titel: A\n",
		`r.yaml:1:3: "titel" is not a field; did you mean "title"?; correct the name`,
	},
	faultYAMLRepeatedField: {
		"r.yaml", "- title: A\n  Title: B\n",
		`r.yaml:2:3: "Title" stands here again; it is already set in line 1; remove one of the two`,
	},
	faultYAMLDefaultOwn: {
		"r.yaml", "defaults: {key: 7}\nrooms:\n  - title: A\n",
		`r.yaml:1:17: key cannot have a default, because it is each room's own; move it into the rooms`,
	},
	faultYAMLValue: {
		"r.yaml", "- title: [A]\n",
		`r.yaml:1:10: title is a list, not a single value; write one value; put quotes around text that holds brackets, braces or ": "`,
	},
	faultYAMLAlias: {
		"r.yaml", "- &first {title: A}\n- *first\n",
		`r.yaml:2:3: "*first" is an alias for a mapping; write it out, or put what rooms share under "defaults:"`,
	},
	faultYAMLTag: {
		"r.yaml", "- title: !!binary QQ==\n",
		`r.yaml:1:10: title "QQ==" has the tag !!binary, which has no meaning here; remove the tag`,
	},
	faultYAMLMerge: {
		"r.yaml", "- title: A\n  <<: {isLocked: true}\n",
		`r.yaml:2:3: "<<" merges another mapping into this one, which is not supported; write the fields out, or put what rooms share under "defaults:"`,
	},
}

type faultExample struct{ name, input, want string }

// notByInput are the faults that no short manifest can show; each has a test of its own.
var notByInput = map[fault]string{
	faultNone:      "it is the absence of a fault",
	faultCollision: "TestACollisionOfRefsIsAFault",

	faultNoSuchSheet:  "TestSheetsAreChosenByNameOrTheFirstThatShows",
	warnHiddenSkipped: "TestHiddenRowsCanBeLeftOut",
}

func TestEveryMessageNamesAPlaceAndARemedy(t *testing.T) {
	examples := maps.Clone(faultExamples)
	maps.Copy(examples, workbookExamples(t))
	for f := fault(0); f < faultCount; f++ {
		if _, exempt := notByInput[f]; exempt {
			continue
		}
		example, ok := examples[f]
		if !assert.Truef(t, ok, "fault %d (%q) has no example", f, messageOf(f).reason) {
			continue
		}
		m, err := Read(strings.NewReader(example.input), example.name, Options{})
		var all []*Error
		var list ErrorList
		if errors.As(err, &list) {
			all = list
		}
		if m != nil {
			all = append(all, m.Warnings...)
		}
		var found *Error
		for _, e := range all {
			if e.fault == f {
				found = e
				break
			}
		}
		if assert.NotNilf(t, found, "fault %d is not reported: %v", f, err) {
			assert.Equal(t, example.want, found.Error())
			assert.NotEmpty(t, found.Remedy)
			assert.NotContains(t, found.Error(), "%!")
		}
	}
}

func TestACollisionOfRefsIsAFault(t *testing.T) {
	b := newBuilder("r.csv", "csv")
	b.hash = func(identity []byte) uint64 { return uint64(len(identity)) } // so that titles of one length collide
	b.add(&cells{Title: "A"}, &origin{line: 2})
	b.add(&cells{Title: "B"}, &origin{line: 3})
	m, err := b.finish()
	ref := (&Row{Title: "B"}).Ref()
	assert.Equal(t, []string{
		"r.csv:3: has by chance the same ref, " + ref + ", as the different row in r.csv:2; give this row a key, or another key",
	}, messages(t, err))
	require.Len(t, m.Rows, 2)
	assert.False(t, m.Rows[0].Invalid)
	assert.True(t, m.Rows[1].Invalid)
	assert.NotEqual(t, ref, m.Rows[1].Ref())
}
