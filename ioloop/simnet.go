package ioloop

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"net/netip"
	"strconv"
	"syscall"
	"time"
)

// NewGroup makes a group on the simulated network. It differs from one on
// sockets in that Config.Loops means 2 when it is 0, whatever the machine, and
// that there is no watchdog unless Config.SlowCallback asks for one, for it is
// a goroutine and reads the real clock.
//
// Any Stop of the group must be called by the driver, and runs the simulation
// until all is closed.
func (s *Sim) NewGroup(cfg Config) (*Group, error) {
	if cfg.Loops == 0 {
		cfg.Loops = 2
	}
	if cfg.SlowCallback == 0 {
		cfg.SlowCallback = -1
	}
	b := &simBackend{sim: s}
	g, err := newGroup(cfg, b)
	if err != nil {
		return nil, err
	}
	b.group = g
	return g, nil
}

// simBackend carries one group.
type simBackend struct {
	sim       *Sim
	group     *Group
	pollers   []*simPoller
	listening []*simListener
	waiting   []*SimConn // dialled before Start
	running   bool
	stopped   bool
}

type simListener struct {
	backend *simBackend
	accept  func(*Conn) Handler
	key     string
	addr    net.Addr
}

func (b *simBackend) poller(l *Loop) poller {
	p := &simPoller{backend: b, loop: l}
	b.pollers = append(b.pollers, p)
	return p
}

func (b *simBackend) maxConns() int { return math.MaxInt32 }

func (b *simBackend) listen(network, address string, accept func(*Conn) Handler) (net.Addr, error) {
	key, addr, err := b.sim.listenAddr(network, address)
	if err != nil {
		return nil, fmt.Errorf("ioloop: Listen: %w", err)
	}
	if b.sim.listeners[key] != nil {
		return nil, fmt.Errorf("ioloop: Listen %s %s: %w", network, address, syscall.EADDRINUSE)
	}
	ln := &simListener{backend: b, accept: accept, key: key, addr: addr}
	b.sim.listeners[key] = ln
	b.listening = append(b.listening, ln)
	return addr, nil
}

func (b *simBackend) listenOn(net.Listener, func(*Conn) Handler) error {
	return errors.New("ioloop: ListenOn: a real listener cannot serve a simulated network; use Listen")
}

// simServerIP is the host of all listeners; a host that is asked for is ignored.
var simServerIP = netip.AddrFrom4([4]byte{10, 0, 0, 1})

func (s *Sim) listenAddr(network, address string) (key string, addr net.Addr, err error) {
	if network == "unix" {
		return "unix " + address, &net.UnixAddr{Name: address, Net: network}, nil
	}
	port, err := simPort(address)
	if err != nil {
		return "", nil, err
	}
	if port == 0 {
		s.lastPort++
		port = s.lastPort
	}
	return simTCPKey(port), net.TCPAddrFromAddrPort(netip.AddrPortFrom(simServerIP, uint16(port))), nil
}

func simTCPKey(port int) string { return "tcp " + strconv.Itoa(port) }

func simPort(address string) (int, error) {
	_, p, err := net.SplitHostPort(address)
	if err != nil {
		return 0, err
	}
	port, err := strconv.ParseUint(p, 10, 16)
	if err != nil {
		return 0, fmt.Errorf("address %q: the simulated network takes port numbers only", address)
	}
	return int(port), nil
}

func (b *simBackend) start() error {
	b.running = true
	for _, p := range b.pollers {
		p.wake()
	}
	for _, c := range b.waiting {
		b.sim.at(b.sim.clock.Load(), c, simOpen, 0)
	}
	b.waiting = nil
	return nil
}

func (b *simBackend) stopListening() error {
	for _, ln := range b.listening {
		delete(b.sim.listeners, ln.key)
	}
	b.listening = nil
	for _, c := range b.waiting {
		c.refuse()
	}
	b.waiting = nil
	return nil
}

// await runs the simulation: the driver waits for what only it can bring about.
func (b *simBackend) await(ctx context.Context, ch <-chan struct{}, d time.Duration) bool {
	s := b.sim
	end := s.clock.Load() + int64(d)
	for {
		select {
		case <-ch:
			return true
		default:
		}
		if ctx.Err() != nil {
			return false
		}
		if !s.ready(end) {
			s.clock.Store(max(end, s.clock.Load()))
			return false
		}
		s.run()
	}
}

func (b *simBackend) stop() error {
	b.running, b.stopped = false, true
	return nil
}

// hold and release bracket the life of a goroutine of Group.Go: the clock does
// not move on meanwhile.
func (b *simBackend) hold() { b.sim.held.Add(1) }

func (b *simBackend) release() {
	b.sim.held.Add(-1)
	b.sim.nudge()
}

// simPoller is a simulated loop, as the runner of its wake turns.
type simPoller struct {
	backend  *simBackend
	loop     *Loop
	deadline int64 // virtual nanoseconds; 0: none
	queued   int64 // when the deadline event that counts is due; 0: none
}

func (p *simPoller) wake() { p.backend.sim.wake(p) }

func (p *simPoller) now() time.Time { return p.backend.sim.Now() }

// setDeadline queues an event only if none is queued for an earlier time: that
// one will see what the deadline is by then.
func (p *simPoller) setDeadline(at time.Time) {
	if at.IsZero() {
		p.deadline = 0
		return
	}
	p.deadline = max(int64(at.Sub(simEpoch)), p.backend.sim.clock.Load(), 1)
	if p.queued == 0 || p.deadline < p.queued {
		p.queueDeadline()
	}
}

func (p *simPoller) queueDeadline() {
	p.queued = p.deadline
	p.backend.sim.at(p.deadline, p, simDeadline, 0)
}

func (p *simPoller) happen(kind simKind, _ int) bool {
	s := p.backend.sim
	if kind == simDeadline {
		now := s.clock.Load()
		if p.queued != now {
			return false // an earlier one took its place
		}
		p.queued = 0
		if p.deadline > now {
			p.queueDeadline()
		}
		if p.deadline == 0 || p.deadline > now {
			return false
		}
		p.deadline = 0
	}
	if !p.backend.running {
		return false
	}
	s.note(kind, uint32(p.loop.index), nil)
	s.inTurn = true
	p.loop.wakeup()
	s.inTurn = false
	return true
}

// Dial connects to a listener of a group, from outside: the result is the
// client's end. The networks are those of Group.Listen; of a TCP address only
// the port counts. The listener hears of it when the connection has arrived;
// bytes may be written at once.
func (s *Sim) Dial(network, address string) (*SimConn, error) {
	key := "unix " + address
	if network != "unix" {
		port, err := simPort(address)
		if err != nil {
			return nil, fmt.Errorf("ioloop: Dial: %w", err)
		}
		key = simTCPKey(port)
	}
	ln := s.listeners[key]
	fails := s.chance(s.cfg.AcceptFail)
	if ln == nil || fails && s.rng.IntN(2) == 0 {
		return nil, fmt.Errorf("ioloop: Dial %s %s: %w", network, address, syscall.ECONNREFUSED)
	}
	s.lastConn++
	s.stats.Conns++
	c := &SimConn{sim: s, listener: ln, id: s.lastConn, failing: fails}
	c.send(&c.up, simOpen, 0)
	return c, nil
}
