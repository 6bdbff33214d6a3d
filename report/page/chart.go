package page

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"roomlift/report"
)

// chart is rooms over time, in the units of a drawing that is stretched to the
// page's width: its words stand beside it as text, which keeps its size, and its
// colours are classes of the style sheet, which knows dark mode and paper. (A
// library's SVG puts colours into style attributes, which the page's policy
// forbids, and words into the drawing, where a phone makes them too small.)
type chart struct {
	Width, Height float64
	Bars          []bar
	Grid          []float64 // heights of the lines across
	Line          string    // points of the rate that the run took for the limit
	Pauses        []mark
	Scale         []string // labels of the vertical axis, from the top
	Times         []string // labels of the horizontal axis, evenly spread
	Unit          string   // "rooms a second"
	Each          string   // width of a bar, "10 s"
	Zone          string   // "UTC", with the date where Times do not say it
	Summary       string   // for who does not see it
	Others        int      // rooms of other times, which are not drawn
}

type bar struct {
	X, Y, Width, Height float64
	Count               int
	From                string
}

// mark is a pause: a line where Webex refused, and the time until it was over.
type mark struct {
	X, Width float64
	Title    string
}

const (
	chartWidth  = 1000.0
	chartHeight = 240.0
	maxBars     = 100
	fewestBars  = 4 // that say more than the counts do
)

// widths are those that a bar can have; each is a length of time that people
// think in.
var widths = []time.Duration{
	time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second,
	time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 6 * time.Hour, 12 * time.Hour,
	day, 2 * day, 7 * day, 30 * day, 90 * day, 365 * day,
}

const day = 24 * time.Hour

// newChart draws rooms by their times. line and pauses may be nil. Without a room
// there is nothing to draw, and it returns nil; nor is there in a few seconds.
func newChart(rooms []time.Time, line []rateSample, pauses []pause) *chart {
	if len(rooms) == 0 {
		return nil
	}
	from, to := slices.MinFunc(rooms, time.Time.Compare), slices.MaxFunc(rooms, time.Time.Compare)
	for _, s := range line {
		from, to = earlier(from, s.at), later(to, s.at)
	}
	width := barWidth(to.Sub(from))
	from = from.Truncate(width)
	n := int(to.Sub(from)/width) + 1
	a := axes{from: from, width: width, span: time.Duration(n) * width}
	if n < fewestBars && len(pauses) == 0 {
		return nil
	}
	counts := make([]int, n)
	for _, at := range rooms {
		counts[at.Sub(from)/width]++
	}
	a.unit(float64(slices.Max(counts))/width.Seconds(), line)

	c := &chart{Width: chartWidth, Height: chartHeight, Unit: "rooms a " + a.unitName, Each: spoken(width)}
	for i, count := range counts {
		if count > 0 {
			height := a.height(float64(count) / width.Seconds())
			c.Bars = append(c.Bars, bar{
				round(chartWidth * float64(i) / float64(n)), round(chartHeight - height), round(chartWidth / float64(n)), round(height),
				count, a.clock(from.Add(time.Duration(i) * width)),
			})
		}
	}
	c.Line = a.polyline(line)
	for _, p := range pauses {
		x := a.x(p.from)
		c.Pauses = append(c.Pauses, mark{round(x), round(max(a.x(p.until)-x, 0)), describe(p)})
	}
	for i := range 5 {
		c.Grid = append(c.Grid, chartHeight*float64(i)/4)
		c.Scale = append(c.Scale, number(a.top*float64(4-i)/4))
	}
	for parts, i := a.parts(), time.Duration(0); i <= parts; i++ {
		c.Times = append(c.Times, a.clock(from.Add(a.span*i/parts)))
	}
	c.Zone = a.zone()
	c.Summary = fmt.Sprintf("%s from %s to %s UTC, at most %s %s.", report.Count(len(rooms), "room", "rooms"),
		from.UTC().Format(minutes), to.UTC().Format(minutes), number(float64(slices.Max(counts))/width.Seconds()*a.per), c.Unit)
	return c
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// quiet is a time without a new room that separates runs. Webex has been seen to
// ask for an hour.
const quiet = 2 * time.Hour

// mainRun returns those of the times that belong to one run where one made most
// of the rooms, so that a handful on another day do not squeeze it into a line;
// else it returns them all.
func mainRun(rooms []time.Time) []time.Time {
	sorted := slices.SortedFunc(slices.Values(rooms), time.Time.Compare)
	begin, best := 0, sorted[:0]
	for i := range sorted {
		if last := i+1 == len(sorted); last || sorted[i+1].Sub(sorted[i]) > quiet {
			if i+1-begin > len(best) {
				best = sorted[begin : i+1]
			}
			begin = i + 1
		}
	}
	if 5*len(best) < 4*len(rooms) {
		return sorted
	}
	return best
}

// barWidth chooses bars that are narrow, but not too many. Beyond the table
// years are added.
func barWidth(span time.Duration) time.Duration {
	for _, w := range widths {
		if span/w < maxBars {
			return w
		}
	}
	year := widths[len(widths)-1]
	return year * (span/(year*maxBars) + 1)
}

// axes turn times and rates into places.
type axes struct {
	from     time.Time
	width    time.Duration
	span     time.Duration
	top      float64 // of the vertical axis, in the unit
	per      float64 // seconds that the unit counts over
	unitName string
}

// unit chooses the vertical axis. The rate that the run took for the limit may lie far
// above what it reached; then it leaves the picture.
func (a *axes) unit(highest float64, line []rateSample) {
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
	for _, s := range line {
		if s.perSecond <= 2*highest {
			top = max(top, s.perSecond)
		}
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

// polyline draws the rate as steps, no more of them than can be seen.
func (a *axes) polyline(line []rateSample) string {
	if len(line) == 0 {
		return ""
	}
	var points []string
	lastX, lastY := -1.0, -1.0
	for i, s := range line {
		x, y := a.x(s.at), max(chartHeight-a.height(s.perSecond), -chartHeight)
		if x-lastX < 2 && i < len(line)-1 {
			continue
		}
		if lastY >= 0 || lastX >= 0 {
			points = append(points, fmt.Sprintf("%g,%g", round(x), round(lastY)))
		}
		points = append(points, fmt.Sprintf("%g,%g", round(x), round(y)))
		lastX, lastY = x, y
	}
	points = append(points, fmt.Sprintf("%g,%g", chartWidth, round(lastY)))
	return strings.Join(points, " ")
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

// parts is into how many parts the horizontal axis is divided: so that the labels
// fall on what clock writes, if that can be.
func (a *axes) parts() time.Duration {
	least := time.Minute
	if a.span < 10*time.Minute {
		least = time.Second
	}
	for _, parts := range []time.Duration{4, 5, 3, 2} {
		if a.span%(parts*least) == 0 {
			return parts
		}
	}
	return min(4, max(a.span/least, 1))
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
