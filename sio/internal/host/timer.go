package host

import (
	"sync/atomic"
	"time"

	"github.com/tornadio/tornadio/ioloop"
)

// Timer is a user's callback to come, on a loop. The zero value never runs.
// Start is called once; Stop from any goroutine.
type Timer struct {
	node    ioloop.Timer
	loop    *ioloop.Loop
	owner   TimerOwner
	f       func()
	every   time.Duration // 0: once
	stopped atomic.Bool
}

// TimerOwner is whose callback it is: a socket, or a loop's Callbacks.
type TimerOwner interface {
	// Ended reports, on the loop, that nothing of the owner runs any more.
	Ended() bool
	// RunTimer runs the callback.
	RunTimer(f func())
}

// Start lets f run once d has passed, and with every above 0 again each time
// that has.
func (t *Timer) Start(loop *ioloop.Loop, owner TimerOwner, d, every time.Duration, f func()) {
	t.loop, t.owner, t.every, t.f = loop, owner, every, f
	start := func() {
		if !t.stopped.Load() {
			loop.StartTimer(&t.node, d, t)
		}
	}
	if loop.InLoop() {
		start()
	} else if loop.Post(start) != nil {
		t.stopped.Store(true)
	}
}

// Stop keeps the callback from running again. On the loop it takes effect at
// once.
func (t *Timer) Stop() {
	if t.stopped.Swap(true) || t.loop == nil {
		return
	}
	if t.loop.InLoop() {
		t.loop.StopTimer(&t.node)
		return
	}
	_ = t.loop.Post(func() { t.loop.StopTimer(&t.node) })
}

// OnTimer implements ioloop.TimerHandler.
func (t *Timer) OnTimer(*ioloop.Timer) {
	if t.stopped.Load() || t.owner.Ended() {
		return
	}
	if t.every > 0 {
		t.loop.StartTimer(&t.node, t.every, t)
	}
	t.owner.RunTimer(t.f)
}

// Ended and RunTimer make the callbacks of a loop the owner of a server's
// timers.
func (c *Callbacks) Ended() bool { return false }

// RunTimer implements TimerOwner.
func (c *Callbacks) RunTimer(f func()) { c.Guard("timer", f) }
