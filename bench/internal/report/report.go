// Package report writes what the load tool found: JSON, a table, a page.
package report

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/tornadio/tornadio/bench/internal/scenario"
)

// File is all of a session of the tool.
type File struct {
	Date     time.Time         `json:"date"`
	Command  string            `json:"command"`
	Commit   string            `json:"git_commit"`
	Machine  Machine           `json:"machine"`
	Versions map[string]string `json:"versions"` // of the peers, by name
	Results  []Result          `json:"results"`
}

// Machine is where it was.
type Machine struct {
	CPU        string `json:"cpu"`
	CPUs       int    `json:"cpus"`
	Memory     int64  `json:"memory_bytes"`
	Kernel     string `json:"kernel"`
	Go         string `json:"go"`
	ServerCPUs string `json:"server_cpus"`
	ClientCPUs string `json:"client_cpus"`
	Load       string `json:"load_average"`
}

// Result is one server in one scenario: the medians of its repeats, and they.
type Result struct {
	Server   string `json:"server"`
	Scenario string `json:"scenario"`
	Op       string `json:"op"`
	Setting  string `json:"setting"` // what sets it apart from the scenario's defaults
	Clients  int    `json:"clients"`
	Proto    string `json:"proto"`
	Cannot   string `json:"cannot,omitempty"` // why there is nothing
	scenario.Result
	Repeats []scenario.Result `json:"repeats,omitempty"`
}

// unit says what is counted.
func (r *Result) unit() string {
	if r.Op == "" {
		return "nothing is counted"
	}
	return "an operation is a " + r.Op
}

// Key names the case, whoever served.
func (r *Result) Key() string {
	key := r.Scenario
	if r.Setting != "" {
		key += " " + r.Setting
	}
	return key
}

// Settle fills in the medians.
func (r *Result) Settle() {
	var good []scenario.Result
	for _, x := range r.Repeats {
		if !x.Failed() {
			good = append(good, x)
		}
	}
	if len(good) == 0 {
		if len(r.Repeats) > 0 {
			r.Result = r.Repeats[0]
			r.Samples = nil
		}
		return
	}
	r.Result = median(good)
	for _, x := range r.Repeats {
		r.Faults.Add(x.Faults)
		if x.Failed() && r.Note == "" {
			r.Note, r.Interrupted = fmt.Sprintf("of %d repeats %d count: %s", len(r.Repeats), len(good), x.Note), x.Interrupted
		}
	}
}

// Metric is a figure of a result.
type Metric struct {
	Name   string
	Unit   string
	Better int // -1: less, 1: more
	Get    func(*scenario.Result) *float64
}

// Metrics are the figures that are compared.
var Metrics = []Metric{
	{"CPU an operation", "µs", -1, func(r *scenario.Result) *float64 { return r.CPU }},
	{"of it user", "µs", -1, func(r *scenario.Result) *float64 { return r.CPUUser }},
	{"of it system", "µs", -1, func(r *scenario.Result) *float64 { return r.CPUSystem }},
	{"CPU of a core", "%", -1, func(r *scenario.Result) *float64 { return r.CPUPercent }},
	{"allocations an operation", "", -1, func(r *scenario.Result) *float64 { return r.Allocs }},
	{"operations a second", "/s", 1, func(r *scenario.Result) *float64 { return positive(r.OpsPerSec) }},
	{"operations a CPU second", "/s", 1, func(r *scenario.Result) *float64 { return positive(r.OpsPerCPUSec) }},
	{"latency p50", "µs", -1, func(r *scenario.Result) *float64 { return lat(r, func(l *scenario.Latency) float64 { return l.P50 }) }},
	{"latency p90", "µs", -1, func(r *scenario.Result) *float64 { return lat(r, func(l *scenario.Latency) float64 { return l.P90 }) }},
	{"latency p99", "µs", -1, func(r *scenario.Result) *float64 { return lat(r, func(l *scenario.Latency) float64 { return l.P99 }) }},
	{"latency p99.9", "µs", -1, func(r *scenario.Result) *float64 { return lat(r, func(l *scenario.Latency) float64 { return l.P999 }) }},
	{"latency max", "µs", -1, func(r *scenario.Result) *float64 { return lat(r, func(l *scenario.Latency) float64 { return l.Max }) }},
	{"resident bytes a connection", "B", -1, func(r *scenario.Result) *float64 { return r.Bytes }},
	{"the same before a collection", "B", -1, func(r *scenario.Result) *float64 { return r.BytesBefore }},
	{"heap bytes a connection", "B", -1, func(r *scenario.Result) *float64 { return r.Heap }},
	{"kernel bytes a connection", "B", -1, func(r *scenario.Result) *float64 { return r.KernelBytes }},
}

func positive(v float64) *float64 {
	if v <= 0 {
		return nil
	}
	return &v
}

func lat(r *scenario.Result, f func(*scenario.Latency) float64) *float64 {
	if r.Latency == nil {
		return nil
	}
	v := f(r.Latency)
	return &v
}

// Values are a figure's values in the repeats that count.
func (r *Result) Values(m Metric) []float64 {
	var vs []float64
	for i := range r.Repeats {
		if v := m.Get(&r.Repeats[i]); v != nil && !r.Repeats[i].Failed() {
			vs = append(vs, *v)
		}
	}
	return vs
}

// median takes the median of each figure on its own; the latency curve is that
// of the run with the middle p50.
func median(rs []scenario.Result) scenario.Result {
	out := rs[0]
	out.Samples = nil
	for _, f := range []func(*scenario.Result) **float64{
		func(r *scenario.Result) **float64 { return &r.CPU }, func(r *scenario.Result) **float64 { return &r.CPUUser },
		func(r *scenario.Result) **float64 { return &r.CPUSystem }, func(r *scenario.Result) **float64 { return &r.CPUPercent },
		func(r *scenario.Result) **float64 { return &r.Allocs }, func(r *scenario.Result) **float64 { return &r.Bytes },
		func(r *scenario.Result) **float64 { return &r.BytesBefore }, func(r *scenario.Result) **float64 { return &r.Heap },
		func(r *scenario.Result) **float64 { return &r.KernelBytes },
	} {
		var vs []float64
		for i := range rs {
			if p := *f(&rs[i]); p != nil {
				vs = append(vs, *p)
			}
		}
		if len(vs) > 0 {
			v := middle(vs)
			*f(&out) = &v
		}
	}
	out.OpsPerSec = middleOf(rs, func(r *scenario.Result) float64 { return r.OpsPerSec })
	out.OpsPerCPUSec = middleOf(rs, func(r *scenario.Result) float64 { return r.OpsPerCPUSec })
	out.ConnectPerSec = middleOf(rs, func(r *scenario.Result) float64 { return r.ConnectPerSec })
	out.Latency = medianLatency(rs)
	return out
}

func medianLatency(rs []scenario.Result) *scenario.Latency {
	var ls []*scenario.Latency
	for _, r := range rs {
		if r.Latency != nil {
			ls = append(ls, r.Latency)
		}
	}
	if len(ls) == 0 {
		return nil
	}
	slices.SortFunc(ls, func(a, b *scenario.Latency) int { return int(a.P50 - b.P50) })
	l := *ls[len(ls)/2]
	mid := func(f func(*scenario.Latency) float64) float64 {
		var vs []float64
		for _, x := range ls {
			vs = append(vs, f(x))
		}
		return middle(vs)
	}
	l.P90 = mid(func(l *scenario.Latency) float64 { return l.P90 })
	l.P99 = mid(func(l *scenario.Latency) float64 { return l.P99 })
	l.P999 = mid(func(l *scenario.Latency) float64 { return l.P999 })
	l.Max = mid(func(l *scenario.Latency) float64 { return l.Max })
	return &l
}

func middleOf(rs []scenario.Result, f func(*scenario.Result) float64) float64 {
	var vs []float64
	for i := range rs {
		vs = append(vs, f(&rs[i]))
	}
	return middle(vs)
}

func middle(vs []float64) float64 {
	vs = slices.Sorted(slices.Values(vs))
	n := len(vs)
	return (vs[(n-1)/2] + vs[n/2]) / 2
}

// Write writes the file as JSON.
func (f *File) Write(path string) error {
	b, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(b, '\n'), 0o644)
}

// Writable reports, before there is anything to write, whether that could be. A
// file that is there stays as it is.
func Writable(path string) error {
	_, had := os.Stat(path)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if os.IsNotExist(had) {
		return os.Remove(path)
	}
	return nil
}

// Read is the inverse of Write.
func Read(path string) (*File, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	f := new(File)
	if err := json.Unmarshal(b, f); err != nil {
		return nil, fmt.Errorf("%s is no report of this tool: %w", path, err)
	}
	if f.Machine.CPUs == 0 && len(f.Results) == 0 {
		return nil, fmt.Errorf("%s is no report of this tool", path)
	}
	return f, nil
}

// ThisMachine describes it.
func ThisMachine(serverCPUs, clientCPUs string) Machine {
	m := Machine{CPUs: runtime.NumCPU(), Go: runtime.Version(), ServerCPUs: serverCPUs, ClientCPUs: clientCPUs}
	m.CPU = field("/proc/cpuinfo", "model name")
	m.Kernel = strings.TrimSpace(read("/proc/sys/kernel/osrelease"))
	m.Load = strings.Join(strings.Fields(read("/proc/loadavg") + " - - -")[:3], " ")
	var kb int64
	for _, c := range field("/proc/meminfo", "MemTotal") {
		if '0' <= c && c <= '9' {
			kb = kb*10 + int64(c-'0')
		}
	}
	m.Memory = kb << 10
	return m
}

func read(path string) string {
	b, _ := os.ReadFile(path) // what can't be told is left out
	return string(b)
}

func field(path, name string) string {
	for line := range strings.Lines(read(path)) {
		if k, v, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(k) == name {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

// Commit is the revision of the repository around dir, with "+" if it has
// changes that are not committed; "" where there is none.
func Commit(dir string) string {
	git := func(args ...string) string {
		out, _ := exec.Command("git", append([]string{"-C", filepath.Clean(dir)}, args...)...).Output()
		return strings.TrimSpace(string(out))
	}
	sha := git("rev-parse", "--short=12", "HEAD")
	if sha != "" && git("status", "--porcelain", "--untracked-files=no") != "" {
		sha += "+"
	}
	return sha
}
