package engine

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio/internal/host"
	"github.com/tornadio/tornadio/sio/internal/session"
	"github.com/tornadio/tornadio/sio/internal/web"
)

// Server serves clients of Engine.IO, and ordinary HTTP beside them. Its
// methods are safe from any goroutine.
type Server struct {
	cfg      Config
	host     *host.Host
	shards   []*shard
	sessions atomic.Int64
	most     atomic.Int64
	funcs    atomic.Pointer[functions]

	make atomic.Pointer[func() Handler] // nil: plain sockets

	mu   sync.Mutex
	kind string // the type of the connections, for messages
}

// New makes a server with reactor loops of its own. The zero Config works. A
// mistake in cfg is reported by Err, and by every call that begins to listen.
func New(cfg Config) *Server {
	cfg = cfg.withDefaults()
	if err := cfg.check(); err != nil {
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

func unbound(cfg Config) *Server {
	s := &Server{cfg: cfg, host: host.New("engine", cfg.Logger)}
	s.funcs.Store(&functions{})
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
	for _, loop := range group.Loops() {
		m := session.NewManager(loop, shared)
		managers = append(managers, m)
		sh := &shard{srv: s, m: m}
		sh.Loop, sh.Name, sh.Log = loop, "engine", cfg.Logger
		m.OnCarry = sh.stats.carry
		s.shards = append(s.shards, sh)
	}
	front := web.NewFront(cfg.web(s), hub{s}, managers)
	s.host.Use(group, front, managers, host.Hooks{})
	if slices.Contains(cfg.Transports, webTransport) {
		s.host.Expect(webTransport, "call webtransport.Listen before the server starts")
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

// Err reports what was wrong with the Config or the registrations so far. Each
// mistake is logged when it is made, too.
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
func (s *Server) Listen(network, addr string) (net.Addr, error) { return s.host.Listen(network, addr) }

// ListenTLS is [Server.Listen] with TLS; plain and TLS ports may be mixed. cfg
// is copied, and what it leaves open is set as is safe today: TLS 1.2 and 1.3,
// suites with forward secrecy, ALPN "http/1.1". Renewed certificates are the
// business of its GetCertificate.
func (s *Server) ListenTLS(network, addr string, cfg *tls.Config) (net.Addr, error) {
	return s.host.ListenTLS(network, addr, cfg)
}

// Start runs the loops. It returns once they run.
func (s *Server) Start() error { return s.host.Start() }

// ListenAndServe listens on a TCP address, ":8001" say, and serves until
// Shutdown, when it returns ErrServerClosed.
func (s *Server) ListenAndServe(addr string) error { return s.host.ListenAndServe(addr) }

// ListenAndServeTLS is [Server.ListenAndServe] with the certificate of two PEM
// files. They are looked at from time to time, and taken up when they have
// changed.
func (s *Server) ListenAndServeTLS(addr, certFile, keyFile string) error {
	return s.host.ListenAndServeTLS(addr, certFile, keyFile)
}

// Serve serves connections that the listeners accept, until Shutdown.
// Listeners of the package net work; those that wrap connections, as tls does,
// are refused; see [Server.ServeTLS].
func (s *Server) Serve(listeners ...net.Listener) error { return s.host.Serve(listeners...) }

// ServeTLS is [Server.Serve] with TLS; the listeners are plain ones.
func (s *Server) ServeTLS(cfg *tls.Config, listeners ...net.Listener) error {
	return s.host.ServeTLS(cfg, listeners...)
}

// Wait starts the server if need be, and waits for its end.
func (s *Server) Wait() error { return s.host.Wait() }

// Run is a whole program's main: it listens on TCP addresses (beside those of
// Listen and ListenTLS before), serves, and shuts down when the process is told
// to end (SIGINT or SIGTERM; a second one ends it at once). It returns nil
// after a shutdown, else what went wrong.
func (s *Server) Run(addrs ...string) error { return s.host.Run(s.cfg.ShutdownTimeout, addrs...) }

// Shutdown stops listening, closes all sessions, flushes what is queued for
// them, waits for ordinary requests, and returns when all is closed. When ctx
// ends first what is left is cut, and ctx's error returned.
func (s *Server) Shutdown(ctx context.Context) error { return s.host.Shutdown(ctx) }

// hub is what the HTTP side sees of the server.
type hub struct{ s *Server }

// RefusedNow implements web.Hub.
func (h hub) RefusedNow(loop, status int) { h.s.shards[loop].stats.refuse(status) }

// From implements web.Hub.
func (h hub) From(s *session.Session) netip.Addr { return s.Owner().(*client).remote.Addr() }

// Open implements web.Hub: a handshake.
func (h hub) Open(m *session.Manager, req *web.OpenRequest) (*session.Session, *web.Refusal) {
	sh := h.s.shards[m.Loop().Index()]
	if h.s.sessions.Load() >= int64(h.s.cfg.MaxSessions) {
		return nil, &web.Refusal{Status: 503, Text: "too many sessions"}
	}
	return sh.open(req)
}

// ErrServerClosed is returned by the listening calls after Shutdown. It is
// net/http's.
var ErrServerClosed = host.ErrServerClosed
