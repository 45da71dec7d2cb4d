package ioloop

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func TestOneTurnIsOneWrite(t *testing.T) {
	t.Parallel()
	b, l := newFake(t, Config{})
	big := strings.Repeat("B", 4*copyBelow)
	h := &funcs{data: func(c *Conn, p []byte) int {
		c.Write([]byte("one "))
		c.Write([]byte("two "))
		buf := NewBuf()
		buf.SetBytes(append(buf.Bytes(), "xx"+big...))
		c.WriteBuf(buf, 2)
		small := NewBuf()
		small.Append([]byte("small")...)
		c.WriteBuf(small, 0)
		c.Write([]byte(" three"))
		return len(p)
	}}
	c, s := openFake(t, l, h)
	l.data(c, []byte("x"))
	if got := s.wrote(); got != "one two "+big+"small three" {
		t.Fatalf("wrote %d times: %.60q…", len(s.writes), got)
	}
	if b.pollers[0].wakes != 0 {
		t.Error("a write to the own connection woke the loop")
	}
}

func TestWritesToOthersShareOneWrite(t *testing.T) {
	t.Parallel()
	b, l := newFake(t, Config{})
	other, s := openFake(t, l, &funcs{})
	h := &funcs{data: func(c *Conn, p []byte) int { other.Write(p); return len(p) }}
	c1, _ := openFake(t, l, h)
	c2, _ := openFake(t, l, h)
	l.data(c1, []byte("a"))
	l.data(c2, []byte("b"))
	l.data(c1, []byte("c"))
	if len(s.writes) != 0 || other.Backlog() != 3 {
		t.Fatalf("before the batch's end: wrote %q, backlog %d", s.wrote(), other.Backlog())
	}
	if n := b.pollers[0].wakes; n != 1 {
		t.Fatalf("%d wakes for one batch", n)
	}
	b.run()
	if s.wrote() != "abc" || other.Backlog() != 0 {
		t.Fatalf("wrote %q, backlog %d", s.wrote(), other.Backlog())
	}
}

type flushFunc func()

func (f flushFunc) Flush() { f() }

func TestDeferRunsBeforeTheDirtyAreFlushed(t *testing.T) {
	t.Parallel()
	b, l := newFake(t, Config{})
	other, s := openFake(t, l, &funcs{})
	again := 0
	var flush flushFunc
	flush = func() {
		other.Write([]byte("deferred"))
		if again++; again == 1 {
			l.Defer(flush) // belongs to the next batch
		}
	}
	h := &funcs{data: func(c *Conn, p []byte) int {
		other.Write([]byte("written "))
		l.Defer(flush)
		return len(p)
	}}
	c, _ := openFake(t, l, h)
	l.data(c, []byte("x"))
	if b.pollers[0].wakes != 1 {
		t.Fatalf("%d wakes", b.pollers[0].wakes)
	}
	b.run()
	if s.wrote() != "written deferred|deferred" {
		t.Fatalf("wrote %q", s.wrote())
	}
	b.turn(l, func() { l.Defer(flushFunc(func() { other.Write([]byte("task")) })) })
	if s.wrote() != "written deferred|deferred|task" {
		t.Fatalf("wrote %q", s.wrote())
	}
}

func TestFlushWithinACallback(t *testing.T) {
	t.Parallel()
	_, l := newFake(t, Config{})
	h := &funcs{data: func(c *Conn, p []byte) int {
		c.Write([]byte("a"))
		c.Flush()
		c.Write([]byte("b"))
		return len(p)
	}}
	c, s := openFake(t, l, h)
	l.data(c, []byte("x"))
	if s.wrote() != "a|b" {
		t.Fatalf("wrote %q", s.wrote())
	}
}

func TestWriteErrorEndsTheConnAfterTheCallback(t *testing.T) {
	t.Parallel()
	_, l := newFake(t, Config{})
	fault := errors.New("fault")
	inside := false
	var errs []error
	h := &funcs{
		data: func(c *Conn, p []byte) int {
			inside = true
			c.Write(p)
			c.Flush()
			c.Write(p) // dropped
			inside = false
			return len(p)
		},
		close: func(_ *Conn, err error) {
			if inside {
				t.Error("OnClose inside Flush")
			}
			errs = append(errs, err)
		},
	}
	c, s := openFake(t, l, h)
	s.err = fault
	s.onWrite = func() { l.lost(c, fault) } // as gnet does
	l.data(c, []byte("x"))
	if len(errs) != 1 || errs[0] != fault {
		t.Fatalf("OnClose got %v", errs)
	}
	if s.closed {
		t.Error("the stream was closed again")
	}
	if l.conns != nil || l.Group().Conns() != 0 {
		t.Error("the connection is still counted")
	}
}

// TestBufReferences runs alone: nobody is to be given the Buf that it releases
// once too often.
func TestBufReferences(t *testing.T) {
	b, l := newFake(t, Config{})
	c1, s1 := openFake(t, l, &funcs{})
	c2, s2 := openFake(t, l, &funcs{})
	gone, _ := openFake(t, l, &funcs{})
	msg := bytes.Repeat([]byte("m"), 2*copyBelow)
	buf := NewBuf()
	buf.SetBytes(append(buf.Bytes(), msg...))
	b.turn(l, func() {
		gone.Abort(nil)
		for _, c := range []*Conn{c1, c2, gone} {
			c.WriteBuf(buf.Retain(), 0)
		}
		c1.WriteBuf(buf.Retain(), buf.Len()) // nothing of it
	})
	if s1.wrote() != string(msg) || s2.wrote() != string(msg) {
		t.Error("not written")
	}
	if n := buf.refs.Load(); n != 1 {
		t.Errorf("%d references left; want the maker's", n)
	}
	buf.Release()
	defer func() {
		if recover() == nil {
			t.Error("released too often, without a panic")
		}
	}()
	buf.Release()
}

func TestCorksAreBounded(t *testing.T) {
	t.Parallel()
	b, l := newFake(t, Config{MaxConns: 2000})
	var all []*Conn
	for range 2 * keepCorks {
		c, _ := openFake(t, l, &funcs{})
		all = append(all, c)
	}
	b.turn(l, func() {
		for _, c := range all {
			c.Write([]byte("x"))
		}
		all[0].Write(make([]byte, 2*keepOwn))
	})
	n := 0
	for k := l.corks; k != nil; k = k.next {
		if n++; cap(k.own) > keepOwn {
			t.Error("a huge cork was kept")
		}
	}
	if n > keepCorks || n == 0 {
		t.Errorf("%d free corks; want up to %d", n, keepCorks)
	}
}
