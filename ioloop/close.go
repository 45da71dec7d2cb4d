package ioloop

import (
	"io"
	"time"
)

// tail is what a connection needs only while it is congested, closing or
// moving. The loop keeps the free ones.
type tail struct {
	timer    Timer
	conn     *Conn
	wait     time.Duration // until the backlog is looked at again
	deadline time.Time     // of closing, lingering or moving
	linger   bool
	err      error              // for OnClose
	to       *Loop              // where to move
	done     func(*Conn, error) // of Move; nil once it was called
	secure   *tlsStream         // what is over the stream of a moving connection
	next     *tail
}

const (
	// The engine tells nobody when a backlog has left, so a congested connection
	// looks for itself, first soon, then less often.
	firstLook = 5 * time.Millisecond
	lastLook  = 100 * time.Millisecond

	// drainRate is how slow a peer may take a big backlog before Close cuts it,
	// in bytes a second.
	drainRate = 64 << 10
)

// OnTimer is not called: Loop.callTimer knows a tail and looks at its Conn.
func (t *tail) OnTimer(*Timer) {}

// side gives the tail of c.
func (c *Conn) side() *tail {
	if c.tail == nil {
		l := c.Loop()
		if t := l.tails; t != nil {
			l.tails, t.next = t.next, nil
			c.tail = t
		} else {
			c.tail = new(tail)
		}
		c.tail.conn = c
	}
	return c.tail
}

// dropTail gives the tail back.
func (c *Conn) dropTail() {
	if t := c.tail; t != nil {
		l := c.Loop()
		l.wheel.remove(&t.timer)
		*t = tail{next: l.tails}
		l.tails = t
		c.tail = nil
	}
}

// watch looks at the backlog from time to time until it has left.
func (c *Conn) watch() {
	if t := c.side(); !t.timer.Pending() {
		t.wait = firstLook
		c.lookIn(firstLook)
	}
}

func (c *Conn) lookIn(d time.Duration) {
	c.Loop().StartTimer(&c.tail.timer, d, c.tail)
}

// look is what the timer of the tail does: see what has left.
func (c *Conn) look() {
	c.flush()
	if c.stream == nil || c.state >= doomed {
		return
	}
	t, l := c.tail, c.Loop()
	left := c.stream.buffered()
	late := c.state != open && !l.Now().Before(t.deadline)
	switch {
	case c.state == lingering:
		c.doom(nil) // the deadline was all it waited for
	case left == 0 && c.state == open:
		c.dropTail()
		c.writableAgain()
	case left == 0 || late:
		l.leaving = append(l.leaving, c)
	default:
		t.wait = min(2*t.wait, lastLook)
		d := t.wait
		if c.state != open {
			d = min(d, t.deadline.Sub(l.Now()))
		}
		c.lookIn(d)
	}
}

func (c *Conn) writableAgain() {
	l := c.Loop()
	if c.handler == nil {
		return
	}
	l.current = c
	l.callWritable(c)
	l.current = nil
	c.flush()
}

// Close sends all that is queued and then closes; see Config.CloseTimeout for
// how long that may take. There is no more OnData; OnClose(nil) comes when it is
// really closed, never within Close.
func (c *Conn) Close() { c.close(false) }

// CloseLinger is Close for an answer given while the peer still sends: after
// the last byte it ends only this direction, and discards input until the peer
// closes, for Config.CloseTimeout at most. A plain close would make the kernel
// reset the connection over the unread input, and the reset can overtake the
// answer.
func (c *Conn) CloseLinger() { c.close(true) }

func (c *Conn) close(linger bool) {
	c.check()
	if c.state != open && c.state != moving {
		return
	}
	c.state = closing
	c.side().linger = linger
	l := c.Loop()
	l.leaving = append(l.leaving, c)
}

// Abort closes now; what is queued is dropped, and the peer gets a reset if
// there was anything, so that it cannot take the part for the whole.
// OnClose(err) follows, not within Abort.
func (c *Conn) Abort(err error) {
	c.check()
	if c.state != away {
		c.doom(err)
	}
}

// doom makes the connection end at the end of the turn.
func (c *Conn) doom(err error) {
	if c.state >= doomed {
		return
	}
	if c.state >= closing && err != ErrEngine {
		err = nil // it was closed from here, however it ends
	}
	c.state = doomed
	c.side().err = err
	l := c.Loop()
	l.doomed = append(l.doomed, c)
}

// depart goes on with what Close, CloseLinger or Move began, at the end of a
// turn.
func (c *Conn) depart() {
	c.flush()
	if c.state != closing && c.state != moving {
		return
	}
	t, l := c.tail, c.Loop()
	left := c.stream.buffered()
	if t.deadline.IsZero() {
		t.deadline = l.Now().Add(l.patience(c.state, left))
	}
	switch late := !l.Now().Before(t.deadline); {
	case left > 0 && !late:
		c.watch()
	case c.state == moving:
		c.goAway(left)
	case left == 0 && t.linger:
		c.linger()
	default:
		c.doom(nil)
	}
}

// patience is how long a connection with that backlog may take to leave.
func (l *Loop) patience(s state, backlog int) time.Duration {
	d := l.group.cfg.CloseTimeout
	if s == closing && !l.refusing {
		d += time.Duration(backlog) * time.Second / drainRate
	}
	return d
}

func (c *Conn) linger() {
	l := c.Loop()
	c.in = nil
	if err := c.stream.shutdownWrite(); err != nil {
		c.doom(nil)
		return
	}
	c.state = lingering
	timeout := l.group.cfg.CloseTimeout
	c.tail.deadline = l.Now().Add(timeout)
	c.lookIn(timeout)
}

// part is the end by the peer: OnClose runs at once, for what it writes can
// still go out before the engine closes the socket.
func (c *Conn) part() {
	l := c.Loop()
	c.state = parting
	c.callParting()
	l.setStream(c, nil)
	c.finish()
}

func (c *Conn) callParting() {
	l := c.Loop()
	if c.handler == nil {
		return
	}
	l.current = c
	l.callClose(c, io.EOF)
	l.current = nil
	c.flush()
}

// end closes a doomed connection.
func (c *Conn) end() {
	l := c.Loop()
	if s := c.stream; s != nil {
		reset := c.cork != nil || s.buffered() > 0
		l.setStream(c, nil)
		s.close(reset)
	}
	err := c.tail.err
	moveErr := err
	if moveErr == nil {
		moveErr = ErrClosed
	}
	l.callMoved(c, moveErr)
	c.state = closed
	if c.handler != nil {
		l.callClose(c, err)
	}
	c.finish()
}

// finish gives back all that a closed connection held.
func (c *Conn) finish() {
	l := c.Loop()
	c.state = closed
	c.handler, c.in = nil, nil
	c.dropTail()
	if k := c.cork; k != nil {
		c.cork = nil
		l.freeCork(k)
	}
	l.unlink(c)
	l.group.release()
}
