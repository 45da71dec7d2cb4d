package clients

import (
	"bufio"
	"bytes"
	"context"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestBehaviour has the client of 4.8 use the reference server and ours in the
// same ways, and compares what it has seen, line by line: rooms and targets,
// acknowledgements, middlewares, listeners, namespaces, reasons, recovery.
func TestBehaviour(t *testing.T) {
	t.Parallel()
	theirs := start(t, "scripts/behave-server.mjs").addr
	ours := newBehaving(t)
	var want, got []string
	done := make(chan struct{})
	go func() { defer close(done); want = behave(t, theirs) }()
	got = behave(t, ours)
	<-done
	if slices.Equal(want, got) || t.Failed() {
		return
	}
	scene := ""
	for i := range max(len(want), len(got)) {
		w, g := line(want, i), line(got, i)
		if strings.HasPrefix(w, `["--"`) {
			scene = w
		}
		if w != g {
			t.Errorf("%s: the reference makes the client tell\n  %s, ours\n  %s", scene, w, g)
		}
	}
}

func line(all []string, i int) string {
	if i < len(all) {
		return all[i]
	}
	return ""
}

func behave(t *testing.T, addr string) (told []string) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", "scripts/behave.mjs", "http://"+addr)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	lines := bufio.NewScanner(bytes.NewReader(out))
	for lines.Scan() {
		told = append(told, lines.Text())
	}
	if err != nil || line(told, len(told)-1) != "finished" {
		t.Errorf("behave.mjs with %s: %v\n%s\n%s", addr, err, strings.Join(told, "\n"), complaints.String())
	}
	return told
}
