package ioloop

import (
	"errors"
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"
)

func TestSimMove(t *testing.T) {
	t.Parallel()
	for _, cfg := range []SimConfig{{}, {LatencyMax: 5 * time.Millisecond, Split: true}} {
		s := NewSim(cfg)
		var g *Group
		moves := 0
		g = simServe(t, s, Config{Loops: 4}, &funcHandler{data: func(c *Conn, p []byte) int {
			if !c.Loop().InLoop() {
				t.Error("OnData on another loop")
			}
			from, to := c.Loop(), g.Loop((c.Loop().Index()+1)%4)
			err := c.Move(to, func(c *Conn, err error) {
				moves++
				if err != nil || c.Loop() != to || !to.InLoop() || from.InLoop() {
					t.Errorf("moved to %d: %v", c.Loop().Index(), err)
				}
			})
			if err != nil {
				t.Error(err)
			}
			return echo(c, p[:1])
		}})
		c := simDial(t, s)
		const text = "each byte is echoed on another loop"
		c.mustWrite(t, text)
		s.Run(time.Second)
		if got := string(c.Read()); got != text || moves != len(text) {
			t.Fatalf("%d moves, read %q", moves, got)
		}
	}
}

func TestSimMoveFails(t *testing.T) {
	t.Parallel()
	s := NewSim(SimConfig{MoveFail: 1})
	var g *Group
	var came, ended []string
	tell := func(l *Loop, err error) string { return fmt.Sprint(l.Index(), " ", err) }
	g = simServe(t, s, Config{Loops: 2}, &funcHandler{
		data: func(c *Conn, p []byte) int {
			to := g.Loop(1 - c.Loop().Index())
			from := c.Loop().Index()
			_ = c.Move(to, func(c *Conn, err error) { came = append(came, fmt.Sprint(from, "->", tell(c.Loop(), err))) })
			return echo(c, p)
		},
		close: func(c *Conn, err error) { ended = append(ended, tell(c.Loop(), err)) },
	})
	back, lost := 0, 0
	for range 40 {
		came, ended = nil, nil
		c := simDial(t, s)
		c.mustWrite(t, "x")
		s.Run(time.Second)
		switch ok, _ := c.Closed(); {
		case len(came) != 1:
			t.Fatalf("done ran %d times", len(came))
		case !ok && string(c.Read()) == "x" && len(ended) == 0:
			back++
		case ok && len(ended) == 1:
			lost++
		default:
			t.Fatalf("done %v, closed %v", came, ended)
		}
		c.Close()
		s.Run(time.Second)
	}
	if back == 0 || lost == 0 {
		t.Fatalf("%d came back, %d were lost", back, lost)
	}
}

// The peer may go while the connection is between two loops.
func TestSimPeerEndsWhileMoving(t *testing.T) {
	t.Parallel()
	for _, how := range []func(*SimConn){(*SimConn).Close, (*SimConn).Reset} {
		s := NewSim(SimConfig{})
		var g *Group
		var c *SimConn
		var events []string
		g = simServe(t, s, Config{Loops: 2}, &funcHandler{
			data: func(sc *Conn, p []byte) int {
				to := g.Loop(1 - sc.Loop().Index())
				_ = sc.Move(to, func(*Conn, error) { events = append(events, "done") })
				_, _ = c.Write([]byte("more")) // refused the second time
				how(c)
				return len(p)
			},
			close: func(sc *Conn, err error) {
				if !sc.Loop().InLoop() {
					t.Error("OnClose on another loop")
				}
				events = append(events, "close")
			},
		})
		c = simDial(t, s)
		c.mustWrite(t, "x")
		s.Run(time.Second)
		if len(events) < 2 || events[0] != "done" || events[len(events)-1] != "close" || g.Conns() != 0 {
			t.Fatalf("events %v, %d connections", events, g.Conns())
		}
	}
}

func TestSimPostsFromOtherGoroutines(t *testing.T) {
	t.Parallel()
	const posters, posts = 4, 2000
	s := NewSim(SimConfig{})
	g := simServe(t, s, Config{Loops: 2}, &funcHandler{})
	var next [posters]int
	ran := 0
	for n := range posters {
		l := g.Loop(n % 2)
		go func() {
			for i := range posts {
				_ = l.Post(func() {
					if next[n] != i || !l.InLoop() {
						t.Errorf("poster %d: post %d ran when %d was next", n, i, next[n])
					}
					next[n]++
					ran++
				})
			}
		}()
	}
	if !s.RunUntil(func() bool { return ran == posters*posts }, time.Second) {
		t.Fatalf("%d posts ran", ran)
	}
}

// Work of Group.Go takes no virtual time, however long it takes.
func TestSimClockWaitsForGo(t *testing.T) {
	t.Parallel()
	s := NewSim(SimConfig{})
	g := simServe(t, s, Config{}, &funcHandler{})
	s.AfterFunc(time.Second, func() {})
	begun, proceed := make(chan bool), make(chan bool)
	var at time.Time
	g.Go(func() {
		begun <- true
		<-proceed
		_ = g.Loop(0).Post(func() { at = s.Now() })
	})
	<-begun
	go func() { proceed <- true }()
	s.Run(time.Minute)
	if !at.Equal(simEpoch) {
		t.Fatalf("the result came at %v", at.Sub(simEpoch))
	}
}

func TestSimAddresses(t *testing.T) {
	t.Parallel()
	s := NewSim(SimConfig{})
	g := simServe(t, s, Config{}, &funcHandler{})
	var remote, local string
	accept := func(c *Conn) Handler {
		remote, local = c.RemoteAddr().String(), c.LocalAddr().String()
		return &funcHandler{}
	}
	for _, a := range []struct{ network, listen, dial string }{
		{"tcp", ":0", ""}, {"tcp4", "127.0.0.1:99", "elsewhere:99"}, {"unix", "/run/sock", "/run/sock"},
	} {
		addr, err := g.Listen(a.network, a.listen, accept)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := g.Listen(a.network, addr.String(), accept); !errors.Is(err, syscall.EADDRINUSE) {
			t.Errorf("%v listened to twice: %v", addr, err)
		}
		if a.dial == "" {
			a.dial = addr.String()
		}
		c, err := s.Dial(a.network, a.dial)
		if err != nil {
			t.Fatal(err)
		}
		s.Run(0)
		if remote != c.LocalAddr().String() || local != addr.String() {
			t.Errorf("%s: server sees %s on %s, client %s on %s", a.network, remote, local, c.LocalAddr(), addr)
		}
	}
	for _, bad := range []string{"", "80", ":http", ":99999"} {
		if _, err := g.Listen("tcp", bad, accept); err == nil {
			t.Errorf("Listen(%q) succeeds", bad)
		}
	}
	if err := g.ListenOn(nil, accept); err == nil {
		t.Error("ListenOn succeeds")
	}
}

func TestSimStopListening(t *testing.T) {
	t.Parallel()
	s := NewSim(SimConfig{LatencyMin: time.Millisecond})
	g := simServe(t, s, Config{}, &funcHandler{data: echo})
	old := simDial(t, s)
	s.Run(time.Second)
	late := simDial(t, s)
	if err := g.StopListening(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Dial("tcp", ":80"); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Fatalf("Dial: %v", err)
	}
	old.mustWrite(t, "still here")
	s.Run(time.Second)
	if got := string(old.Read()); got != "still here" {
		t.Fatalf("read %q", got)
	}
	if ok, _ := late.Closed(); !ok || g.Conns() != 1 {
		t.Fatal("a connection which was under way has been accepted")
	}
}

func TestSimDialBeforeStart(t *testing.T) {
	t.Parallel()
	s := NewSim(SimConfig{LatencyMin: time.Millisecond})
	g, err := s.NewGroup(Config{Logger: quiet})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.Listen("tcp", "sim:80", func(*Conn) Handler { return &funcHandler{data: echo} }); err != nil {
		t.Fatal(err)
	}
	c := simDial(t, s)
	c.mustWrite(t, "early")
	c.CloseWrite()
	s.Run(time.Minute)
	if err := g.Start(); err != nil {
		t.Fatal(err)
	}
	s.Run(time.Minute)
	if got := string(c.Read()); got != "early" {
		t.Fatalf("read %q", got)
	}
	if err := g.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestSimStopWithBacklog(t *testing.T) {
	t.Parallel()
	s := NewSim(SimConfig{LatencyMin: time.Millisecond, SendBuffer: 1 << 10})
	var why []error
	g := simServe(t, s, Config{CloseTimeout: 3 * time.Second}, &funcHandler{
		data:  func(c *Conn, p []byte) int { c.Write(make([]byte, 10<<10)); return len(p) },
		close: func(_ *Conn, err error) { why = append(why, err) },
	})
	reader, sleeper := simDial(t, s), simDial(t, s)
	sleeper.Pause(true)
	reader.mustWrite(t, "x")
	sleeper.mustWrite(t, "x")
	s.Run(3 * time.Millisecond)
	begin := s.Now()
	if err := g.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if d := s.Now().Sub(begin); d < 3*time.Second || d > 4*time.Second {
		t.Errorf("Stop took %v", d)
	}
	if n := len(reader.Read()); n != 10<<10 || !slices.Equal(why, []error{nil, nil}) {
		t.Errorf("the reader got %d bytes; closed by %v", n, why)
	}
	wantClosed(t, s, sleeper, ErrReset)
}

func TestSimStepWithinACallbackPanics(t *testing.T) {
	t.Parallel()
	s := NewSim(SimConfig{})
	var got any
	cfg := Config{OnPanic: func(p Panic) { got = p.Value }}
	simServe(t, s, cfg, &funcHandler{data: func(_ *Conn, p []byte) int { s.Step(); return len(p) }})
	c := simDial(t, s)
	c.mustWrite(t, "x")
	c.mustWrite(t, "y")
	s.Run(0)
	if got == nil {
		t.Fatal("no panic")
	}
}
