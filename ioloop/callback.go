package ioloop

import (
	"fmt"
	"runtime/debug"
)

// This file makes every call into the user's code. Each function defers
// callback, which recovers: one panic costs one connection, not the loop.

// Panic is a panic that was recovered from a callback.
type Panic struct {
	Conn  *Conn  // whose callback it was; nil for tasks, timers and flushers
	Value any    // what was given to panic
	Stack []byte // of the goroutine, as by debug.Stack
	Name  string // last given to Loop.SetName within the callback
}

// begin marks the start of a callback for the watchdog.
func (l *Loop) begin() { l.beat.Add(1) }

// callback ends one. It must be deferred directly, for recover to work.
func (l *Loop) callback(c *Conn) {
	v := recover()
	l.beat.Add(1)
	if v != nil {
		l.panicked(c, v)
	}
	if l.name.Load() != nil {
		l.name.Store(nil)
	}
}

// panicked reports v and ends c.
func (l *Loop) panicked(c *Conn, v any) {
	p := Panic{Conn: c, Value: v, Stack: debug.Stack()}
	if name := l.name.Load(); name != nil {
		p.Name = *name
	}
	l.group.panics.Add(1)
	l.group.cfg.Logger.Error("ioloop: callback panicked",
		"loop", l.index, "name", p.Name, "panic", v, "stack", string(p.Stack))
	if c != nil {
		c.Abort(fmt.Errorf("%w: %v", ErrPanic, v))
	}
	if l.group.cfg.OnPanic != nil {
		l.reportPanic(p)
	}
}

func (l *Loop) reportPanic(p Panic) {
	defer func() {
		if v := recover(); v != nil {
			l.group.cfg.Logger.Error("ioloop: OnPanic panicked", "panic", v)
		}
	}()
	l.group.cfg.OnPanic(p)
}

func (l *Loop) callAccept(c *Conn, accept func(*Conn) Handler) Handler {
	defer l.callback(c)
	l.begin()
	return accept(c)
}

func (l *Loop) callData(c *Conn, p []byte) (used int) {
	defer l.callback(c)
	l.begin()
	return c.handler.OnData(c, p)
}

func (l *Loop) callWritable(c *Conn) {
	defer l.callback(c)
	l.begin()
	c.handler.OnWritable(c)
}

func (l *Loop) callClose(c *Conn, err error) {
	defer l.callback(c)
	l.begin()
	c.handler.OnClose(c, err)
}

// callMoved tells the one who moved c, once; not if nobody did.
func (l *Loop) callMoved(c *Conn, err error) {
	if c.tail == nil || c.tail.done == nil {
		return
	}
	done := c.tail.done
	c.tail.done = nil
	l.current = c
	l.runMoved(c, done, err)
	l.current = nil
	c.flush()
}

func (l *Loop) runMoved(c *Conn, done func(*Conn, error), err error) {
	defer l.callback(c)
	l.begin()
	done(c, err)
}

func (l *Loop) callTask(t Task) {
	defer l.callback(nil)
	l.begin()
	t.Run()
}

func (l *Loop) callTimer(t *Timer) {
	if side, ok := t.h.(*tail); ok {
		side.conn.look() // ours; makes its own callback
		return
	}
	l.runTimer(t)
}

func (l *Loop) runTimer(t *Timer) {
	defer l.callback(nil)
	l.begin()
	t.h.OnTimer(t)
}

func (l *Loop) callFlush(f Flusher) {
	defer l.callback(nil)
	l.begin()
	f.Flush()
}
