package page

import (
	"fmt"
	"slices"
	"time"

	"roomlift/ratelimit"
	"roomlift/report"
)

// chart is rooms over time, in the units of a drawing that is stretched to the
// page's width: its words stand beside it as text, which keeps its size, and its
// colours are classes of the style sheet, which knows dark mode and paper.
// Why no library draws it stands in the package's comment.
type chart struct {
	Width, Height float64
	Bars          []bar
	Ticks         []mark    // instead of bars, where there are few rooms: one line each
	Grid          []float64 // heights of the lines across
	Limit         float64   // height of the line of the learned limit; 0 is none
	LimitText     string    // what the line is, or why there is none; "" where no limit can be known
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

// mark is a moment, or a time that begins then.
type mark struct {
	X, Width float64
	Title    string
}

const (
	chartWidth  = 1000.0
	chartHeight = 240.0
	maxBars     = 100
	fewestBars  = 4 // that say more than lines do
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

// newChart draws rooms by their times. limit is what was learned of the server's,
// nil where that is not known. Without a room there is nothing to draw, and it
// returns nil.
func newChart(rooms []time.Time, limit *ratelimit.Learned, pauses []pause) *chart {
	if len(rooms) == 0 {
		return nil
	}
	from, to := slices.MinFunc(rooms, time.Time.Compare), slices.MaxFunc(rooms, time.Time.Compare)
	for _, p := range pauses {
		from, to = earlier(from, p.from), later(to, p.from)
	}
	width := barWidth(to.Sub(from), limit)
	if to.Sub(from) < (fewestBars-1)*width && len(pauses) == 0 {
		return newTicks(rooms, from, to)
	}
	from = from.Truncate(width)
	n, parts := divide(int(to.Sub(from)/width)+1, width)
	a := axes{from: from, width: width, span: time.Duration(n) * width}
	counts := make([]int, n)
	for _, at := range rooms {
		counts[at.Sub(from)/width]++
	}
	highest := float64(slices.Max(counts)) / width.Seconds()
	a.unit(highest, limit)

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
	c.drawLimit(limit, &a, len(pauses) > 0)
	for _, p := range pauses {
		x := a.x(p.from)
		c.Pauses = append(c.Pauses, mark{round(x), round(max(a.x(p.until)-x, 0)), describe(p)})
	}
	for i := range 5 {
		c.Grid = append(c.Grid, chartHeight*float64(i)/4)
		c.Scale = append(c.Scale, number(a.top*float64(4-i)/4))
	}
	for i := range parts + 1 {
		c.Times = append(c.Times, a.clock(from.Add(a.span*time.Duration(i)/time.Duration(parts))))
	}
	c.Zone = a.zone()
	c.Summary = fmt.Sprintf("%s from %s to %s UTC, at most %s %s. %s", report.Count(len(rooms), "room", "rooms"),
		from.UTC().Format(minutes), to.UTC().Format(minutes), number(highest*a.per), c.Unit, c.LimitText)
	return c
}

// newTicks draws a few rooms, or those of a few seconds: each is a line.
func newTicks(rooms []time.Time, from, to time.Time) *chart {
	span := to.Sub(from)
	c := &chart{Width: chartWidth, Height: chartHeight}
	last := -1.0
	for _, at := range slices.SortedFunc(slices.Values(rooms), time.Time.Compare) {
		x := chartWidth / 2
		if span > 0 {
			x = 5 + (chartWidth-10)*at.Sub(from).Seconds()/span.Seconds()
		}
		if x-last >= 1 { // no more than can be seen
			c.Ticks = append(c.Ticks, mark{X: round(x), Title: at.UTC().Format("15:04:05.0")})
			last = x
		}
	}
	c.Summary = fmt.Sprintf("%s within %s, from %s UTC", report.Count(len(rooms), "room", "rooms"),
		report.Duration(span), from.UTC().Format("2 Jan 2006 15:04:05"))
	if span < 100*time.Millisecond {
		c.Summary = fmt.Sprintf("%s at %s UTC", report.Count(len(rooms), "room", "rooms"), from.UTC().Format("2 Jan 2006 15:04:05"))
	} else {
		c.Times = []string{from.UTC().Format("15:04:05"), report.Duration(span) + " later"}
	}
	return c
}

// drawLimit draws what the server accepts, and says so in words. The line has the
// unit of the bars, and each room costs a request, so that bars reach up to it where
// nothing else held the run up.
func (c *chart) drawLimit(limit *ratelimit.Learned, a *axes, refused bool) {
	if limit == nil || limit.Rate <= 0 {
		return
	}
	value := number(limit.Rate*a.per) + " a " + a.unitName
	above := ""
	if y := chartHeight - a.height(limit.Rate); y >= 0 {
		c.Limit = round(y)
	} else {
		above = ", which is above this picture"
	}
	switch {
	case limit.Quota > 0:
		c.LimitText = fmt.Sprintf("Webex accepts %s in each %s, that is %s in the long run%s; a bar above the line has parts of two such spans.",
			report.Count(limit.Quota, "request", "requests"), report.Duration(limit.Period), value, above)
	case limit.Burst > 0:
		c.LimitText = fmt.Sprintf("In the long run Webex accepts %s%s; after a rest it takes up to %.0f at once, so that a bar may rise above the line.",
			value, above, limit.Burst)
	case refused:
		c.Limit = 0
		c.LimitText = "There is no line for Webex’s limit, because too little was refused to measure it."
	default:
		c.Limit = 0
		c.LimitText = "There is no line for Webex’s limit, because it was not reached."
	}
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
// years are added. Where the server counts requests in windows, a bar spans whole
// ones: a shorter one would show what a window takes at once, and then nothing.
func barWidth(span time.Duration, limit *ratelimit.Learned) time.Duration {
	width := ordinaryWidth(span)
	if limit == nil || limit.Quota == 0 || limit.Period <= 0 {
		return width
	}
	whole := limit.Period.Round(time.Second)
	if whole < time.Second || span < fewestBars*whole {
		return width
	}
	return max((width+whole-1)/whole, 1) * whole
}

func ordinaryWidth(span time.Duration) time.Duration {
	for _, w := range widths {
		if span/w < maxBars {
			return w
		}
	}
	year := widths[len(widths)-1]
	return year * (span/(year*maxBars) + 1)
}
