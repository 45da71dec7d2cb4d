package ioloop

import (
	"fmt"
	"slices"
	"time"
)

// Move takes the open connection to another loop of the group. done runs on the
// new loop, before any further OnData there, with a nil error; if that failed,
// on the old loop with the error, where the connection lives on, or is closed
// then. It is called exactly once, never within Move.
//
// Input not used and output of this turn move along, and kept input is offered
// once done has run. Bytes queued before leave first; while they do, and on the
// way, there is no callback, and nothing may be called on the connection but
// what is safe from any goroutine, and Write and Close within the callback that
// moves it. If the peer ends the connection on the way, OnClose follows done on
// the new loop.
func (c *Conn) Move(to *Loop, done func(c *Conn, err error)) error {
	c.check()
	switch {
	case to == nil || to.group != c.Loop().group:
		return fmt.Errorf("ioloop: Move: the loop is not one of this group")
	case c.state == moving || c.state == away:
		return ErrMoving
	case c.state != open:
		return ErrClosed
	}
	if done == nil {
		done = func(*Conn, error) {}
	}
	c.state = moving
	t, l := c.side(), c.Loop()
	t.to, t.done = to, done
	l.leaving = append(l.leaving, c)
	return nil
}

// goAway takes a moving connection off its loop, at the end of a turn; or not,
// if bytes are left that would not leave in time.
func (c *Conn) goAway(left int) {
	t, l := c.tail, c.Loop()
	l.wheel.remove(&t.timer)
	t.deadline = time.Time{}
	switch {
	case left > 0:
		c.stay(ErrMoveTimeout)
	case t.to == l:
		c.stay(nil)
	default:
		c.forget()
		s := c.stream
		l.setStream(c, nil)
		c.state = away
		s.move(c, t.to)
	}
}

// stay ends a move on the loop where it began.
func (c *Conn) stay(err error) {
	c.state = open
	c.settleDown(err)
}

// settleDown tells the mover, and goes on with an ordinary life.
func (c *Conn) settleDown(err error) {
	c.Loop().callMoved(c, err)
	if c.state == open {
		if c.stream.buffered() > 0 {
			c.watch()
		} else {
			c.dropTail()
		}
	}
	c.offerKept()
}

// forget takes c off all lists of its loop.
func (c *Conn) forget() {
	l := c.Loop()
	drop := func(list []*Conn) []*Conn {
		return slices.DeleteFunc(list, func(x *Conn) bool { return x == c })
	}
	if c.isDirty {
		l.dirty = drop(l.dirty)
		c.isDirty = false
	}
	if c.isOffered {
		l.offers = drop(l.offers)
		c.isOffered = false
	}
	l.unlink(c)
}
