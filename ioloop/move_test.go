package ioloop

import (
	"errors"
	"io"
	"testing"
	"time"
)

// mover moves its connection on "m", leaving "rest" unused and "out" written.
func mover(t *testing.T, to *Loop, done func(*Conn, error)) *funcs {
	return &funcs{data: func(c *Conn, p []byte) int {
		if p[0] != 'm' {
			c.Write(p)
			return len(p)
		}
		c.Write([]byte("out "))
		if err := c.Move(to, done); err != nil {
			t.Error(err)
		}
		if c.Move(to, done) != ErrMoving {
			t.Error("moved twice")
		}
		return 1
	}}
}

func TestMove(t *testing.T) {
	t.Parallel()
	b, l := newFake(t, Config{Loops: 2})
	to := b.group.Loop(1)
	calls := 0
	c, s := openFake(t, l, mover(t, to, func(c *Conn, err error) {
		if calls++; err != nil || c.Loop() != to || !to.InLoop() {
			t.Errorf("done: %v on loop %d", err, c.Loop().Index())
		}
		c.Write([]byte("moved "))
	}))
	l.data(c, []byte("mrest"))
	if s.to != to || len(s.writes) > 0 || calls > 0 || c.Closed() {
		t.Fatalf("before it arrived: to %v, wrote %q, %d calls", s.to, s.wrote(), calls)
	}
	b.run()
	s2 := newFakeStream()
	to.arrived(c, s2, nil)
	if s2.wrote() != "out moved |rest" || calls != 1 {
		t.Fatalf("after: wrote %q, %d calls", s2.wrote(), calls)
	}
	to.data(c, []byte("x"))
	if l.conns != nil || to.conns != c || c.tail != nil {
		t.Error("it is not wholly on its new loop")
	}
}

func TestMoveComesBack(t *testing.T) {
	t.Parallel()
	b, l := newFake(t, Config{Loops: 2})
	fault := errors.New("fault")
	var got error
	c, s := openFake(t, l, mover(t, b.group.Loop(1), func(_ *Conn, err error) { got = err }))
	l.data(c, []byte("mrest"))
	l.arrived(c, s, fault)
	if got != fault || c.Loop() != l || s.wrote() != "out |rest" {
		t.Fatalf("done: %v; wrote %q", got, s.wrote())
	}
}

func TestMoveLosesItsPeer(t *testing.T) {
	t.Parallel()
	b, l := newFake(t, Config{Loops: 2})
	to := b.group.Loop(1)
	var order []string
	h := mover(t, to, func(_ *Conn, err error) { order = append(order, "done"); _ = err })
	h.close = func(c *Conn, err error) {
		if err != io.EOF || c.Loop() != to {
			t.Errorf("OnClose: %v", err)
		}
		order = append(order, "close")
	}
	c, _ := openFake(t, l, h)
	l.data(c, []byte("m"))
	to.arrived(c, nil, io.EOF)
	if len(order) != 2 || order[0] != "done" || b.group.Conns() != 0 {
		t.Fatalf("%v, %d connections", order, b.group.Conns())
	}
}

func TestMoveWaitsForTheBacklog(t *testing.T) {
	t.Parallel()
	for _, leaves := range []bool{true, false} {
		b, l := newFake(t, Config{Loops: 2})
		got := errors.New("not called")
		c, s := openFake(t, l, mover(t, b.group.Loop(1), func(_ *Conn, err error) { got = err }))
		s.room = 1
		l.data(c, []byte("ab"))
		l.data(c, []byte("m"))
		b.pass(time.Second)
		l.data(c, []byte("while it waits"))
		if s.to != nil {
			t.Fatal("moved with a backlog")
		}
		if leaves {
			s.left = 0
			b.pass(lastLook)
			if s.to == nil {
				t.Fatal("not moved")
			}
			s2 := newFakeStream()
			s.to.arrived(c, s2, nil)
			if got != nil || s2.wrote() != "out |while it waits" {
				t.Fatalf("done %v, wrote %q", got, s2.wrote())
			}
			continue
		}
		s.room = -1
		b.pass(5 * time.Second)
		if got != ErrMoveTimeout || s.wrote() != "ab|out |while it waits" || c.Closed() {
			t.Fatalf("done %v, wrote %q", got, s.wrote())
		}
		b.turn(l, func() { c.Close() })
		s.left = 0
		b.pass(lastLook)
		if !s.closed {
			t.Error("it does not close any more")
		}
	}
}

func TestMoveToTheSameLoop(t *testing.T) {
	t.Parallel()
	_, l := newFake(t, Config{})
	calls := 0
	c, s := openFake(t, l, mover(t, l, func(*Conn, error) { calls++ }))
	l.data(c, []byte("mrest"))
	if calls != 1 || s.wrote() != "out |rest" {
		t.Errorf("%d calls, wrote %q", calls, s.wrote())
	}
}

func TestCloseWhileMoving(t *testing.T) {
	t.Parallel()
	b, l := newFake(t, Config{Loops: 2})
	var order []string
	h := &funcs{close: func(_ *Conn, err error) { order = append(order, "close") }}
	h.data = func(c *Conn, p []byte) int {
		_ = c.Move(b.group.Loop(1), func(_ *Conn, err error) {
			if err != ErrClosed {
				t.Errorf("done: %v", err)
			}
			order = append(order, "done")
		})
		c.Write([]byte("bye"))
		c.Close()
		return len(p)
	}
	c, s := openFake(t, l, h)
	l.data(c, []byte("x"))
	if s.wrote() != "bye" || !s.closed || len(order) != 2 || order[0] != "done" {
		t.Errorf("wrote %q, closed %v, %v", s.wrote(), s.closed, order)
	}
	b.turn(l, func() {
		if err := c.Move(l, nil); err != ErrClosed {
			t.Errorf("Move after the end: %v", err)
		}
	})
}

func TestMoveElsewhere(t *testing.T) {
	t.Parallel()
	b, l := newFake(t, Config{})
	_, stranger := newFake(t, Config{})
	c, _ := openFake(t, l, &funcs{})
	b.turn(l, func() {
		if c.Move(stranger, nil) == nil || c.Move(nil, nil) == nil {
			t.Error("moved to a loop of another group")
		}
	})
}

// Stop closes a connection that arrives from another loop while it runs.
func TestArrivalDuringStop(t *testing.T) {
	t.Parallel()
	b, l := newFake(t, Config{Loops: 2})
	var errs []error
	h := mover(t, b.group.Loop(1), nil)
	h.close = func(_ *Conn, err error) { errs = append(errs, err) }
	c, s := openFake(t, l, h)
	_ = b.group.Start()
	l.data(c, []byte("m"))
	_ = b.group.Loop(1).Post(func() { b.group.Loop(1).refusing = true })
	b.run()
	b.group.Loop(1).arrived(c, s, nil)
	if len(errs) != 1 || errs[0] != nil || !s.closed {
		t.Errorf("OnClose %v, closed %v", errs, s.closed)
	}
}
