package clients

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// script runs scripts/name against p, in Node, or in Python where the name says
// so. It prints a line for each step that has passed, "finished" after the
// last, and "@restart" or "@crash" to have its server ended and started again.
func script(t *testing.T, p *program, name string, args ...string) {
	t.Helper()
	if err := tryScript(t, p, name, args...); err != nil {
		t.Fatal(err)
	}
}

// browsers bounds how many of them run at a time: one at work wants a core for
// itself, while the other scripts mostly wait, as some pages do.
var browsers = make(chan struct{}, 4)

func inBrowser(name string) bool {
	return strings.HasPrefix(name, "examples/") || name == "pages.mjs" || name == "jsonp.mjs" || name == "webtransport.mjs"
}

// tryScript is script for any goroutine.
func tryScript(t *testing.T, p *program, name string, args ...string) error {
	if inBrowser(name) {
		browsers <- struct{}{}
		defer func() { <-browsers }()
	}
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	interpreter := "node"
	if strings.HasSuffix(name, ".py") {
		interpreter = python
	}
	cmd := exec.CommandContext(ctx, interpreter, append([]string{"scripts/" + name, p.url()}, args...)...)
	cmd.Env = append(cmd.Environ(), p.env...)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	cmd.WaitDelay = 5 * time.Second
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
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
		return fmt.Errorf("%s %v: %v, finished: %v\n%s", name, args, err, finished, complaints.String())
	}
	return nil
}
