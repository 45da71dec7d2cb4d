//go:build linux

package ioloop

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// What the engine beneath does by itself, and must not be seen to do from above:
// a test for each, over real sockets.

// A closed connection's descriptor number is soon another connection's. Writes
// to the closed one must not reach that one.
func TestFactNumberReuseAfterClose(t *testing.T) {
	t.Parallel()
	accept, conns := accepted(&funcs{})
	g, addr := serve(t, Config{Loops: 1}, accept)
	for range 20 {
		old := dial(t, addr)
		stale := receive(t, "a connection", conns)
		_ = old.Close()
		eventually(t, "the old one is gone", func() bool { return g.Conns() == 0 })
		fresh := dial(t, addr)
		now := receive(t, "a connection", conns)
		onLoop(t, g.Loop(0), func() {
			stale.Write([]byte("for the dead"))
			stale.Flush()
			now.Write([]byte("ok"))
		})
		want(t, fresh, "ok")
		_ = fresh.Close()
		eventually(t, "the new one is gone", func() bool { return g.Conns() == 0 })
	}
}

// A panic at any entry ends that connection alone.
func TestFactPanicAtEveryEntry(t *testing.T) {
	t.Parallel()
	var panics counter
	var mode atomic.Value
	mode.Store("")
	boom := func(at string) {
		if mode.Load() == at {
			panic("boom at " + at)
		}
	}
	h := &funcs{
		data:  func(c *Conn, p []byte) int { boom("data"); c.Write(p); return len(p) },
		close: func(*Conn, error) { boom("close") },
	}
	g, addr := serve(t, Config{Loops: 1, OnPanic: func(Panic) { panics.inc() }},
		func(*Conn) Handler { boom("accept"); return h })
	witness := dial(t, addr)
	send(t, witness, "a")
	want(t, witness, "a")
	seen := int64(0)
	expect := func(at string) {
		t.Helper()
		seen++
		eventually(t, "the panic at "+at+" is counted", func() bool { return panics.Load() == seen })
		mode.Store("")
		send(t, witness, at)
		want(t, witness, at)
	}
	for _, at := range []string{"accept", "data", "close"} {
		if at != "accept" {
			mode.Store("")
		} else {
			mode.Store(at)
		}
		c := dial(t, addr)
		if at == "close" {
			send(t, c, "x")
			want(t, c, "x")
		}
		mode.Store(at)
		if at == "data" {
			send(t, c, "x")
			_ = c.SetReadDeadline(time.Now().Add(20 * time.Second))
			if _, err := io.ReadAll(c); err != nil && !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("the connection of the panic: %v; want its end", err)
			}
		}
		_ = c.Close()
		expect(at)
	}
	_ = g.Loop(0).Post(func() { panic("boom in a task") })
	expect("task")
	g.Loop(0).AfterFunc(time.Millisecond, func() { panic("boom in a timer") })
	expect("timer")
}

// A large answer arrives whole though the connection is closed right behind it.
func TestFactLargeAnswerThenClose(t *testing.T) {
	t.Parallel()
	big := bytes.Repeat([]byte("0123456789abcdef"), 30<<20/16)
	_, addr := serve(t, Config{Loops: 1}, func(*Conn) Handler {
		return &funcs{data: func(c *Conn, p []byte) int { c.Write(big); c.Close(); return len(p) }}
	})
	for range 3 {
		c := dial(t, addr)
		send(t, c, "x")
		got, err := io.ReadAll(c)
		if err != nil || !bytes.Equal(got, big) {
			t.Fatalf("%d bytes of %d, %v", len(got), len(big), err)
		}
	}
}

// A reader that reads nothing is visible as backlog, and when it reads again
// OnWritable comes.
func TestFactSlowReader(t *testing.T) {
	t.Parallel()
	writable := make(chan struct{}, 1)
	h := &funcs{writable: func(c *Conn) {
		if c.Backlog() == 0 {
			writable <- struct{}{}
		}
	}}
	accept, conns := accepted(h)
	g, addr := serve(t, Config{Loops: 1}, accept)
	c := dial(t, addr)
	k := receive(t, "a connection", conns)
	chunk := make([]byte, 1<<20)
	total := 0
	for congested := false; !congested; {
		onLoop(t, g.Loop(0), func() {
			k.Write(chunk)
			k.Flush()
			total += len(chunk)
			congested = k.Congested() && k.Backlog() > 0
		})
		if total > 1<<30 {
			t.Fatal("a gigabyte went to a reader that reads nothing")
		}
	}
	if n, err := io.CopyN(io.Discard, c, int64(total)); err != nil {
		t.Fatalf("%d bytes of %d: %v", n, total, err)
	}
	receive(t, "OnWritable", writable)
}

// What a callback has queued leaves in one write: the peer's first read gets
// all of it.
func TestFactOneTurnIsOneSegment(t *testing.T) {
	t.Parallel()
	_, addr := serve(t, Config{Loops: 1}, func(*Conn) Handler {
		return &funcs{data: func(c *Conn, p []byte) int {
			for i := range 10 {
				fmt.Fprintf(connWriter{c}, "part %d;", i)
			}
			return len(p)
		}}
	})
	c := dial(t, addr)
	send(t, c, "x")
	buf := make([]byte, 4096)
	n, err := c.Read(buf)
	if err != nil || n != 10*len("part 0;") {
		t.Errorf("the first read got %d bytes, %v; want all %d", n, err, 10*len("part 0;"))
	}
}

type connWriter struct{ c *Conn }

func (w connWriter) Write(p []byte) (int, error) { w.c.Write(p); return len(p), nil }

// Posts of one goroutine keep their order, also far above the engine's own
// threshold of 1024, and from many goroutines at a time.
func TestFactMailboxOrder(t *testing.T) {
	t.Parallel()
	g, _ := serve(t, Config{Loops: 1}, echoing)
	const writers, each = 16, 3000
	release := make(chan struct{})
	_ = g.Loop(0).Post(func() { <-release }) // so that all of them wait
	next := make([]int, writers)
	var wrong counter
	var wg, ran sync.WaitGroup
	ran.Add(writers * each)
	for w := range writers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range each {
				_ = g.Loop(0).Post(func() {
					if next[w] != i {
						wrong.inc()
					}
					next[w]++
					ran.Done()
				})
			}
		}()
	}
	wg.Wait()
	close(release)
	ran.Wait()
	if n := wrong.Load(); n > 0 {
		t.Errorf("%d of %d posts out of order", n, writers*each)
	}
}

// A server can listen on its port again at once, though connections of the old
// one are in TIME_WAIT.
func TestFactRestartOnTheSamePort(t *testing.T) {
	t.Parallel()
	addr := "127.0.0.1:0"
	for round := range 3 {
		g := newTestGroup(t, Config{Loops: 1})
		h := &funcs{data: func(c *Conn, p []byte) int { c.Write(p); c.Close(); return len(p) }}
		a, err := g.Listen("tcp", addr, func(*Conn) Handler { return h })
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		addr = a.String()
		start(t, g)
		c := dial(t, addr)
		send(t, c, "x") // the server closes first: TIME_WAIT is on its side
		want(t, c, "x")
		wantEOF(t, c)
		_ = c.Close()
		stopGroup(t, g)
	}
}

// A port that is taken is an error, also when it is taken by a group.
func TestFactAddressInUse(t *testing.T) {
	t.Parallel()
	_, addr := serve(t, Config{Loops: 1}, echoing)
	g := newTestGroup(t, Config{Loops: 1})
	if _, err := g.Listen("tcp", addr, echoing); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("second listener: %v; want EADDRINUSE", err)
	}
}

// When the process has no more descriptors the open connections live on, and
// new ones get in once there are some again.
func TestFactOutOfDescriptors(t *testing.T) {
	t.Parallel()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/bin/sh", "-c", `ulimit -n 64 && exec "$0"`, exe)
	cmd.Env = append(os.Environ(), "IOLOOP_TEST_ROLE=descriptors")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = in.Close(); _ = cmd.Wait() }()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	addr := strings.TrimSpace(line)
	first := dial(t, addr)
	send(t, first, "a")
	want(t, first, "a")
	var crowd []net.Conn
	for range 200 { // the kernel's queue takes those that the server can't
		c, err := net.DialTimeout("tcp", addr, 5*time.Second)
		if err == nil {
			crowd = append(crowd, c)
		}
	}
	send(t, first, "still there")
	want(t, first, "still there")
	for _, c := range crowd {
		_ = c.Close()
	}
	eventually(t, "a new connection is served", func() bool {
		c, err := net.DialTimeout("tcp", addr, time.Second)
		if err != nil {
			return false
		}
		defer c.Close()
		_ = c.SetDeadline(time.Now().Add(time.Second))
		if _, err := io.WriteString(c, "x"); err != nil {
			return false
		}
		var b [1]byte
		_, err = io.ReadFull(c, b[:])
		return err == nil
	})
	send(t, first, "and still")
	want(t, first, "and still")
}

func init() { roles["descriptors"] = beServer }

// beServer is the process of TestFactOutOfDescriptors.
func beServer() int {
	g, err := NewGroup(Config{Loops: 2, Logger: quietLog()})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	addr, err := g.Listen("tcp", "127.0.0.1:0", echoing)
	if err == nil {
		err = g.Start()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println(addr)
	_, _ = io.Copy(io.Discard, os.Stdin)
	return 0
}

// The peer's half-close is the end; what OnClose writes still goes out.
func TestFactHalfClose(t *testing.T) {
	t.Parallel()
	_, addr := serve(t, Config{Loops: 1}, func(*Conn) Handler {
		return &funcs{close: func(c *Conn, err error) {
			if err == io.EOF {
				c.Write([]byte("last words"))
			}
		}}
	})
	c := dial(t, addr)
	if err := c.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	want(t, c, "last words")
	wantEOF(t, c)
}

// A refusal is read though the body it refuses is still coming.
func TestFactRefusalWhileABodyComes(t *testing.T) {
	t.Parallel()
	_, addr := serve(t, Config{Loops: 1}, func(*Conn) Handler {
		return &funcs{data: func(c *Conn, p []byte) int { c.Write([]byte("413")); c.CloseLinger(); return len(p) }}
	})
	c := dial(t, addr)
	body := make([]byte, 4<<20)
	go func() { _, _ = c.Write(body) }()
	got := make([]byte, 3)
	if _, err := io.ReadFull(c, got); err != nil || string(got) != "413" {
		t.Errorf("read %q, %v", got, err)
	}
}

// Every callback of a connection runs on the goroutine of its loop, while
// connections move between four loops under load; nothing is lost.
func TestLawConnectionsMoveUnderLoad(t *testing.T) {
	t.Parallel()
	var owners [4]atomic.Int64
	var wrong counter
	check := func(c *Conn) {
		l := c.Loop()
		id := goroutineID()
		if !owners[l.Index()].CompareAndSwap(0, id) && owners[l.Index()].Load() != id || !l.InLoop() {
			wrong.inc()
		}
	}
	h := &funcs{close: func(c *Conn, _ error) { check(c) }}
	h.data = func(c *Conn, p []byte) int {
		check(c)
		c.Write(p)
		if to := c.Loop().Group().Loop(int(p[len(p)-1]) % 4); to != c.Loop() {
			if err := c.Move(to, func(c *Conn, err error) {
				if err != nil {
					wrong.inc()
				}
				check(c)
			}); err != nil {
				wrong.inc()
			}
		}
		return len(p)
	}
	_, addr := serve(t, Config{Loops: 4}, func(c *Conn) Handler { check(c); return h })
	var wg sync.WaitGroup
	for i := range 16 {
		c := dial(t, addr)
		wg.Add(1)
		go func() {
			defer wg.Done()
			for n := range 60 {
				message := fmt.Sprintf("%d to %d %c", i, n, rune('a'+(i*7+n*5)%26))
				if _, err := io.WriteString(c, message); err != nil {
					t.Error(err)
					return
				}
				got := make([]byte, len(message))
				if _, err := io.ReadFull(c, got); err != nil || string(got) != message {
					t.Errorf("got %q, %v; want %q", got, err, message)
					return
				}
			}
		}()
	}
	wg.Wait()
	if n := wrong.Load(); n > 0 {
		t.Errorf("%d callbacks off their loop", n)
	}
}

// Idle connections add no goroutine.
func TestLawIdleConnectionsAddNoGoroutine(t *testing.T) {
	g, addr := serve(t, Config{Loops: 2}, echoing)
	c := dial(t, addr)
	send(t, c, "x")
	want(t, c, "x")
	before := runtime.NumGoroutine()
	const n = 5000
	conns := make([]net.Conn, 0, n)
	defer func() {
		for _, c := range conns {
			_ = c.Close()
		}
	}()
	for range n {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		conns = append(conns, c)
	}
	eventually(t, "all are open", func() bool { return g.Conns() == n+1 })
	// The engine's workers, which enroll, go when they have nothing to do.
	eventually(t, "no goroutine for each", func() bool { return runtime.NumGoroutine() < before+100 })
}

// An engine that ends by itself is an error, not a silent end.
func TestFactStopIsOrderly(t *testing.T) {
	t.Parallel()
	var closes counter
	h := &funcs{data: func(c *Conn, p []byte) int { c.Write(p); return len(p) }, close: func(*Conn, error) { closes.inc() }}
	g, addr := serve(t, Config{Loops: 2}, func(*Conn) Handler { return h })
	for range 10 {
		c := dial(t, addr)
		send(t, c, "x")
		want(t, c, "x")
	}
	var ran counter
	for range 100 {
		_ = g.Loop(1).Post(ran.inc)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := g.Stop(ctx); err != nil {
		t.Errorf("Stop: %v", err)
	}
	<-g.Done()
	if err := g.Err(); err != nil {
		t.Errorf("Err after Stop: %v", err)
	}
	if closes.Load() != 10 || ran.Load() != 100 {
		t.Errorf("%d of 10 OnClose, %d of 100 posts", closes.Load(), ran.Load())
	}
	if err := g.Loop(0).Post(func() {}); !errors.Is(err, ErrClosed) {
		t.Errorf("Post after Stop: %v; want ErrClosed", err)
	}
	if _, err := net.DialTimeout("tcp", addr, time.Second); err == nil {
		t.Error("the port still accepts")
	}
}

// Unix sockets, and listeners that somebody else has made.
func TestFactOtherListeners(t *testing.T) {
	t.Parallel()
	g := newTestGroup(t, Config{Loops: 2})
	path := t.TempDir() + "/s"
	if _, err := g.Listen("unix", path, echoing); err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := g.ListenOn(ln, echoing); err != nil {
		t.Fatal(err)
	}
	both, err := g.Listen("tcp", ":0", echoing)
	if err != nil {
		t.Fatal(err)
	}
	start(t, g)
	_, port, _ := net.SplitHostPort(both.String())
	for _, a := range [][2]string{{"unix", path}, {"tcp", ln.Addr().String()}, {"tcp4", "127.0.0.1:" + port}, {"tcp6", "[::1]:" + port}} {
		c, err := net.Dial(a[0], a[1])
		if err != nil {
			t.Errorf("%v: %v", a, err)
			continue
		}
		_ = c.SetDeadline(time.Now().Add(20 * time.Second))
		send(t, c, "hello")
		want(t, c, "hello")
		_ = c.Close()
	}
}
