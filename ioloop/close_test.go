package ioloop

import (
	"errors"
	"io"
	"net/netip"
	"testing"
	"time"
)

func TestCloseWaitsForTheBacklog(t *testing.T) {
	t.Parallel()
	b, l := newFake(t, Config{})
	var errs []error
	c, s := openFake(t, l, closes(&errs))
	s.room = 2
	b.turn(l, func() {
		c.Write([]byte("hello"))
		c.Close()
		c.Write([]byte("dropped"))
		if !c.Closed() || len(errs) > 0 {
			t.Error("not closing, or closed inline")
		}
	})
	b.pass(time.Second)
	if s.closed {
		t.Fatal("closed with a backlog")
	}
	s.left = 0
	b.pass(lastLook)
	if !s.closed || s.reset || len(errs) != 1 || errs[0] != nil {
		t.Fatalf("closed %v, reset %v, OnClose %v", s.closed, s.reset, errs)
	}
	if s.wrote() != "hello" {
		t.Errorf("wrote %q", s.wrote())
	}
}

func TestCloseGivesUp(t *testing.T) {
	t.Parallel()
	for _, backlog := range []int{1, 10 * drainRate} {
		b, l := newFake(t, Config{})
		var errs []error
		c, s := openFake(t, l, closes(&errs))
		s.room = 0
		b.turn(l, func() { c.Write(make([]byte, backlog)); c.Close() })
		wait := 5*time.Second + time.Duration(backlog)*time.Second/drainRate
		b.pass(wait - 2*time.Millisecond)
		if s.closed {
			t.Fatalf("backlog %d: closed too early", backlog)
		}
		b.pass(4 * time.Millisecond)
		if !s.closed || !s.reset || len(errs) != 1 || errs[0] != nil {
			t.Fatalf("backlog %d: closed %v, reset %v, OnClose %v", backlog, s.closed, s.reset, errs)
		}
	}
}

func TestCloseLinger(t *testing.T) {
	t.Parallel()
	for _, peerCloses := range []bool{true, false} {
		b, l := newFake(t, Config{})
		var errs []error
		c, s := openFake(t, l, closes(&errs))
		b.turn(l, func() { c.Write([]byte("answer")); c.CloseLinger() })
		if s.wrote() != "answer" || !s.shut || s.closed {
			t.Fatalf("wrote %q, shut %v, closed %v", s.wrote(), s.shut, s.closed)
		}
		l.data(c, []byte("more of the body"))
		if peerCloses {
			l.lost(c, io.EOF)
		} else {
			b.pass(5*time.Second + time.Millisecond)
			if !s.closed || s.reset {
				t.Fatalf("closed %v, reset %v", s.closed, s.reset)
			}
		}
		if len(errs) != 1 || errs[0] != nil {
			t.Fatalf("OnClose %v", errs)
		}
	}
}

func TestAbort(t *testing.T) {
	t.Parallel()
	why := errors.New("why")
	for _, queued := range []bool{true, false} {
		b, l := newFake(t, Config{})
		var errs []error
		c, s := openFake(t, l, closes(&errs))
		b.turn(l, func() {
			if queued {
				c.Write([]byte("never sent"))
			}
			c.Abort(why)
			c.Abort(nil)
			c.Close()
			if len(errs) > 0 {
				t.Error("OnClose inside Abort")
			}
		})
		if !s.closed || s.reset != queued || len(s.writes) > 0 || len(errs) != 1 || errs[0] != why {
			t.Fatalf("queued %v: closed %v, reset %v, wrote %q, OnClose %v", queued, s.closed, s.reset, s.wrote(), errs)
		}
	}
}

func TestLastWordsAtEOF(t *testing.T) {
	t.Parallel()
	b, l := newFake(t, Config{})
	n := 0
	c, s := openFake(t, l, &funcs{close: func(c *Conn, err error) {
		n++
		if err != io.EOF || !c.Closed() {
			t.Errorf("err %v, closed %v", err, c.Closed())
		}
		c.Write([]byte("last "))
		c.Write([]byte("words"))
		c.Close()
		c.Abort(nil)
	}})
	l.lost(c, io.EOF)
	if s.wrote() != "last words" || n != 1 || s.closed {
		t.Fatalf("wrote %q, OnClose %d times, closed %v", s.wrote(), n, s.closed)
	}
	b.turn(l, func() { c.Write([]byte("x")); c.Close(); c.Flush() })
	if len(s.writes) != 1 {
		t.Error("wrote after the end")
	}
}

func TestLostWithAFault(t *testing.T) {
	t.Parallel()
	_, l := newFake(t, Config{})
	fault := errors.New("fault")
	for _, tt := range []struct{ err, want error }{{fault, fault}, {nil, ErrEngine}} {
		var errs []error
		c, s := openFake(t, l, closes(&errs))
		l.lost(c, tt.err)
		if len(errs) != 1 || errs[0] != tt.want || s.closed {
			t.Errorf("lost(%v): OnClose %v", tt.err, errs)
		}
	}
}

func TestOnWritable(t *testing.T) {
	t.Parallel()
	b, l := newFake(t, Config{})
	n := 0
	c, s := openFake(t, l, &funcs{writable: func(c *Conn) { n++; c.Write([]byte("more")) }})
	s.room = 3
	b.turn(l, func() { c.Write([]byte("hello")) })
	if c.Backlog() != 2 {
		t.Fatalf("backlog %d", c.Backlog())
	}
	b.pass(time.Second)
	if n != 0 {
		t.Fatal("OnWritable with a backlog")
	}
	s.left, s.room = 0, -1
	b.pass(lastLook)
	if n != 1 || s.wrote() != "hello|more" {
		t.Fatalf("OnWritable %d times, wrote %q", n, s.wrote())
	}
	if c.tail != nil || l.wheel.count != 0 {
		t.Error("a connection without backlog has a timer")
	}
}

func TestMaxConns(t *testing.T) {
	t.Parallel()
	b, l := newFake(t, Config{MaxConns: 2})
	c, _ := openFake(t, l, &funcs{})
	openFake(t, l, &funcs{})
	s := newFakeStream()
	if l.open(s, netip.AddrPort{}, func(*Conn) Handler { t.Error("accepted"); return nil }) != nil || !s.closed {
		t.Fatal("a third connection was let in")
	}
	b.turn(l, func() { c.Close() })
	openFake(t, l, &funcs{})
}

func TestStopClosesAll(t *testing.T) {
	t.Parallel()
	b, l := newFake(t, Config{})
	if err := b.group.Start(); err != nil {
		t.Fatal(err)
	}
	var errs []error
	_, s1 := openFake(t, l, closes(&errs))
	c2, s2 := openFake(t, l, closes(&errs))
	s2.room = 0
	b.turn(l, func() { c2.Write([]byte("stuck")) })
	ran := false
	_ = l.Post(func() { _ = l.Post(func() { ran = true }) })
	if err := b.group.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !s1.closed || s1.reset || !s2.closed || !s2.reset || len(errs) != 2 || errs[0] != nil || errs[1] != nil {
		t.Errorf("closed %v %v, reset %v %v, OnClose %v", s1.closed, s2.closed, s1.reset, s2.reset, errs)
	}
	if !ran {
		t.Error("a post was lost")
	}
	if l.Post(func() {}) != ErrClosed {
		t.Error("posted after Stop")
	}
	if b.group.Stop(t.Context()) != nil || b.group.Err() != nil {
		t.Error("Stop is not idempotent")
	}
	<-b.group.Done()
}
