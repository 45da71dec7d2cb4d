package report

import (
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"
	"time"
)

// Plots as SVG. Lines and letters take the page's colours, so that one plot is
// right in light and dark; .s0, .s1, ... are the servers'.

// bar is one server's bar: full up to full, pale up to all, and how far the
// repeats spread.
type bar struct {
	name      string
	color     int
	full, all float64
	low, high float64
}

const (
	plotWidth = 520.0
	nameWidth = 96.0
	barStep   = 30.0
)

// bars draws them lying, "" if there are none.
func bars(bs []bar) string {
	if len(bs) == 0 {
		return ""
	}
	top := 0.0
	for _, b := range bs {
		top = max(top, b.all, b.high)
	}
	if top == 0 {
		top = 1
	}
	room := plotWidth - nameWidth - 80
	at := func(v float64) float64 { return nameWidth + v/top*room }
	var s strings.Builder
	height := barStep*float64(len(bs)) + 8
	fmt.Fprintf(&s, `<svg viewBox="0 0 %g %g" role="img">`, plotWidth, height)
	for i, b := range bs {
		y := barStep*float64(i) + 4
		fmt.Fprintf(&s, `<text x="%g" y="%g" text-anchor="end">%s</text>`, nameWidth-8, y+16, html.EscapeString(b.name))
		fmt.Fprintf(&s, `<rect class="s%d pale" x="%g" y="%g" width="%.1f" height="20" rx="2"/>`, b.color, nameWidth, y, at(b.all)-nameWidth)
		fmt.Fprintf(&s, `<rect class="s%d" x="%g" y="%g" width="%.1f" height="20" rx="2"/>`, b.color, nameWidth, y, at(b.full)-nameWidth)
		if b.high > b.low {
			fmt.Fprintf(&s, `<path class="spread" d="M%.1f %g V%g M%.1f %g H%.1f M%.1f %g V%g"/>`, at(b.low), y+6, y+14, at(b.low), y+10, at(b.high), at(b.high), y+6, y+14)
		}
		fmt.Fprintf(&s, `<text x="%.1f" y="%g">%s</text>`, at(max(b.all, b.high))+6, y+16, figure(b.all))
	}
	s.WriteString("</svg>")
	return s.String()
}

// figure is a number with three digits or so.
func figure(v float64) string {
	switch a := math.Abs(v); {
	case a >= 1e6:
		return fmt.Sprintf("%.3g M", v/1e6)
	case a >= 1e4:
		return fmt.Sprintf("%.3g k", v/1e3)
	case a >= 100:
		return fmt.Sprintf("%.0f", v)
	case a >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2g", v)
}

type chart struct {
	curves []curve
	logY   bool
	xs     []tick // nil: plain numbers
}

type curve struct {
	name   string
	color  int
	points [][2]float64
}

type tick struct {
	at   float64
	text string
}

// nines spreads percentiles so that each further nine takes the same room.
func nines(p float64) float64 { return -math.Log10(1 - p/100) }

var percentileTicks = []tick{{0, "0"}, {nines(50), "50"}, {nines(90), "90"}, {nines(99), "99"}, {nines(99.9), "99.9"}, {nines(99.99), "99.99"}}

const (
	chartHeight = 240.0
	chartLeft   = 64.0
	chartBottom = 30.0
)

// bounds are the ends of both axes; y is in decades if it is logarithmic.
func (c *chart) bounds() (x1, y0, y1 float64) {
	y0, y1 = math.Inf(1), math.Inf(-1)
	for _, l := range c.curves {
		for _, p := range l.points {
			x1, y0, y1 = max(x1, p[0]), min(y0, c.scale(p[1])), max(y1, c.scale(p[1]))
		}
	}
	if c.logY {
		return x1, math.Floor(y0), math.Ceil(y1 + 1e-9)
	}
	return x1, 0, y1 * 1.1
}

func (c *chart) scale(v float64) float64 {
	if c.logY {
		return math.Log10(v)
	}
	return v
}

// curves draws lines, "" if there are none.
func curves(c chart) string {
	x1, y0, y1 := c.bounds()
	if x1 <= 0 || y1 <= y0 {
		return ""
	}
	px := func(x float64) float64 { return chartLeft + x/x1*(plotWidth-chartLeft-16) }
	py := func(y float64) float64 { return 10 + (y1-y)/(y1-y0)*(chartHeight-chartBottom-10) }
	var s strings.Builder
	fmt.Fprintf(&s, `<svg viewBox="0 0 %g %g" role="img">`, plotWidth, chartHeight)
	for _, t := range c.yTicks(y0, y1) {
		fmt.Fprintf(&s, `<path class="grid" d="M%g %.1f H%g"/><text x="%g" y="%.1f" text-anchor="end">%s</text>`, chartLeft, py(t.at), plotWidth-16, chartLeft-6, py(t.at)+4, t.text)
	}
	for _, t := range c.xTicks(x1) {
		fmt.Fprintf(&s, `<path class="grid" d="M%.1f 10 V%g"/><text x="%.1f" y="%g" text-anchor="middle">%s</text>`, px(t.at), chartHeight-chartBottom, px(t.at), chartHeight-10, t.text)
	}
	for _, l := range c.curves {
		var d strings.Builder
		for i, p := range l.points {
			d.WriteByte("ML"[min(i, 1)])
			fmt.Fprintf(&d, "%.1f %.1f", px(p[0]), py(c.scale(p[1])))
		}
		fmt.Fprintf(&s, `<path class="s%d line" d="%s"><title>%s</title></path>`, l.color, d.String(), html.EscapeString(l.name))
	}
	s.WriteString("</svg>")
	return s.String()
}

func (c *chart) yTicks(y0, y1 float64) (ts []tick) {
	if !c.logY {
		return plainTicks(y0, y1)
	}
	for y := y0; y <= y1; y++ {
		ts = append(ts, tick{y, micros(math.Pow(10, y))})
	}
	return ts
}

func (c *chart) xTicks(x1 float64) (ts []tick) {
	if c.xs == nil {
		return plainTicks(0, x1)
	}
	for _, t := range c.xs {
		if t.at <= x1 {
			ts = append(ts, t)
		}
	}
	return ts
}

// plainTicks are four to eight round numbers.
func plainTicks(from, to float64) (ts []tick) {
	step := math.Pow(10, math.Floor(math.Log10((to-from)/4)))
	for _, times := range []float64{5, 2} {
		if (to-from)/(step*times) >= 4 {
			step *= times
			break
		}
	}
	for i := math.Ceil(from / step); i*step <= to; i++ {
		ts = append(ts, tick{i * step, strconv.FormatFloat(i*step, 'g', 5, 64)})
	}
	return ts
}

// micros is a time that is a power of ten of microseconds.
func micros(us float64) string {
	return time.Duration(math.Round(us * 1000)).String()
}
