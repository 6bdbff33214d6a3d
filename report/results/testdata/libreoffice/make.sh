#!/usr/bin/env bash
# Makes the files beside this script anew, from original.csv and journal.csv, with
# the LibreOffice that is installed. See README.md.
set -euo pipefail
cd "$(dirname "$0")"
here=$PWD
office=${SOFFICE:-soffice}
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT

run() { timeout 60 "$office" "-env:UserInstallation=file://$profile" --headless "$@" >/dev/null 2>&1; }

# The first start makes the profile; then the macro goes into it.
run --convert-to pdf --outdir "$profile" original.csv
{
	echo '<?xml version="1.0" encoding="UTF-8"?>'
	echo '<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1" script:language="StarBasic">'
	sed -e 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g; s/"/\&quot;/g' Macro.bas
	echo '</script:module>'
} >"$profile/user/basic/Standard/Module1.xba"

# Tokens: delimiter, text delimiter, encoding (76 UTF-8, 1 windows-1252,
# 12 ISO-8859-1, 65535 UTF-16), first line, columns, language (1033 en-US,
# 1031 de-DE, 1036 fr-FR), then
#   on opening: quoted cells are text, special numbers are detected;
#   on saving:  all texts are quoted, cells are saved as shown.
plain=44,34,76,1,,1033,false,false
english=44,34,76,1,,1033,false,true
german=44,34,76,1,,1031,false,true
french=44,34,76,1,,1036,false,true
text=44,34,76,1,1/2/2/2/3/2/4/2/5/2/6/2/7/2/8/2/9/2/10/2/11/2/12/2/13/2/14/2/15/2,1033,false,false
csv="Text - txt - csv (StarCalc)"
comma=44,34,76,1,,0,false,true

# work SOURCE OPENED TARGET SAVED OPTIONS [TASK]
work() {
	[[ $3 == *"$only"* ]] || return 0
	rm -f "$3"
	run "macro:///Standard.Module1.Work(\"$here/$1\",\"$2\",\"$here/$3\",\"$4\",\"$5\",\"${6:-}\")"
	[[ -s $3 ]] || { echo "$3 was not made: $(cat "$3.error")" >&2; exit 1; }
}

# Only those whose names hold $1, if it is given.
only=${1:-}

work original.csv "$plain" comma.csv "$csv" "$comma"
work original.csv "$plain" semicolon.csv "$csv" 59,34,76,1,,0,false,true
work original.csv "$plain" tab.csv "$csv" 9,34,76,1,,0,false,true
work original.csv "$plain" bar.csv "$csv" 124,34,76,1,,0,false,true
work original.csv "$plain" colon.csv "$csv" 58,34,76,1,,0,false,true
work original.csv "$plain" space.csv "$csv" 32,34,76,1,,0,false,true
work original.csv "$plain" windows-1252.csv "$csv" 59,34,1,1,,0,false,true
work original.csv "$plain" iso-8859-1.csv "$csv" 44,34,12,1,,0,false,true
work original.csv "$plain" utf-16.csv "$csv" 9,34,65535,1,,0,false,true
work original.csv "$text" all-text.csv "$csv" "$comma"
work original.csv "$plain" quoted.csv "$csv" 44,34,76,1,,0,true,true
work original.csv "$english" not-as-shown.csv "$csv" 44,34,76,1,,0,false,false
work original.csv "$english" english.csv "$csv" "$comma"
work original.csv "$german" german.csv "$csv" 59,34,76,1,,0,false,true
work original.csv "$french" french.csv "$csv" 59,34,76,1,,0,false,true
work original.csv "$english" dates-chosen.csv "$csv" "$comma" dates:
work original.csv "$english" dates-american.csv "$csv" "$comma" dates:MM/DD/YY_HH:MM_AM/PM
work original.csv "$english" dates-american-seconds.csv "$csv" "$comma" dates:MM/DD/YYYY_HH:MM:SS
work original.csv "$english" dates-british.csv "$csv" "$comma" dates:DD/MM/YY_HH:MM
work original.csv "$german" dates-german.csv "$csv" 59,34,1,1,,0,false,true dates:DD.MM.YY_HH:MM
work original.csv "$german" dates-german-seconds.csv "$csv" 59,34,76,1,,0,false,true dates:DD.MM.YYYY_HH:MM:SS
work original.csv "$french" dates-french.csv "$csv" 59,34,76,1,,0,false,true dates:DD/MM/YYYY_HH:MM
work original.csv "$english" dates-japanese.csv "$csv" "$comma" dates:YYYY/MM/DD_HH:MM
work original.csv "$german" dates-as-numbers.csv "$csv" 59,34,76,1,,0,false,true dates:General
work original.csv "$english" dates-not-as-shown.csv "$csv" 44,34,76,1,,0,false,false dates:MM/DD/YY_HH:MM_AM/PM
work original.csv "$english" dates-as-months.csv "$csv" "$comma" dates:MMMM
work original.csv "$english" times-of-day.csv "$csv" "$comma" dates:HH:MM
work original.csv "$plain" sorted.csv "$csv" "$comma" sort:5:down
work original.csv "$plain" columns-moved.csv "$csv" 59,34,76,1,,0,false,true backwards
work original.csv "$plain" notes.csv "$csv" "$comma" notes
work original.csv "$plain" hidden-row.csv "$csv" "$comma" hide
work original.csv "$plain" filtered.csv "$csv" "$comma" filter
work journal.csv "$plain" journal-sorted-up.csv "$csv" "$comma" sort:5:up
work journal.csv "$plain" journal-sorted-down.csv "$csv" "$comma" sort:5:down
work journal.csv "$german" journal-decimals.csv "$csv" 59,34,76,1,,0,false,true "dates:DD.MM.YY_HH:MM format:decimals sort:5:down"
work journal.csv "$german" journal-truths.csv "$csv" 59,34,76,1,,0,false,true "dates:HH:MM format:truths sort:5:up"
work original.csv "$plain" saved-as.xlsx "Calc MS Excel 2007 XML" ""
work original.csv "$plain" saved-as.ods "calc8" ""
work original.csv "$plain" saved-as.html "HTML (StarCalc)" ""
