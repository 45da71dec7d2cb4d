package flashpolicy

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/tornadio/tornadio/ioloop"
)

// Config sets up a [Server]. The zero value is a server that lets everyone in
// and listens nowhere.
type Config struct {
	// Addrs are the TCP addresses that [Server.Listen] and [Run] open, such as
	// ":843", where every Flash asks, and ":10843", where clients of Socket.IO
	// from 0.8.3 do. Nil: none.
	Addrs []string
	// Required makes an address that can't be opened an error. Else it is a
	// warning in the log, and the others are served: port 843 is root's on most
	// systems, and a client that is answered by nobody there asks at the port
	// that it wants.
	Required bool

	// File is the name of the policy file, which is read once, by [New]. "":
	// Policy.
	File string
	// Policy is the policy itself, see [Allow], without the NUL at its end. Nil:
	// everyone may connect to every port of this host.
	Policy []byte

	// Wait is how long a connection may take for its request, from accept.
	// Zero: 5 s.
	Wait time.Duration
	// MaxConns is how many connections to Addrs may be open at a time. One more
	// is closed as soon as it is accepted. Zero: 1000.
	MaxConns int

	// Logger gets the warnings over addresses that can't be opened. Nil:
	// slog.Default().
	Logger *slog.Logger
}

// Server answers requests for one policy. Its methods are safe from any
// goroutine, unless they say otherwise.
type Server struct {
	cfg   Config
	reply []byte // the policy and its NUL
	conns atomic.Int64
	stats struct{ answered, refused, full, late atomic.Uint64 }
}

// Stats are a server's counts so far.
type Stats struct {
	Answered uint64 `json:"answered"`
	Refused  uint64 `json:"refused"` // closed over a byte that did not belong there
	Late     uint64 `json:"late"`    // closed after Config.Wait
	Full     uint64 `json:"full"`    // closed over Config.MaxConns
}

// New makes a server, which listens nowhere yet. A mistake in cfg, or a file
// that can't be read, is an error.
func New(cfg Config) (*Server, error) {
	if cfg.Wait < 0 {
		return nil, fmt.Errorf("flashpolicy: Config.Wait is %v: write a positive duration, or 0 for 5s", cfg.Wait)
	}
	if cfg.MaxConns < 0 {
		return nil, fmt.Errorf("flashpolicy: Config.MaxConns is %d: write a positive number, or 0 for 1000", cfg.MaxConns)
	}
	for _, addr := range cfg.Addrs {
		if _, _, err := net.SplitHostPort(addr); err != nil {
			return nil, fmt.Errorf("flashpolicy: Config.Addrs has %q: write an address such as \":843\" (%w)", addr, err)
		}
	}
	policy, err := cfg.load()
	if err != nil {
		return nil, err
	}
	if cfg.Wait == 0 {
		cfg.Wait = 5 * time.Second
	}
	if cfg.MaxConns == 0 {
		cfg.MaxConns = 1000
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	return &Server{cfg: cfg, reply: append(append([]byte(nil), policy...), 0)}, nil
}

// Wait is how long a connection may take for its request.
func (s *Server) Wait() time.Duration { return s.cfg.Wait }

// Stats are the counts so far.
func (s *Server) Stats() Stats {
	return Stats{
		Answered: s.stats.answered.Load(), Refused: s.stats.refused.Load(),
		Late: s.stats.late.Load(), Full: s.stats.full.Load(),
	}
}

// Listen opens Config.Addrs on the loops of g, which may run already, and
// returns the addresses that are open. They are closed with the group's. An
// address that can't be opened is an error if Config.Required, else a warning in
// the log.
func (s *Server) Listen(g *ioloop.Group) ([]net.Addr, error) {
	var open []net.Addr
	for _, addr := range s.cfg.Addrs {
		a, err := g.Listen("tcp", addr, s.Accept)
		switch {
		case err == nil:
			open = append(open, a)
		case s.cfg.Required:
			return open, explain(addr, err)
		default:
			s.cfg.Logger.Warn(explain(addr, err).Error(), "addr", addr)
		}
	}
	return open, nil
}

// explain says what it means that an address can't be opened.
func explain(addr string, err error) error {
	why := "Flash clients that ask there get no policy, and ask at the port they connect to next"
	if errors.Is(err, syscall.EACCES) || errors.Is(err, syscall.EPERM) {
		why = "this process may not open ports below 1024: run it with the right to (on Linux the capability CAP_NET_BIND_SERVICE), or forward the port; " + why
	}
	return fmt.Errorf("flashpolicy: no policy server on %s: %w (%s)", addr, err, why)
}

// Run serves Config.Addrs on a loop of its own until ctx is done, and returns
// nil then. It is an error if no address could be opened, Required or not.
func Run(ctx context.Context, cfg Config) error {
	s, err := New(cfg)
	if err != nil {
		return err
	}
	if len(cfg.Addrs) == 0 {
		return errors.New("flashpolicy: Run has nowhere to listen: write Config.Addrs, such as \":843\"")
	}
	g, err := ioloop.NewGroup(ioloop.Config{Loops: 1, Logger: s.cfg.Logger})
	if err != nil {
		return err
	}
	open, err := s.Listen(g)
	if err == nil && len(open) == 0 {
		err = errors.New("flashpolicy: none of Config.Addrs could be opened; the log says why")
	}
	if err == nil {
		err = g.Start()
	}
	if err != nil {
		return errors.Join(err, g.Stop(context.Background()))
	}
	select {
	case <-ctx.Done():
		return g.Stop(context.Background())
	case <-g.Done():
		return g.Err()
	}
}
