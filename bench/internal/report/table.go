package report

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Table writes the results for people, a case after the other.
func (f *File) Table(w io.Writer) {
	last := ""
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	for i := range f.Results {
		r := &f.Results[i]
		if title := fmt.Sprintf("%s, %d clients, %s", r.Key(), r.Clients, r.unit()); title != last {
			_ = t.Flush()
			fmt.Fprintf(w, "\n%s\n", title)
			last = title
			fmt.Fprintln(t, "server\tops/s\tCPU µs/op\tuser\tsystem\tCPU %\tallocs/op\tp50 µs\tp99 µs\tB/conn\tbefore GC\tkernel\t")
		}
		fmt.Fprintln(t, strings.Join(r.row(), "\t")+"\t")
	}
	_ = t.Flush()
	for i := range f.Results {
		if r := &f.Results[i]; r.soaked() != nil {
			fmt.Fprintf(w, "\n%s in %s: %s\n", r.Server, r.Key(), flatness(r.soaked()))
		}
		if r := &f.Results[i]; r.Failed() || r.Cannot != "" {
			fmt.Fprintf(w, "\n%s in %s: %s\n", r.Server, r.Key(), r.trouble())
		}
	}
}

func (r *Result) trouble() string {
	switch {
	case r.Cannot != "":
		return "can't: " + r.Cannot
	case r.Interrupted:
		return r.Note
	case r.Faults.Any():
		return fmt.Sprintf("FAILED: %s (%s)", r.Note, r.Faults)
	}
	return "FAILED: " + r.Note
}

func (r *Result) row() []string {
	if r.Cannot != "" {
		return []string{r.Server, "can't"}
	}
	num := func(v *float64, digits int) string {
		if v == nil {
			return "-"
		}
		return fmt.Sprintf("%.*f", digits, *v)
	}
	name := r.Server
	if r.Proto != "" && r.Proto != "eio4" {
		name += " (" + r.Proto + ")"
	}
	row := []string{name, num(positive(r.OpsPerSec), 0), num(r.CPU, 2), num(r.CPUUser, 2), num(r.CPUSystem, 2), num(r.CPUPercent, 1), num(r.Allocs, 2)}
	for _, name := range []string{"latency p50", "latency p99"} {
		for _, m := range Metrics {
			if m.Name == name {
				row = append(row, num(m.Get(&r.Result), 0))
			}
		}
	}
	row = append(row, num(r.Bytes, 0), num(r.BytesBefore, 0), num(r.KernelBytes, 0))
	if r.Failed() {
		row[0] += " (!)"
	}
	return row
}
