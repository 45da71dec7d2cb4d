package hostile

import (
	"bytes"
	"runtime"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio/internal/leftover"
)

func TestMain(m *testing.M) { leftover.Main(m) }

// goroutines counts those that are not of the process-wide worker pool which
// gnet brings along: its workers end when they have been idle for some seconds.
func goroutines() (n int) {
	all := make([]byte, 1<<20)
	all = all[:runtime.Stack(all, true)]
	for stack := range bytes.SplitSeq(all, []byte("\n\n")) {
		if !bytes.Contains(stack, []byte("panjf2000/ants")) {
			n++
		}
	}
	return n
}

// eventually waits until f holds.
func eventually(t testing.TB, what string, f func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !f(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

// heap is the live heap in bytes.
func heap() int64 {
	runtime.GC()
	runtime.GC() // pools give their content back at the second one
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
