//go:build !windows

package ioloop

import (
	"context"
	"io"
	"log/slog"
	"net"
	"sync/atomic"
	"testing"
	"time"
)

// funcs is a Handler made of funcs; those that are nil do nothing (and use all).
type funcs struct {
	data     func(c *Conn, p []byte) int
	writable func(c *Conn)
	close    func(c *Conn, err error)
}

func (f *funcs) OnData(c *Conn, p []byte) int {
	if f.data == nil {
		return len(p)
	}
	return f.data(c, p)
}

func (f *funcs) OnWritable(c *Conn) {
	if f.writable != nil {
		f.writable(c)
	}
}

func (f *funcs) OnClose(c *Conn, err error) {
	if f.close != nil {
		f.close(c, err)
	}
}

// echoing writes back what comes.
func echoing(*Conn) Handler {
	return &funcs{data: func(c *Conn, p []byte) int { c.Write(p); return len(p) }}
}

func quietLog() *slog.Logger { return slog.New(slog.DiscardHandler) }

// newTestGroup makes a group that is stopped at the test's end.
func newTestGroup(t testing.TB, cfg Config) *Group {
	t.Helper()
	if cfg.Logger == nil {
		cfg.Logger = quietLog()
	}
	g, err := NewGroup(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stopGroup(t, g) })
	return g
}

func stopGroup(t testing.TB, g *Group) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := g.Stop(ctx); err != nil && g.Err() == nil {
		t.Errorf("Stop: %v", err)
	}
	if n := g.Conns(); n != 0 {
		t.Errorf("%d connections after Stop", n)
	}
}

func start(t testing.TB, g *Group) {
	t.Helper()
	if err := g.Start(); err != nil {
		t.Fatal(err)
	}
}

func listen(t testing.TB, g *Group, accept func(*Conn) Handler) string {
	t.Helper()
	addr, err := g.Listen("tcp", "127.0.0.1:0", accept)
	if err != nil {
		t.Fatal(err)
	}
	return addr.String()
}

// serve starts a group with one listener.
func serve(t testing.TB, cfg Config, accept func(*Conn) Handler) (*Group, string) {
	t.Helper()
	g := newTestGroup(t, cfg)
	addr := listen(t, g, accept)
	start(t, g)
	return g, addr
}

func dial(t testing.TB, addr string) *net.TCPConn {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	// No test waits for ever.
	if err := c.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return c.(*net.TCPConn)
}

func send(t testing.TB, c net.Conn, s string) {
	t.Helper()
	if _, err := io.WriteString(c, s); err != nil {
		t.Fatal(err)
	}
}

// want reads exactly s.
func want(t testing.TB, c net.Conn, s string) {
	t.Helper()
	buf := make([]byte, len(s))
	if n, err := io.ReadFull(c, buf); err != nil || string(buf) != s {
		t.Fatalf("read %q, %v; want %q", buf[:n], err, s)
	}
}

func wantEOF(t testing.TB, c net.Conn) {
	t.Helper()
	if b, err := io.ReadAll(c); err != nil || len(b) > 0 {
		t.Fatalf("read %q, %v; want the end", b, err)
	}
}

// eventually waits for a condition.
func eventually(t testing.TB, what string, cond func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !cond(); {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
		time.Sleep(time.Millisecond)
	}
}

// receive takes one value, or fails.
func receive[T any](t testing.TB, what string, ch <-chan T) T {
	t.Helper()
	select {
	case v := <-ch:
		return v
	case <-time.After(20 * time.Second):
		t.Fatalf("never: %s", what)
		panic("unreachable")
	}
}

// onLoop runs f on l and waits for it.
func onLoop(t testing.TB, l *Loop, f func()) {
	t.Helper()
	done := make(chan struct{})
	if err := l.Post(func() { defer close(done); f() }); err != nil {
		t.Fatal(err)
	}
	receive(t, "a posted task", done)
}

// accepted makes an accept func which hands out the connections.
func accepted(h Handler) (func(*Conn) Handler, chan *Conn) {
	ch := make(chan *Conn, 1024)
	return func(c *Conn) Handler { ch <- c; return h }, ch
}

// counter counts for asserts from other goroutines.
type counter struct{ atomic.Int64 }

func (c *counter) inc() { c.Add(1) }
