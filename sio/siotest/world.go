package siotest

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio"
	eio "github.com/tornadio/tornadio/sio/engine"
)

// Options set up a [World]. The zero value works.
type Options struct {
	// Seed is what every random choice comes from. 0: a random one. The
	// environment variable SIOTEST_SEED overrides both.
	Seed int64
	// Network says how the network behaves: latencies, splits, faults. The zero
	// value delivers everything whole and at once. Its Seed is ignored.
	Network ioloop.SimConfig
	// Timeout bounds, in virtual time, whatever waits. 0: 10 s.
	Timeout time.Duration
}

// World is a simulated network with servers and clients in it. See the
// package documentation.
type World struct {
	t       TB
	seed    int64
	sim     *ioloop.Sim
	rand    *rand.Rand
	timeout time.Duration
	faulty  bool // the network loses connections
	hosts   []*host
	clients int

	driving bool // the simulation runs
	broken  bool // the test has failed over something that was found while it ran
	closed  bool
}

// host is a server in the network.
type host struct {
	srv   server
	addr  string
	path  string // of Socket.IO, without the slash at the end; "" in a server of Engine.IO alone
	beats bool   // heartbeats on polls of revision 1, too
	start bool
}

// server is a *sio.Server, or an *eio.Server.
type server interface {
	Listen(network, addr string) (net.Addr, error)
	Start() error
	Shutdown(context.Context) error
}

const seedVariable = "SIOTEST_SEED"

// New makes an empty world for a test. When the test ends its servers stop. In
// an example or a program t is nil: failures panic then, and [World.Close] is
// yours to call.
func New(t TB, o Options) *World {
	if t == nil {
		t = noTest{}
	}
	w := &World{t: t, seed: pickSeed(t, o.Seed), timeout: o.Timeout}
	if w.timeout <= 0 {
		w.timeout = 10 * time.Second
	}
	net := o.Network
	net.Seed = w.seed
	w.faulty = net.Reset > 0 || net.AcceptFail > 0
	w.sim = ioloop.NewSim(net)
	w.rand = rand.New(rand.NewPCG(uint64(w.seed), 0x510735))
	t.Cleanup(w.end)
	return w
}

func pickSeed(t TB, seed int64) int64 {
	if s := os.Getenv(seedVariable); s != "" {
		n, err := strconv.ParseInt(s, 10, 64)
		if err == nil && n != 0 {
			return n
		}
		t.Errorf("siotest: %s is %q: write a number other than 0", seedVariable, s)
	}
	if seed == 0 {
		seed = 1 + rand.Int64N(1e9)
	}
	return seed
}

// end is the test's cleanup.
func (w *World) end() {
	if w.t.Failed() {
		w.t.Logf("siotest: seed %d, run again with %s=%d", w.seed, seedVariable, w.seed)
	}
	w.Close()
}

// Close stops the servers, whose clients get OnClose. A test does it by itself
// at its end.
func (w *World) Close() {
	if w.closed {
		return
	}
	w.closed = true
	if w.t.Failed() || w.driving {
		w.hosts, w.sim = nil, nil
		return // what the failure left behind is not worth another one
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	for _, h := range w.hosts {
		_ = h.srv.Shutdown(ctx)
	}
	w.hosts, w.sim = nil, nil
}

// Seed is what this world's random choices come from.
func (w *World) Seed() int64 { return w.seed }

// Now is the world's time. It begins at a fixed date.
func (w *World) Now() time.Time { return w.sim.Now() }

// Server makes a server in the world. Register its handlers before the first
// client comes: it begins to listen then, and what was wrong with cfg or the
// registrations fails the test. cfg.Loops is the count of simulated loops, 0
// for two; its log goes to the test's, unless cfg has a Logger.
//
// To end it, call its Shutdown. Another server can be made meanwhile.
func (w *World) Server(cfg sio.Config) *sio.Server {
	w.t.Helper()
	if cfg.Logger == nil {
		cfg.Logger = logger(w.t)
	}
	srv := sio.NewOn(w.group(cfg.Loops, cfg.MaxConns, cfg.Logger), cfg)
	h := w.add(srv)
	h.path, h.beats = "/socket.io", cfg.GlobalHeartbeats
	if cfg.Path != "" {
		h.path = "/" + strings.Trim(cfg.Path, "/")
	}
	return srv
}

// Engine makes a server of Engine.IO alone in the world, as [World.Server] does
// one of Socket.IO. What [World.HTTP] gives talks to it, in requests or, after
// Raw.Upgrade, in messages.
func (w *World) Engine(cfg eio.Config) *eio.Server {
	w.t.Helper()
	if cfg.Logger == nil {
		cfg.Logger = logger(w.t)
	}
	srv := eio.NewOn(w.group(cfg.Loops, cfg.MaxConns, cfg.Logger), cfg)
	w.add(srv)
	return srv
}

func (w *World) add(srv server) *host {
	h := &host{srv: srv, addr: fmt.Sprintf("sim:%d", 8001+len(w.hosts))}
	w.hosts = append(w.hosts, h)
	return h
}

// group makes simulated loops.
func (w *World) group(loops, maxConns int, log *slog.Logger) *ioloop.Group {
	w.t.Helper()
	if loops == 0 {
		loops = 2
	}
	// Handlers run as slowly as this machine is busy: no watchdog.
	group, err := w.sim.NewGroup(ioloop.Config{Loops: loops, MaxConns: maxConns, Logger: log, SlowCallback: -1})
	if err != nil {
		w.fatalf("%v", err)
	}
	return group
}

// host finds the host of a server of Socket.IO, the latest one for nil, and
// starts it.
func (w *World) host(srv *sio.Server) *host {
	w.t.Helper()
	return w.find(func(h *host) bool { return h.path != "" && (srv == nil || h.srv == srv) })
}

func (w *World) find(fit func(*host) bool) *host {
	w.t.Helper()
	for i := len(w.hosts) - 1; i >= 0; i-- {
		if h := w.hosts[i]; fit(h) {
			w.startHost(h)
			return h
		}
	}
	w.fatalf("no such server in this world: make it with World.Server")
	return nil
}

func (w *World) startHost(h *host) {
	w.t.Helper()
	if h.start {
		return
	}
	h.start = true
	_, err := h.srv.Listen("tcp", h.addr)
	if err == nil {
		err = h.srv.Start()
	}
	if err != nil {
		w.fatalf("%v", err)
	}
}

// Advance runs the world for d of its time.
func (w *World) Advance(d time.Duration) {
	w.t.Helper()
	w.drive(func() { w.sim.Run(d) })
}

// Until runs the world until cond holds. It fails the test when
// Options.Timeout passes first. cond is asked between any two events.
func (w *World) Until(cond func() bool) {
	w.t.Helper()
	if !w.run(cond, w.timeout) {
		w.fatalf("after %v: what was waited for has not come", w.timeout)
	}
}

// Try is Until for at most d, and no failure: it reports whether cond held.
func (w *World) Try(d time.Duration, cond func() bool) bool {
	w.t.Helper()
	over := false
	w.sim.AfterFunc(d, func() { over = true })
	return w.run(func() bool { return over || cond() }, d) && cond()
}

// AfterFunc runs f in d, while the world runs.
func (w *World) AfterFunc(d time.Duration, f func()) { w.sim.AfterFunc(d, f) }

// Rand is a source of random choices for the test's own script, made from the
// seed.
func (w *World) Rand() *rand.Rand { return w.rand }

// run runs the simulation, and ends the test if something was found to be
// wrong meanwhile.
func (w *World) run(cond func() bool, d time.Duration) (ok bool) {
	w.t.Helper()
	w.drive(func() {
		w.sim.RunUntil(func() bool {
			ok = ok || cond()
			return ok || w.broken
		}, d)
	})
	return ok || cond()
}

func (w *World) drive(f func()) {
	w.t.Helper()
	if w.driving {
		panic("siotest: a method that waits was called while the world runs: in a callback use those that don't (Dial, StartJoin, Emit, OnDone)")
	}
	w.driving = true
	f()
	w.driving = false
	if w.broken {
		w.t.FailNow()
	}
}

// fatalf ends the test.
func (w *World) fatalf(format string, args ...any) {
	w.t.Helper()
	w.t.Errorf("siotest: "+format, args...)
	w.t.FailNow()
}

// errorf fails the test; it ends once the simulation stops, which is at once.
func (w *World) errorf(format string, args ...any) {
	w.t.Helper()
	if w.broken {
		return
	}
	w.broken = true
	w.t.Errorf("siotest: "+format, args...)
}
