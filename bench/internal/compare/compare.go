// Package compare says what changed between two reports, beyond the noise of
// their repeats.
package compare

import (
	"fmt"
	"io"
	"text/tabwriter"

	"golang.org/x/perf/benchmath"

	"github.com/tornadio/tornadio/bench/internal/report"
)

// Change is how a figure changed.
type Change struct {
	Server, Case string
	Clients      int
	Metric       report.Metric
	A, B         float64 // medians
	P            float64 // how likely noise alone makes such a difference
	NA, NB       int     // repeats
	Verdict      Verdict
}

// Verdict is what a change means.
type Verdict string

// The verdicts.
const (
	Better  Verdict = "better"
	Worse   Verdict = "worse"
	Noise   Verdict = "~"               // could be noise
	TooFew  Verdict = "too few repeats" // nothing could be said of so few
	Nothing Verdict = ""                // the same values
)

// alpha is how sure a change must be: once in twenty comparisons of the same
// thing noise is taken for a change.
const alpha = 0.05

// minRepeats is how many a side needs: the test of ranks cannot be surer than
// 2/C(8,4) = 0.029 with four and never reaches alpha with three.
const minRepeats = 4

// Judge compares the repeats of a figure by the test of Mann and Whitney, which
// assumes nothing about how noise is spread.
func Judge(m report.Metric, a, b []float64) Change {
	c := Change{Metric: m, NA: len(a), NB: len(b)}
	if len(a) == 0 || len(b) == 0 {
		return c
	}
	sa, sb := benchmath.NewSample(a, &thresholds), benchmath.NewSample(b, &thresholds)
	c.A = benchmath.AssumeNothing.Summary(sa, 0.95).Center
	c.B = benchmath.AssumeNothing.Summary(sb, 0.95).Center
	switch {
	case len(a) < minRepeats || len(b) < minRepeats:
		c.Verdict = TooFew
		return c
	case c.A == c.B:
		return c
	}
	c.P = benchmath.AssumeNothing.Compare(sa, sb).P
	switch {
	case c.P > alpha:
		c.Verdict = Noise
	case (c.B > c.A) == (m.Better > 0):
		c.Verdict = Better
	default:
		c.Verdict = Worse
	}
	return c
}

var thresholds = benchmath.Thresholds{CompareAlpha: alpha}

// Results compares what is in both, by server, case and clients.
func Results(a, b []report.Result) []Change {
	var changes []Change
	for i := range a {
		for j := range b {
			if a[i].Server == b[j].Server && a[i].Key() == b[j].Key() && a[i].Clients == b[j].Clients {
				changes = append(changes, pair(&a[i], &b[j])...)
			}
		}
	}
	return changes
}

func pair(a, b *report.Result) []Change {
	var changes []Change
	for _, m := range report.Metrics {
		va, vb := a.Values(m), b.Values(m)
		if len(va) == 0 || len(vb) == 0 {
			continue
		}
		c := Judge(m, va, vb)
		c.Server, c.Case, c.Clients = b.Server, b.Key(), b.Clients
		changes = append(changes, c)
	}
	return changes
}

// Within compares two servers of one report, such as ours@REV with ours.
func Within(f *report.File, a, b string) []Change {
	var changes []Change
	for i := range f.Results {
		for j := range f.Results {
			x, y := &f.Results[i], &f.Results[j]
			if x.Server == a && y.Server == b && x.Key() == y.Key() && x.Clients == y.Clients {
				changes = append(changes, pair(x, y)...)
			}
		}
	}
	return changes
}

// Files compares two reports, in words.
func Files(w io.Writer, a, b *report.File) {
	fmt.Fprintf(w, "a: %s, %s, %s\nb: %s, %s, %s\n", a.Commit, a.Date.Format("2006-01-02 15:04"), a.Machine.CPU, b.Commit, b.Date.Format("2006-01-02 15:04"), b.Machine.CPU)
	if a.Machine.CPU != b.Machine.CPU || a.Machine.Kernel != b.Machine.Kernel {
		fmt.Fprintln(w, "These are different machines: what follows compares them, too.")
	}
	Print(w, Results(a.Results, b.Results))
}

// Print writes changes as a table, and sums them up.
func Print(w io.Writer, changes []Change) {
	if len(changes) == 0 {
		fmt.Fprintln(w, "There is nothing that is in both.")
		return
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	last := ""
	count := map[Verdict]int{}
	for _, c := range changes {
		if title := fmt.Sprintf("%s: %s, %d clients", c.Server, c.Case, c.Clients); title != last {
			_ = t.Flush()
			fmt.Fprintf(w, "\n%s\n", title)
			last = title
		}
		count[c.Verdict]++
		fmt.Fprintf(t, "  %s\t%.4g %s\t%.4g %s\t%s\t%s\n", c.Metric.Name, c.A, c.Metric.Unit, c.B, c.Metric.Unit, c.percent(), c.words())
	}
	_ = t.Flush()
	fmt.Fprintf(w, "\n%d better, %d worse, %d within the noise, %d the same, %d with too few repeats (each side needs %d)\n",
		count[Better], count[Worse], count[Noise], count[Nothing], count[TooFew], minRepeats)
}

func (c Change) percent() string {
	if c.A == 0 || c.A == c.B {
		return ""
	}
	return fmt.Sprintf("%+.1f %%", 100*(c.B-c.A)/c.A)
}

func (c Change) words() string {
	if c.Verdict == Better || c.Verdict == Worse || c.Verdict == Noise {
		return fmt.Sprintf("%s (p=%.3f, n=%d+%d)", c.Verdict, c.P, c.NA, c.NB)
	}
	return string(c.Verdict)
}
