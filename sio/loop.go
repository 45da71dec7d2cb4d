package sio

import (
	"sync/atomic"
	"time"

	"github.com/tornadio/tornadio/ioloop"
)

// The loop for users: what add_callback, add_timeout and PeriodicCallback are
// on Tornado's IOLoop.

// Timer is a callback to come. Its methods are safe from any goroutine.
type Timer struct {
	node    ioloop.Timer
	sh      *shard
	s       *Socket // nil for a server's timer
	f       func()
	every   time.Duration // 0: once
	stopped atomic.Bool
}

// Stop keeps the callback from running again. On the loop it takes effect at
// once.
func (t *Timer) Stop() {
	if t.stopped.Swap(true) || t.sh == nil {
		return
	}
	if t.sh.loop.InLoop() {
		t.sh.loop.StopTimer(&t.node)
		return
	}
	_ = t.sh.loop.Post(func() { t.sh.loop.StopTimer(&t.node) })
}

// OnTimer implements ioloop.TimerHandler.
func (t *Timer) OnTimer(*ioloop.Timer) {
	if t.stopped.Load() || t.s != nil && t.s.Closed() {
		return
	}
	if t.every > 0 {
		t.sh.loop.StartTimer(&t.node, t.every, t)
	}
	if t.s != nil {
		t.s.run("timer", t.f)
	} else {
		t.sh.Guard("timer", t.f)
	}
}

func (sh *shard) startTimer(t *Timer, d time.Duration) *Timer {
	t.sh = sh
	start := func() {
		if !t.stopped.Load() {
			sh.loop.StartTimer(&t.node, d, t)
		}
	}
	if sh.loop.InLoop() {
		start()
	} else if sh.loop.Post(start) != nil {
		t.stopped.Store(true)
	}
	return t
}

// After runs f on the socket's loop once d has passed, unless the socket is
// closed by then.
func (s *Socket) After(d time.Duration, f func()) *Timer {
	if s.c == nil {
		return &Timer{}
	}
	return s.c.sh.startTimer(&Timer{s: s, f: f}, d)
}

// Every runs f on the socket's loop each time d has passed, at least 1 ms,
// until the socket closes.
func (s *Socket) Every(d time.Duration, f func()) *Timer {
	if s.c == nil {
		return &Timer{}
	}
	d = max(d, time.Millisecond)
	return s.c.sh.startTimer(&Timer{s: s, f: f, every: d}, d)
}

// Do runs f on the server's first loop, in the order of the calls. It runs
// beside the callbacks of sockets of other loops.
func (s *Server) Do(f func()) error {
	if len(s.shards) == 0 {
		return s.Err()
	}
	sh := s.shards[0]
	return sh.loop.Post(func() { sh.Guard("Server.Do", f) })
}

// After runs f on the server's first loop once d has passed.
func (s *Server) After(d time.Duration, f func()) *Timer {
	if len(s.shards) == 0 {
		return &Timer{}
	}
	return s.shards[0].startTimer(&Timer{f: f}, d)
}

// Every runs f on the server's first loop each time d has passed, at least
// 1 ms, until Shutdown or Stop.
func (s *Server) Every(d time.Duration, f func()) *Timer {
	if len(s.shards) == 0 {
		return &Timer{}
	}
	d = max(d, time.Millisecond)
	return s.shards[0].startTimer(&Timer{f: f, every: d}, d)
}
