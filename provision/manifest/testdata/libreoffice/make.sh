#!/usr/bin/env bash
# Makes the files ../corpus/libreoffice-* anew from those beside it, with the
# LibreOffice that is installed. See README.md.
set -euo pipefail
cd "$(dirname "$0")"
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT

# save NAME FORMAT [SOURCE]: FORMAT is an extension, a filter and its options.
save() {
	local source=${3:-rooms.fods}
	timeout 60 "${SOFFICE:-soffice}" "-env:UserInstallation=file://$profile" --headless \
		--convert-to "$2" --outdir "$profile" "$source" >/dev/null 2>&1
	mv "$profile/${source%.*}.${2%%:*}" "../corpus/libreoffice-$1"
}

save numbers.xlsx "xlsx:Calc MS Excel 2007 XML" numbers.fods
csv="csv:Text - txt - csv (StarCalc)"
save typed.xlsx "xlsx:Calc MS Excel 2007 XML"
save comma.csv "$csv:44,34,76,1,,0,false,true"
save german-ansi.csv "$csv:59,34,1,1,,0,false,true"
save utf16-tabs.csv "$csv:9,34,65535,1,,0,false,true"
save saved-as.ods.csv "ods:calc8"
for source in shown spoilt notes; do
	save "$source.xlsx" "xlsx:Calc MS Excel 2007 XML" "$source.xlsx"
done
save dates.csv "$csv:44,34,76,1,,0,false,true" dates.xlsx
mv ../corpus/libreoffice-dates.csv dates.csv # it is no manifest
save notes.xls "xls:MS Excel 97" notes.xlsx
