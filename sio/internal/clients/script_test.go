package clients

import (
	"bufio"
	"bytes"
	"context"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

// script runs scripts/name against p. It prints a line for each step that has
// passed, "finished" after the last, and "@restart" or "@crash" to have its
// server ended and started again.
func script(t *testing.T, p *program, name string, args ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", append([]string{"scripts/" + name, p.url()}, args...)...)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	cmd.WaitDelay = 5 * time.Second
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	finished := false
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		t.Log(lines.Text())
		switch lines.Text() {
		case "@restart":
			p.restart(syscall.SIGTERM)
		case "@crash":
			p.restart(syscall.SIGKILL)
		case "finished":
			finished = true
		}
	}
	if err := cmd.Wait(); err != nil || !finished {
		t.Fatalf("%s %v: %v, finished: %v\n%s", name, args, err, finished, complaints.String())
	}
}
