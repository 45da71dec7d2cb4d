package ioloop

import (
	"fmt"
	"testing"
	"time"
)

type timerFunc func()

func (f timerFunc) OnTimer(*Timer) { f() }

func TestTimersAreNeverEarly(t *testing.T) {
	t.Parallel()
	b, l := newFake(t, Config{})
	b.clock = b.clock.Add(1234567 * time.Nanosecond) // not on a tick
	for _, d := range []time.Duration{1, time.Microsecond, time.Millisecond, 1500 * time.Microsecond, 300 * time.Millisecond, 70 * time.Second} {
		var tm Timer
		var start, fired time.Time
		b.turn(l, func() {
			start = l.Now()
			l.StartTimer(&tm, d, timerFunc(func() { fired = l.Now() }))
		})
		b.pass(d + 3*time.Millisecond)
		if late := fired.Sub(start) - d; fired.IsZero() || late < 0 || late > 2*time.Millisecond {
			t.Errorf("%v: late by %v", d, late)
		}
	}
}

func TestTimerAtOnceIsALaterTurn(t *testing.T) {
	t.Parallel()
	b, l := newFake(t, Config{})
	turns := 0
	var tm Timer
	var again timerFunc
	again = func() {
		if turns++; turns < 5 {
			l.StartTimer(&tm, 0, again)
			if turns == 3 {
				l.StartTimer(&tm, -time.Second, again)
			}
		}
	}
	b.turn(l, func() {
		l.StartTimer(&tm, 0, again)
		if turns != 0 {
			t.Error("ran inline")
		}
	})
	if turns != 5 {
		t.Errorf("%d turns without the clock moving; want 5", turns)
	}
}

// Input comes between: each turn but the last asks for another one.
func TestManyTimersTakeSeveralTurns(t *testing.T) {
	t.Parallel()
	b, l := newFake(t, Config{})
	const n = 2*timerBudget + 10
	timers := make([]Timer, n)
	var order []int
	again := timerFunc(func() { order = append(order, n) })
	b.turn(l, func() {
		for i := range timers {
			l.StartTimer(&timers[i], time.Second, timerFunc(func() {
				if order = append(order, i); i == 0 {
					l.StartTimer(&timers[i], 0, again) // belongs to the next pass
				}
			}))
		}
	})
	b.clock = b.clock.Add(1500 * time.Millisecond)
	p := b.pollers[l.index]
	for turn, want := range []int{timerBudget, 2 * timerBudget, n} {
		p.wakes = 0
		l.wakeup()
		if len(order) != want || p.wakes == 0 {
			t.Fatalf("turn %d: %d fired, want %d; %d wakes", turn, len(order), want, p.wakes)
		}
		b.clock = b.clock.Add(time.Millisecond)
	}
	if b.run(); len(order) != n+1 {
		t.Fatalf("%d fired, want %d", len(order), n+1)
	}
	for i, at := range order {
		if at != i {
			t.Fatalf("timer %d fired in place %d", at, i)
		}
	}
}

func TestStopTimer(t *testing.T) {
	t.Parallel()
	b, l := newFake(t, Config{})
	var tm Timer
	b.turn(l, func() {
		if l.StopTimer(&tm) {
			t.Error("stopped what was not started")
		}
		l.StartTimer(&tm, time.Millisecond, timerFunc(func() { t.Error("fired") }))
		if !tm.Pending() || !l.StopTimer(&tm) || tm.Pending() || l.StopTimer(&tm) {
			t.Error("StopTimer or Pending is wrong")
		}
	})
	b.pass(10 * time.Millisecond)
}

// A heartbeat that is put off at each message does not bother the poller each
// time.
func TestPostponedTimersAreCheap(t *testing.T) {
	t.Parallel()
	b, l := newFake(t, Config{})
	var tm Timer
	c, _ := openFake(t, l, &funcs{data: func(_ *Conn, p []byte) int {
		l.StartTimer(&tm, 25*time.Second, timerFunc(func() {}))
		return len(p)
	}})
	for range 1000 {
		b.clock = b.clock.Add(20 * time.Millisecond)
		l.data(c, []byte("x"))
	}
	if n := b.pollers[0].sets; n != 1 {
		t.Errorf("the poller's deadline was set %d times", n)
	}
}

func TestAfterFunc(t *testing.T) {
	t.Parallel()
	b, l := newFake(t, Config{})
	var got []string
	note := func(s string) func() { return func() { got = append(got, s) } }
	l.AfterFunc(2*time.Millisecond, note("outside"))
	stopped := l.AfterFunc(2*time.Millisecond, note("stopped"))
	if !stopped.Stop() || stopped.Stop() {
		t.Error("Stop before the start is wrong")
	}
	late := l.AfterFunc(time.Millisecond, note("first"))
	b.turn(l, func() {
		l.AfterFunc(3*time.Millisecond, note("inside"))
		l.AfterFunc(0, note("at once"))
		if !l.AfterFunc(time.Millisecond, note("stopped inside")).Stop() {
			t.Error("not stopped")
		}
	})
	b.pass(10 * time.Millisecond)
	if want := "[at once first outside inside]"; fmt.Sprint(got) != want {
		t.Errorf("ran %v; want %s", got, want)
	}
	if late.Stop() {
		t.Error("stopped after it ran")
	}
	if l.wheel.count != 0 {
		t.Error("a timer is left")
	}
}
