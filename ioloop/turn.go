package ioloop

import (
	"errors"
	"io"
	"net/netip"
)

// This file is how a backend enters a loop, and what happens before it gets out
// again.
//
// A turn is one event: a stream opened, bytes, an end, a Conn arriving, a
// wake-up. What a callback writes to its own connection is corked, and leaves
// in one write when the callback has ended. What it writes to others marks them
// dirty; they are flushed by a wake turn, which the first of them asks for and
// which comes when the whole batch of ready events is done. So many messages to
// one connection share a system call.
//
// Nothing that ends a connection happens inside a callback: Close, Abort and
// Move note it, and settle does it at the end of the turn.

func (l *Loop) enter() {
	if l.depth == 0 {
		if id := goroutineID(); l.owner.Load() != id {
			l.owner.Store(id)
		}
		l.fresh = false
		l.group.watch.stir()
	}
	l.depth++
}

func (l *Loop) leave() {
	if l.depth == 1 {
		l.settle()
		if len(l.dirty) > 0 || len(l.flushes) > 0 {
			l.wake()
		}
		l.arm()
	}
	l.depth--
}

// settle does what callbacks have asked for, until nothing of it is left.
func (l *Loop) settle() {
	for len(l.offers)+len(l.leaving)+len(l.doomed) > 0 {
		for _, c := range take(&l.offers) {
			if c.isOffered {
				c.offerKept()
			}
		}
		for _, c := range take(&l.leaving) {
			c.depart()
		}
		for _, c := range take(&l.doomed) {
			c.end()
		}
	}
}

// take empties a list and gives what was in it, while new things may be added
// to it. Such lists are short and rare; only the dirty list keeps its memory.
func take(list *[]*Conn) []*Conn {
	all := *list
	*list = nil
	return all
}

// open is the backend's: s was accepted, from remote. The result is nil if the
// connection was refused; s is closed then.
func (l *Loop) open(s stream, remote netip.AddrPort, accept func(*Conn) Handler) *Conn {
	l.enter()
	defer l.leave()
	if l.refusing || !l.group.admit() {
		s.close(false)
		return nil
	}
	c := newConn(l, s, remote)
	l.link(c)
	l.current = c
	if h := l.callAccept(c, accept); h != nil {
		c.handler = h
	} else {
		c.handler = nil
		c.Close()
	}
	l.current = nil
	c.flush()
	return c
}

// data is the backend's: p has arrived for c. It may be changed in place.
func (l *Loop) data(c *Conn, p []byte) {
	l.enter()
	l.current = c
	if s, ok := c.stream.(*tlsStream); ok {
		s.receive(c, p)
	} else {
		c.receive(p)
	}
	l.current = nil
	c.flush()
	l.leave()
}

// lost is the backend's: the stream of c is gone when this returns. err is
// io.EOF if the peer ended it, else the fault; for TLS the end that the peer
// has told comes by data, and an end of file is a fault. After an end of file what
// OnClose writes still goes out, as far as the kernel takes it at once.
func (l *Loop) lost(c *Conn, err error) {
	l.enter()
	if errors.Is(err, io.EOF) {
		err = io.EOF
		if c.Secure() {
			err = io.ErrUnexpectedEOF // it had to say so before (RFC 8446, 6.1)
		}
	} else if err == nil {
		err = ErrEngine
	}
	if c.state != open || l.depth > 1 || err != io.EOF {
		l.setStream(c, nil)
		c.doom(err)
	} else {
		c.part()
	}
	l.leave()
}

// arrived is the backend's: c lives on this loop now, over s. err tells why it
// came back to its old loop; or, if s is nil, how it was lost on the way.
func (l *Loop) arrived(c *Conn, s stream, err error) {
	l.enter()
	c.loop.Store(l)
	s = c.regain(s)
	l.setStream(c, s)
	l.link(c)
	c.state = open
	if s == nil {
		l.callMoved(c, nil)
		c.doom(err)
	} else {
		c.settleDown(err)
	}
	if l.refusing {
		c.Close()
	}
	l.leave()
}

// wakeup is the backend's: what wake or setDeadline asked for. Who posts while
// it runs need not wake the loop, for it looks again at its end.
func (l *Loop) wakeup() {
	l.enter()
	if l.isArmed && !l.Now().Before(l.tickTime(l.armed)) {
		l.isArmed = false
	}
	for range l.group.cfg.TaskBudget {
		t, ok := l.mail.take()
		if !ok {
			break
		}
		l.callTask(t)
	}
	l.fireTimers()
	l.settle()
	l.flushAll()
	l.woken.Store(false)
	l.afterTasks()
	l.leave()
}

// flushAll ends a batch: what was deferred runs, then all dirty connections are
// written out.
func (l *Loop) flushAll() {
	flushes := l.flushes
	l.flushes = l.spareFlushes
	for i, f := range flushes {
		l.callFlush(f)
		flushes[i] = nil
	}
	l.spareFlushes = flushes[:0]
	l.settle()
	for i := 0; i < len(l.dirty); i++ { // OnClose of one may write to another
		c := l.dirty[i]
		l.dirty[i] = nil
		c.isDirty = false
		c.flush()
		l.settle()
	}
	l.dirty = l.dirty[:0]
}

// afterTasks asks for another turn if tasks are left, or closes the mailbox if
// this was the last one.
func (l *Loop) afterTasks() {
	if l.mail.pending() {
		l.wake()
		return
	}
	if l.sealed != nil && l.mail.closeEmpty() {
		l.sealed()
		l.sealed = nil
	}
}
