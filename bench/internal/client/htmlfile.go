package client

import (
	"fmt"

	"github.com/tornadio/tornadio/bench/internal/loop"
	"github.com/tornadio/tornadio/bench/internal/wire"
)

// page is the endless answer of htmlfile: a script for each payload. When it
// ends, it is asked for again.
type page struct {
	p    *polling
	conn *loop.Conn
	head bool   // the head of the answer was read
	text []byte // of the page, not yet a whole script
}

func (g *page) request() {
	c := g.p.c
	g.head, g.text = false, g.text[:0]
	if g.conn != nil && !g.conn.Closed() {
		g.OnOpen(g.conn)
		return
	}
	conn, err := c.l.Dial(c.o.Addr, c.from, c.o.TLS, g)
	if g.conn = conn; err != nil {
		c.fail(err)
	}
}

// OnOpen asks for the page.
func (g *page) OnOpen(k *loop.Conn) {
	c := g.p.c
	k.Write(wire.AppendRequest(nil, "GET", c.target("htmlfile", g.p.sid), c.o.Host, "", nil))
}

// OnClose ends the client.
func (g *page) OnClose(_ *loop.Conn, err error) {
	if err == nil {
		err = ErrEnded
	}
	g.p.c.fail(fmt.Errorf("htmlfile: %w", err))
}

// OnData takes the head, and then chunks.
func (g *page) OnData(_ *loop.Conn, b []byte) int {
	c, used := g.p.c, 0
	if !g.head {
		r, n, err := wire.ParseHead(b)
		if err == nil && n > 0 && (r.Status != 200 || !r.Chunked) {
			err = fmt.Errorf("%w: htmlfile: status %d", ErrRefused, r.Status)
		}
		if err != nil {
			c.fail(err)
		}
		if err != nil || n == 0 {
			return n
		}
		g.head, used = true, n
	}
	for g.head && !c.down {
		text, n, err := wire.ParseChunk(b[used:])
		if err != nil {
			c.fail(err)
		}
		if err != nil || n == 0 {
			break
		}
		used += n
		if len(text) == 0 {
			g.request()
			break
		}
		g.take(text)
	}
	return used
}

// take hands on what whole scripts say.
func (g *page) take(text []byte) {
	c := g.p.c
	g.text = append(g.text, text...)
	rest := g.text
	for !c.down {
		payload, after, err := wire.NextScript(rest)
		if err != nil {
			c.fail(fmt.Errorf("%w: %.60q", err, rest))
			return
		}
		if payload == nil {
			rest = after
			break
		}
		rest = after
		g.p.take(payload)
	}
	g.text = append(g.text[:0], rest...)
}
