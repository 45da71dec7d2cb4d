package ioloop

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"time"
)

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
	for seed := int64(100); seed < 130; seed++ {
		busyRun(t, seed)
	}
}
