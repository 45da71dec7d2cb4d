package report

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/tornadio/tornadio/bench/internal/check"
	"github.com/tornadio/tornadio/bench/internal/scenario"
)

func repeat(cpu, p50 float64) scenario.Result {
	user, system, bytes := cpu/4, cpu*3/4, 1500.0
	l := &scenario.Latency{Count: 9, P50: p50, P90: p50 * 2, P99: p50 * 3, P999: p50 * 4, Max: p50 * 5}
	for _, q := range []float64{0, 50, 90, 99, 99.9, 100} {
		l.Curve = append(l.Curve, [2]float64{q, p50 * (1 + q/50)})
	}
	return scenario.Result{Seconds: 90, OpsPerSec: 1e6 / cpu, OpsPerCPUSec: 1e6 / cpu, CPU: &cpu, CPUUser: &user, CPUSystem: &system,
		Bytes: &bytes, BytesBefore: &bytes, Latency: l, Samples: []scenario.Sample{{Second: 1, RSS: 5 << 20}, {Second: 80, RSS: 6 << 20}}}
}

func file() *File {
	f := &File{Command: "go run -C bench . -scenario <echo>", Versions: map[string]string{"ours": "this & that"}}
	f.Results = []Result{
		{Server: "ours", Scenario: "echo", Op: "message", Clients: 1000, Repeats: []scenario.Result{repeat(9, 90), repeat(7, 70), repeat(8, 80)}},
		{Server: "node4", Scenario: "echo", Op: "message", Clients: 1000, Repeats: []scenario.Result{repeat(30, 300), repeat(31, 310)}},
		{Server: "floor", Scenario: "echo", Op: "message", Clients: 1000, Cannot: "has <no> idea"},
	}
	for i := range f.Results {
		f.Results[i].Settle()
	}
	return f
}

func TestMedians(t *testing.T) {
	f := file()
	if r := f.Results[0]; *r.CPU != 8 || *r.CPUUser != 2 || r.Latency.P50 != 80 || r.Latency.P99 != 240 {
		t.Errorf("%+v %+v", r.Result, r.Latency)
	}
	if r := f.Results[1]; *r.CPU != 30.5 {
		t.Errorf("of an even number: %v", *r.CPU)
	}
	bad := repeat(1, 1)
	bad.Faults = check.Faults{Lost: 3}
	r := Result{Repeats: []scenario.Result{repeat(9, 90), bad, repeat(7, 70)}}
	if r.Settle(); *r.CPU != 8 || r.Faults.Lost != 3 || !r.Failed() {
		t.Errorf("a repeat that failed must not count, and must show: %+v", r.Result)
	}
	if vs := r.Values(Metrics[0]); len(vs) != 2 {
		t.Error(vs)
	}
}

// TestJSON: the names are promised.
func TestJSON(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.json")
	if err := file().Write(path); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Results []map[string]any `json:"results"`
		Machine map[string]any   `json:"machine"`
	}
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"server", "scenario", "clients", "cpu_us_per_op", "cpu_user_us_per_op", "bytes_per_conn", "repeats"} {
		if _, ok := got.Results[0][name]; !ok {
			t.Errorf("results[] has no %s", name)
		}
	}
	if f, err := Read(path); err != nil || len(f.Results) != 3 || *f.Results[0].CPU != 8 {
		t.Errorf("%+v %v", f, err)
	}
}

// TestPage: it stands alone, its plots are well-formed, and what others write is
// text in it.
func TestPage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.html")
	if err := file().WriteHTML(path); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	for _, bad := range []string{"http:", "https:", "src=", "@import", "url(", "<echo>", "<no>", "ZgotmplZ", "NaN", "Inf"} {
		if strings.Contains(text, bad) {
			t.Errorf("%q is in the page", bad)
		}
	}
	for _, want := range []string{"prefers-color-scheme: dark", "has &lt;no&gt; idea", "this &amp; that", "CPU an operation", "Latency", "Resident size of the server"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in the page", want)
		}
	}
	plots := regexp.MustCompile(`(?s)<svg.*?</svg>`).FindAllString(text, -1)
	if len(plots) < 4 {
		t.Errorf("%d plots", len(plots))
	}
	for _, p := range plots {
		d := xml.NewDecoder(strings.NewReader(p))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%v in %s", err, p)
			}
		}
	}
}

func TestTable(t *testing.T) {
	var out strings.Builder
	file().Table(&out)
	for _, want := range []string{"echo, 1000 clients", "8.00", "can't: has <no> idea"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}
}

// TestLine: what is not a terminal gets plain lines, and few of them.
func TestLine(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "err"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	l := NewLine(f)
	for range 100 {
		l.Show("ours echo 1/5", scenario.Progress{Phase: "measuring", Clients: 7, OpsPerSec: 1000, P50: 1500, P99: 2500, Left: 3e9}, 9e9)
	}
	l.Clear()
	b, _ := os.ReadFile(f.Name())
	if got := string(b); got != "ours echo 1/5: measuring, 7 clients, 1000/s, p50 2µs p99 3µs, 3s left of this run, 9s of all\n" {
		t.Errorf("%q", got)
	}
}

// TestSoak: one heap that is flat beneath its saw, and one that grows.
func TestSoak(t *testing.T) {
	soak := func(grow int64) Result {
		x := repeat(9, 90)
		for i := range int64(40) {
			x.Held = append(x.Held, scenario.Held{Second: float64(i) * 90, Heap: 5<<20 + i%3<<10 + i*grow, RSS: 20<<20 + i*grow})
		}
		r := Result{Server: "ours", Scenario: "soak", Clients: 1000, Repeats: []scenario.Result{x}}
		r.Settle()
		return r
	}
	for _, c := range []struct {
		grow int64
		want string
	}{{0, "+0.00 MB an hour"}, {1 << 20, "+40.00 MB an hour"}} {
		f := &File{Results: []Result{soak(c.grow)}}
		var out strings.Builder
		f.Table(&out)
		if !strings.Contains(out.String(), c.want) || !strings.Contains(out.String(), "5.00 MB at 0 s") {
			t.Error(out.String())
		}
		path := filepath.Join(t.TempDir(), "out.html")
		if err := f.WriteHTML(path); err != nil {
			t.Fatal(err)
		}
		if b, _ := os.ReadFile(path); !strings.Contains(string(b), "Heap in use after a collection, MB") || !strings.Contains(string(b), "MB an hour") {
			t.Error("the page has nothing of it")
		}
	}
	r := soak(0)
	for i := range r.Repeats[0].Held {
		r.Repeats[0].Held[i].Heap = 0
	}
	if got := flatness(r.soaked()); !strings.HasPrefix(got, "resident size after a collection: 20.00 MB") {
		t.Errorf("a server that can't tell its heap: %s", got)
	}
}

// TestTicks are round, and neither few nor many.
func TestTicks(t *testing.T) {
	for _, to := range []float64{0.03, 1, 2.43, 7, 20, 480, 14400, 3.2e9} {
		ts := plainTicks(0, to)
		if len(ts) < 4 || len(ts) > 11 || ts[0].text != "0" || ts[len(ts)-1].at > to {
			t.Errorf("to %v: %v", to, ts)
		}
	}
	for us, want := range map[float64]string{1: "1µs", 1000: "1ms", 1e6: "1s"} {
		if got := micros(us); got != want {
			t.Errorf("%v: %s", us, got)
		}
	}
}

func TestRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "in.json")
	for _, bad := range []string{"", "nonsense", "{}", `{"results": 3}`} {
		if err := os.WriteFile(path, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(path); err == nil || !strings.Contains(err.Error(), "in.json is no report") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
