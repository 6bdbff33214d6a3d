package manifest

import "strings"

// showDigits shows a plain number that is not negative in the digit places of the section.
func (s *formatSection) showDigits(number string, between digitSigns) string {
	point, last := s.digitPlaces()
	grouped, scale, percent := s.scaling(point, last)
	if !grouped {
		between.thousands = 0
	}
	places, decimals := 0, 0
	for i, t := range s.tokens {
		switch {
		case t.kind != digitPlace:
		case i < point:
			places++
		default:
			decimals++
		}
	}
	whole, fraction := roundDecimal(shiftDecimal(number, 2*percent-3*scale), decimals)

	var b strings.Builder
	atPlace, atDecimal := 0, 0
	for i, t := range s.tokens {
		switch t.kind {
		case literalText, percentSign:
			b.WriteString(t.text)
		case decimalPoint:
			if i == point {
				b.WriteByte(between.decimal)
			}
		case digitPlace:
			if i < point {
				writeWhole(&b, whole, places-atPlace, atPlace == 0, t.text[0], between.thousands)
				atPlace++
				continue
			}
			writeDecimal(&b, fraction, atDecimal, t.text[0])
			atDecimal++
		}
	}
	if places == 0 && whole != "" {
		return whole + b.String() // a format such as .00 shows them all the same
	}
	return b.String()
}

// digitPlaces returns the indexes of the decimal point, or of the end if there is
// none, and of the last digit before it; -1 if there are no digits at all.
func (s *formatSection) digitPlaces() (point, last int) {
	point, last = len(s.tokens), -1
	digits := false
	for i, t := range s.tokens {
		if t.kind == decimalPoint && point == len(s.tokens) {
			point = i
		}
		if t.kind == digitPlace {
			digits = true
			if i < point {
				last = i
			}
		}
	}
	if digits && last < 0 {
		last = 0
	}
	return point, last
}

// scaling says whether thousands are grouped, by how many thousands the number is
// divided (commas behind its digits), and how often it is multiplied by a hundred.
func (s *formatSection) scaling(point, last int) (grouped bool, scale, percent int) {
	seen := false
	for i, t := range s.tokens {
		switch t.kind {
		case digitPlace:
			seen = true
		case percentSign:
			percent++
		case thousandsComma:
			switch {
			case i < last && seen:
				grouped = true
			case i < point || !s.digitsAfter(i):
				scale++
			}
		}
	}
	return grouped, scale, percent
}

func (s *formatSection) digitsAfter(i int) bool {
	for _, t := range s.tokens[i:] {
		if t.kind == digitPlace {
			return true
		}
	}
	return false
}

// literals returns the fixed text of a section, and the code of what is not fixed.
func (s *formatSection) literals() string {
	var b strings.Builder
	for _, t := range s.tokens {
		b.WriteString(t.text)
	}
	return b.String()
}

// writeWhole writes the digit of a place before the decimal point; right is its
// place from the right, from 1. The first place takes all digits that are left.
// thousands stands between groups of digits, unless it is 0.
func writeWhole(b *strings.Builder, whole string, right int, first bool, place, thousands byte) {
	to := len(whole) - right + 1
	from := to - 1
	if first {
		from = 0
	}
	if to <= 0 {
		switch place {
		case '0':
			b.WriteByte('0')
			writeGroup(b, right, thousands)
		case '?':
			b.WriteByte(' ')
		}
		return
	}
	for i := from; i < to; i++ {
		b.WriteByte(whole[i])
		writeGroup(b, len(whole)-i, thousands)
	}
}

func writeGroup(b *strings.Builder, right int, thousands byte) {
	if thousands != 0 && right > 1 && right%3 == 1 {
		b.WriteByte(thousands)
	}
}

func writeDecimal(b *strings.Builder, fraction string, at int, place byte) {
	switch {
	case place == '0' || strings.Trim(fraction[at:], "0") != "":
		b.WriteByte(fraction[at])
	case place == '?':
		b.WriteByte(' ')
	}
}

// shiftDecimal moves the decimal point of a plain number to the right.
func shiftDecimal(number string, by int) string {
	whole, fraction, _ := strings.Cut(number, ".")
	for ; by > 0; by-- {
		if fraction == "" {
			fraction = "0"
		}
		whole, fraction = whole+fraction[:1], fraction[1:]
	}
	for ; by < 0; by++ {
		if whole == "" {
			whole = "0"
		}
		whole, fraction = whole[:len(whole)-1], whole[len(whole)-1:]+fraction
	}
	return strings.TrimLeft(whole, "0") + "." + fraction
}

// roundDecimal rounds a plain number half up, as people do, and returns its digits
// before the decimal point, none for zero, and so many behind it.
func roundDecimal(number string, decimals int) (whole, fraction string) {
	whole, fraction, _ = strings.Cut(number, ".")
	up := len(fraction) > decimals && fraction[decimals] >= '5'
	fraction = (fraction + strings.Repeat("0", decimals))[:decimals]
	if up {
		digits := []byte("0" + whole + fraction)
		i := len(digits) - 1
		for ; digits[i] == '9'; i-- {
			digits[i] = '0'
		}
		digits[i]++
		whole, fraction = string(digits[:len(digits)-decimals]), string(digits[len(digits)-decimals:])
	}
	return strings.TrimLeft(whole, "0"), fraction
}
