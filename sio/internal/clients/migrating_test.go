package clients

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// TestMigrating: the programs before and after of sio/MIGRATING.md look the
// same to a client of theirs.
func TestMigrating(t *testing.T) {
	t.Parallel()
	for _, app := range []string{"node4", "googollee", "zishang"} {
		t.Run(app, func(t *testing.T) {
			t.Parallel()
			after := filepath.Join(t.TempDir(), "after")
			if err := build(after, "github.com/tornadio/tornadio/sio/internal/migrating/"+app); err != nil {
				t.Fatal(err)
			}
			want := toldBefore(t, app)
			got, err := told(t, start(t, after), app)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got, want) {
				t.Errorf("before:\n%s\nafter:\n%s", strings.Join(want, "\n"), strings.Join(got, "\n"))
			}
		})
	}
}

// before starts the program before. The Go ones are modules of their own, so
// that the libraries that they use are nobody's dependencies; they know no
// shutdown.
func before(t *testing.T, app string) *program {
	t.Helper()
	if app == "node4" {
		return start(t, "before/node4.mjs")
	}
	path := filepath.Join(t.TempDir(), "before")
	cmd := exec.Command("go", "build", "-o", path, ".")
	cmd.Dir = "../migrating/" + app + "/before"
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building it: %v\n%s", err, out)
	}
	p := start(t, path)
	t.Cleanup(func() { p.stop(syscall.SIGKILL) })
	return p
}

// toldBefore is what is told of the program before. googollee's now and then
// dies of a nil pointer of its library, in a broadcast beside a disconnect, and
// then gets another try.
func toldBefore(t *testing.T, app string) []string {
	t.Helper()
	for try := 1; ; try++ {
		p := before(t, app)
		lines, err := told(t, p, app)
		if err == nil {
			return lines
		}
		if try == 5 || app != "googollee" || !p.crashed() {
			t.Fatal(err)
		}
		t.Logf("try %d: the library has crashed", try)
	}
}

// told is what the application's client tells of a server.
func told(t *testing.T, p *program, app string) ([]string, error) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "node", "scripts/migrating.mjs", p.url(), app).CombinedOutput()
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if err != nil || len(lines) < 6 || lines[len(lines)-1] != "finished" {
		return nil, fmt.Errorf("%v\n%s", err, out)
	}
	return lines, nil
}
