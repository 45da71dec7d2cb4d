package ioloop

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unsafe"
)

func TestKeptInputIsOfferedInFront(t *testing.T) {
	t.Parallel()
	_, l := newFake(t, Config{})
	var got []string
	h := &funcs{data: func(_ *Conn, p []byte) int {
		got = append(got, string(p))
		return bytes.IndexByte(p, '\n') + 1
	}}
	c, _ := openFake(t, l, h)
	shared := make([]byte, 16)
	for _, s := range []string{"ab", "c\nde", "\n", "f\n"} {
		n := copy(shared, s)
		l.data(c, shared[:n])
		clear(shared) // the loop's buffer is for the next connection now
	}
	if want := "[ab abc\nde de\n f\n]"; fmt.Sprint(got) != want {
		t.Errorf("offered %q; want %q", fmt.Sprint(got), want)
	}
	if c.in != nil {
		t.Error("an empty buffer was kept")
	}
}

func TestUsedOutOfRange(t *testing.T) {
	t.Parallel()
	_, l := newFake(t, Config{})
	for used, kept := range map[int]int{-5: 3, 99: 0} {
		c, _ := openFake(t, l, &funcs{data: func(*Conn, []byte) int { return used }})
		l.data(c, []byte("abc"))
		if len(c.kept()) != kept {
			t.Errorf("used %d: %d kept", used, len(c.kept()))
		}
	}
}

func TestSetHandler(t *testing.T) {
	t.Parallel()
	b, l := newFake(t, Config{})
	var got []string
	second := &funcs{data: func(_ *Conn, p []byte) int {
		got = append(got, "second "+string(p))
		return 1
	}}
	first := &funcs{data: func(c *Conn, p []byte) int {
		got = append(got, "first "+string(p))
		c.SetHandler(second)
		return 2
	}}
	c, _ := openFake(t, l, first)
	l.data(c, []byte("abcd")) // the rest goes to second at once
	third := &funcs{data: func(_ *Conn, p []byte) int {
		got = append(got, "third "+string(p))
		return len(p)
	}}
	b.turn(l, func() { c.SetHandler(third) }) // the kept byte is offered
	if want := "first abcd,second cd,third d"; strings.Join(got, ",") != want {
		t.Errorf("got %v; want %s", got, want)
	}
	if c.Handler() != Handler(third) {
		t.Error("Handler is not the last one set")
	}
}

// A peer that sends byte by byte costs linear work: the kept input moves rarely.
func TestByteByByteIsLinear(t *testing.T) {
	t.Parallel()
	_, l := newFake(t, Config{})
	c, _ := openFake(t, l, &funcs{data: func(*Conn, []byte) int { return 0 }})
	const size = 256 << 10
	moves, copied := 0, 0
	var at *byte
	for range size {
		l.data(c, []byte("x"))
		if p := unsafe.SliceData(c.kept()); p != at {
			at = p
			moves++
			copied += len(c.kept())
		}
	}
	if len(c.kept()) != size || copied > 10*size {
		t.Errorf("%d bytes kept, %d copied in %d moves", len(c.kept()), copied, moves)
	}
}

func TestKeptInputShrinks(t *testing.T) {
	t.Parallel()
	_, l := newFake(t, Config{})
	use := 0
	c, _ := openFake(t, l, &funcs{data: func(*Conn, []byte) int { return use }})
	l.data(c, make([]byte, 60<<10))
	l.data(c, make([]byte, 60<<10))
	use = 120<<10 - 9
	l.data(c, []byte("y"))
	if len(c.kept()) != 10 || cap(c.kept()) > 1024 {
		t.Errorf("%d bytes kept in %d", len(c.kept()), cap(c.kept()))
	}
}

func TestNoInputAfterClose(t *testing.T) {
	t.Parallel()
	_, l := newFake(t, Config{})
	calls := 0
	c, s := openFake(t, l, &funcs{data: func(c *Conn, p []byte) int {
		calls++
		c.Write([]byte("xy"))
		c.Close()
		return 0
	}})
	s.room = 1
	l.data(c, []byte("a"))
	l.data(c, []byte("b"))
	if calls != 1 || len(c.kept()) != 0 {
		t.Errorf("%d calls, %d bytes kept", calls, len(c.kept()))
	}
}
