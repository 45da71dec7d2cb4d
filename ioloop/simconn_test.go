package ioloop

import (
	"io"
	"slices"
	"testing"
	"time"
	"unsafe"
)

func TestSimVanish(t *testing.T) {
	t.Parallel()
	s := NewSim(SimConfig{SendBuffer: 100})
	var server *Conn
	var why []error
	simServe(t, s, Config{CloseTimeout: time.Second}, &funcHandler{
		data:  func(c *Conn, p []byte) int { server = c; return len(p) },
		close: func(_ *Conn, err error) { why = append(why, err) },
	})
	c := simDial(t, s)
	c.mustWrite(t, "x")
	s.Run(time.Second)
	c.Vanish()
	c.mustWrite(t, "lost")
	c.CloseWrite()
	server.Loop().Post(func() { server.Write(make([]byte, 250)) })
	s.Run(time.Hour)
	if len(why) != 0 || server.Backlog() != 150 {
		t.Fatalf("closed by %v, backlog %d", why, server.Backlog())
	}
	server.Loop().Post(server.Close)
	s.Run(time.Hour)
	if !slices.Equal(why, []error{nil}) {
		t.Fatalf("closed by %v, want nil", why)
	}
	if ok, err := c.Closed(); ok {
		t.Fatalf("a vanished client heard that it is closed: %v", err)
	}
}

func TestSimPauseBacklogWritable(t *testing.T) {
	t.Parallel()
	const total = 1000
	s := NewSim(SimConfig{SendBuffer: 300})
	var server *Conn
	writable := 0
	simServe(t, s, Config{}, &funcHandler{
		data:     func(c *Conn, p []byte) int { server = c; c.Write(make([]byte, total)); return len(p) },
		writable: func(*Conn) { writable++ },
	})
	c := simDial(t, s)
	c.Pause(true)
	c.mustWrite(t, "go")
	s.Run(time.Minute)
	if server.Backlog() != total-300 || writable != 0 || c.Read() != nil {
		t.Fatalf("paused: backlog %d, writable %d", server.Backlog(), writable)
	}
	c.Pause(false)
	s.Run(2 * lastLook)
	if n := len(c.Read()); n != total || server.Backlog() != 0 || writable != 1 {
		t.Fatalf("read %d bytes, backlog %d, writable %d", n, server.Backlog(), writable)
	}
	if c.Writes() != 1 {
		t.Fatalf("%d writes", c.Writes())
	}
}

func TestSimCloseWaitsForTheBacklog(t *testing.T) {
	t.Parallel()
	const total = 1 << 20
	s := NewSim(SimConfig{LatencyMin: 10 * time.Millisecond})
	simServe(t, s, Config{}, &funcHandler{data: func(c *Conn, p []byte) int {
		c.Write(make([]byte, total))
		c.Close()
		return len(p)
	}})
	c := simDial(t, s)
	c.mustWrite(t, "go")
	wantClosed(t, s, c, io.EOF)
	if n := len(c.Read()); n != total {
		t.Fatalf("read %d bytes of %d", n, total)
	}
}

func TestSimCloseCutsAPeerThatReadsNothing(t *testing.T) {
	t.Parallel()
	s := NewSim(SimConfig{SendBuffer: 1000})
	g := simServe(t, s, Config{CloseTimeout: 2 * time.Second}, &funcHandler{data: func(c *Conn, p []byte) int {
		c.Write(make([]byte, 2000))
		c.Close()
		return len(p)
	}})
	c := simDial(t, s)
	c.Pause(true)
	c.mustWrite(t, "go")
	if !s.RunUntil(func() bool { return s.Stats().Writes == 1 }, time.Second) {
		t.Fatal("nothing written")
	}
	begin := s.Now()
	if !s.RunUntil(func() bool { return g.Conns() == 0 }, time.Minute) {
		t.Fatal("the connection stays")
	}
	if d := s.Now().Sub(begin); d < 2*time.Second || d > 3*time.Second {
		t.Fatalf("cut after %v", d)
	}
	wantClosed(t, s, c, ErrReset)
}

// A client that is slow to read must see the end only after the bytes before it.
func TestSimEndComesAfterTheBytes(t *testing.T) {
	t.Parallel()
	s := NewSim(SimConfig{})
	simServe(t, s, Config{}, &funcHandler{data: func(c *Conn, p []byte) int {
		c.Write([]byte("last words"))
		c.Close()
		return len(p)
	}})
	c := simDial(t, s)
	c.Pause(true)
	c.mustWrite(t, "go")
	s.Run(time.Second)
	if ok, _ := c.Closed(); ok {
		t.Fatal("closed before the bytes are read")
	}
	c.Pause(false)
	s.Run(0)
	if ok, err := c.Closed(); !ok || err != io.EOF || string(c.Read()) != "last words" {
		t.Fatalf("closed %v, %v", ok, err)
	}
}

func TestSimBytesForAClosedServerResetTheClient(t *testing.T) {
	t.Parallel()
	s := NewSim(SimConfig{LatencyMin: 10 * time.Millisecond})
	simServe(t, s, Config{}, &funcHandler{data: func(c *Conn, p []byte) int {
		c.Write([]byte("refused"))
		c.Close()
		return len(p)
	}})
	c := simDial(t, s)
	c.Pause(true)
	c.mustWrite(t, "head")
	s.Run(11 * time.Millisecond)
	c.mustWrite(t, "body")
	s.Run(time.Second)
	if ok, err := c.Closed(); !ok || err != ErrReset || c.Read() != nil {
		t.Fatalf("closed %v, %v; want a reset that eats the answer", ok, err)
	}
}

func TestSimClientsOwnClose(t *testing.T) {
	t.Parallel()
	s := NewSim(SimConfig{})
	var why []error
	simServe(t, s, Config{}, &funcHandler{data: echo, close: func(_ *Conn, err error) { why = append(why, err) }})
	var told []error
	var clients []*SimConn
	for range 4 {
		c := simDial(t, s)
		c.OnClose = func(err error) { told = append(told, err) }
		clients = append(clients, c)
	}
	s.Run(0)
	clients[0].CloseWrite()
	s.Run(0)
	clients[1].Close()
	s.Run(0)
	clients[2].Reset()
	s.Run(0)
	clients[3].Pause(true)
	clients[3].mustWrite(t, "unread echo")
	s.Run(0)
	clients[3].Close()
	s.Run(0)
	if want := []error{io.EOF, io.EOF, ErrReset, ErrReset}; !slices.Equal(why, want) {
		t.Fatalf("server saw %v, want %v", why, want)
	}
	if want := []error{io.EOF}; !slices.Equal(told, want) {
		t.Fatalf("clients heard %v, want %v", told, want)
	}
}

// A client's callback may run the simulation; its bytes stay what they are.
func TestSimNestedRun(t *testing.T) {
	t.Parallel()
	s := NewSim(SimConfig{})
	simServe(t, s, Config{}, &funcHandler{data: echo})
	c := simDial(t, s)
	var got []string
	c.OnData = func(p []byte) {
		if len(got) < 3 && string(p) == "ask" {
			c.mustWrite(t, "reply")
			s.Run(time.Second)
		}
		got = append(got, string(p))
	}
	c.mustWrite(t, "ask")
	s.Run(0)
	if want := []string{"reply", "ask"}; !slices.Equal(got, want) {
		t.Fatalf("got %q, want %q", got, want)
	}
}

func TestSimConnIsSmall(t *testing.T) {
	t.Parallel()
	if size := unsafe.Sizeof(SimConn{}); size > 208 {
		t.Fatalf("a SimConn takes %d bytes, want at most 208", size)
	}
	if size := unsafe.Sizeof(simEvent{}); size > 40 {
		t.Fatalf("an event takes %d bytes, want at most 40", size)
	}
}
