// Package leftover fails a package's tests if they leave goroutines of this
// module behind.
package leftover

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

// Main is a TestMain.
func Main(m *testing.M) {
	code := m.Run()
	if left := goroutines(); code == 0 && left != "" {
		fmt.Fprintln(os.Stderr, "goroutines left over:\n"+left)
		code = 1
	}
	os.Exit(code)
}

// goroutines are the stacks of those that are there still after some time. The
// worker pool that gnet brings along is the process's.
func goroutines() (left string) {
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		buf := make([]byte, 1<<20)
		left = ""
		for stack := range strings.SplitSeq(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
			if strings.Contains(stack, "tornadio/tornadio/") && !strings.Contains(stack, "leftover.Main") {
				left += stack + "\n\n"
			}
		}
		if left == "" {
			return ""
		}
	}
	return left
}
