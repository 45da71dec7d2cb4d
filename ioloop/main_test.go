package ioloop

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestMain fails the run if a goroutine is left over.
func TestMain(m *testing.M) {
	if role := os.Getenv("IOLOOP_TEST_ROLE"); role != "" {
		os.Exit(roles[role]())
	}
	code := m.Run()
	if left := leftGoroutines(); code == 0 && left != "" {
		fmt.Fprintln(os.Stderr, "goroutines left over:\n"+left)
		code = 1
	}
	os.Exit(code)
}

// roles are programs of their own, for tests that need a process to break.
var roles = map[string]func() int{}

// leftGoroutines waits until only the runtime's and the engine's pool are left,
// and gives the stacks of the others if they do not go.
func leftGoroutines() string {
	var left []string
	for range 500 {
		left = left[:0]
		for _, g := range goroutines() {
			if !ordinary(g) {
				left = append(left, g)
			}
		}
		if len(left) == 0 {
			return ""
		}
		time.Sleep(10 * time.Millisecond)
	}
	return strings.Join(left, "\n\n")
}

func goroutines() []string {
	buf := make([]byte, 1<<20)
	for {
		n := runtime.Stack(buf, true)
		if n < len(buf) {
			return strings.Split(strings.TrimSpace(string(buf[:n])), "\n\n")
		}
		buf = make([]byte, 2*len(buf))
	}
}

func ordinary(stack string) bool {
	for _, s := range []string{
		"ioloop.TestMain", "testing.(*M)", "testing.tRunner", "testing.runFuzz",
		"panjf2000/ants", "os/signal.", "runtime.ensureSigM", "runtime.goexit0",
	} {
		if strings.Contains(stack, s) {
			return true
		}
	}
	return false
}
