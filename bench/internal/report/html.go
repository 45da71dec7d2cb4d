package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"os"
	"slices"
	"strings"

	"github.com/tornadio/tornadio/bench/internal/scenario"
)

// The page stands alone: its plots are SVG within it, its colours follow the
// reader's light or dark.

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Parse(pageText))

// section is one case: all servers in it.
type section struct {
	Title, Note string
	ID          string
	Results     []*Result
	Plots       []plot
	Rows        [][]string // by columns
	Notes       []string   // of memory in a soak
	Troubles    []string
}

type plot struct {
	Title string
	SVG   template.HTML
	Lines []curve // of a chart; bars have their names beside them
}

// The methods of a curve are for the page.

// Name is the server's.
func (c curve) Name() string { return c.name }

// Color is its place among the colours.
func (c curve) Color() int { return c.color }

var columns = []string{"server", "ops/s", "CPU µs/op", "user", "system", "CPU %", "allocs/op", "p50 µs", "p99 µs", "B/conn", "before GC", "kernel B"}

// WriteHTML writes a page.
func (f *File) WriteHTML(path string) error {
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	err = page.Execute(out, map[string]any{"File": f, "Sections": f.sections(), "Servers": f.servers(),
		"Memory": fmt.Sprintf("%.1f GB", float64(f.Machine.Memory)/(1<<30))})
	if cerr := out.Close(); err == nil {
		err = cerr
	}
	return err
}

// Table are the rows under their heads, without the columns that nobody has
// a figure for.
func (s *section) Table() [][]string {
	table := make([][]string, 1+len(s.Rows))
	for c, head := range columns {
		has := c == 0
		for _, row := range s.Rows {
			has = has || row[c] != "-" && row[c] != ""
		}
		if !has {
			continue
		}
		table[0] = append(table[0], head)
		for i, row := range s.Rows {
			table[i+1] = append(table[i+1], row[c])
		}
	}
	return table
}

// legend is a server and its place among the colours.
type legend struct {
	Name, Version string
	Color         int
}

// colors is how many colours the page has; more servers share them.
const colors = 8

func (f *File) servers() []legend {
	var ls []legend
	for i := range f.Results {
		name := f.Results[i].Server
		if !slices.ContainsFunc(ls, func(l legend) bool { return l.Name == name }) {
			ls = append(ls, legend{name, f.Versions[name], len(ls) % colors})
		}
	}
	return ls
}

func (f *File) color(server string) int {
	for _, l := range f.servers() {
		if l.Name == server {
			return l.Color
		}
	}
	return 0
}

func (f *File) sections() []*section {
	var all []*section
	for i := range f.Results {
		r := &f.Results[i]
		title := fmt.Sprintf("%s, %d clients", r.Key(), r.Clients)
		k := slices.IndexFunc(all, func(s *section) bool { return s.Title == title })
		if k < 0 {
			all = append(all, &section{Title: title, ID: strings.NewReplacer(" ", "-", ",", "", "/", "-").Replace(title), Note: r.unit()})
			k = len(all) - 1
		}
		all[k].Results = append(all[k].Results, r)
	}
	for _, s := range all {
		f.fill(s)
	}
	return all
}

func (f *File) fill(s *section) {
	for _, r := range s.Results {
		row := r.row()
		s.Rows = append(s.Rows, append(row, make([]string, len(columns)-len(row))...))
		if held := r.soaked(); held != nil {
			s.Notes = append(s.Notes, r.Server+": "+flatness(held))
		}
		if r.Cannot != "" || r.Failed() {
			s.Troubles = append(s.Troubles, r.Server+": "+r.trouble())
		}
	}
	add := func(title string, svg string) {
		if svg != "" {
			s.Plots = append(s.Plots, plot{Title: title, SVG: template.HTML(svg)})
		}
	}
	addChart := func(title string, c chart) {
		if svg := curves(c); svg != "" {
			s.Plots = append(s.Plots, plot{title, template.HTML(svg), c.curves})
		}
	}
	add("CPU an operation, µs: user (full) and system (pale)", bars(f.cpuBars(s)))
	add("Operations a CPU second", bars(f.simpleBars(s, func(r *scenario.Result) *float64 { return positive(r.OpsPerCPUSec) })))
	add("Resident bytes a connection: after a collection (full), before (pale)", bars(f.memoryBars(s)))
	add("CPU, % of a core", bars(f.simpleBars(s, func(r *scenario.Result) *float64 { return r.CPUPercent })))
	addChart("Latency by percentile", f.latencyCurves(s))
	if soak := s.Results[0].Seconds >= 60; soak {
		addChart("Resident size of the server, MB, over seconds", f.sizeCurves(s))
		addChart("Heap in use after a collection, MB, over seconds", f.heldCurves(s))
	}
}

func (f *File) cpuBars(s *section) (bs []bar) {
	for _, r := range s.Results {
		if r.CPU == nil || r.CPUUser == nil {
			continue
		}
		b := bar{name: r.Server, color: f.color(r.Server), full: *r.CPUUser, all: *r.CPU}
		b.low, b.high = span(r.Values(Metrics[0]))
		bs = append(bs, b)
	}
	return bs
}

func (f *File) memoryBars(s *section) (bs []bar) {
	for _, r := range s.Results {
		if r.Bytes != nil && r.BytesBefore != nil {
			b := bar{name: r.Server, color: f.color(r.Server), full: max(0, *r.Bytes), all: max(0, *r.Bytes, *r.BytesBefore)}
			b.low, b.high = b.all, b.all
			bs = append(bs, b)
		}
	}
	return bs
}

func (f *File) simpleBars(s *section, get func(*scenario.Result) *float64) (bs []bar) {
	for _, r := range s.Results {
		if v := get(&r.Result); v != nil {
			b := bar{name: r.Server, color: f.color(r.Server), full: *v, all: *v}
			b.low, b.high = span(r.Values(Metric{Get: get}))
			bs = append(bs, b)
		}
	}
	return bs
}

func span(vs []float64) (low, high float64) {
	if len(vs) == 0 {
		return 0, 0
	}
	return slices.Min(vs), slices.Max(vs)
}

func (f *File) latencyCurves(s *section) (c chart) {
	c.logY, c.xs = true, percentileTicks
	for _, r := range s.Results {
		if r.Latency == nil {
			continue
		}
		line := curve{name: r.Server, color: f.color(r.Server)}
		for _, p := range r.Latency.Curve {
			if p[0] < 100 {
				line.points = append(line.points, [2]float64{nines(p[0]), max(1, p[1])})
			}
		}
		c.curves = append(c.curves, line)
	}
	return c
}

func (f *File) sizeCurves(s *section) (c chart) {
	for _, r := range s.Results {
		if len(r.Repeats) == 0 {
			continue
		}
		line := curve{name: r.Server, color: f.color(r.Server)}
		for _, x := range r.Repeats[0].Samples {
			if x.RSS > 0 {
				line.points = append(line.points, [2]float64{x.Second, float64(x.RSS) / (1 << 20)})
			}
		}
		c.curves = append(c.curves, line)
	}
	return c
}
