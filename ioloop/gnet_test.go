//go:build !windows

package ioloop

import (
	"io"
	"net"
	"testing"
)

func TestEcho(t *testing.T) {
	t.Parallel()
	_, addr := serve(t, Config{Loops: 2}, echoing)
	for range 4 {
		c := dial(t, addr)
		send(t, c, "hello")
		want(t, c, "hello")
		send(t, c, "again")
		want(t, c, "again")
	}
}

func TestCloseByPeerAndByUs(t *testing.T) {
	t.Parallel()
	errs := make(chan error, 1)
	h := &funcs{
		data:  func(c *Conn, p []byte) int { c.Write([]byte("bye")); c.Close(); return len(p) },
		close: func(_ *Conn, err error) { errs <- err },
	}
	_, addr := serve(t, Config{Loops: 1}, func(*Conn) Handler { return h })

	c := dial(t, addr)
	send(t, c, "x")
	want(t, c, "bye")
	wantEOF(t, c)
	if err := receive(t, "OnClose", errs); err != nil {
		t.Errorf("closed from here: %v; want nil", err)
	}

	c = dial(t, addr)
	c.Close()
	if err := receive(t, "OnClose", errs); err != io.EOF {
		t.Errorf("closed by the peer: %v; want io.EOF", err)
	}
}

func TestRefusedByAccept(t *testing.T) {
	t.Parallel()
	g, addr := serve(t, Config{}, func(c *Conn) Handler { c.Write([]byte("no")); return nil })
	c := dial(t, addr)
	want(t, c, "no")
	wantEOF(t, c)
	eventually(t, "no connection left", func() bool { return g.Conns() == 0 })
}

func TestAddrs(t *testing.T) {
	t.Parallel()
	accept, conns := accepted(&funcs{})
	_, addr := serve(t, Config{Loops: 1}, accept)
	c := dial(t, addr)
	sc := receive(t, "accept", conns)
	if got := sc.RemoteAddr().String(); got != c.LocalAddr().String() {
		t.Errorf("RemoteAddr %s; want %s", got, c.LocalAddr())
	}
	if got := sc.LocalAddr(); got == nil || got.String() != addr {
		t.Errorf("LocalAddr %v; want %s", got, addr)
	}
	if _, ok := sc.LocalAddr().(*net.TCPAddr); !ok {
		t.Errorf("LocalAddr is a %T", sc.LocalAddr())
	}
}
