package host

import (
	"log/slog"
	"runtime/debug"
	"sync/atomic"

	"github.com/tornadio/tornadio/ioloop"
)

// Callbacks runs the user's callbacks of one loop: none inside another one, and
// a panic costs no more than its connection. But for Panics it lives on the
// loop.
type Callbacks struct {
	Loop   *ioloop.Loop
	Name   string // of the package whose server it is: "sio"
	Log    *slog.Logger
	Panics atomic.Uint64 // any goroutine may read it

	depth   int // user's callbacks that run now
	pending []func()
	timers  timers
}

// Later runs f when the user's callback that runs now has ended, so that no
// callback ever runs inside another one.
func (c *Callbacks) Later(f func()) {
	c.pending = append(c.pending, f)
	c.drain()
}

func (c *Callbacks) drain() {
	for c.depth == 0 && len(c.pending) > 0 {
		f := c.pending[0]
		c.pending = c.pending[1:]
		if len(c.pending) == 0 {
			c.pending = nil
		}
		f()
	}
}

// Guard runs a user's callback and survives its panic. It reports whether
// there was one.
func (c *Callbacks) Guard(label string, f func()) (crashed bool) {
	c.Begin(label)
	defer func() {
		crashed = c.End(label, recover())
	}()
	f()
	return false
}

// Begin and End stand around the callbacks that every message runs, without a
// closure. End is called by a deferred function, with what recover gave it. It
// reports whether the callback has panicked.
func (c *Callbacks) Begin(label string) {
	c.Loop.SetName(label)
	c.depth++
}

// End is the other half of Begin.
func (c *Callbacks) End(label string, panicked any) bool {
	c.depth--
	if panicked != nil {
		c.Crashed(label, panicked)
	}
	if c.depth == 0 && len(c.pending) > 0 {
		c.drain()
	}
	return panicked != nil
}

// Crashed reports a panic, from any goroutine. It is called inside the deferred
// recovery, so that the stack is that of what has panicked.
func (c *Callbacks) Crashed(label string, v any) {
	c.Panics.Add(1)
	c.Log.Error(c.Name+": panic in a handler", "handler", label, "panic", v, "stack", string(debug.Stack()))
}
