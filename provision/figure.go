package provision

import (
	"regexp"
	"strings"
)

// grouped is a whole number with a sign between its thousands.
var grouped = regexp.MustCompile(`^-?[1-9]\d{0,2}(?:[.,'\x{2019} \x{a0}\x{202f}]\d{3})+$`)

const currencies = "$€£"

// figureIn reads what a spreadsheet program takes for a number although it is
// written otherwise: 77.000, (5), 8-, $5. The currency is "" where there is none.
func figureIn(text string) (number, currency string, ok bool) {
	bare := strings.TrimSpace(text)
	if i := strings.IndexAny(bare, currencies); i >= 0 {
		sign := []rune(bare[i:])[0]
		currency = string(sign)
		bare = strings.TrimSpace(strings.Replace(bare, currency, "", 1))
	}
	if within, open := strings.CutPrefix(bare, "("); open && strings.HasSuffix(within, ")") {
		bare = "-" + strings.TrimSuffix(within, ")")
	} else if positive, negative := strings.CutSuffix(bare, "-"); negative {
		bare = "-" + positive
	}
	if grouped.MatchString(bare) {
		bare = strings.Map(func(r rune) rune {
			if r == '-' || r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, bare)
	}
	number, ok = numberIn(bare)
	return number, currency, ok
}

// sameFigure reports whether shown may be the number that a program takes text for:
// it keeps the currency, or leaves it out.
func sameFigure(text, shown string) bool {
	a, currency, ok := figureIn(text)
	b, shownCurrency, too := figureIn(shown)
	return ok && too && a == b && (shownCurrency == currency || shownCurrency == "")
}
