package report

import (
	"fmt"
	"slices"

	"github.com/tornadio/tornadio/bench/internal/scenario"
)

// What a soak says of memory.

// soaked is the first of a result's repeats that was one.
func (r *Result) soaked() []scenario.Held {
	for i := range r.Repeats {
		if len(r.Repeats[i].Held) > 1 {
			return r.Repeats[i].Held
		}
	}
	return nil
}

// flatness tells how what the server held after collections went on.
func flatness(held []scenario.Held) string {
	first, mid, last := held[0], held[len(held)/2], held[len(held)-1]
	size := func(h scenario.Held) int64 { return h.Heap }
	what := "heap in use"
	if last.Heap == 0 {
		size, what = func(h scenario.Held) int64 { return h.RSS }, "resident size"
	}
	mb := func(h scenario.Held) string {
		return fmt.Sprintf("%.2f MB at %.0f s", float64(size(h))/(1<<20), h.Second)
	}
	return fmt.Sprintf("%s after a collection: %s, %s, %s; %+.2f MB an hour in the last two thirds (resident %.1f, %.1f, %.1f MB)",
		what, mb(first), mb(mid), mb(last), slope(held[len(held)/3:], size)*3600/(1<<20),
		float64(first.RSS)/(1<<20), float64(mid.RSS)/(1<<20), float64(last.RSS)/(1<<20))
}

// slope is the median of the slopes between every two points (Theil and Sen), in
// bytes a second: single ones that lie apart do not matter.
func slope(held []scenario.Held, size func(scenario.Held) int64) float64 {
	var all []float64
	for i, a := range held {
		for _, b := range held[i+1:] {
			all = append(all, float64(size(b)-size(a))/(b.Second-a.Second))
		}
	}
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return middle(all)
}

// heldCurves are the heap after collections, full, and the resident size.
func (f *File) heldCurves(s *section) (c chart) {
	for _, r := range s.Results {
		line := curve{name: r.Server, color: f.color(r.Server)}
		for _, h := range r.soaked() {
			if h.Heap > 0 {
				line.points = append(line.points, [2]float64{h.Second, float64(h.Heap) / (1 << 20)})
			}
		}
		if len(line.points) > 1 {
			c.curves = append(c.curves, line)
		}
	}
	return c
}
