package page

import (
	"fmt"
	"math"
	"time"

	"roomlift/ratelimit"
	"roomlift/report"
)

// axes turn times and rates into places.
type axes struct {
	from     time.Time
	width    time.Duration
	span     time.Duration
	top      float64 // of the vertical axis, in the unit
	per      float64 // seconds that the unit counts over
	unitName string
}

// unit chooses the vertical axis. The limit may lie far above what was reached;
// then it is out of the picture.
func (a *axes) unit(highest float64, limit *ratelimit.Learned) {
	a.per, a.unitName = 1, "second"
	for _, u := range []struct {
		per  float64
		name string
	}{{60, "minute"}, {3600, "hour"}, {86400, "day"}} {
		if highest*a.per >= 1 {
			break
		}
		a.per, a.unitName = u.per, u.name
	}
	top := highest
	if limit != nil && limit.Rate <= 2*highest && (limit.Quota > 0 || limit.Burst > 0) {
		top = max(top, limit.Rate)
	}
	a.top = nice(top * a.per)
}

// nice rounds up to a number whose quarters are easily read.
func nice(v float64) float64 {
	magnitude := math.Pow(10, math.Floor(math.Log10(v)))
	for _, step := range []float64{1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10} {
		if v <= step*magnitude*1.0001 {
			return step * magnitude
		}
	}
	return 10 * magnitude
}

func (a *axes) x(at time.Time) float64 {
	return chartWidth * min(max(at.Sub(a.from).Seconds()/a.span.Seconds(), 0), 1)
}

func (a *axes) height(perSecond float64) float64 {
	return chartHeight * perSecond * a.per / a.top
}

// clock writes a time as short as the axis allows.
func (a *axes) clock(at time.Time) string {
	switch {
	case a.span < 10*time.Minute:
		return at.UTC().Format("15:04:05")
	case a.span <= day:
		return at.UTC().Format("15:04")
	case a.span <= 5*day:
		return at.UTC().Format("2 Jan 15:04")
	}
	return at.UTC().Format("2 Jan 2006")
}

// divide says into how many parts the horizontal axis is divided, and how many bars
// it has for that: as few more as it takes to have the labels fall on what clock
// writes.
func divide(n int, width time.Duration) (bars, parts int) {
	least := width
	if time.Duration(n)*width >= 10*time.Minute && time.Minute%width == 0 {
		least = time.Minute
	}
	for _, p := range []int{4, 5, 3} {
		step := p * int(least/width)
		if padded := (n + step - 1) / step * step; parts == 0 || padded < bars {
			bars, parts = padded, p
		}
	}
	return bars, parts
}

// zone says what clock leaves out.
func (a *axes) zone() string {
	if a.span <= day {
		return a.from.UTC().Format("2 Jan 2006") + ", UTC"
	}
	return "UTC"
}

// describe says what a mark stands for.
func describe(p pause) string {
	return fmt.Sprintf("%s: %s refused, wait %s", p.from.UTC().Format("15:04:05"),
		report.Count(p.refused, "request", "requests"), report.Duration(p.until.Sub(p.from)))
}

// spoken writes one of widths.
func spoken(d time.Duration) string {
	switch {
	case d >= day:
		return report.Count(int(d/day), "day", "days")
	case d >= time.Hour:
		return report.Count(int(d/time.Hour), "hour", "hours")
	case d >= time.Minute:
		return report.Count(int(d/time.Minute), "minute", "minutes")
	}
	return report.Count(int(d/time.Second), "second", "seconds")
}

// number writes a value of the vertical axis.
func number(v float64) string {
	if v >= 1000 {
		return report.Number(int(math.Round(v)))
	}
	return fmt.Sprintf("%.3g", v)
}

func round(v float64) float64 { return math.Round(v*100) / 100 }
