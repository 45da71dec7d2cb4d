package peer

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tornadio/tornadio/bench/internal/client"
	"github.com/tornadio/tornadio/bench/internal/wire"
)

func TestFind(t *testing.T) {
	for _, name := range append(Names(), "ours@HEAD", "ours@v1.2.3~4", "ours+5ms", "ours+typed", "ours@HEAD+1ms") {
		if p, err := Find(name); err != nil || p.Name != name {
			t.Errorf("%s: %v %v", name, p, err)
		}
	}
	for _, name := range []string{"", "nobody", "node4@HEAD", "node4+typed", "ours@", "ours+", "ours+fast", "ours+-1ms", "@", "+"} {
		if _, err := Find(name); err == nil {
			t.Errorf("%q was found", name)
		}
	}
}

func TestCan(t *testing.T) {
	floor, _ := Find("floor")
	for _, c := range []struct {
		n    Need
		want string
	}{
		{Need{Scenario: "echo"}, ""},
		{Need{Scenario: "echo", Proto: wire.Rev1}, "rev1"},
		{Need{Scenario: "polling", Transport: client.Polling}, "polling"},
		{Need{Scenario: "presence"}, "comings"},
		{Need{Scenario: "echo", Binary: true}, "text"},
		{Need{Scenario: "echo", TLS: true}, "TCP"},
		{Need{Scenario: "echo", Deflate: true}, "extensions"},
	} {
		if got := floor.Can(c.n); (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%+v: %q", c.n, got)
		}
	}
}

func TestParseMemory(t *testing.T) {
	if m, err := parseMemory("1000 20 3 4000"); err != nil || m != (Memory{1000, 20, 3, 4000}) {
		t.Error(m, err)
	}
	if m, err := parseMemory("-1 -1"); err != nil || m.Allocs != -1 {
		t.Error(m, err)
	}
	for _, bad := range []string{"", "1", "x y", "1 2 z"} {
		if _, err := parseMemory(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

// TestPackages: each peer's package is there, and its lock file names no place
// from which packages come.
func TestPackages(t *testing.T) {
	for _, p := range all {
		dir := filepath.Join("..", "..", "peers", p.Name)
		want := map[kind]string{inModule: "main.go", ownModule: "go.sum", node: "package-lock.json", python: "server.py"}[p.kind]
		b, err := os.ReadFile(filepath.Join(dir, want))
		if err != nil {
			t.Errorf("%s: %v", p.Name, err)
		}
		if p.kind == node && strings.Contains(string(b), `"resolved"`) {
			t.Errorf("%s: its lock file has resolved addresses", p.Name)
		}
	}
}
