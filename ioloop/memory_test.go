package ioloop

import (
	"bytes"
	"testing"
	"time"
	"unsafe"
)

// What an idle connection costs here: this struct, and 16 bytes for the stream.
func TestConnIsSmall(t *testing.T) {
	t.Parallel()
	if n := unsafe.Sizeof(Conn{}); n > 128 {
		t.Errorf("a Conn has %d bytes", n)
	}
	if n := unsafe.Sizeof(Timer{}); n > 56 {
		t.Errorf("a Timer has %d bytes", n)
	}
}

// nullStream takes all and notes nothing.
type nullStream struct {
	fakeStream
	n int
}

func (s *nullStream) writev(bufs [][]byte) error { s.n++; return nil }

func allocConn(t testing.TB, l *Loop, h Handler) *Conn {
	c, _ := openFake(t, l, h)
	c.stream = &nullStream{}
	return c
}

func TestEchoTurnDoesNotAllocate(t *testing.T) {
	_, l := newFake(t, Config{})
	c := allocConn(t, l, echoing(nil))
	p := bytes.Repeat([]byte("x"), 100)
	if n := testing.AllocsPerRun(1000, func() { l.data(c, p) }); n != 0 {
		t.Errorf("%v allocations a turn", n)
	}
	s := c.stream.(*nullStream)
	if s.n != 1001 {
		t.Errorf("%d writes in 1001 turns", s.n)
	}
}

func TestBusyRoomDoesNotAllocate(t *testing.T) {
	b, l := newFake(t, Config{})
	big := NewBuf()
	big.SetBytes(make([]byte, 2*copyBelow))
	var room []*Conn
	for range 50 {
		room = append(room, allocConn(t, l, &funcs{}))
	}
	var tm Timer
	var handler TimerHandler = timerFunc(func() {})
	talker := allocConn(t, l, &funcs{data: func(c *Conn, p []byte) int {
		l.SetName("talker")
		for _, other := range room {
			other.Write(p)
			other.WriteBuf(big.Retain(), 0)
		}
		l.StartTimer(&tm, time.Second, handler)
		return len(p)
	}})
	task := funcTask(func() {})
	p := []byte("hello")
	turn := func() {
		l.data(talker, p)
		_ = l.PostTask(task)
		b.run()
	}
	if n := testing.AllocsPerRun(100, turn); n != 0 {
		t.Errorf("%v allocations a turn", n)
	}
}

func BenchmarkEchoTurn(b *testing.B) {
	_, l := newFake(b, Config{})
	c := allocConn(b, l, echoing(nil))
	p := bytes.Repeat([]byte("x"), 100)
	b.ReportAllocs()
	for b.Loop() {
		l.data(c, p)
	}
}

func BenchmarkPost(b *testing.B) {
	f, l := newFake(b, Config{})
	task := funcTask(func() {})
	b.ReportAllocs()
	for b.Loop() {
		_ = l.PostTask(task)
		f.run()
	}
}
