package sio_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

type waiter struct {
	sio.Socket
	errs []error
}

func (c *waiter) OnError(err error) { c.errs = append(c.errs, err) }

// TestOrdered: what a client sends behind an Ordered handler waits for it,
// acknowledgements do not.
func TestOrdered(t *testing.T) {
	w := siotest.New(t, siotest.Options{})
	srv := w.Server(sio.Config{})
	ns := sio.Of[waiter](srv, "/", nil)
	sio.Answer(ns, "slow", func(c *waiter, n int) int {
		answer := make(chan int, 1)
		_ = c.EmitAck("color?", func(a *sio.Ack) {
			var n int
			_ = a.Decode(&n)
			answer <- n
		})
		return n + <-answer
	}, sio.Ordered)
	sio.Answer(ns, "fast", func(_ *waiter, n int) int { return n })
	c := w.Connect(siotest.Client{})
	var order []string
	note := func(s string) func(*siotest.Ack) { return func(*siotest.Ack) { order = append(order, s) } }
	slow := c.EmitAck("slow", 1)
	slow.OnDone(note("slow"))
	c.EmitAck("fast", 2).OnDone(note("fast"))
	c.Wait("color?").Reply(40)
	var sum int
	slow.Wait().Decode(&sum)
	w.Until(func() bool { return len(order) == 2 })
	if sum != 41 || !slices.Equal(order, []string{"slow", "fast"}) {
		t.Errorf("answered %d, in the order %v", sum, order)
	}
}

// TestConcurrent: a Concurrent handler holds nothing, and learns by its context
// that the client has left.
func TestConcurrent(t *testing.T) {
	w := siotest.New(t, siotest.Options{})
	srv := w.Server(sio.Config{})
	ns := sio.Of[waiter](srv, "/", nil)
	left := make(chan struct{})
	sio.On0(ns, "wait", func(c *waiter) { <-c.Context().Done(); close(left) }, sio.Concurrent)
	sio.Answer(ns, "fast", func(_ *waiter, n int) int { return n })
	c := w.Connect(siotest.Client{})
	c.Emit("wait")
	var n int
	c.EmitAck("fast", 7).Wait().Decode(&n)
	if n != 7 {
		t.Errorf("answered %d", n)
	}
	c.Close()
	w.Until(func() bool { return srv.Stats().Connections == 0 })
	select {
	case <-left:
	case <-time.After(10 * time.Second):
		t.Error("the handler was not told")
	}
	w.Until(func() bool { return srv.Stats().Waiting == 0 })
}

// TestWaitingLimits: at each limit events still run, above it they are refused
// with ErrBusy.
func TestWaitingLimits(t *testing.T) {
	for name, cfg := range map[string]sio.Config{
		"MaxWaiting":  {MaxWaiting: 3},
		"MaxHandlers": {MaxHandlers: 3},
		"MaxHeld":     {MaxHeld: 2},
	} {
		t.Run(name, func(t *testing.T) {
			w := siotest.New(t, siotest.Options{})
			srv := w.Server(cfg)
			var socket *waiter
			ns := sio.Of(srv, "/", func(c *waiter) { socket = c })
			option := sio.Concurrent
			if name == "MaxHeld" {
				option = sio.Ordered // one runs, two are held
			}
			release := make(chan struct{})
			sio.On0(ns, "wait", func(*waiter) { <-release }, option)
			c := w.Connect(siotest.Client{})
			for range 3 {
				c.Emit("wait")
			}
			w.Advance(time.Second)
			if len(socket.errs) != 0 {
				t.Errorf("at the limit: %v", socket.errs)
			}
			c.Emit("wait")
			w.Until(func() bool { return srv.Stats().Busy == 1 })
			if len(socket.errs) != 1 || !errors.Is(socket.errs[0], sio.ErrBusy) {
				t.Errorf("above the limit: %v, want ErrBusy", socket.errs)
			}
			close(release)
			w.Until(func() bool { return srv.Stats().Waiting == 0 })
		})
	}
}

// TestTimers: the loop for users.
func TestTimers(t *testing.T) {
	w := siotest.New(t, siotest.Options{})
	srv := w.Server(sio.Config{})
	var did []string
	sio.On0(srv.Of("/"), "go", func(s *sio.Socket) {
		s.After(2*time.Second, func() { did = append(did, "after") })
		every := s.Every(time.Second, func() { did = append(did, "every") })
		s.After(3500*time.Millisecond, every.Stop)
		s.Do(func() { did = append(did, "do") })
		s.After(time.Hour, func() { did = append(did, "never: the socket is closed by then") })
	})
	c := w.Connect(siotest.Client{})
	c.Emit("go")
	w.Advance(10 * time.Second)
	c.Close()
	w.Advance(2 * time.Hour)
	got := strings.Join(did, " ")
	if got != "do every after every every" && got != "do every every after every" {
		t.Errorf("ran %q", got)
	}
	ran := 0
	ticks := srv.Every(time.Minute, func() { ran++ })
	_ = srv.Do(func() { ran += 100 })
	srv.After(time.Minute, func() { ran += 1000 })
	w.Advance(3*time.Minute + time.Second)
	ticks.Stop()
	w.Advance(time.Hour)
	if ran != 1103 {
		t.Errorf("the server's own: %d, want 1103", ran)
	}
}

// TestDecide: namespaces come into being when they are asked for, with the
// handlers of their pattern, and cease with their last client.
func TestDecide(t *testing.T) {
	w := siotest.New(t, siotest.Options{})
	srv := w.Server(sio.Config{})
	room := sio.Of[waiter](srv, "/room", nil)
	sio.On(room, "say", func(c *waiter, s string) { _ = c.To().Emit("said", c.Namespace()+" "+s) })
	srv.Decide(func(name string) sio.Endpoint {
		if strings.HasPrefix(name, "/room-") {
			return room
		}
		return nil
	})
	a := w.Connect(siotest.Client{Namespace: "/room-1"})
	b := w.Connect(siotest.Client{Namespace: "/room-1", Generation: sio.Legacy})
	c := w.Connect(siotest.Client{Namespace: "/room-2"})
	a.Emit("say", "hi")
	if got := b.Wait("said").Text(); got != "/room-1 hi" {
		t.Errorf("got %q", got)
	}
	w.Advance(time.Second)
	if n := len(c.Events()); n != 0 {
		t.Errorf("another namespace heard %d events", n)
	}
	if err := w.Connect(siotest.Client{Namespace: "/other"}).Err(); err == nil {
		t.Error("a namespace nobody decided on was joined")
	}
}

// TestStats: TornadIO2's names are there, and the counts are right.
func TestStats(t *testing.T) {
	w := siotest.New(t, siotest.Options{})
	srv := w.Server(sio.Config{})
	sio.Answer(srv.Of("/"), "echo", func(_ *sio.Socket, n int) int { return n })
	a := w.Connect(siotest.Client{})
	b := w.Connect(siotest.Client{Generation: sio.Legacy, Transport: "xhr-polling"})
	a.EmitAck("echo", 1).Wait()
	b.EmitAck("echo", 1).Wait()
	s := srv.Stats()
	for _, name := range []string{"active_sessions", "max_sessions", "active_connections", "max_connections",
		"connections_ps", "packets_sent_ps", "packets_recv_ps"} {
		if _, ok := s.Dump()[name]; !ok {
			t.Errorf("the dump has no %s", name)
		}
	}
	if s.Sessions != 2 || s.MaxSessions != 2 || s.Connections != 2 || s.Opened != 2 || s.PacketsRecv < 2 ||
		s.Transports["websocket"] != 1 || s.Transports["xhr-polling"] != 1 || s.Generations["0.x"] != 1 {
		t.Errorf("%+v", s)
	}
	a.Close()
	b.Close()
	w.Until(func() bool { return srv.Stats().Sessions == 0 })
	if s := srv.Stats(); s.MaxSessions != 2 || s.Connections != 0 || len(s.Transports) != 0 {
		t.Errorf("in the end: %+v", s)
	}
}
