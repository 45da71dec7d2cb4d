package proc

import (
	"os"
	"os/exec"
	"testing"
	"time"
)

func TestParseStat(t *testing.T) {
	const tail = " S 1 1 1 0 -1 4194560 100 0 0 0 1234 56 0 0 20 0 1 0 100 1000000 200"
	for _, name := range []string{"server", "a b", ") R 1 2 3", "(((", "x) S (y"} {
		c, err := parseStat([]byte("42 (" + name + ")" + tail))
		if want := (CPU{12340 * time.Millisecond, 560 * time.Millisecond}); err != nil || c != want {
			t.Errorf("%q: %v %v", name, c, err)
		}
	}
	for _, bad := range []string{"", "42 (x) S 1", "42 (x) S 1 1 1 0 -1 4194560 100 0 0 0 many 56 0"} {
		if _, err := parseStat([]byte(bad)); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

// TestCPUIsOfThatProcessAlone has a child work while this process does, too.
func TestCPUIsOfThatProcessAlone(t *testing.T) {
	child := exec.Command("sleep", "60")
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = child.Process.Kill(); _ = child.Wait() }()
	before, err := ReadCPU(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	used := CPU{}
	for x := 1; used.User < 200*time.Millisecond; x++ {
		for range 10_000 {
			x += x * x
		}
		now, err := ReadCPU(os.Getpid())
		if err != nil {
			t.Fatal(err)
		}
		used = now.Sub(before)
	}
	if used.Total() < used.User {
		t.Error(used)
	}
	if c, err := ReadCPU(child.Process.Pid); err != nil || c.Total() > 50*time.Millisecond {
		t.Errorf("the child only slept: %v %v", c, err)
	}
}

func TestRSSGrows(t *testing.T) {
	before, err := ReadRSS(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	const size = 64 << 20
	b := make([]byte, size)
	for i := 0; i < size; i += 4096 {
		b[i] = 1
	}
	after, err := ReadRSS(os.Getpid())
	if grown := after - before; err != nil || grown < size*9/10 || grown > size*2 {
		t.Errorf("grown by %d, %v", grown, err)
	}
	if b[4096] != 1 {
		t.Error("b must live until here")
	}
	if k, err := ReadKernel(); err != nil || k.Slab <= 0 {
		t.Errorf("%+v %v", k, err)
	}
	if _, err := ReadCPU(1 << 30); err == nil {
		t.Error("a process that is not there")
	}
}
