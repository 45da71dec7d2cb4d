package ioloop

import (
	"fmt"
	"net"
	"sync"
	"sync/atomic"
)

// Group is a set of loops that run together, and the listeners which feed them.
// Its methods are safe from any goroutine.
type Group struct {
	cfg     Config
	backend backend
	loops   []*Loop
	watch   *watchdog

	conns    atomic.Int64 // open connections, those on the way between loops included
	maxConns int64
	drained  chan struct{} // closed when, after Stop began, the last connection has ended
	draining atomic.Bool
	panics   atomic.Int64
	tls      atomic.Pointer[tlsPool] // nil before there is TLS

	mu      sync.Mutex
	started bool
	stopped chan struct{} // not nil: Stop was called; closed when it is through
	stopErr error

	done    chan struct{}
	endOnce sync.Once
	err     error // valid once done is closed
}

// newGroup makes a group on a backend.
func newGroup(cfg Config, b backend) (*Group, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	g := &Group{
		cfg:      cfg,
		backend:  b,
		maxConns: int64(cfg.MaxConns),
		drained:  make(chan struct{}),
		done:     make(chan struct{}),
	}
	if g.maxConns == 0 {
		g.maxConns = int64(b.maxConns())
	}
	g.watch = newWatchdog(g)
	for i := range cfg.Loops {
		g.loops = append(g.loops, newLoop(g, i))
	}
	for _, l := range g.loops {
		l.poll = b.poller(l)
		l.epoch = l.poll.now()
	}
	return g, nil
}

// Loops gives all loops. They exist before Start and stay the same; what is
// posted before Start is kept until then.
func (g *Group) Loops() []*Loop { return g.loops }

// Loop gives the loop with index i.
func (g *Group) Loop(i int) *Loop { return g.loops[i] }

// Conns is how many connections are open.
func (g *Group) Conns() int { return int(g.conns.Load()) }

// Panics is how many panics were recovered from callbacks.
func (g *Group) Panics() int { return int(g.panics.Load()) }

// Listen accepts connections on address, before or after Start (those which
// come before Start wait in the kernel). The networks are "tcp", "tcp4", "tcp6"
// and "unix"; addresses mean what they mean to net.Listen: with "tcp", ":80" is
// all addresses of both families. The result is the real address, with the
// port that was picked for ":0".
//
// accept runs on the loop of the connection and returns its handler; nil
// refuses and closes it.
func (g *Group) Listen(network, address string, accept func(*Conn) Handler) (net.Addr, error) {
	switch network {
	case "tcp", "tcp4", "tcp6", "unix":
	default:
		return nil, fmt.Errorf("ioloop: Listen: network %q; want tcp, tcp4, tcp6 or unix", network)
	}
	if err := g.mayListen(accept); err != nil {
		return nil, err
	}
	return g.backend.listen(network, address, accept)
}

// ListenOn accepts connections from ln, which belongs to the group from now on
// and is closed by StopListening. Its connections must be *net.TCPConn or
// *net.UnixConn, for their sockets go to the loops.
func (g *Group) ListenOn(ln net.Listener, accept func(*Conn) Handler) error {
	if ln == nil {
		return fmt.Errorf("ioloop: ListenOn: the listener is nil")
	}
	if err := g.mayListen(accept); err != nil {
		return err
	}
	return g.backend.listenOn(ln, accept)
}

func (g *Group) mayListen(accept func(*Conn) Handler) error {
	if accept == nil {
		return fmt.Errorf("ioloop: Listen: accept is nil; want a func that returns the connection's handler")
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.stopped != nil || g.ended() {
		return ErrClosed
	}
	return nil
}

// Start lets the loops run and returns when they do.
func (g *Group) Start() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.stopped != nil {
		return ErrClosed
	}
	if g.started {
		return ErrStarted
	}
	g.started = true
	if err := g.backend.start(); err != nil {
		return err
	}
	g.watch.start()
	return nil
}

// StopListening ends accepting; open connections live on.
func (g *Group) StopListening() error { return g.backend.stopListening() }

// Done is closed when the loops have ended, after Stop or by themselves.
func (g *Group) Done() <-chan struct{} { return g.done }

// Err tells why the loops ended: nil after Stop, and as long as Done is open;
// else an error that is ErrEngine.
func (g *Group) Err() error {
	select {
	case <-g.done:
		return g.err
	default:
		return nil
	}
}

func (g *Group) ended() bool {
	select {
	case <-g.done:
		return true
	default:
		return false
	}
}

// end notes that the loops have ended. A backend calls it when its engine ends
// without stop.
func (g *Group) end(err error) {
	g.endOnce.Do(func() {
		g.err = err
		for _, l := range g.loops {
			l.mail.close()
		}
		g.watch.stop()
		close(g.done)
	})
}

// admit counts a new connection in, unless there are too many.
func (g *Group) admit() bool {
	if g.conns.Add(1) > g.maxConns || g.draining.Load() {
		g.release()
		return false
	}
	return true
}

// release counts a connection out.
func (g *Group) release() {
	if g.conns.Add(-1) == 0 && g.draining.Load() {
		g.noteDrained()
	}
}
