package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Count writes a number with thousands separated, and the noun in its number.
func Count(n int, singular, plural string) string {
	noun := plural
	if n == 1 {
		noun = singular
	}
	return Number(n) + " " + noun
}

// Number writes a number with thousands separated.
func Number(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// Duration writes a span as people say it: "3 min 14 s", "2 h 5 min", "8 s",
// "0.4 s".
func Duration(d time.Duration) string {
	tenths, seconds, minutes := d.Round(100*time.Millisecond), d.Round(time.Second), d.Round(time.Minute)
	switch {
	case d < 0:
		return "0 s"
	case tenths < 10*time.Second:
		return strconv.FormatFloat(tenths.Seconds(), 'f', -1, 64) + " s"
	case seconds < time.Minute:
		return fmt.Sprintf("%d s", int(seconds.Seconds()))
	case seconds < time.Hour:
		return fmt.Sprintf("%d min %d s", int(seconds.Minutes()), int(seconds.Seconds())%60)
	}
	return fmt.Sprintf("%d h %d min", int(minutes.Hours()), int(minutes.Minutes())%60)
}

// clock writes a time by this machine's clock, with the day where it is not today's.
func clock(t, now time.Time) string {
	t, now = t.Local(), now.Local()
	if t.YearDay() == now.YearDay() && t.Year() == now.Year() {
		return t.Format(time.TimeOnly)
	}
	return t.Format("2 Jan " + time.TimeOnly)
}

// Rate writes requests or rooms a second; below one a second it counts by the
// minute.
func Rate(perSecond float64) string {
	if perSecond < 1 {
		return fmt.Sprintf("%.1f/min", perSecond*60)
	}
	if perSecond < 100 {
		return fmt.Sprintf("%.1f/s", perSecond)
	}
	return Number(int(perSecond)) + "/s"
}

// Printable makes text from a manifest or a server harmless to a terminal: what
// could move the cursor, change colours or turn the line around is written as
// an escape.
func Printable(text string) string {
	var b strings.Builder
	for _, r := range text {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' {
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}
