package results

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// timeLayout is RFC 3339 with milliseconds, the precision of Webex's own times.
const timeLayout = "2006-01-02T15:04:05.000Z"

// appendTime appends what t.AppendFormat does with timeLayout, in less than half the time:
// it knows RFC 3339 by heart, but without its fraction, or without zeros at its end.
func appendTime(b []byte, t time.Time) []byte {
	t = t.UTC()
	b = bytes.TrimSuffix(t.AppendFormat(b, time.RFC3339), []byte{'Z'})
	ms := t.Nanosecond() / int(time.Millisecond)
	return append(b, '.', '0'+byte(ms/100), '0'+byte(ms/10%10), '0'+byte(ms%10), 'Z')
}

const (
	// eastmost is how far a clock on the wall may be ahead of UTC. A time that was
	// rewritten has lost its zone, and some programs change it to their own first.
	eastmost = 14 * time.Hour
	// rounding is how much later a time may be shown than it was: LibreOffice shows
	// 23:59:59.950 as 00:00:00 of the next day.
	rounding = time.Second
	// firstYear is before any results file was written.
	firstYear = 2020
)

// shownTime is what can be known of a time that another program may have
// rewritten. Its zero value is nothing.
type shownTime struct {
	earliest time.Time // as it stands there; the earlier, where day and month can be confused
	exact    bool      // it is as we wrote it
	doubtful bool      // day and month can be confused
}

// bound is no later than the time that was written.
func (s shownTime) bound() time.Time {
	if s.exact || s.earliest.IsZero() {
		return s.earliest
	}
	return s.earliest.Add(-eastmost - rounding)
}

// likely is the time that was written, zero where that is a guess.
func (s shownTime) likely() time.Time {
	if s.doubtful {
		return time.Time{}
	}
	return s.earliest
}

// shortMinutes matches our own form after a program took the colon for the delimiter:
// the minutes were a cell of digits then, and lost their first zero.
var shortMinutes = regexp.MustCompile(`^(\d{4}-\d\d-\d\dT\d\d:)(\d:\d\d(?:\.\d+)?Z)$`)

// readTime reads our own form, and what spreadsheet programs make of it: a date
// in any usual order, with a time of day or without one, or a number of days. A
// cell that is nothing of that, such as the name of a month, tells nothing.
func readTime(cell string) shownTime {
	t, err := time.Parse(time.RFC3339, cell)
	if err != nil {
		t, err = time.Parse(time.RFC3339, shortMinutes.ReplaceAllString(cell, "${1}0$2"))
	}
	if err == nil {
		return shownTime{earliest: t.UTC(), exact: true}
	}
	if t, ok := serialTime(cell); ok {
		return shownTime{earliest: t}
	}
	date, clock, _ := strings.Cut(strings.Replace(cell, "T", " ", 1), " ")
	sinceMidnight, ok := readClock(strings.TrimSpace(clock))
	if !ok {
		return shownTime{}
	}
	var s shownTime
	for _, day := range possibleDays(strings.TrimSuffix(date, ",")) {
		t := day.Add(sinceMidnight)
		switch {
		case s.earliest.IsZero():
			s.earliest = t
		case !t.Equal(s.earliest):
			s.doubtful = true
			if t.Before(s.earliest) {
				s.earliest = t
			}
		}
	}
	return s
}

// clockLayouts are the times of day that spreadsheet programs show.
var clockLayouts = [...]string{"15:04:05", "15:04", "3:04:05 PM", "3:04 PM"}

// readClock reads a time of day; empty is midnight.
func readClock(text string) (time.Duration, bool) {
	if text == "" {
		return 0, true
	}
	for _, layout := range clockLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t.Sub(t.Truncate(24 * time.Hour)), true
		}
	}
	return 0, false
}

// possibleDays returns every day that a date may mean, by the orders that are in
// use: 2026-03-04, 04.03.26, 3/4/2026. Where points stand, the day comes first.
func possibleDays(date string) []time.Time {
	at := strings.IndexAny(date, "./-")
	if at < 0 {
		return nil
	}
	parts := strings.Split(date, date[at:at+1])
	if len(parts) != 3 {
		return nil
	}
	var n [3]int
	for i, part := range parts {
		var err error
		if n[i], err = strconv.Atoi(part); err != nil || len(part) > 4 {
			return nil
		}
	}
	var days []time.Time
	add := func(year, month, day int) {
		if year < 100 {
			year += 2000
		}
		t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
		if year >= firstYear && month >= 1 && t.Day() == day && int(t.Month()) == month {
			days = append(days, t)
		}
	}
	if len(parts[2]) < 4 {
		add(n[0], n[1], n[2])
	}
	if len(parts[0]) < 4 {
		add(n[2], n[1], n[0])
		if date[at] != '.' {
			add(n[2], n[0], n[1])
		}
	}
	return days
}

// serialTime reads a time as the number of days that spreadsheet programs keep:
// 46085.5006857639. With less than five decimals it was rounded by minutes.
func serialTime(cell string) (time.Time, bool) {
	cell = strings.Replace(cell, ",", ".", 1)
	_, decimals, _ := strings.Cut(cell, ".")
	days, err := strconv.ParseFloat(cell, 64)
	if err != nil || len(decimals) < 5 || days < 1 || days > 100_000 {
		return time.Time{}, false
	}
	t := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).Add(time.Duration(days * float64(24*time.Hour))).Round(time.Millisecond)
	return t, t.Year() >= firstYear
}
