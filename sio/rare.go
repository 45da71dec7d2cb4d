package sio

import (
	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio/internal/session"
)

// rare is what a client needs only while it joins its first namespace, and what
// few need later.
type rare struct {
	more    []*Socket     // of other namespaces
	head    []byte        // the request that began it, until it is not needed
	bin     *assembly     // an event whose attachments are on their way
	connect *connectTimer // until a namespace is joined
}

// connectTimer closes a client that joins nothing.
type connectTimer struct {
	c     *client
	timer ioloop.Timer
}

// OnTimer implements ioloop.TimerHandler.
func (t *connectTimer) OnTimer(*ioloop.Timer) {
	if r := t.c.rare; r != nil && r.connect == t {
		t.c.sess.Close(session.ForcedClose)
	}
}

// needRare gives the client what it needs rarely.
func (c *client) needRare() *rare {
	if c.rare == nil {
		c.rare = new(rare)
	}
	return c.rare
}

// tidy drops it once nothing of it is in use.
func (c *client) tidy() {
	r := c.rare
	if r != nil && r.more == nil && r.head == nil && r.bin == nil && r.connect == nil {
		c.rare = nil
	}
}

// others are its sockets but for the first.
func (c *client) others() []*Socket {
	if c.rare == nil {
		return nil
	}
	return c.rare.more
}

// assembling is the event whose attachments are on their way.
func (c *client) assembling() *assembly {
	if c.rare == nil {
		return nil
	}
	return c.rare.bin
}

// head is the request that began it; nil when it was dropped.
func (c *client) head() []byte {
	if c.rare == nil {
		return nil
	}
	return c.rare.head
}

func (c *client) stopConnectTimer() {
	if r := c.rare; r != nil && r.connect != nil {
		c.sh.loop.StopTimer(&r.connect.timer)
		r.connect = nil
		c.tidy()
	}
}
