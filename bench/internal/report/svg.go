package report

import (
	"fmt"
	"html"
	"os"
	"strings"
)

// A picture that stands alone, for pages that show no HTML: what an operation
// costs in each case, server by server. It has colours for light and dark.

const svgStyle = `<style>
svg{--ink:#1f2328;--s0:#0969da;--s1:#8c959f;--s2:#1a7f37;--s3:#bf3989;--s4:#bc4c00;--s5:#8250df;--s6:#9a6700;--s7:#cf222e}
@media(prefers-color-scheme:dark){svg{--ink:#e6edf3;--s0:#4493f8;--s1:#7d8590;--s2:#3fb950;--s3:#db61a2;--s4:#f0883e;--s5:#a371f7;--s6:#d29922;--s7:#f85149}}
text{font:12px system-ui,sans-serif;fill:var(--ink)}.t{font-weight:600}.pale{opacity:.45}.spread{stroke:var(--ink);fill:none;opacity:.6}
.s0{fill:var(--s0)}.s1{fill:var(--s1)}.s2{fill:var(--s2)}.s3{fill:var(--s3)}.s4{fill:var(--s4)}.s5{fill:var(--s5)}.s6{fill:var(--s6)}.s7{fill:var(--s7)}
</style>
`

// WriteSVG writes the picture.
func (f *File) WriteSVG(path string) error {
	var s strings.Builder
	x, low, bottom := 0.0, [2]float64{28, 28}, 0.0
	for i, sec := range f.sections() {
		title, bs := sec.Title+": CPU, µs ("+sec.Note+")", f.cpuBars(sec)
		if sec.Results[0].Scenario == "idle" {
			title, bs = sec.Title+": resident bytes a connection", f.memoryBars(sec)
		}
		if len(bs) == 0 {
			continue
		}
		column := i % 2
		x = float64(column) * (plotWidth + 20)
		y := low[column]
		fmt.Fprintf(&s, `<text class="t" x="%g" y="%g">%s</text>`, x+8, y, html.EscapeString(title))
		height := barStep*float64(len(bs)) + 8
		place := fmt.Sprintf(`<svg x="%g" y="%g" width="%g" height="%g" `, x, y+6, plotWidth, height)
		s.WriteString(strings.Replace(bars(bs), "<svg ", place, 1) + "\n")
		low[column] = y + height + 34
		bottom = max(bottom, low[column])
	}
	text := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %g" width="%g">`+"\n", 2*plotWidth+20, bottom, 2*plotWidth+20) +
		svgStyle + s.String() + "</svg>\n"
	return os.WriteFile(path, []byte(text), 0o644)
}

// WriteMarkdown writes the tables.
func (f *File) WriteMarkdown(path string) error {
	var s strings.Builder
	m := f.Machine
	fmt.Fprintf(&s, "%s, revision %s. %s, %d CPUs (servers on %s, the tool on %s), %.0f GB, Linux %s, %s; load average %s when it began.\n\n    %s\n\n",
		f.Date.UTC().Format("2 January 2006, 15:04 UTC"), f.Commit, m.CPU, m.CPUs, m.ServerCPUs, m.ClientCPUs, float64(m.Memory)/(1<<30), m.Kernel, m.Go, m.Load, f.Command)
	for _, l := range f.servers() {
		fmt.Fprintf(&s, "- %s: %s\n", l.Name, l.Version)
	}
	for _, sec := range f.sections() {
		fmt.Fprintf(&s, "\n**%s** (%s)\n\n| %s | CPU to ours |\n|%s\n", sec.Title, sec.Note, strings.Join(columns, " | "), strings.Repeat("---|", len(columns)+1))
		for i, row := range sec.Rows {
			ratio := ""
			if r, ours := sec.Results[i], sec.Results[0]; r.CPU != nil && ours.CPU != nil && *ours.CPU > 0 {
				ratio = fmt.Sprintf("%.2f", *r.CPU / *ours.CPU)
			}
			fmt.Fprintf(&s, "| %s | %s |\n", strings.Join(row, " | "), ratio)
		}
		for _, t := range append(sec.Notes, sec.Troubles...) {
			fmt.Fprintf(&s, "\n%s\n", t)
		}
	}
	return os.WriteFile(path, []byte(s.String()), 0o644)
}
