' Opens a file as LibreOffice's dialogues would, does what people do to a sheet,
' and saves it. make.sh says with what.

Sub Work(source As String, opened As String, target As String, saved As String, options As String, task As String)
	On Error GoTo Failed
	Dim how(2) As New com.sun.star.beans.PropertyValue
	how(0).Name = "Hidden" : how(0).Value = True
	how(1).Name = "FilterName" : how(1).Value = "Text - txt - csv (StarCalc)"
	how(2).Name = "FilterOptions" : how(2).Value = opened
	document = StarDesktop.loadComponentFromURL(ConvertToURL(source), "_blank", 0, how())
	sheet = document.Sheets.getByIndex(0)
	cursor = sheet.createCursor()
	cursor.gotoEndOfUsedArea(False)
	lastRow = cursor.RangeAddress.EndRow
	lastColumn = cursor.RangeAddress.EndColumn
	For Each step_ In Split(task, " ")
		parts = Split(step_, ":")
		Select Case parts(0)
		Case "dates" : Dates(document, sheet, lastRow, Mid(step_, 7))
		Case "format" : NumbersAs(document, sheet, lastRow, parts(1))
		Case "sort" : SortBy(sheet, lastRow, lastColumn, CInt(parts(1)), parts(2) = "up")
		Case "backwards" : Backwards(sheet, lastRow, lastColumn)
		Case "notes" : Notes(sheet, lastRow, lastColumn)
		Case "hide" : sheet.Rows.getByIndex(3).IsVisible = False
		Case "filter" : FilterRows(sheet, lastRow, lastColumn)
		End Select
	Next
	Dim out(1) As New com.sun.star.beans.PropertyValue
	out(0).Name = "FilterName" : out(0).Value = saved
	out(1).Name = "FilterOptions" : out(1).Value = options
	document.storeToURL(ConvertToURL(target), out())
	document.close(True)
	Exit Sub
Failed:
	Open target & ".error" For Output As #1
	Print #1, Error & " (line " & Erl & ")"
	Close #1
	StarDesktop.terminate()
End Sub

' Dates takes T and Z out of the times, as Find & Replace does, which makes them
' dates, and formats them: _ in the format stands for a space, and none leaves it
' to LibreOffice.
Sub Dates(document, sheet, lastRow, code As String)
	Dim locale As New com.sun.star.lang.Locale
	locale.Language = "en" : locale.Country = "US"
	For row = 1 To lastRow
		For column = 13 To 14
			cell = sheet.getCellByPosition(column, row)
			text = cell.String
			If text <> "" Then
				cell.FormulaLocal = Replace(Replace(text, "T", " "), "Z", "")
				If code <> "" Then cell.NumberFormat = FormatOf(document.NumberFormats, Replace(code, "_", " "), locale)
			End If
		Next
	Next
End Sub

' NumbersAs formats the column of attempts: two decimals, or a truth value.
Sub NumbersAs(document, sheet, lastRow, code As String)
	Dim locale As New com.sun.star.lang.Locale
	locale.Language = "de" : locale.Country = "DE"
	formats = document.NumberFormats
	If code = "decimals" Then key = FormatOf(formats, "0,00", locale) Else key = FormatOf(formats, "BOOLEAN", locale)
	sheet.getCellRangeByPosition(7, 1, 7, lastRow).NumberFormat = key
End Sub

Function FormatOf(formats, code As String, locale)
	FormatOf = formats.queryKey(code, locale, False)
	If FormatOf = -1 Then FormatOf = formats.addNew(code, locale)
End Function

Sub SortBy(sheet, lastRow, lastColumn, column As Integer, ascending As Boolean)
	Dim fields(0) As New com.sun.star.table.TableSortField
	fields(0).Field = column
	fields(0).IsAscending = ascending
	Dim how(1) As New com.sun.star.beans.PropertyValue
	how(0).Name = "SortFields" : how(0).Value = fields()
	how(1).Name = "ContainsHeader" : how(1).Value = True
	sheet.getCellRangeByPosition(0, 0, lastColumn, lastRow).sort(how())
End Sub

' Backwards puts the last column first, and so on.
Sub Backwards(sheet, lastRow, lastColumn)
	For column = 0 To lastColumn
		from = sheet.getCellRangeByPosition(column, 0, column, lastRow)
		sheet.copyRange(sheet.getCellByPosition(2 * lastColumn + 1 - column, 0).CellAddress, from.RangeAddress)
	Next
	sheet.Columns.removeByIndex(0, lastColumn + 1)
End Sub

' Notes adds a column of notes, one of them of two lines, and a word beside it
' that has no header.
Sub Notes(sheet, lastRow, lastColumn)
	sheet.getCellByPosition(lastColumn + 1, 0).String = "Owner, notes"
	sheet.getCellByPosition(lastColumn + 1, 2).String = "Ask Jürgen;" & Chr(10) & "then ""tell"" Zoë"
	sheet.getCellByPosition(lastColumn + 2, 4).String = "done"
End Sub

' FilterRows shows the created rooms alone.
Sub FilterRows(sheet, lastRow, lastColumn)
	Dim fields(0) As New com.sun.star.sheet.TableFilterField
	range_ = sheet.getCellRangeByPosition(0, 0, lastColumn, lastRow)
	filter = range_.createFilterDescriptor(True)
	fields(0).Field = 5
	fields(0).Operator = com.sun.star.sheet.FilterOperator.EQUAL
	fields(0).StringValue = "created"
	filter.setFilterFields(fields())
	filter.ContainsHeader = True
	range_.filter(filter)
End Sub
