package manifest

import (
	"fmt"
	"strings"
)

// fault is one thing that can be wrong with a manifest.
type fault uint8

// message is what people are told about a fault. Both texts are formats that
// take the same arguments; one that leaves an argument out refers to the others
// by index.
type message struct{ reason, remedy string }

// The faults. Each has its words in messages, and nowhere else.
const (
	faultNone fault = iota

	// Of the file as a whole.
	faultEmpty
	faultNoRooms
	faultNoRefusals
	faultForeignFile
	faultNUL
	faultUTF16NoMark
	faultMisreadMark
	faultEncodingDoubt
	faultEitherEncoding
	faultDelimiterDoubt
	faultDividedOtherwise
	warnWindows1252
	faultTooLarge
	faultTooManyFaults

	// Of the header.
	faultMisspeltHeader
	faultRepeatedHeader
	faultNoTitleColumn
	faultTooManyColumns
	faultHeaderAgain
	faultSideways
	faultSepContradicts
	warnUnknownColumns
	warnAboveHeader
	faultUndividedHeader

	// Of a record.
	faultTooManyCells
	faultTooFewCells
	faultUnnamedColumn
	faultStillTorn
	warnExtraCells
	warnUnnamedFirst
	warnComment
	warnShortRows
	faultTornInTwo
	faultUndivided
	faultSplitQuotation
	faultBareQuote
	faultUnclosedQuote
	faultStrayQuote
	faultLongLine

	// Of a cell.
	faultNotUTF8
	faultUnreadLetters
	faultLostLetters
	faultErrorValue
	faultRichValue
	faultDateWithoutFormat
	faultNarrowColumn
	warnApostrophes
	faultMisreadUTF8
	faultHTMLEntity
	faultQuotedCell
	faultDrawnLine
	faultNothing
	faultLostDigits
	faultKeptZeros
	faultControlCharacter
	faultLineSeparator
	faultNotBoolean
	warnLostLetters
	warnLookalike

	// Of a row.
	faultBlankTitle
	faultAnnouncementNeedsLock
	faultPublicNeedsDescription
	faultRepeatedIdentity
	faultCollision
	faultExampleKey
	faultExampleTitle
	faultExampleID
	warnExample
	faultTotal
	warnBelow

	// Of YAML.
	faultYAMLNotUTF8
	faultYAMLSyntax
	faultYAMLDocuments
	faultYAMLTop
	faultYAMLNoRooms
	faultYAMLRooms
	faultYAMLDefaults
	faultYAMLRoom
	faultYAMLUnknownField
	faultYAMLMisspeltField
	faultYAMLRepeatedField
	faultYAMLDefaultOwn
	faultYAMLValue
	faultYAMLAlias
	faultYAMLTag
	faultYAMLMerge

	// Of a workbook.
	faultBrokenWorkbook
	faultZipBomb
	faultNoSuchSheet
	faultEmptySheet
	faultEmptySheetOfSeveral
	faultNoTitleOnSheet
	faultUnanswered
	faultUnansweredHeader
	faultNotOfItsKind
	faultUnknownFormat
	faultSystemDate
	faultSystemNumber
	faultSystemBoolean
	faultEmptyReference
	faultHiddenByFormat
	faultMerged
	warnHidden
	warnHiddenSkipped
	warnHiddenColumns
	warnHiddenSheet
	warnTotals
	warnUnnamedCells
	warnIdleRows
	warnStruck

	faultCount
)

func messageOf(f fault) message {
	return [faultCount]message{
		faultEmpty:            {"the file is empty", "write a header and a line for each room, or start from \"roomlift template\""},
		faultNoRooms:          {"there are no rooms in it", "add at least one room"},
		faultNoRefusals:       {"no row was refused when this file was written, so there is nothing in it to apply", "no action is needed; go on with the whole manifest"},
		faultForeignFile:      {"this is %[1]s", "%[2]s"},
		faultNUL:              {"there is a NUL byte, so this is not a text file", "if a program shows it as a table, save it there as \"CSV UTF-8\" and try again; what follows was not checked"},
		faultUTF16NoMark:      {"this looks like UTF-16 without a byte-order mark", "save it as \"CSV UTF-8\", or give --encoding %s"},
		faultMisreadMark:      {"starts the table: a program took the byte-order mark of UTF-8 for letters, and probably did the same to the letters below", "open the file from which this one was made and save it as \"CSV UTF-8\"; if there is none, write the letters that look wrong again and delete these"},
		faultEncodingDoubt:    {"is neither UTF-8 nor surely windows-1252, so the letters of the text cannot be told", "save it as \"CSV UTF-8\", or name what it is with --encoding: %s"},
		faultEitherEncoding:   {"as windows-1252 is %s as UTF-8, and nothing in the text tells which of them it is", "save it as \"CSV UTF-8\", or say what it is with --encoding windows-1252 or --encoding utf-8"},
		faultDelimiterDoubt:   {"the header does not tell whether cells are divided by commas, semicolons, tabs or bars", "name the delimiter with --delimiter, or correct the header"},
		faultDividedOtherwise: {"is a cell of the header where %[1]s divides the cells, but %[2]s in it seems to divide some, too", "name the delimiter with --delimiter, or correct the header; if a program put the header into one cell, open the original with the delimiter that it has (in Excel Data, From Text/CSV)"},
		warnWindows1252:       {"is no UTF-8; the text was read as windows-1252", "if letters look wrong, save it as \"CSV UTF-8\" or name what it is with --encoding"},
		faultTooLarge:         {"the file holds more than %s, the most that is read of this format", "split it, or use CSV, which may be of any size"},
		faultTooManyFaults:    {"there are more than %d faults, so the rest of the file was not checked", "correct those above first; the same mistake probably stands in every row"},

		faultMisspeltHeader:  {"is not a column; did you mean %q?", "correct the header, or rename the column if it is something else"},
		faultRepeatedHeader:  {"means the column %s, which the header %q already is", "remove or rename one of the two columns"},
		faultNoTitleColumn:   {"the header has no title column", "name the columns in the first row; title is required"},
		faultTooManyColumns:  {"the header has %d columns, more than the %d that are read", "delete the columns that are not needed, or check that this is a table of rooms"},
		warnAboveHeader:      {"stands above the header and is ignored", "no action is needed if it is a heading; otherwise move it below the header"},
		faultUndividedHeader: {"is the whole header in one cell: a program that divides cells by another sign than %[1]s took each line for one cell", "open the original in that program with %[1]s as the delimiter (in Excel Data, From Text/CSV), or divide the cells there (Data, Text to Columns); if --delimiter was given, correct it"},
		faultHeaderAgain:     {"is the name of a column: the row is a header again, and no room", "delete the row; if another table starts here, move it to a file or sheet of its own"},
		faultSideways:        {"is a title and the name of a column: the table seems to lie on its side", "write the names of the columns into the first row, and each room into a row of its own (in Excel Copy, Paste Special, Transpose)"},
		faultSepContradicts:  {"divides the cells as the first line says, but the header has it nowhere", "correct or delete the line \"sep=\", or name the delimiter with --delimiter"},
		warnUnknownColumns:   {"columns without a meaning here are ignored: %[1]s", "no action is needed; the columns with a meaning are %[2]s"},

		faultTooManyCells:   {"is too much: the row has %d cells, but the header has %d", "put quotes around a cell that holds the delimiter, and remove what is too much"},
		faultTooFewCells:    {"the row has %d of the %d cells that the header has", "add the missing delimiters, or join a line that was torn in two"},
		warnShortRows:       {"rows end before the last column, and what they lack is read as empty: lines %s", "no action is needed if a program left out empty cells at the end of a row; otherwise add the missing cells"},
		faultTornInTwo:      {"the row has %d of the %d cells that the header has, and with its neighbour it makes one: they look like a line that was torn in two", "join the two lines, with quotes around a cell that holds a line break; or add the missing delimiters"},
		faultUndivided:      {"is all that stands in a row of %[1]d cells, and %[2]s is in it: a program that divides cells by another sign probably took the line for one cell", "open the original in that program with the delimiter that it has (in Excel Data, From Text/CSV), or divide the cells here as the header does; if all of it is one text, put quotes around it and add the delimiters that are missing behind it"},
		faultSplitQuotation: {"is one text in several cells: only straight double quotes keep a text with the delimiter together", "put it into straight double quotes, or none and no delimiter in it"},
		warnUnnamedFirst:    {"values in the first column, which has no header, are ignored: lines %s", "no action is needed if they number the rows; otherwise name the column"},
		warnComment:         {"starts a row like a comment (such rows: %d); CSV has no comments, so it is read like any other", "no action is needed if it is meant; otherwise delete the row"},
		warnExtraCells:      {"rows have more cells than the header, all of the extra ones empty: lines %s", "no action is needed, unless a comma in a text should stand in quotes there"},
		faultUnnamedColumn:  {"stands in column %d, which has no header", "name the column, or put quotes around a cell that holds the delimiter"},
		faultStillTorn:      {"says that the row may not be whole", "compare the row's cells with the original, correct them, then delete this cell"},
		faultBareQuote:      {"a cell that does not start with a quote has one in it", "put quotes around the whole cell, with no space or = before them, and double those inside it: \"the \"\"A\"\" team\""},
		faultUnclosedQuote:  {"the quote that opens here is never closed", "close it with a quote at the end of the cell, or remove it; what follows was not checked"},
		faultStrayQuote:     {"the quoted cell goes on after its closing quote in line %d", "double the quotes inside a quoted cell, or close the quote that the row opens: \"the \"\"A\"\" team\""},
		faultLongLine:       {"the line is longer than %s", "check for a missing line break or a file of another kind; no room needs that much"},

		faultNotUTF8:           {"is not valid UTF-8", "save the file as \"CSV UTF-8\", or name its encoding with --encoding"},
		faultLostLetters:       {"has question marks where letters should be: a program saved the text in an encoding that lacks them", "write the letters again and save it as \"CSV UTF-8\"; Excel's plain \"CSV\" loses letters; if the text is meant so, say so with --encoding utf-8"},
		faultUnreadLetters:     {"has the sign U+FFFD, which stands for letters that a program could not read", "write the letters again and save the file as \"CSV UTF-8\"; if you named the encoding, name another"},
		faultNarrowColumn:      {"is what a spreadsheet program shows in a column that is too narrow", "widen the column and save it again, or write the value itself"},
		faultErrorValue:        {"is the error of a formula that failed", "correct the formula, or write the value itself"},
		faultRichValue:         {"is what the file holds in place of what newer versions of Excel show: a picture in the cell, a data type, or an error such as #SPILL!", "write the value itself"},
		faultDateWithoutFormat: {"is a date in a cell without a format, where programs show it as the number %s", "format the cell as text and write what it shall say, or choose a fixed format, such as yyyy-mm-dd"},
		warnApostrophes:        {"starts with an apostrophe before the sign of a formula, as %d cells do; it is read as it stands", "no action is needed if it is meant; if the table was a file of refused rows, and its column \"Roomlift: why it was refused\" was deleted, delete the apostrophe, too"},
		warnLostLetters:        {"has question marks where letters may have been (such cells: %d); a program may have lost them before", "no action is needed if they are meant; otherwise write the letters again"},
		warnLookalike:          {"looks like the title in %s, and differs only in spaces, in signs that do not show, or in how accents are stored", "delete one of the two rows, or give each a key if both rooms are wanted"},
		faultMisreadUTF8:       {"has signs in it like those of UTF-8 that a program opened as windows-1252", "write the letters again; in Excel open a CSV file with Data, From Text/CSV, and choose UTF-8"},
		faultHTMLEntity:        {"has %s in it, as web pages write a sign or a letter", "write the sign itself; if the text is meant so, say so with --encoding utf-8"},
		faultQuotedCell:        {"stands in quotation marks, as the header does: those of a CSV file are straight double quotes", "put straight double quotes around it, or none"},
		faultNothing:           {"is what stands for nothing", "leave the cell empty, or write what it shall say; a row without a title is no room"},
		faultDrawnLine:         {"is a line of a table in text, and no room", "delete the row"},
		faultLostDigits:        {"is a long number that a spreadsheet program shortened, so its last digits are lost", "format the column as text, write the whole number again, and save"},
		faultKeptZeros:         {"is the formula with which programs keep Excel from changing %q", "write the value alone; a workbook (.xlsx) keeps it if its column is formatted as text"},
		faultLineSeparator:     {"has the line separator %U in it, which does not show", "delete the character, or write a space; pasted text often brings it along"},
		faultControlCharacter:  {"has the control character %U in it", "delete the character; pasted text often brings it along"},
		faultNotBoolean:        {"is neither true nor false", "write true or false, or leave the cell empty"},

		faultBlankTitle:             {"is blank", "give the room a title, or delete it"},
		faultAnnouncementNeedsLock:  {"needs isLocked to be true as well", "set isLocked to true, or isAnnouncementOnly to false"},
		faultPublicNeedsDescription: {"needs a description", "describe the room, or set isPublic to false"},
		faultRepeatedIdentity:       {"is the same %s as in %s", "delete one of the two rows, or give each a key of its own if both rooms are wanted"},
		faultExampleTitle:           {"is the title of the template's example row, other cells of which were changed", "write the room's own title, or delete the row"},
		faultExampleID:              {"is the id in the template's example row, and no real one", "write the real id, or leave the cell empty"},
		faultExampleKey:             {"is the key of the template's example row", "write a key of your own, or none"},
		faultTotal:                  {"stands in the last row like the total of the table, and is no room", "delete the row; if a room is to be called so, give it a key that is no number, or move its row up"},
		warnBelow:                   {"stands with a title alone below a blank row at the end of the table (such rows: %d), and becomes a room", "no action is needed if rooms are meant; otherwise delete the rows"},
		warnExample:                 {"is the template's example row and is ignored", "no action is needed; delete the row when you like"},
		faultCollision:              {"has by chance the same ref, %s, as the different row in %s", "give this row a key, or another key"},

		faultYAMLNotUTF8:       {"is not valid UTF-8", "save the file with the encoding UTF-8, or name its encoding with --encoding"},
		faultYAMLSyntax:        {"the YAML is broken: %s", "correct the place; indent with spaces and put quotes around text that holds \": \" or starts with a special character; nothing else was checked"},
		faultYAMLDocuments:     {"a second YAML document starts here", "keep one document: remove the line \"---\" and join the lists"},
		faultYAMLTop:           {"the document is %s", "write a list of rooms, or a mapping with defaults and rooms"},
		faultYAMLNoRooms:       {"the mapping has no rooms", "write the rooms as a list under \"rooms:\""},
		faultYAMLRooms:         {"rooms is %s, not a list", "start each room under \"rooms:\" with a hyphen"},
		faultYAMLDefaults:      {"defaults is %s, not a mapping", "write one \"field: value\" a line under \"defaults:\""},
		faultYAMLRoom:          {"the room is %s, not a mapping", "write it as fields: \"- title: Sales Berlin\""},
		faultYAMLUnknownField:  {"is not a field", "use one of %s"},
		faultYAMLMisspeltField: {"is not a field; did you mean %q?", "correct the name"},
		faultYAMLRepeatedField: {"stands here again; it is already set in line %d", "remove one of the two"},
		faultYAMLDefaultOwn:    {"cannot have a default, because it is each room's own", "move it into the rooms"},
		faultYAMLValue:         {"is %s, not a single value", "write one value; put quotes around text that holds brackets, braces or \": \""},
		faultYAMLAlias:         {"is an alias for %s", "write it out, or put what rooms share under \"defaults:\""},
		faultYAMLTag:           {"has the tag %s, which has no meaning here", "remove the tag"},
		faultYAMLMerge:         {"merges another mapping into this one, which is not supported", "write the fields out, or put what rooms share under \"defaults:\""},

		faultBrokenWorkbook:      {"the workbook is broken: %s", "open it in the program that wrote it, save it again as .xlsx, and try again"},
		faultZipBomb:             {"the workbook of %s unpacks to %s, more than is read", "copy the table of rooms alone into a new workbook"},
		faultNoSuchSheet:         {"is not a sheet of the workbook; it has %s", "name one of these with --sheet"},
		faultEmptySheet:          {"the sheet is empty", "write a header and a row for each room, or name another sheet with --sheet"},
		faultEmptySheetOfSeveral: {"the sheet is empty; the workbook also has %s", "name the sheet with the rooms with --sheet"},
		faultNoTitleOnSheet:      {"the sheet has no title column; the workbook also has %s", "name the sheet with the rooms with --sheet, or name the columns in the first row"},
		faultUnanswered:          {"is a formula whose result the file does not hold", "open the file in Excel or LibreOffice and save it, or write the value itself"},
		faultUnansweredHeader:    {"the header is a formula whose result the file does not hold", "open the file in Excel or LibreOffice and save it, or write the header itself"},
		faultNotOfItsKind:        {"is no value that a cell of its kind can hold", "write the value again in Excel or LibreOffice and save the file"},
		faultUnknownFormat:       {"is a number whose format, %s, shows something that cannot be told here", "format the cell as text and write what it shall say"},
		faultSystemDate:          {"is a day or a time whose format, %s, looks different from computer to computer", "format the cell as text and write what it shall say, or choose a fixed format, such as yyyy-mm-dd"},
		faultSystemNumber:        {"is a number that shows as %s on computers of another language", "format the cell as text and write what it shall say"},
		faultSystemBoolean:       {"is true or false, for which each computer shows a word of its own language", "format the cell as text and write what it shall say"},
		faultEmptyReference:      {"is the result of a formula, as it is when it refers to an empty cell", "delete the formulas of rows without a room; if the room is meant to be called so, write the value itself"},
		faultHiddenByFormat:      {"is in the cell, but its format, %s, shows nothing of it", "delete the value, or format the cell as text and write what it shall say"},
		warnUnnamedCells:         {"cells in columns without a header are ignored: %s", "no action is needed if they are notes; otherwise name the column"},
		warnStruck:               {"has a line through it (such titles: %d), and is read like any other", "no action is needed if the rooms are meant; otherwise delete the rows"},
		warnIdleRows:             {"rows with values only in columns without a meaning are left out: %d, this the first", "no action is needed if they are no rooms; otherwise write their titles"},
		faultMerged:              {"these cells are merged, so all but the first are empty", "unmerge them and write the value into each row"},
		warnHidden:               {"the sheet hides or filters away %d of the rows, which are read all the same", "if they are not meant, leave them out with --skip-hidden"},
		warnHiddenSkipped:        {"the sheet hides or filters away %d of the rows, which are left out", "show them in the sheet, or leave --skip-hidden away, if they are meant"},
		warnHiddenColumns:        {"the sheet hides columns that are read all the same: %s", "no action is needed if their values are right; otherwise show the columns and correct them"},
		warnHiddenSheet:          {"this is the first sheet that shows; hidden ones before it are passed over: %s", "if one of those is meant, name it with --sheet"},
		warnTotals:               {"the row with the totals of the table is left out", "no action is needed; if it is a room, switch the total row of the table off"},
	}[f]
}

// newError fills in the words of a fault.
func newError(f fault, pos Position, args ...any) *Error {
	m := messageOf(f)
	return &Error{fault: f, Pos: pos, Reason: fill(m.reason, args), Remedy: fill(m.remedy, args)}
}

func fill(format string, args []any) string {
	if !strings.Contains(format, "%") {
		return format
	}
	return fmt.Sprintf(format, args...)
}
