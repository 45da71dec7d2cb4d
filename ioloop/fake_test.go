package ioloop

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// fakeBackend is a backend by hand, for tests of the core: nothing happens but
// what the test does.
type fakeBackend struct {
	group   *Group
	pollers []*fakePoller
	clock   time.Time
}

type fakePoller struct {
	b        *fakeBackend
	wakes    int // calls of wake not yet answered
	deadline time.Time
	sets     int // calls of setDeadline
}

func newFake(t testing.TB, cfg Config) (*fakeBackend, *Loop) {
	t.Helper()
	b := &fakeBackend{clock: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}
	if cfg.Loops == 0 {
		cfg.Loops = 1
	}
	cfg.SlowCallback = -1
	cfg.Logger = quietLog()
	g, err := newGroup(cfg, b)
	if err != nil {
		t.Fatal(err)
	}
	b.group = g
	return b, g.Loop(0)
}

func (b *fakeBackend) poller(*Loop) poller {
	p := &fakePoller{b: b}
	b.pollers = append(b.pollers, p)
	return p
}
func (b *fakeBackend) listen(string, string, func(*Conn) Handler) (net.Addr, error) {
	return nil, errors.New("fake")
}
func (b *fakeBackend) listenOn(net.Listener, func(*Conn) Handler) error { return nil }
func (b *fakeBackend) maxConns() int                                    { return 1000 }
func (b *fakeBackend) start() error                                     { return nil }
func (b *fakeBackend) stopListening() error                             { return nil }
func (b *fakeBackend) stop() error                                      { return nil }

// await runs the loops, without the clock going on for more than d.
func (b *fakeBackend) await(_ context.Context, ch <-chan struct{}, d time.Duration) bool {
	for end := b.clock.Add(d); ; {
		select {
		case <-ch:
			return true
		default:
		}
		if !b.run() {
			if !b.clock.Before(end) {
				return false
			}
			b.clock = b.clock.Add(time.Millisecond)
		}
	}
}

// run answers all wakes and deadlines that are due, and tells whether there were
// any.
func (b *fakeBackend) run() (any bool) {
	for again := true; again; {
		again = false
		for i, p := range b.pollers {
			due := !p.deadline.IsZero() && !b.clock.Before(p.deadline)
			if due {
				p.deadline = time.Time{}
			}
			if p.wakes > 0 || due {
				p.wakes = 0
				b.group.loops[i].wakeup()
				again, any = true, true
			}
		}
	}
	return any
}

// pass lets d go by, a millisecond at a time.
func (b *fakeBackend) pass(d time.Duration) {
	b.run()
	for end := b.clock.Add(d); b.clock.Before(end); {
		b.clock = b.clock.Add(time.Millisecond)
		b.run()
	}
}

func (p *fakePoller) wake()                    { p.wakes++ }
func (p *fakePoller) now() time.Time           { return p.b.clock }
func (p *fakePoller) setDeadline(at time.Time) { p.deadline = at; p.sets++ }

// fakeStream notes what is written. It takes room bytes; the rest is backlog.
type fakeStream struct {
	writes  []string
	room    int // what the kernel still takes; negative: any amount
	left    int
	err     error // of the next write
	shut    bool
	closed  bool
	reset   bool
	onWrite func()
	to      *Loop // of move
	conn    *Conn
}

func (s *fakeStream) writev(bufs [][]byte) error {
	if s.closed {
		panic("write to a closed stream")
	}
	if s.onWrite != nil {
		s.onWrite()
	}
	if s.err != nil {
		return s.err
	}
	var b strings.Builder
	for _, p := range bufs {
		b.Write(p)
	}
	s.writes = append(s.writes, b.String())
	n := b.Len()
	if s.room >= 0 {
		taken := min(n, s.room)
		s.room -= taken
		n -= taken
		s.left += n
	}
	return nil
}

func (s *fakeStream) buffered() int           { return s.left }
func (s *fakeStream) shutdownWrite() error    { s.shut = true; return nil }
func (s *fakeStream) close(reset bool)        { s.closed, s.reset = true, reset }
func (s *fakeStream) localAddr() net.Addr     { return nil }
func (s *fakeStream) move(c *Conn, to *Loop)  { s.conn, s.to = c, to }
func (s *fakeStream) wrote() string           { return strings.Join(s.writes, "|") }
func newFakeStream() *fakeStream              { return &fakeStream{room: -1} }
func (b *fakeBackend) turn(l *Loop, f func()) { _ = l.Post(f); b.run() }

// openFake opens a connection with handler h.
func openFake(t testing.TB, l *Loop, h Handler) (*Conn, *fakeStream) {
	t.Helper()
	s := newFakeStream()
	c := l.open(s, netip.AddrPort{}, func(*Conn) Handler { return h })
	if c == nil {
		t.Fatal("refused")
	}
	return c, s
}

// closes makes a Handler that notes how connections end.
func closes(errs *[]error) *funcs {
	return &funcs{close: func(_ *Conn, err error) { *errs = append(*errs, err) }}
}
