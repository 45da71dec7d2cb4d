//go:build !windows

package ioloop

import (
	"bytes"
	"strings"
	"testing"
)

// What the engine leaves of input, over real sockets.

// gnet: input that is left unread is copied, and costs a kilobyte.
func TestFactUnreadInput(t *testing.T) {
	t.Parallel()
	accept, conns := accepted(&funcs{data: func(*Conn, []byte) int { return 0 }})
	g, addr := serve(t, Config{Loops: 1}, accept)
	send(t, dial(t, addr), "ten bytes.")
	c := receive(t, "accept", conns)
	eventually(t, "ten bytes kept", func() (ok bool) {
		onLoop(t, g.Loop(0), func() { ok = len(c.kept()) == 10 })
		return ok
	})
	onLoop(t, g.Loop(0), func() {
		if cap(c.kept()) > 16 || c.stream.(gnetStream).gc.InboundBuffered() != 0 {
			t.Errorf("kept in %d bytes; gnet keeps %d", cap(c.kept()), c.stream.(gnetStream).gc.InboundBuffered())
		}
	})
}

// gnet: reads into one buffer of the loop, so what is kept must be a copy.
func TestFactSharedReadBuffer(t *testing.T) {
	t.Parallel()
	h := func(*Conn) Handler {
		return &funcs{data: func(c *Conn, p []byte) int {
			n := bytes.IndexByte(p, '\n') + 1
			c.Write(p[:n])
			return n
		}}
	}
	_, addr := serve(t, Config{Loops: 1}, h)
	a, b := dial(t, addr), dial(t, addr)
	send(t, a, "first half, ")
	send(t, b, strings.Repeat("#", 4000)+"\n")
	want(t, b, strings.Repeat("#", 4000)+"\n")
	send(t, a, "second half\n")
	want(t, a, "first half, second half\n")
}
