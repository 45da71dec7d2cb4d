package flashpolicy

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tornadio/tornadio/ioloop"
)

// rig is a server in a simulated network.
type rig struct {
	t   *testing.T
	sim *ioloop.Sim
	srv *Server
}

func newRig(t *testing.T, cfg Config, network ioloop.SimConfig) *rig {
	t.Helper()
	cfg.Addrs = []string{":843", ":10843"}
	srv, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	sim := ioloop.NewSim(network)
	g, err := sim.NewGroup(ioloop.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if open, err := srv.Listen(g); err != nil || len(open) != 2 {
		t.Fatalf("Listen: %v, %v", open, err)
	}
	if err := g.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Stop(context.Background()) })
	return &rig{t, sim, srv}
}

func (r *rig) dial(addr string) *ioloop.SimConn {
	r.t.Helper()
	c, err := r.sim.Dial("tcp", addr)
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

func (r *rig) closed(c *ioloop.SimConn) bool {
	over, _ := c.Closed()
	return over
}

func TestAnswers(t *testing.T) {
	for _, addr := range []string{":843", ":10843"} {
		r := newRig(t, Config{}, ioloop.SimConfig{})
		c := r.dial(addr)
		_, _ = c.Write([]byte(Request))
		r.sim.Run(time.Second)
		if got, want := string(c.Read()), string(everyone())+"\x00"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if !r.closed(c) {
			t.Error("the connection is still open")
		}
		if s := r.srv.Stats(); s != (Stats{Answered: 1}) {
			t.Errorf("%+v", s)
		}
	}
}

// TestSplitAndCoalesced: however the request comes, and whatever comes behind
// it, the answer is the same.
func TestSplitAndCoalesced(t *testing.T) {
	for seed := range int64(20) {
		r := newRig(t, Config{}, ioloop.SimConfig{Seed: seed + 1, Split: true, LatencyMax: 20 * time.Millisecond})
		c := r.dial(":843")
		_, _ = c.Write([]byte(Request + Request + "surplus"))
		r.sim.Run(4 * time.Second)
		if got := string(c.Read()); got != string(everyone())+"\x00" || !r.closed(c) {
			t.Errorf("seed %d: got %q", seed+1, got)
		}
	}
}

// TestRefuses: the first byte that does not belong there ends it, with no
// answer.
func TestRefuses(t *testing.T) {
	r := newRig(t, Config{}, ioloop.SimConfig{})
	for _, in := range []string{"G", "<policy-file-request/>\n", "<x", "\x00"} {
		c := r.dial(":843")
		_, _ = c.Write([]byte(in))
		r.sim.Run(100 * time.Millisecond)
		if got := c.Read(); len(got) > 0 || !r.closed(c) {
			t.Errorf("%q: got %q, closed: %v", in, got, r.closed(c))
		}
	}
	if s := r.srv.Stats(); s.Refused != 4 {
		t.Errorf("%+v", s)
	}
}

// TestWait: a request that is there just in time is answered; a byte now and
// then buys no time.
func TestWait(t *testing.T) {
	r := newRig(t, Config{Wait: 2 * time.Second}, ioloop.SimConfig{})
	good, slow, mute := r.dial(":843"), r.dial(":843"), r.dial(":843")
	_, _ = good.Write([]byte(Request[:5]))
	for i := range 20 {
		_, _ = slow.Write([]byte(Request[i : i+1]))
		r.sim.Run(99 * time.Millisecond)
	}
	_, _ = good.Write([]byte(Request[5:]))
	r.sim.Run(time.Millisecond)
	if len(good.Read()) == 0 {
		t.Error("a request in time was not answered")
	}
	if r.closed(slow) || r.closed(mute) {
		t.Error("closed before its time")
	}
	r.sim.Run(100 * time.Millisecond)
	if !r.closed(slow) || !r.closed(mute) || len(slow.Read()) > 0 {
		t.Error("still open after Config.Wait")
	}
	if s := r.srv.Stats(); s.Late != 2 {
		t.Errorf("%+v", s)
	}
}

// TestMaxConns: at the bound all are served, above it the newest is closed, and
// a place that gets free is given again.
func TestMaxConns(t *testing.T) {
	r := newRig(t, Config{MaxConns: 3, Wait: time.Minute}, ioloop.SimConfig{})
	var conns []*ioloop.SimConn
	for range 4 {
		conns = append(conns, r.dial(":843"))
		r.sim.Run(time.Millisecond)
	}
	for i, c := range conns {
		if r.closed(c) != (i == 3) {
			t.Errorf("connection %d: closed is %v", i, r.closed(c))
		}
	}
	conns[0].Close()
	r.sim.Run(time.Millisecond)
	c := r.dial(":843")
	_, _ = c.Write([]byte(Request))
	r.sim.Run(time.Millisecond)
	if len(c.Read()) == 0 {
		t.Error("a place that got free was not given")
	}
	if s := r.srv.Stats(); s.Full != 1 {
		t.Errorf("%+v", s)
	}
}

func taken(t *testing.T) net.Listener {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	return ln
}

// TestAddressThatCannotBeOpened: a warning that says so plainly, or an error.
func TestAddressThatCannotBeOpened(t *testing.T) {
	inUse := taken(t).Addr().String()
	var log bytes.Buffer
	cfg := Config{Addrs: []string{inUse, "127.0.0.1:0"}, Logger: slog.New(slog.NewTextHandler(&log, nil))}
	for _, required := range []bool{false, true} {
		cfg.Required = required
		srv, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		g, err := ioloop.NewGroup(ioloop.Config{Loops: 1, Logger: cfg.Logger})
		if err != nil {
			t.Fatal(err)
		}
		open, err := srv.Listen(g)
		if required && err == nil {
			t.Error("Required: no error")
		}
		if !required && (err != nil || len(open) != 1) {
			t.Errorf("not required: %v, %v; want the other address and no error", open, err)
		}
		_ = g.Stop(context.Background())
	}
	if s := log.String(); strings.Count(s, "no policy server on "+inUse) != 1 || !strings.Contains(s, "level=WARN") {
		t.Errorf("the log says %q", s)
	}
	if s := explain(":843", syscall.EACCES).Error(); !strings.Contains(s, "below 1024") || !strings.Contains(s, "CAP_NET_BIND_SERVICE") {
		t.Errorf("no right to: %q", s)
	}
	for _, addrs := range [][]string{nil, {inUse}} {
		cfg.Addrs, cfg.Required = addrs, false
		if err := Run(context.Background(), cfg); err == nil {
			t.Errorf("Run on %q: no error", addrs)
		}
	}
}

// TestRun: over a real socket, alone.
func TestRun(t *testing.T) {
	ln := taken(t)
	addr := ln.Addr().String()
	_ = ln.Close()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- Run(ctx, Config{Addrs: []string{addr}, Policy: []byte("<cross-domain-policy/>")}) }()
	var got []byte
	for end := time.Now().Add(20 * time.Second); len(got) == 0 && time.Now().Before(end); {
		if c, err := net.Dial("tcp", addr); err == nil {
			_ = c.SetDeadline(end)
			_, _ = io.WriteString(c, Request)
			got, _ = io.ReadAll(c)
			_ = c.Close()
		}
	}
	if string(got) != "<cross-domain-policy/>\x00" {
		t.Errorf("got %q", got)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Run: %v", err)
	}
}
