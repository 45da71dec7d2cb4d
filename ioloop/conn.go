package ioloop

import (
	"net"
	"net/netip"
	"sync/atomic"
)

// Handler is what a connection calls, always on its loop.
type Handler interface {
	// OnData gets all bytes not used so far, the kept ones in front. It returns
	// how many it used; the rest is kept, and offered again in front of what
	// comes next. data may be modified in place, and is valid until OnData
	// returns.
	OnData(c *Conn, data []byte) (used int)

	// OnWritable tells that all queued bytes have left, after Conn.Backlog was
	// above 0 at the end of a write.
	OnWritable(c *Conn)

	// OnClose comes exactly once for each connection whose accept returned a
	// handler, and is the last callback. err is nil if it was closed from here,
	// io.EOF if the peer ended it, else the fault, or what Abort was given.
	//
	// A peer that ends only its own direction has ended the connection: that is
	// how the engine beneath sees it. What is written within OnClose(io.EOF)
	// still goes out, once, as far as the kernel takes it at once; so an answer
	// that was held back for such a peer can be given there.
	OnClose(c *Conn, err error)
}

// Conn is a connection on its loop. Methods are for its loop unless they say
// otherwise.
type Conn struct {
	// What a turn needs comes first, and fills a line of the cache. Any goroutine
	// may read loop and what follows port; the rest is for the loop alone.
	loop      atomic.Pointer[Loop]
	stream    stream // nil: there is none any more; guarded by Loop.streamMu for others
	handler   Handler
	in        *[]byte // input not used yet; nil: none
	cork      *cork   // output of this turn
	state     state
	receiving bool // within receive
	switched  bool // SetHandler was called within OnData
	isDirty   bool // on Loop.dirty
	isOffered bool // on Loop.offers

	port uint16     // the peer's, and
	addr netip.Addr // its address: apart they fill no more than they need
	id   uint64

	tail       *tail // what only a congested, closing or moving connection needs
	next, prev *Conn // all of the loop
}

// state of a connection. They follow each other downwards, except that a moving
// one is open again when it has arrived.
type state uint8

const (
	open      state = iota
	moving          // Move was called; what is queued leaves first
	away            // between two loops
	closing         // Close was called; what is queued leaves first
	lingering       // the same is done, and the peer is to close
	doomed          // ends at the end of this turn
	parting         // within OnClose(io.EOF)
	closed
)

var lastConnID atomic.Uint64

func newConn(l *Loop, s stream, remote netip.AddrPort) *Conn {
	c := &Conn{id: lastConnID.Add(1), addr: remote.Addr(), port: remote.Port(), stream: s}
	c.loop.Store(l)
	return c
}

// Loop is the loop the connection lives on. It changes only by Move. Any
// goroutine.
func (c *Conn) Loop() *Loop { return c.loop.Load() }

// ID is a number no other connection of this process has. Any goroutine.
func (c *Conn) ID() uint64 { return c.id }

// RemoteAddr is the peer's address, an IPv4 one always in its short form; the
// zero AddrPort for Unix sockets. Any goroutine, also after the end.
func (c *Conn) RemoteAddr() netip.AddrPort {
	return netip.AddrPortFrom(c.addr, c.port)
}

// LocalAddr asks the kernel for this end's address; nil once the connection is
// closed, and while it moves. Any goroutine.
func (c *Conn) LocalAddr() net.Addr {
	for {
		l := c.loop.Load()
		l.streamMu.Lock()
		if c.loop.Load() != l {
			l.streamMu.Unlock()
			continue
		}
		defer l.streamMu.Unlock()
		if c.stream == nil {
			return nil
		}
		return c.stream.localAddr()
	}
}

func (l *Loop) setStream(c *Conn, s stream) {
	l.streamMu.Lock()
	c.stream = s
	l.streamMu.Unlock()
}

// Handler is what is called now.
func (c *Conn) Handler() Handler { return c.handler }

// SetHandler makes h get the next callback. Called within OnData, the bytes
// which that call does not use are offered to h at once, in the same turn;
// called elsewhere, kept bytes are offered to h at the end of the turn.
func (c *Conn) SetHandler(h Handler) {
	c.check()
	c.handler = h
	if c.receiving {
		c.switched = true
	} else if c.in != nil && !c.isOffered && c.state == open {
		c.isOffered = true
		l := c.Loop()
		l.offers = append(l.offers, c)
	}
}

// Closed tells whether the connection is closing or closed. What is written to
// it then is dropped.
func (c *Conn) Closed() bool { return c.state > away }

// Backlog is how many bytes were written to the connection but not taken by the
// kernel, those of this turn included.
func (c *Conn) Backlog() int {
	n := 0
	if c.cork != nil {
		n = c.cork.size
	}
	if c.stream != nil {
		n += c.stream.buffered()
	}
	return n
}
