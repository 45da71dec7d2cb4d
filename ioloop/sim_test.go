package ioloop

import (
	"bytes"
	"errors"
	"log/slog"
	"slices"
	"syscall"
	"testing"
	"time"
)

// funcHandler is a Handler made of funcs, of which any may be nil.
type funcHandler struct {
	data     func(c *Conn, p []byte) int
	writable func(c *Conn)
	close    func(c *Conn, err error)
}

func (h *funcHandler) OnData(c *Conn, p []byte) int {
	if h.data == nil {
		return len(p)
	}
	return h.data(c, p)
}

func (h *funcHandler) OnWritable(c *Conn) {
	if h.writable != nil {
		h.writable(c)
	}
}

func (h *funcHandler) OnClose(c *Conn, err error) {
	if h.close != nil {
		h.close(c, err)
	}
}

func echo(c *Conn, p []byte) int {
	c.Write(p)
	return len(p)
}

var quiet = slog.New(slog.DiscardHandler)

// simServe starts a group which gives each connection the handler h.
func simServe(t testing.TB, s *Sim, cfg Config, h Handler) *Group {
	t.Helper()
	cfg.Logger = quiet
	g, err := s.NewGroup(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.Listen("tcp", "sim:80", func(*Conn) Handler { return h }); err != nil {
		t.Fatal(err)
	}
	if err := g.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := g.Stop(t.Context()); err != nil && t.Context().Err() == nil {
			t.Error(err)
		}
	})
	return g
}

func simDial(t testing.TB, s *Sim) *SimConn {
	t.Helper()
	c, err := s.Dial("tcp", "sim:80")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *SimConn) mustWrite(t testing.TB, p string) {
	t.Helper()
	if _, err := c.Write([]byte(p)); err != nil {
		t.Fatal(err)
	}
}

// wantClosed runs until the client's end is closed, by want.
func wantClosed(t testing.TB, s *Sim, c *SimConn, want error) {
	t.Helper()
	closed := func() bool { ok, _ := c.Closed(); return ok }
	if !s.RunUntil(closed, time.Hour) {
		t.Fatal("the client's end stays open")
	}
	if _, err := c.Closed(); err != want {
		t.Fatalf("closed by %v, want %v", err, want)
	}
}

func TestSimEcho(t *testing.T) {
	t.Parallel()
	s := NewSim(SimConfig{})
	simServe(t, s, Config{}, &funcHandler{data: echo})
	c := simDial(t, s)
	c.mustWrite(t, "hello")
	for s.Step() {
	}
	if got := string(c.Read()); got != "hello" {
		t.Fatalf("read %q", got)
	}
	if now := s.Now(); !now.Equal(simEpoch) {
		t.Fatalf("a network without latency took until %v", now)
	}
	if st := s.Stats(); st.Writes != 1 || st.Bytes != 5 || st.Conns != 1 || c.Writes() != 1 {
		t.Fatalf("stats %+v", st)
	}
}

func TestSimLatency(t *testing.T) {
	t.Parallel()
	const low, high = 20 * time.Millisecond, 80 * time.Millisecond
	s := NewSim(SimConfig{LatencyMin: low, LatencyMax: high})
	simServe(t, s, Config{}, &funcHandler{data: echo})
	var times []time.Duration
	for range 200 {
		c, begin := simDial(t, s), s.Now()
		c.mustWrite(t, "x")
		if !s.RunUntil(func() bool { return c.Read() != nil }, time.Second) {
			t.Fatal("no echo")
		}
		times = append(times, s.Now().Sub(begin))
		c.Close()
	}
	// The way there is the later of the connection's and the byte's.
	if shortest := slices.Min(times); shortest < 2*low || shortest > 3*low {
		t.Errorf("shortest round trip %v", shortest)
	}
	if longest := slices.Max(times); longest > 2*high || longest < high {
		t.Errorf("longest round trip %v", longest)
	}
}

func TestSimRunMovesTheClock(t *testing.T) {
	t.Parallel()
	s := NewSim(SimConfig{})
	var at []time.Duration
	for _, d := range []time.Duration{time.Hour, time.Minute, 0} {
		s.AfterFunc(d, func() { at = append(at, s.Now().Sub(simEpoch)) })
	}
	s.Run(30 * time.Minute)
	if want := []time.Duration{0, time.Minute}; !slices.Equal(at, want) {
		t.Fatalf("ran at %v, want %v", at, want)
	}
	if got := s.Now().Sub(simEpoch); got != 30*time.Minute {
		t.Fatalf("the clock stands at %v", got)
	}
	if !s.Step() || s.Step() {
		t.Fatal("want one more step")
	}
}

// Every way to cut a stream must occur, down to single bytes, and pieces of
// neighbouring writes must be read together.
func TestSimSplits(t *testing.T) {
	t.Parallel()
	s := NewSim(SimConfig{Split: true, LatencyMax: 5 * time.Millisecond})
	var got []byte
	sizes := map[int]int{}
	simServe(t, s, Config{}, &funcHandler{data: func(_ *Conn, p []byte) int {
		sizes[len(p)]++
		got = append(got, p...)
		return len(p)
	}})
	c := simDial(t, s)
	var want []byte
	for i := range 2000 {
		p := bytes.Repeat([]byte{byte(i)}, 10)
		want = append(want, p...)
		c.mustWrite(t, string(p))
		s.Run(2 * time.Millisecond)
	}
	s.Run(time.Second)
	if !bytes.Equal(got, want) {
		t.Fatal("the bytes have changed")
	}
	for n := 1; n <= 15; n++ {
		if sizes[n] == 0 {
			t.Errorf("no delivery of %d bytes", n)
		}
	}
}

func TestSimReordersBetweenConnectionsOnly(t *testing.T) {
	t.Parallel()
	const rounds = 100
	s := NewSim(SimConfig{LatencyMin: time.Millisecond, LatencyMax: 50 * time.Millisecond})
	var order []byte // even: of the first connection
	simServe(t, s, Config{Loops: 1}, &funcHandler{data: func(_ *Conn, p []byte) int {
		order = append(order, p...)
		return len(p)
	}})
	clients := [2]*SimConn{simDial(t, s), simDial(t, s)}
	for i := range byte(2 * rounds) {
		clients[i%2].mustWrite(t, string([]byte{i}))
		s.Run(time.Millisecond)
	}
	s.Run(time.Minute)
	var last [2]int
	swapped := 0
	for i, x := range order {
		if int(x) < last[x%2] {
			t.Fatal("one connection's bytes came out of order")
		}
		last[x%2] = int(x)
		if i > 0 && order[i-1] > x {
			swapped++
		}
	}
	if len(order) != 2*rounds || swapped == 0 {
		t.Fatalf("%d bytes, %d swapped; want %d, some", len(order), swapped, 2*rounds)
	}
}

func TestSimStalls(t *testing.T) {
	t.Parallel()
	s := NewSim(SimConfig{Stall: 0.5})
	simServe(t, s, Config{}, &funcHandler{data: echo})
	fast, slow := 0, 0
	for range 100 {
		c, begin := simDial(t, s), s.Now()
		c.mustWrite(t, "x")
		s.RunUntil(func() bool { return c.Read() != nil }, 10*time.Second)
		switch d := s.Now().Sub(begin); {
		case d == 0:
			fast++
		case d < stallMin || d > 3*stallMax:
			t.Fatalf("took %v", d)
		default:
			slow++
		}
	}
	if fast == 0 || slow == 0 {
		t.Fatalf("%d fast, %d slow", fast, slow)
	}
}

func TestSimResets(t *testing.T) {
	t.Parallel()
	s := NewSim(SimConfig{Reset: 1})
	var why error
	simServe(t, s, Config{}, &funcHandler{data: echo, close: func(_ *Conn, err error) { why = err }})
	c := simDial(t, s)
	var told error
	c.OnClose = func(err error) { told = err }
	c.mustWrite(t, "x")
	wantClosed(t, s, c, ErrReset)
	if !errors.Is(why, syscall.ECONNRESET) || told != ErrReset {
		t.Fatalf("server saw %v, client %v", why, told)
	}
	if _, err := c.Write([]byte("y")); err != ErrReset {
		t.Fatalf("Write after a reset: %v", err)
	}
}

func TestSimAcceptFails(t *testing.T) {
	t.Parallel()
	s := NewSim(SimConfig{AcceptFail: 0.5})
	served := 0
	g := simServe(t, s, Config{}, &funcHandler{data: func(_ *Conn, p []byte) int { served++; return len(p) }})
	refused, closed := 0, 0
	for range 200 {
		c, err := s.Dial("tcp", "sim:80")
		if err != nil {
			if !errors.Is(err, syscall.ECONNREFUSED) {
				t.Fatal(err)
			}
			refused++
			continue
		}
		c.OnClose = func(error) { closed++ }
		c.mustWrite(t, "x")
	}
	s.Run(time.Second)
	if refused+closed+served != 200 || refused < 20 || closed < 20 || served < 50 {
		t.Fatalf("%d refused, %d closed, %d served", refused, closed, served)
	}
	if g.Conns() != served {
		t.Fatalf("%d connections, want %d", g.Conns(), served)
	}
}
