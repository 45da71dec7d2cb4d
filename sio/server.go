package sio

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tornadio/tornadio/flashpolicy"
	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio/internal/host"
	"github.com/tornadio/tornadio/sio/internal/session"
	"github.com/tornadio/tornadio/sio/internal/web"
)

// Server serves Socket.IO's clients of every supported generation, and
// ordinary HTTP beside them. Its methods are safe from any goroutine.
type Server struct {
	cfg    Config
	host   *host.Host
	shards []*shard

	sessions   gauge
	sockets    gauge
	rates      rates
	decides    atomic.Bool // Decide was called
	deciders   atomic.Pointer[[]decider]
	waiting    waiting             // handlers that wait
	policy     *flashpolicy.Server // nil without flashsocket
	namespaces atomic.Pointer[map[string]*namespace]
	children   sync.Map     // of *namespace, by name: see dynamic.go
	dynamic    atomic.Int64 // how many children there are

	onNamespace atomic.Pointer[[]func(Endpoint)]

	mu       sync.Mutex
	patterns []*namespace // parents with an expression
}

// New makes a server with reactor loops of its own. The zero Config works. A
// mistake in cfg is reported by Err, and by every call that begins to listen.
func New(cfg Config) *Server {
	cfg = cfg.withDefaults()
	err := cfg.check()
	if err != nil {
		return broken(cfg, err)
	}
	var s *Server
	loops := cfg.loop()
	loops.OnSlow = func(loop int, _ string, _ time.Duration) { s.shards[loop].stats.slow.Add(1) }
	group, err := ioloop.NewGroup(loops)
	if err != nil {
		return broken(cfg, err)
	}
	s = build(group, cfg)
	return s
}

// NewOn makes a server on a reactor that the caller has made, e.g. a simulated
// one. The fields of Config that describe the reactor have no effect.
func NewOn(group *ioloop.Group, cfg Config) *Server {
	cfg = cfg.withDefaults()
	if err := cfg.check(); err != nil {
		return broken(cfg, err)
	}
	return build(group, cfg)
}

// unbound is a server without a reactor yet.
func unbound(cfg Config) *Server {
	s := &Server{cfg: cfg, host: host.New("sio", cfg.Logger), rates: rates{at: time.Now()}}
	s.namespaces.Store(&map[string]*namespace{})
	return s
}

// broken is a server that only says what is wrong with it.
func broken(cfg Config, err error) *Server {
	s := unbound(cfg)
	s.host.Broken(err)
	return s
}

func build(group *ioloop.Group, cfg Config) *Server {
	s := unbound(cfg)
	var managers []*session.Manager
	shared := cfg.session()
	for i, loop := range group.Loops() {
		m := session.NewManager(loop, shared)
		managers = append(managers, m)
		sh := &shard{srv: s, index: i, loop: loop, m: m}
		sh.Loop, sh.Name, sh.Log = loop, "sio", cfg.Logger
		m.OnCarry = sh.stats.carry
		s.shards = append(s.shards, sh)
	}
	front := web.NewFront(cfg.web(s), hub{s}, managers)
	s.host.Use(group, front, managers, host.Hooks{Starting: s.openPolicy, Draining: s.endWaiting, Stopped: s.disconnect})
	s.namespace("/") // it always exists
	if cfg.on(engineWebTransport) {
		s.host.Expect(engineWebTransport, "call webtransport.Listen before the server starts")
	}
	return s
}

func init() {
	host.Find(func(server any) *host.Host {
		if s, ok := server.(*Server); ok && s != nil {
			return s.host
		}
		return nil
	})
}

// openPolicy opens the ports of Flash's policy file.
func (s *Server) openPolicy() error {
	if s.policy == nil {
		return nil
	}
	_, err := s.policy.Listen(s.host.Group())
	return err
}

// mistake records what a user of the package did wrong, and says so at once.
func (s *Server) mistake(format string, args ...any) { s.host.Mistake(format, args...) }

// Err reports what was wrong with the Config or the registrations so far: bad
// settings, reserved or duplicate names, nil handlers. Each is logged when it
// is made, too.
func (s *Server) Err() error { return s.host.Err() }

// Handle registers an ordinary HTTP handler, as http.ServeMux does: whatever
// does not lie under Config.Path goes there. Handlers run in goroutines of
// their own, and may block and stream. They can't hijack the connection.
func (s *Server) Handle(pattern string, h http.Handler) { s.host.Handle(pattern, h) }

// HandleFunc is [Server.Handle] for a function.
func (s *Server) HandleFunc(pattern string, f func(http.ResponseWriter, *http.Request)) {
	s.host.HandleFunc(pattern, f)
}

// Listen begins to listen, at once if the server has started. network is
// "tcp", "tcp4", "tcp6" or "unix"; addresses are those of net.Listen. It
// returns the address, with the port that port 0 became.
func (s *Server) Listen(network, addr string) (net.Addr, error) {
	return s.host.Listen(network, addr)
}

// Start runs the loops. It returns once they run.
func (s *Server) Start() error { return s.host.Start() }

// ListenAndServe listens on a TCP address, ":8001" say, and serves until
// Shutdown, when it returns ErrServerClosed.
func (s *Server) ListenAndServe(addr string) error { return s.host.ListenAndServe(addr) }

// Serve serves connections that the listeners accept, until Shutdown.
// Listeners of the package net work; those that wrap connections, as tls does,
// can't be honoured on a reactor and are refused; see [Server.ServeTLS].
func (s *Server) Serve(listeners ...net.Listener) error { return s.host.Serve(listeners...) }

// Wait starts the server if need be, and waits for its end.
func (s *Server) Wait() error { return s.host.Wait() }

// Shutdown stops listening, tells the clients by closing their connections in
// the words of their protocol (they may reconnect, elsewhere or later),
// flushes what is queued for them, waits for ordinary requests and for handlers
// that are [Ordered] or [Concurrent] (the contexts of their sockets are
// cancelled), and returns when all is closed. When ctx ends first what is left
// is cut, and ctx's error returned; an Ordered handler that runs on then has
// no OnClose after it.
func (s *Server) Shutdown(ctx context.Context) error { return s.host.Shutdown(ctx) }

// endWaiting lets the handlers that wait return, whose contexts are cancelled by
// now: what they hold, OnClose among it, runs before the loops end.
func (s *Server) endWaiting(ctx context.Context) error {
	d := 24 * time.Hour
	if end, ok := ctx.Deadline(); ok {
		d = time.Until(end)
	}
	for _, sh := range s.shards {
		if sh.loop.InLoop() {
			return nil // Stop will say that this can't be
		}
		closed := make(chan struct{}) // once the sockets of this loop are
		if s.host.Started() && sh.loop.Post(func() { close(closed) }) == nil {
			s.host.Group().Await(ctx, closed, d)
		}
	}
	if s.host.Group().Await(ctx, s.waiting.none(), d) {
		return nil
	}
	return ctx.Err()
}

// hub is what the HTTP side sees of the server.
type hub struct{ s *Server }

// RefusedNow implements web.Hub.
func (h hub) RefusedNow(loop, status int) { h.s.shards[loop].stats.refuse(status) }

// Open implements web.Hub: a handshake.
func (h hub) Open(m *session.Manager, req *web.OpenRequest) (*session.Session, *web.Refusal) {
	sh := h.s.shards[m.Loop().Index()]
	if h.s.sessions.now.Load() >= int64(h.s.cfg.MaxSessions) {
		return nil, &web.Refusal{Status: 503, Text: "too many sessions"}
	}
	c := sh.welcome(req.Rev)
	c.addr, c.port, c.secure = req.Remote.Addr(), req.Remote.Port(), req.Secure
	r := c.needRare()
	r.head = append([]byte(nil), req.Head...)
	if req.TLS != nil {
		sh.keepTLS(c, req.TLS)
	}
	c.keepValues(req.Context)
	if req.Rev != session.Rev1 {
		r.connect = &connectTimer{c: c}
		sh.loop.StartTimer(&r.connect.timer, h.s.cfg.ConnectTimeout, r.connect)
		return &c.sess, nil
	}
	if err := c.askAtHandshake(); err != nil {
		c.sess.Close(session.ForcedClose)
		return nil, refusedHandshake(err)
	}
	return &c.sess, nil
}

// refusedHandshake is the answer to a handshake of revision 1 that a middleware
// refused. Clients take 403 for good, and try again after 500, which is for a
// fault of ours.
func refusedHandshake(err error) *web.Refusal {
	if errors.Is(err, errInternal) {
		return &web.Refusal{Status: 500, Text: "handshake error"}
	}
	return &web.Refusal{Status: 403, Text: err.Error()}
}
