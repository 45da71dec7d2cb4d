package ioloop

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"syscall"
)

// ErrReset is what the client's end of a simulated connection sees of a reset,
// and the server's end of one that the network or the client made. It is
// syscall.ECONNRESET.
var ErrReset = fmt.Errorf("ioloop: simulated network: %w", syscall.ECONNRESET)

// SimConn is the client's end of a simulated connection. It belongs to the
// driver: use it between steps, within its own callbacks and within those of
// Sim.AfterFunc. When the server ends the stream, this end closes, too, as soon
// as all bytes before that are read.
type SimConn struct {
	// OnData gets bytes as they arrive; they are valid until it returns. Where it
	// is nil they gather for Read.
	OnData func(p []byte)

	// OnClose is told that the connection has ended, but not by this end: io.EOF
	// if the server closed it, ErrReset if it was reset. May be nil.
	OnClose func(err error)

	sim      *Sim
	listener *simListener
	conn     *Conn  // the server's end; nil unless server is simServed
	got      []byte // for Read

	up, down simPipe
	flight   int32 // bytes of down on their way
	unread   int32 // bytes of down that have arrived and are not read
	writes   uint32
	id       uint32

	server    simServer
	client    simClient
	failing   bool // to be closed in accept
	paused    bool
	vanished  bool
	upEnded   bool // this end has sent its end of stream, or a reset
	downEnded bool // the server's end of stream has arrived, but not all before it is read
	heldEnd   bool // the client's end of stream has arrived, and nobody is there to see it
	heldReset bool // the same of a reset
}

// simServer is what there is at the server's end.
type simServer uint8

const (
	simDialled simServer = iota // not accepted yet
	simServed                   // a Conn on its loop
	simMoving                   // a Conn between two loops
	simGone                     // nothing any more
)

// simClient is how the client's end is.
type simClient uint8

const (
	simAlive  simClient = iota
	simClosed           // by Close or Reset
	simEOF              // by the server
	simBroken           // by a reset
)

// simPipe is one direction: the bytes between the two ends, oldest first.
type simPipe struct {
	buf    []byte
	head   int32 // where they begin in buf
	pieces int32 // deliveries queued
	carry  int32 // bytes that have arrived and wait for the next delivery
	last   int64 // when what was sent last arrives
}

// Write sends p. It never blocks and takes all.
func (c *SimConn) Write(p []byte) (int, error) {
	switch {
	case c.client == simBroken:
		return 0, ErrReset
	case c.client != simAlive || c.upEnded:
		return 0, net.ErrClosed
	case c.vanished || len(p) == 0:
		return len(p), nil
	}
	c.sim.put(&c.up, p)
	c.cut(&c.up, simUp, len(p))
	return len(p), nil
}

// Read gives all that was received and not yet taken; nil if that is nothing. It
// never blocks.
func (c *SimConn) Read() []byte {
	p := c.got
	c.got = nil
	return p
}

// CloseWrite ends the stream towards the server. On most servers that ends the
// connection.
func (c *SimConn) CloseWrite() {
	if c.client == simAlive && !c.upEnded {
		c.upEnded = true
		c.send(&c.up, simUpEnd, 0)
	}
}

// Close closes this end. OnClose is not called. If bytes were received and not
// read the server sees a reset, as it would by a kernel.
func (c *SimConn) Close() {
	if c.client != simAlive {
		return
	}
	if c.unread > 0 && !c.vanished {
		c.Reset()
		return
	}
	c.CloseWrite()
	c.client = simClosed
}

// Reset closes this end with a reset. OnClose is not called.
func (c *SimConn) Reset() {
	if c.client != simAlive {
		return
	}
	c.client, c.upEnded = simClosed, true
	c.send(&c.up, simUpReset, 0)
}

// Pause makes this end stop reading, or go on. While it does not read, the
// server's backlog builds once SimConfig.SendBuffer is full.
func (c *SimConn) Pause(on bool) {
	c.paused = on
	if !c.reading() {
		return
	}
	if c.downEnded {
		c.sim.at(c.sim.clock.Load(), c, simDownEnd, 0)
	}
	if c.unread == 0 {
		return
	}
	n := c.unread
	c.unread, c.flight = 0, c.flight+n
	c.down.pieces++
	c.sim.at(c.sim.clock.Load(), c, simDown, int(n))
}

// Vanish cuts the line without a word: what is on its way is lost, nothing goes
// either way any more, and the server is not told.
func (c *SimConn) Vanish() { c.vanished = true }

// Closed tells whether this end is closed, and by what: nil by itself, io.EOF by
// the server, ErrReset by a reset.
func (c *SimConn) Closed() (bool, error) {
	switch c.client {
	case simEOF:
		return true, io.EOF
	case simBroken:
		return true, ErrReset
	}
	return c.client != simAlive, nil
}

// Writes is how many write calls the server has made on this connection.
func (c *SimConn) Writes() int { return int(c.writes) }

// LocalAddr is what the server sees as the peer's address: one of 10.0.0.0/8,
// its own for each connection; the zero AddrPort where the listener is a Unix
// socket.
func (c *SimConn) LocalAddr() netip.AddrPort {
	if _, ok := c.listener.addr.(*net.UnixAddr); ok {
		return netip.AddrPort{}
	}
	n := c.id + 1 // 10.0.0.1 is the server
	ip := netip.AddrFrom4([4]byte{10, byte(n >> 16), byte(n >> 8), byte(n)})
	return netip.AddrPortFrom(ip, uint16(40000+c.id%20000))
}

func (c *SimConn) reading() bool { return !c.paused && !c.vanished }

// receive is the delivery of n bytes to the client.
func (c *SimConn) receive(n int32) {
	c.flight -= n
	switch {
	case c.client != simAlive:
		c.sim.skip(&c.down, n)
		if c.client == simClosed && c.server == simServed && !c.vanished {
			c.send(&c.up, simUpReset, 0) // a kernel's answer to bytes for a closed socket
		}
		return
	case !c.reading():
		c.unread += n
		return
	}
	p := c.sim.take(&c.down, n)
	c.sim.note(simDown, c.id, p)
	if c.OnData != nil {
		c.OnData(p)
	} else {
		c.got = append(c.got, p...)
	}
	c.sim.recycle(&c.down)
	c.pump()
	c.end()
}

// end closes the client's end if all the server has sent is read.
func (c *SimConn) end() {
	if c.downEnded && c.flight == 0 && c.unread == 0 && c.client == simAlive && c.reading() {
		c.CloseWrite()
		c.closed(simEOF, io.EOF)
	}
}

// broken closes the client's end by a reset. What is not read is lost.
func (c *SimConn) broken() {
	if c.client == simAlive && !c.vanished {
		c.upEnded = true
		c.closed(simBroken, ErrReset)
	}
}

func (c *SimConn) closed(how simClient, err error) {
	c.client = how
	c.sim.note(simDownEnd, c.id, nil)
	if c.OnClose != nil {
		c.OnClose(err)
	}
}
