package sio

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// below says what each package of the project may import of the project.
// Imports run downwards only.
var below = map[string][]string{
	"ioloop":                   {},
	"httpparse":                {},
	"flashpolicy":              {"ioloop"},
	"sio/internal/clientfiles": {"httpparse"},
	"sio/internal/leftover":    {},
	"sio/internal/packet":      {},
	"sio/internal/payload":     {},
	"sio/internal/wsproto":     {"httpparse"},
	"sio/internal/session":     {"ioloop", "sio/internal/payload", "sio/internal/wsproto"},
	"sio/internal/transport":   {"ioloop", "httpparse", "sio/internal/payload", "sio/internal/wsproto", "sio/internal/session"},
	"sio/internal/web": {"ioloop", "httpparse", "flashpolicy", "sio/internal/payload", "sio/internal/wsproto",
		"sio/internal/session", "sio/internal/transport", "sio/internal/clientfiles"},
	"sio/internal/host": {"ioloop", "sio/internal/session", "sio/internal/web"},
	"sio": {"ioloop", "httpparse", "flashpolicy", "sio/internal/clientfiles", "sio/internal/packet", "sio/internal/session", "sio/internal/web",
		"sio/internal/host"},
	"sio/engine": {"ioloop", "httpparse", "sio/internal/host", "sio/internal/session", "sio/internal/web"},
	"sio/webtransport": {"ioloop", "sio", "sio/engine", "sio/internal/host", "sio/internal/payload", "sio/internal/session", "sio/internal/transport",
		"sio/internal/web"},
	"sio/adaptertest": {"sio", "sio/siotest"},
	"sio/siotest":     {"ioloop", "httpparse", "sio", "sio/engine", "sio/internal/packet", "sio/internal/payload", "sio/internal/wsproto"},
}

func TestImportsRunDownwards(t *testing.T) {
	const module = "github.com/tornadio/tornadio/"
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}}:{{join .Imports ","}}`, module+"...").CombinedOutput()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, out)
	}
	seen := 0
	for line := range strings.Lines(string(out)) {
		name, imports, ok := strings.Cut(strings.TrimSpace(line), ":")
		if !ok {
			continue
		}
		name = strings.TrimPrefix(name, module)
		allowed, listed := below[name]
		if !listed {
			// Examples and the clients' servers are users: the public API alone.
			allowed = []string{"sio", "sio/engine", "sio/siotest", "sio/webtransport", "ioloop", "flashpolicy", "examples/internal/site", "examples/internal/wire"}
		}
		seen++
		for imp := range strings.SplitSeq(imports, ",") {
			imp, ours := strings.CutPrefix(imp, module)
			if ours && !slices.Contains(allowed, imp) {
				t.Errorf("%s imports %s, which is not below it", name, imp)
			}
		}
	}
	if seen < len(below)-1 {
		t.Errorf("go list showed %d packages, too few to be believed", seen)
	}
}
