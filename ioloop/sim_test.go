package ioloop

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"slices"
	"syscall"
	"testing"
	"time"
	"unsafe"
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

// busyNetwork has everything that can go wrong.
func busyNetwork(seed int64) SimConfig {
	return SimConfig{
		Seed: seed, LatencyMin: time.Millisecond, LatencyMax: 90 * time.Millisecond,
		Split: true, Stall: 0.02, Reset: 0.002, AcceptFail: 0.1, MoveFail: 0.1, SendBuffer: 4096,
	}
}

// busyClient checks that what comes back is what it has sent.
type busyClient struct {
	conn   *SimConn
	script *rand.Rand
	sent   []byte
	got    int
	wrong  bool
}

func (b *busyClient) receive(p []byte) {
	end := b.got + len(p)
	b.wrong = b.wrong || end > len(b.sent) || !bytes.Equal(p, b.sent[b.got:end])
	b.got = end
}

// act sends something, and then maybe does something rude.
func (b *busyClient) act() {
	p := make([]byte, b.script.IntN(3000))
	for i := range p {
		p[i] = byte(b.script.Uint32())
	}
	n, _ := b.conn.Write(p) // refused once it is closed
	b.sent = append(b.sent, p[:n]...)
	switch b.script.IntN(60) {
	case 0, 1:
		b.conn.Pause(true)
	case 2, 3, 4:
		b.conn.Pause(false)
	case 5:
		b.conn.Reset()
	case 6:
		b.conn.CloseWrite()
	case 7:
		b.conn.Close()
	}
}

// busyRun is a script with echoes, moves, pauses and resets over a network that
// has everything. It checks what can be checked there, and gives the trace.
func busyRun(t *testing.T, seed int64) SimStats {
	t.Helper()
	s := NewSim(busyNetwork(seed))
	script := rand.New(rand.NewPCG(uint64(seed), 9))
	var g *Group
	accepted, closed := 0, 0
	h := &funcHandler{
		data: func(c *Conn, p []byte) int {
			if !c.Loop().InLoop() {
				t.Error("callback on another loop")
			}
			if len(p)%7 == 0 {
				_ = c.Move(g.Loop((c.Loop().Index()+1)%len(g.Loops())), nil)
			}
			return echo(c, p)
		},
		close: func(*Conn, error) { closed++ },
	}
	g = simServe(t, s, Config{Loops: 3}, h)
	clients := busyClients(t, s, g, script, h, &accepted)
	s.Run(20 * time.Second)
	if err := g.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	for n, b := range clients {
		if b.wrong {
			t.Errorf("seed %d: client %d got other bytes than it sent", seed, n)
		}
	}
	if g.Conns() != 0 || closed != accepted || closed == 0 {
		t.Fatalf("seed %d: %d open, %d accepted, %d closed", seed, g.Conns(), accepted, closed)
	}
	return s.Stats()
}

func busyClients(t *testing.T, s *Sim, g *Group, script *rand.Rand, h Handler, accepted *int) []*busyClient {
	t.Helper()
	count := func(*Conn) Handler { *accepted++; return h }
	if _, err := g.Listen("tcp", ":81", count); err != nil {
		t.Fatal(err)
	}
	var all []*busyClient
	for range 60 {
		c, err := s.Dial("tcp", ":81")
		if err != nil {
			continue
		}
		b := &busyClient{conn: c, script: script}
		c.OnData = b.receive
		all = append(all, b)
		for range 10 {
			s.AfterFunc(time.Duration(script.Int64N(int64(5*time.Second))), b.act)
		}
	}
	return all
}

func TestSimIsDeterministic(t *testing.T) {
	t.Parallel()
	seen := map[uint64]int64{}
	for seed := int64(1); seed <= 10; seed++ {
		first, again := busyRun(t, seed), busyRun(t, seed)
		if first != again {
			t.Fatalf("seed %d: two runs differ: %+v, %+v", seed, first, again)
		}
		if other, ok := seen[first.Trace]; ok {
			t.Fatalf("seeds %d and %d give the same run", seed, other)
		}
		seen[first.Trace] = seed
	}
}

func TestSimSurvivesEverything(t *testing.T) {
	t.Parallel()
	for seed := int64(100); seed < 200; seed++ {
		busyRun(t, seed)
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
