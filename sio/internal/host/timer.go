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
	on      *Callbacks
	owner   TimerOwner
	f       func()
	every   time.Duration // 0: once
	stopped atomic.Bool

	prev, next *Timer // of the same owner, while it is pending
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
func (t *Timer) Start(on *Callbacks, owner TimerOwner, d, every time.Duration, f func()) {
	t.on, t.owner, t.every, t.f = on, owner, every, f
	start := func() {
		if !t.stopped.Load() && !owner.Ended() {
			on.Loop.StartTimer(&t.node, d, t)
			on.timers.add(t)
		}
	}
	if on.Loop.InLoop() {
		start()
	} else if on.Loop.Post(start) != nil {
		t.stopped.Store(true)
	}
}

// Stop keeps the callback from running again. On the loop it takes effect at
// once.
func (t *Timer) Stop() {
	if t.stopped.Swap(true) || t.on == nil {
		return
	}
	if t.on.Loop.InLoop() {
		t.drop()
		return
	}
	_ = t.on.Loop.Post(t.drop)
}

// drop takes the timer out, if it is pending.
func (t *Timer) drop() {
	if t.on.Loop.StopTimer(&t.node) {
		t.on.timers.remove(t)
	}
}

// OnTimer implements ioloop.TimerHandler.
func (t *Timer) OnTimer(*ioloop.Timer) {
	if t.every > 0 {
		t.on.Loop.StartTimer(&t.node, t.every, t)
	} else {
		t.on.timers.remove(t)
	}
	if !t.stopped.Load() {
		t.owner.RunTimer(t.f)
	}
}

// timers are the pending ones of a loop: the latest of each owner, which leads
// to its others. Few sockets have any, so that they are not kept with them.
type timers map[TimerOwner]*Timer

func (ts *timers) add(t *Timer) {
	if *ts == nil {
		*ts = make(timers)
	}
	if t.next = (*ts)[t.owner]; t.next != nil {
		t.next.prev = t
	}
	(*ts)[t.owner] = t
}

func (ts timers) remove(t *Timer) {
	switch {
	case t.prev != nil:
		t.prev.next = t.next
	case t.next != nil:
		ts[t.owner] = t.next
	default:
		delete(ts, t.owner)
	}
	if t.next != nil {
		t.next.prev = t.prev
	}
	t.prev, t.next = nil, nil
}

// StopTimers stops all timers of an owner that has ended, on the loop: what
// waits for an hour would keep it, and all that it refers to, as long.
func (c *Callbacks) StopTimers(owner TimerOwner) {
	for t := c.timers[owner]; t != nil; t = c.timers[owner] {
		t.stopped.Store(true)
		t.drop()
	}
}

// Ended and RunTimer make the callbacks of a loop the owner of a server's
// timers.
func (c *Callbacks) Ended() bool { return false }

// RunTimer implements TimerOwner.
func (c *Callbacks) RunTimer(f func()) { c.Guard("timer", f) }
