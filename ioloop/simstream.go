package ioloop

import (
	"io"
	"net"
)

// simStream is the server's end of a simulated connection.
//
// The bytes towards the client lie in one buffer, SimConn.down, oldest first:
// those which have arrived and are not read (SimConn.unread), those on their way
// (SimConn.flight), and those which the kernel has not taken: the backlog.
type simStream struct{ c *SimConn }

func (s simStream) writev(bufs [][]byte) error {
	c := s.c
	c.writes++
	c.sim.stats.Writes++
	for _, p := range bufs {
		c.sim.put(&c.down, p)
		c.sim.stats.Bytes += int64(len(p))
	}
	c.pump()
	return nil
}

func (s simStream) buffered() int { return s.c.backlog() }

func (s simStream) shutdownWrite() error {
	s.c.cutBacklog()
	s.c.send(&s.c.down, simDownEnd, 0)
	return nil
}

func (s simStream) close(reset bool) { s.c.drop(reset) }

func (s simStream) localAddr() net.Addr { return s.c.listener.addr }

func (s simStream) move(conn *Conn, to *Loop) {
	c, sim := s.c, s.c.sim
	target := to.index
	if sim.chance(sim.cfg.MoveFail) {
		if sim.rng.IntN(2) == 0 {
			target = ^target // it comes back
		} else {
			c.heldReset = true
		}
	}
	c.server, c.conn = simMoving, conn
	sim.at(sim.clock.Load()+int64(sim.moveDelay()), c, simArrive, target)
}

func (c *SimConn) backlog() int {
	return len(c.down.buf) - int(c.down.head+c.flight+c.unread)
}

// pump lets the kernel take what it has room for.
func (c *SimConn) pump() {
	if n := min(c.backlog(), c.sim.cfg.SendBuffer-int(c.flight+c.unread)); n > 0 && c.server != simGone {
		c.flight += int32(n)
		c.cut(&c.down, simDown, n)
	}
}

// cutBacklog forgets what the kernel has not taken.
func (c *SimConn) cutBacklog() { c.down.buf = c.down.buf[:len(c.down.buf)-c.backlog()] }

// drop ends the server's end. What the kernel has taken still arrives.
func (c *SimConn) drop(reset bool) {
	if c.server == simGone {
		return
	}
	c.server, c.conn = simGone, nil
	c.cutBacklog()
	if reset {
		c.send(&c.down, simDownReset, 0)
	} else {
		c.send(&c.down, simDownEnd, 0)
	}
}

// refuse closes a connection that was never accepted.
func (c *SimConn) refuse() { c.drop(c.sim.rng.IntN(2) == 0) }

// put appends p to the bytes of a pipe. It never moves bytes within a buffer:
// somebody may be reading them.
func (s *Sim) put(d *simPipe, p []byte) {
	if len(d.buf)+len(p) > cap(d.buf) {
		live := d.buf[d.head:]
		d.buf = append(s.buffer(len(live)+len(p)), live...)
		d.head = 0
	}
	d.buf = append(d.buf, p...)
}

// Free buffers are of simBuffer bytes, and there are simBuffers of them at most.
const (
	simBuffer  = 512
	simBuffers = 1024
)

// buffer gives an empty buffer with room for n bytes; a bigger one with room for
// as much again.
func (s *Sim) buffer(n int) []byte {
	if n > simBuffer {
		return make([]byte, 0, 2*n)
	}
	if last := len(s.free) - 1; last >= 0 {
		b := s.free[last]
		s.free = s.free[:last]
		return b
	}
	return make([]byte, 0, simBuffer)
}

// take takes n bytes out of a pipe; they are valid until recycle.
func (s *Sim) take(d *simPipe, n int32) []byte {
	p := d.buf[d.head : d.head+n]
	d.head += n
	return p
}

// skip takes out n bytes that nobody wants.
func (s *Sim) skip(d *simPipe, n int32) {
	s.take(d, n)
	s.recycle(d)
}

// recycle frees the buffer of a pipe with nothing in it; not for others to use,
// while a callback which got bytes of it runs the simulation.
func (s *Sim) recycle(d *simPipe) {
	if int(d.head) < len(d.buf) || d.buf == nil {
		return
	}
	if cap(d.buf) == simBuffer && len(s.free) < simBuffers && s.depth <= 1 {
		s.free = append(s.free, d.buf[:0])
	}
	d.buf, d.head = nil, 0
}

// send puts something on its way, behind all that was sent in that direction.
func (c *SimConn) send(d *simPipe, kind simKind, n int) {
	s := c.sim
	d.last = max(d.last, s.clock.Load()+int64(s.delay()))
	s.at(d.last, c, kind, n)
}

// cut sends n bytes in pieces.
func (c *SimConn) cut(d *simPipe, kind simKind, n int) {
	crumbs := c.sim.crumbs(n)
	for n > 0 {
		k := c.sim.cut(n, crumbs)
		d.pieces++
		c.send(d, kind, k)
		n -= k
	}
}

// arrive tells how many bytes the receiver gets with a delivery of n; 0: they
// wait for the next.
func (d *simPipe) arrive(s *Sim, n int) int32 {
	d.pieces--
	k := d.carry + int32(n)
	d.carry = 0
	if d.pieces > 0 && k < simReadMax/2 && s.joins() {
		d.carry, k = k, 0
	}
	return k
}

// happen is the arrival of something, at either end.
func (c *SimConn) happen(kind simKind, n int) bool {
	if c.listener.backend.stopped {
		c.drop(true) // what would not end in time
	}
	switch kind {
	case simOpen:
		c.open()
	case simUp:
		c.deliverUp(n)
	case simUpEnd:
		c.endUp(io.EOF)
	case simUpReset:
		c.endUp(ErrReset)
	case simDown:
		c.deliverDown(n)
	case simDownEnd:
		c.downEnded = !c.vanished
		c.end()
	case simDownReset:
		c.broken()
	case simArrive:
		c.arrived(n)
	}
	return true
}

// open is the connection's arrival at its listener.
func (c *SimConn) open() {
	b := c.listener.backend
	switch {
	case c.server == simGone:
		return
	case c.failing || c.sim.listeners[c.listener.key] != c.listener:
		c.refuse()
		return
	case !b.running:
		b.waiting = append(b.waiting, c)
		return
	}
	loop := b.group.loops[c.sim.rng.IntN(len(b.group.loops))]
	c.sim.note(simOpen, c.id, nil)
	c.server = simServed
	c.sim.inTurn = true
	conn := loop.open(simStream{c}, c.LocalAddr(), c.listener.accept)
	c.sim.inTurn = false
	if c.server == simServed {
		c.conn = conn
		c.release()
	}
}

// arrived is the end of a move to the loop with index n; or of one that failed,
// to the loop ^n.
func (c *SimConn) arrived(n int) {
	if c.server != simMoving {
		return
	}
	conn, loops := c.conn, c.listener.backend.group.loops
	to, s, err := loops[max(n, ^n)], stream(simStream{c}), error(nil)
	switch {
	case c.heldReset:
		s, err = nil, ErrReset
		c.drop(true)
	case n < 0:
		to, err = conn.Loop(), errSimMove
	}
	if s != nil {
		c.server = simServed
	}
	c.sim.note(simArrive, c.id, nil)
	c.sim.inTurn = true
	to.arrived(conn, s, err)
	c.sim.inTurn = false
	if c.server == simServed {
		c.release()
	}
}

// release delivers what came while nobody was there to take it.
func (c *SimConn) release() {
	for c.up.carry > 0 {
		n := min(c.up.carry, simReadMax)
		c.up.carry -= n
		c.up.pieces++
		c.sim.at(c.sim.clock.Load(), c, simUp, int(n))
	}
	now := max(c.sim.clock.Load(), c.up.last)
	switch {
	case c.heldReset:
		c.sim.at(now, c, simUpReset, 0)
	case c.heldEnd:
		c.sim.at(now, c, simUpEnd, 0)
	}
	c.heldReset, c.heldEnd = false, false
}

// absent tells that the server's end is not to be had just now: not accepted
// yet, or moving.
func (c *SimConn) absent() bool { return c.server == simDialled || c.server == simMoving }

// deliverUp brings n bytes to the server.
func (c *SimConn) deliverUp(n int) {
	k := c.up.arrive(c.sim, n)
	switch {
	case c.vanished:
		c.sim.skip(&c.up, k)
	case k == 0:
	case c.absent():
		c.up.carry = k
	case c.server == simGone:
		c.sim.skip(&c.up, k)
		if c.client == simAlive {
			c.send(&c.down, simDownReset, 0) // a kernel's answer to bytes for a closed socket
		}
	case c.sim.chance(c.sim.cfg.Reset):
		c.resetBoth()
	default:
		p := c.sim.take(&c.up, k)
		c.sim.note(simUp, c.id, p)
		c.sim.inTurn = true
		c.conn.Loop().data(c.conn, p)
		c.sim.inTurn = false
		c.sim.recycle(&c.up)
	}
}

// deliverDown brings n bytes to the client.
func (c *SimConn) deliverDown(n int) {
	k := c.down.arrive(c.sim, n)
	switch {
	case k == 0:
	case c.client == simAlive && !c.vanished && c.sim.chance(c.sim.cfg.Reset):
		c.resetBoth()
	default:
		c.receive(k)
	}
}

// endUp is the arrival of the client's end of stream or reset.
func (c *SimConn) endUp(err error) {
	switch {
	case c.vanished || c.server == simGone:
	case c.absent():
		c.heldReset = c.heldReset || err == ErrReset
		c.heldEnd = true
	case err == io.EOF && c.up.carry > 0:
		c.release()
		c.sim.at(c.sim.clock.Load(), c, simUpEnd, 0)
	default:
		c.lose(err)
	}
}

// lose tells the loop that the stream is gone. What it writes at an end of file
// still leaves.
func (c *SimConn) lose(err error) {
	c.sim.note(simUpEnd, c.id, nil)
	c.sim.inTurn = true
	c.conn.Loop().lost(c.conn, err)
	c.sim.inTurn = false
	c.drop(false)
}

// resetBoth is a reset made by the network.
func (c *SimConn) resetBoth() {
	switch c.server {
	case simServed:
		c.lose(ErrReset)
	case simDialled, simMoving:
		c.heldReset = true
	}
	c.broken()
}
