package engine

import (
	"time"

	"github.com/tornadio/tornadio/sio/internal/host"
)

// The loop for users: what must happen there, now or later.

// Timer is a callback to come. Its methods are safe from any goroutine.
type Timer struct{ t host.Timer }

// Stop keeps the callback from running again. On the loop it takes effect at
// once.
func (t *Timer) Stop() { t.t.Stop() }

// timed is a socket as the owner of its timers.
type timed Socket

// Ended implements host.TimerOwner.
func (s *timed) Ended() bool { return (*Socket)(s).Closed() }

// RunTimer implements host.TimerOwner.
func (s *timed) RunTimer(f func()) { s.c.run("timer", f) }

// Do runs f on the socket's loop, after what runs now, in the order of the
// calls. If the socket is closed by then f is not run.
func (s *Socket) Do(f func()) {
	if s.c.sh == nil {
		return
	}
	_ = s.c.sh.Loop.Post(func() {
		if !s.Closed() {
			s.c.run("Do", f)
		}
	})
}

// After runs f on the socket's loop once d has passed, unless the socket is
// closed by then.
func (s *Socket) After(d time.Duration, f func()) *Timer { return s.timer(d, 0, f) }

// Every runs f on the socket's loop each time d has passed, at least 1 ms,
// until the socket closes.
func (s *Socket) Every(d time.Duration, f func()) *Timer {
	d = max(d, time.Millisecond)
	return s.timer(d, d, f)
}

func (s *Socket) timer(d, every time.Duration, f func()) *Timer {
	t := new(Timer)
	if s.c.sh != nil {
		t.t.Start(&s.c.sh.Callbacks, (*timed)(s), d, every, f)
	}
	return t
}

// Do runs f on the server's first loop, in the order of the calls. It runs
// beside the callbacks of sockets of other loops.
func (s *Server) Do(f func()) error {
	if len(s.shards) == 0 {
		return s.Err()
	}
	sh := s.shards[0]
	return sh.Loop.Post(func() { sh.Guard("Server.Do", f) })
}

// After runs f on the server's first loop once d has passed.
func (s *Server) After(d time.Duration, f func()) *Timer { return s.timer(d, 0, f) }

// Every runs f on the server's first loop each time d has passed, at least
// 1 ms, until Shutdown or Stop.
func (s *Server) Every(d time.Duration, f func()) *Timer {
	d = max(d, time.Millisecond)
	return s.timer(d, d, f)
}

func (s *Server) timer(d, every time.Duration, f func()) *Timer {
	t := new(Timer)
	if len(s.shards) > 0 {
		sh := s.shards[0]
		t.t.Start(&sh.Callbacks, &sh.Callbacks, d, every, f)
	}
	return t
}
