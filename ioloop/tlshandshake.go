package ioloop

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync"
)

// maxAhead is how much a peer may send before the handshake is through: its own
// part of that, and what it sends right behind.
const maxAhead = 1 << 20

var (
	errHandshakeTimeout = errors.New("ioloop: the TLS handshake took too long")
	errHandshakeFlood   = errors.New("ioloop: too much input before the end of the TLS handshake")
	errNotTLS           = errors.New("ioloop: the peer does not speak TLS")
)

// handshake is the handler of a connection until its TLS handshake is through:
// first it gathers the peer's hello, on the loop; then a goroutine runs
// crypto/tls over it, which reads what the loop feeds and whose writes are
// posted to the loop.
type handshake struct {
	port  *tlsPort
	conn  *Conn
	loop  *Loop
	timer Timer
	s     *tlsStream
	ctx   context.Context    // of the goroutine
	stop  context.CancelFunc // of ctx; nil before start: the loop's
	ended bool               // the loop's

	mu      sync.Mutex
	in      []byte
	err     error         // no more input will come
	waiting bool          // the goroutine waits for more
	more    chan struct{} // tells it to look again
}

// begin is the accept func of a TLS listener.
func (k *tlsPort) begin(c *Conn) Handler {
	h := &handshake{port: k, conn: c, loop: c.Loop()}
	h.loop.StartTimer(&h.timer, h.loop.group.cfg.HandshakeTimeout, h)
	return h
}

// OnData implements Handler: raw bytes.
func (h *handshake) OnData(c *Conn, data []byte) int {
	if h.stop != nil {
		h.feed(data)
		return len(data)
	}
	switch helloComplete(data) {
	case helloNever:
		h.notTLS(data)
		return len(data)
	case helloReady:
		h.start(data)
		return len(data)
	}
	return 0 // helloComplete bounds what is kept
}

func (h *handshake) notTLS(data []byte) {
	h.end(errNotTLS)
	h.port.pool.count.notTLS.Add(1)
	if h.port.notTLS != nil {
		h.port.notTLS(h.conn, data)
	}
	h.conn.CloseLinger()
}

func (h *handshake) start(data []byte) {
	h.in = bytes.Clone(data)
	h.more = make(chan struct{}, 1)
	h.s = &tlsStream{inner: h.conn.stream, hs: h, conn: h.conn}
	h.s.tls = tls.Server(h.s, h.port.cfg)
	h.ctx, h.stop = context.WithCancel(context.Background())
	h.port.pool.start(h)
}

// feed is the loop's: more raw bytes.
func (h *handshake) feed(data []byte) {
	h.mu.Lock()
	over := len(h.in)+len(data) > maxAhead
	if !over && h.err == nil {
		h.in = append(h.in, data...)
		h.signal()
	}
	h.mu.Unlock()
	if over {
		h.fail(errHandshakeFlood)
	}
}

// signal has the goroutine look again. h.mu is held.
func (h *handshake) signal() {
	if h.waiting {
		h.waiting = false
		h.hold()
		h.more <- struct{}{} // there is room: it is waited for
	}
}

// read is the goroutine's: it waits for raw bytes, and lets others compute
// meanwhile.
func (h *handshake) read(p []byte) (int, error) {
	for {
		h.mu.Lock()
		switch {
		case len(h.in) > 0:
			n := h.s.limit(h.in[:min(len(p), len(h.in))])
			copy(p, h.in[:n])
			h.in = h.in[n:]
			h.mu.Unlock()
			return n, nil
		case h.err != nil:
			h.mu.Unlock()
			return 0, h.err
		}
		h.waiting = true
		h.mu.Unlock()
		h.port.pool.rest()
		h.release()
		<-h.more
		h.port.pool.work()
	}
}

// write is the goroutine's.
func (h *handshake) write(p []byte) (int, error) {
	h.mu.Lock()
	err := h.err
	h.mu.Unlock()
	if err != nil {
		return 0, err
	}
	b := bytes.Clone(p)
	if err := h.loop.Post(func() { h.conn.Write(b) }); err != nil {
		return 0, err
	}
	return len(p), nil
}

// run is the goroutine: the handshake. A panic in a callback of the user's costs
// this connection alone.
func (h *handshake) run() {
	err := ErrPanic
	defer func() {
		if v := recover(); v != nil {
			_ = h.loop.Post(func() { h.loop.panicked(h.conn, v) })
		}
		_ = h.loop.Post(func() { h.done(err) })
	}()
	err = h.s.tls.HandshakeContext(h.ctx)
}

// hold and release keep the simulation's clock still while the goroutine runs.
func (h *handshake) hold() {
	if b, ok := h.loop.group.backend.(holder); ok {
		b.hold()
	}
}

func (h *handshake) release() {
	if b, ok := h.loop.group.backend.(holder); ok {
		b.release()
	}
}

// end tells the goroutine, if there is one, that it is over.
func (h *handshake) end(err error) {
	h.ended = true
	h.loop.StopTimer(&h.timer)
	if h.stop == nil {
		return
	}
	h.port.pool.leave(h)
	h.mu.Lock()
	h.err = err
	h.signal()
	h.mu.Unlock()
	h.stop()
}

// fail ends a handshake that will not succeed. An alert that crypto/tls has
// sent is not cut off.
func (h *handshake) fail(err error) {
	if h.ended {
		return
	}
	h.end(err)
	h.port.pool.count.failed.Add(1)
	h.conn.Close()
}

// OnTimer implements TimerHandler.
func (h *handshake) OnTimer(*Timer) {
	if !h.ended {
		h.end(errHandshakeTimeout)
		h.port.pool.count.late.Add(1)
		h.conn.Abort(errHandshakeTimeout)
	}
}

// done is the end of the goroutine, on the loop.
func (h *handshake) done(err error) {
	switch {
	case h.ended:
	case err != nil:
		h.fail(err)
	default:
		h.loop.StopTimer(&h.timer)
		h.ended = true
		h.stop()
		h.conn.secure(h)
	}
}

// OnWritable implements Handler.
func (h *handshake) OnWritable(*Conn) {}

// OnClose implements Handler: the connection has ended before the handshake.
func (h *handshake) OnClose(_ *Conn, err error) {
	if h.ended {
		return
	}
	if err == nil {
		err = net.ErrClosed
	}
	h.end(err)
	h.port.pool.count.failed.Add(1)
}

// secure makes c a TLS connection and gives it to its user. What came behind the
// handshake is read at once.
func (c *Conn) secure(h *handshake) {
	c.flush() // what the handshake wrote last
	if c.state != open {
		return
	}
	l, s, pool := c.Loop(), h.s, h.port.pool
	pool.count.done.Add(1)
	if s.tls.ConnectionState().DidResume {
		pool.count.resumed.Add(1)
	}
	ahead := h.in
	s.hs, h.in = nil, nil
	trim(s.tls, 0) // a hello is much longer than what mostly follows
	l.setStream(c, s)
	l.current = c
	c.handler = nil
	if handler := l.callAccept(c, h.port.accept); handler != nil {
		c.handler = handler
	} else {
		c.Close()
	}
	s.receive(c, ahead)
	l.current = nil
	c.flush()
}
