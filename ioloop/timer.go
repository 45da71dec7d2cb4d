package ioloop

import (
	"sync/atomic"
	"time"
)

const tick = time.Millisecond

// StartTimer makes h.OnTimer run once d has passed since Now, never earlier, at most
// a millisecond and a turn later; a d of 0 or less means in a later turn. A
// timer that is pending is started anew.
func (l *Loop) StartTimer(t *Timer, d time.Duration, h TimerHandler) {
	l.check()
	t.h = h
	at := l.Now()
	if d > 0 {
		at = at.Add(d + tick - 1) // the first tick that is not before
	}
	l.wheel.add(t, l.tickAt(at))
}

// StopTimer stops t and tells whether it was pending.
func (l *Loop) StopTimer(t *Timer) bool {
	l.check()
	return l.wheel.remove(t)
}

// tickAt is the tick within which at lies.
func (l *Loop) tickAt(at time.Time) int64 { return int64(at.Sub(l.epoch) / tick) }

// tickTime is when the tick n begins.
func (l *Loop) tickTime(n int64) time.Time { return l.epoch.Add(time.Duration(n) * tick) }

// timerBudget is how many timers fire in one turn. Of heartbeats many are due at
// once, and each of them writes: a hundred take about a millisecond.
const timerBudget = 128

// fireTimers runs what is due, within the budget; the rest is fired by the turn
// for which arm asks then, and which comes after the next poll.
func (l *Loop) fireTimers() {
	now := l.tickAt(l.Now())
	for range timerBudget {
		t := l.wheel.expire(now)
		if t == nil {
			return
		}
		l.callTimer(t)
	}
}

// arm sees to it that a wake turn comes for the next deadline. A deadline that
// is left behind by a stopped timer stays: it costs one turn, and moving it each
// time a heartbeat is put off would cost more.
func (l *Loop) arm() {
	next, ok := l.wheel.next()
	switch {
	case !ok, l.isArmed && l.armed <= next:
	case next <= l.tickAt(l.Now()):
		l.wake()
	default:
		l.armed, l.isArmed = next, true
		l.poll.setDeadline(l.tickTime(next))
	}
}

// FuncTimer is a timer made by Loop.AfterFunc.
type FuncTimer struct{ t funcTimer }

// funcTimer is the task that starts or drops the timer on its loop, and then
// the handler of the timer.
type funcTimer struct {
	timer Timer
	loop  *Loop
	at    time.Time
	f     func()
	over  atomic.Bool // it has run, or was stopped
}

// AfterFunc makes f run on the loop once d has passed. Any goroutine. Where it
// is pending when the loop ends, it never runs.
func (l *Loop) AfterFunc(d time.Duration, f func()) *FuncTimer {
	ft := &FuncTimer{t: funcTimer{loop: l, f: f, at: l.poll.now().Add(max(d, 0))}}
	ft.t.update()
	return ft
}

// Stop keeps the func from running, and tells whether it did: false if it has
// run, is running, or was stopped before. Any goroutine.
func (ft *FuncTimer) Stop() bool {
	if !ft.t.over.CompareAndSwap(false, true) {
		return false
	}
	ft.t.update()
	return true
}

func (t *funcTimer) update() {
	if t.loop.InLoop() {
		t.Run()
	} else {
		_ = t.loop.PostTask(t) // ErrClosed: nothing runs any more
	}
}

// Run starts the timer, or takes it out if it was stopped.
func (t *funcTimer) Run() {
	if t.over.Load() {
		t.loop.wheel.remove(&t.timer)
	} else {
		t.timer.h = t
		t.loop.wheel.add(&t.timer, t.loop.tickAt(t.at.Add(tick-1)))
	}
}

func (t *funcTimer) OnTimer(*Timer) {
	if t.over.CompareAndSwap(false, true) {
		t.f()
	}
}
