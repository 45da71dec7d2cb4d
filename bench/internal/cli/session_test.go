package cli

import (
	"context"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tornadio/tornadio/bench/internal/report"
)

// TestSession is the whole tool: it builds two peers, loads them in each of
// their protocols and transports, and writes reports.
func TestSession(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "out.json")
	args := strings.Fields("-scenario echo,rooms,presence,connect,idle:500,mixed,soak,slow -n 40 -secs 0.3 -warm 0.1 -repeat 2 -peers floor -server-cpus none -client-cpus none -html " + filepath.Join(dir, "out.html") + " -json " + out)
	f := runTool(t, args, dir, out)
	if len(f.Results) != 8*2 {
		t.Fatalf("%d results", len(f.Results))
	}
	for _, r := range f.Results {
		cannot := r.Server == "floor" && (r.Scenario == "presence" || r.Scenario == "mixed" || r.Scenario == "soak")
		if (r.Cannot != "") != cannot || r.Failed() {
			t.Errorf("%s in %s: %s %v %s", r.Server, r.Scenario, r.Cannot, r.Faults, r.Note)
		}
		if !cannot && (len(r.Repeats) != 2 || r.Scenario != "idle" && (r.CPU == nil || *r.CPU <= 0 && r.Ops > 1000)) {
			t.Errorf("%s in %s: %+v", r.Server, r.Scenario, r.Result)
		}
		if r.Scenario == "soak" && !cannot && (len(r.Repeats[0].Held) == 0 || r.Repeats[0].Held[0].Heap < 1000) {
			t.Errorf("%s: a soak without a look at the heap: %+v", r.Server, r.Repeats[0].Held)
		}
		if r.Scenario == "idle" && (r.Bytes == nil || *r.Bytes <= 0 || r.Heap == nil || *r.Heap < 100 || *r.Heap > 20_000) {
			t.Errorf("%s: an idle connection takes %+v", r.Server, r.Result)
		}
	}
	if f.Versions["ours"] == "" || f.Machine.CPUs == 0 || f.Command == "" {
		t.Errorf("%+v", f)
	}
}

// runTool runs it with tmp for its files: programs that are there already are
// not linked again.
func runTool(t *testing.T, args []string, tmp, out string) *report.File {
	t.Helper()
	set, err := parse(args, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if err := runSession(context.Background(), set, args, tmp, io.Discard); err != nil {
		t.Error(err)
	}
	f, err := report.Read(out)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestProtocols is our server in every protocol and transport of the clients.
func TestProtocols(t *testing.T) {
	tmp := t.TempDir()
	for _, line := range []string{
		"-proto eio4 -binary", "-proto eio4 -transport polling -binary", "-proto eio4 -transport upgrade",
		"-proto eio3", "-proto eio3 -transport polling -binary", "-proto eio3 -transport upgrade",
		"-proto rev1", "-proto rev1 -transport polling", "-proto eio4 -size 70000",
		"-tls", "-tls -transport polling", "-deflate -size 3000", "-tls -deflate -proto eio3 -size 3000",
	} {
		out := filepath.Join(t.TempDir(), "out.json")
		f := runTool(t, append(strings.Fields(line), "-n", "20", "-secs", "0.2", "-warm", "0", "-json", out, "-server-cpus", "none", "-client-cpus", "none"), tmp, out)
		if r := f.Results[0]; r.Cannot != "" || r.Failed() || r.Ops < 20 {
			t.Errorf("%s: %s %v %s, %d messages", line, r.Cannot, r.Faults, r.Note, r.Ops)
		}
	}
}
