package hostile

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
)

// patience is how long anything may take before a test gives up.
const patience = 20 * time.Second

// rig is a server under attack. Its namespace "/" echoes.
type rig struct {
	t    testing.TB
	srv  *sio.Server
	ns   *sio.Namespace[*user]
	addr string

	mu     sync.Mutex
	opened map[string]int
	closed map[string][]sio.Reason
	deaf   *user // who opened under the name "deaf"
}

// user is a connection to "/". It goes by the name of its query's "who".
type user struct {
	sio.Socket
	g   *rig
	who string
}

func (u *user) OnOpen(h *sio.Handshake) error {
	u.who = h.Query("who")
	u.g.mu.Lock()
	defer u.g.mu.Unlock()
	u.g.opened[u.who]++
	if u.who == "deaf" {
		u.g.deaf = u
	}
	return nil
}

func (u *user) OnClose(why sio.Reason) {
	u.g.mu.Lock()
	defer u.g.mu.Unlock()
	u.g.closed[u.who] = append(u.g.closed[u.who], why)
}

// start runs a server on loopback until the test ends. register, which may be
// nil, adds handlers before it listens.
func start(t testing.TB, cfg sio.Config, register func(*rig)) *rig {
	t.Helper()
	if cfg.Loops == 0 {
		cfg.Loops = 2
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	g := newRig(t, sio.New(cfg))
	if register != nil {
		register(g)
	}
	addr, err := g.srv.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := g.srv.Start(); err != nil {
		t.Fatal(err)
	}
	g.addr = addr.String()
	t.Cleanup(g.stop)
	return g
}

// newRig gives srv its namespace.
func newRig(t testing.TB, srv *sio.Server) *rig {
	g := &rig{t: t, srv: srv, opened: make(map[string]int), closed: make(map[string][]sio.Reason)}
	g.ns = sio.Of(g.srv, "/", func(u *user) { u.g = g })
	sio.On(g.ns, "echo", func(u *user, n int) { _ = u.Emit("echo", n) })
	return g
}

// stop ends the server, at once.
func (g *rig) stop() {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_ = g.srv.Shutdown(ctx) // ctx's own error
}

// reasons are the ends of all connections of that name so far.
func (g *rig) reasons(who string) []sio.Reason {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]sio.Reason(nil), g.closed[who]...)
}

// ended waits until a connection of that name has ended, and checks why.
func (g *rig) ended(who string, want sio.Reason) {
	g.t.Helper()
	eventually(g.t, "the end of "+who, func() bool { return len(g.reasons(who)) > 0 })
	if got := g.reasons(who); got[0] != want {
		g.t.Errorf("%s ended with %q, want %q", who, got[0], want)
	}
}

// alone waits until only n sessions are left.
func (g *rig) sessions(n int) {
	g.t.Helper()
	eventually(g.t, "sessions left", func() bool { return g.srv.Stats().Sessions == n })
}

// rawCopy is the JSON of an event's first argument, to be sent on as it is.
func rawCopy(e *sio.Event) json.RawMessage {
	var raw json.RawMessage
	_ = e.Decode(&raw) // missing: nothing is sent on
	return raw
}
