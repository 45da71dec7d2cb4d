package compare

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tornadio/tornadio/bench/internal/report"
	"github.com/tornadio/tornadio/bench/internal/scenario"
)

func TestJudge(t *testing.T) {
	less, more := report.Metrics[0], report.Metrics[5]
	if less.Better != -1 || more.Better != 1 {
		t.Fatal("the metrics are others")
	}
	for _, c := range []struct {
		name string
		m    report.Metric
		a, b []float64
		want Verdict
	}{
		{"clearly less", less, []float64{10, 10.2, 9.9, 10.1, 10}, []float64{8, 8.1, 7.9, 8.2, 8}, Better},
		{"clearly more", less, []float64{8, 8.1, 7.9, 8.2, 8}, []float64{10, 10.2, 9.9, 10.1, 10}, Worse},
		{"more of what is good", more, []float64{8, 8.1, 7.9, 8.2, 8.05}, []float64{10, 10.2, 9.9, 10.1, 10.05}, Better},
		{"within the noise", less, []float64{10, 12, 9, 11, 10.5}, []float64{10.2, 11.8, 9.1, 10.9, 9.5}, Noise},
		{"one wild repeat", less, []float64{10, 10.1, 9.9, 10.2, 10.05}, []float64{10, 10.15, 9.95, 10.1, 30}, Noise},
		{"a shift smaller than the spread", less, []float64{5, 10, 15, 20, 25}, []float64{6, 11, 16, 21, 26}, Noise},
		{"the same", less, []float64{10, 10, 10, 10}, []float64{10, 10, 10, 10}, Nothing},
		{"too few", less, []float64{10, 10.1, 10.2}, []float64{5, 5.1, 5.2, 5.3}, TooFew},
		{"four are enough", less, []float64{10, 10.1, 10.2, 10.3}, []float64{5, 5.1, 5.2, 5.3}, Better},
		{"nothing measured", less, nil, []float64{5}, Nothing},
	} {
		if got := Judge(c.m, c.a, c.b); got.Verdict != c.want {
			t.Errorf("%s: %q, p=%v", c.name, got.Verdict, got.P)
		}
	}
}

// results makes a result whose repeats took so much CPU.
func results(server string, cpu ...float64) report.Result {
	r := report.Result{Server: server, Scenario: "echo", Clients: 100}
	for _, v := range cpu {
		r.Repeats = append(r.Repeats, scenario.Result{CPU: &v, Allocs: &v, Heap: &v})
	}
	r.Settle()
	return r
}

func TestFiles(t *testing.T) {
	a := &report.File{Results: []report.Result{results("ours", 10, 10.1, 10.2, 10.3), results("node4", 30, 31, 32, 33)}}
	b := &report.File{Results: []report.Result{results("ours", 5, 5.1, 5.2, 5.3), results("gone", 1, 2, 3, 4)}}
	var out strings.Builder
	Files(&out, a, b)
	for _, want := range []string{"ours: echo, 100 clients", "-49.3 %", "better (p=0.029, n=4+4)", "0 worse"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in:\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "node4") || strings.Contains(out.String(), "gone") {
		t.Error("what is in one alone was compared")
	}
	out.Reset()
	Print(&out, Within(a, "ours", "node4"))
	if !strings.Contains(out.String(), "worse") {
		t.Error(out.String())
	}
}

func TestGuard(t *testing.T) {
	f := &report.File{Results: []report.Result{results("ours", 10), results("floor", 8)}}
	for _, c := range []struct {
		limits string
		ok     bool
	}{
		{`[{"scenario":"echo","clients":100,"allocs_per_op":10,"heap_bytes_per_conn":10,"cpu_to_floor":1.3}]`, true},
		{`[{"scenario":"echo","clients":100,"allocs_per_op":9.9}]`, false},
		{`[{"scenario":"echo","clients":100,"heap_bytes_per_conn":9.5}]`, false},
		{`[{"scenario":"echo","clients":100,"heap_bytes_per_conn":9.8}]`, true},
		{`[{"scenario":"echo","clients":100,"cpu_to_floor":1.2}]`, false},
		{`[{"scenario":"echo","clients":99}]`, false},
		{`[{"scenario":"idle","clients":100}]`, false},
		{`nonsense`, false},
	} {
		path := filepath.Join(t.TempDir(), "guard.json")
		if err := os.WriteFile(path, []byte(c.limits), 0o600); err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		if err := Guard(&out, f, path); (err == nil) != c.ok {
			t.Errorf("%s: %v\n%s", c.limits, err, out.String())
		}
	}
}
