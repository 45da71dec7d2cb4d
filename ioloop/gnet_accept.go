//go:build !windows

package ioloop

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/panjf2000/gnet/v2"
)

// enrollment is what the connections of one listener carry onto one loop.
type enrollment struct {
	loop   *Loop
	accept func(*Conn) Handler
}

// acceptor accepts from one listener, in a goroutine of its own, and gives the
// connections to the loops.
type acceptor struct {
	group *Group
	ln    net.Listener
	quit  chan struct{}
	once  sync.Once // closes quit

	// Only the goroutine's.
	gates  []gate // one a loop
	next   int    // the loop that wins a tie
	said   time.Time
	unsaid int // complaints not logged since
}

// gate is the way of one listener onto one loop.
type gate struct {
	poller *gnetPoller
	ctx    context.Context // carries the enrollment
	under  []<-chan gnet.RegisteredResult
}

// maxUnder bounds how many connections a listener has on their way to a loop.
// Each takes one of gnet's worker goroutines; and a loop which blocks gets no
// more than these.
const maxUnder = 32

func newAcceptor(b *gnetBackend, ln net.Listener, accept func(*Conn) Handler) *acceptor {
	a := &acceptor{group: b.group, ln: ln, quit: make(chan struct{})}
	for _, p := range b.pollers {
		e := &enrollment{loop: p.loop, accept: accept}
		a.gates = append(a.gates, gate{poller: p, ctx: gnet.NewContext(context.Background(), e)})
	}
	return a
}

// stop ends run. Any goroutine; again too.
func (a *acceptor) stop() (err error) {
	a.once.Do(func() {
		close(a.quit)
		err = a.ln.Close()
	})
	return err
}

// run accepts until stop. No error ends it: the lack of descriptors or memory
// passes, and meanwhile the peers wait in the kernel's queue.
func (a *acceptor) run() {
	defer a.settle()
	var pause time.Duration
	for {
		nc, err := a.ln.Accept()
		if a.stopped() {
			if err == nil {
				_ = nc.Close()
			}
			return
		}
		if err == nil {
			pause = 0
			a.take(nc)
			continue
		}
		pause = min(max(2*pause, 5*time.Millisecond), time.Second)
		a.complain("ioloop: accept failed; will try again", err)
		if !a.sleep(pause) {
			return
		}
	}
}

func (a *acceptor) stopped() bool {
	select {
	case <-a.quit:
		return true
	default:
		return false
	}
}

// sleep tells whether to go on afterwards.
func (a *acceptor) sleep(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-a.quit:
		return false
	case <-t.C:
		return true
	}
}

// take gives nc to a loop, or closes it.
func (a *acceptor) take(nc net.Conn) {
	if err := a.enroll(nc); err != nil {
		_ = nc.Close()
		a.complain("ioloop: connection refused", err)
	}
}

func (a *acceptor) enroll(nc net.Conn) error {
	switch nc.(type) {
	case *net.TCPConn, *net.UnixConn:
	default:
		return fmt.Errorf("it is a %T; want *net.TCPConn or *net.UnixConn", nc)
	}
	if a.group.conns.Load() >= a.group.maxConns {
		return fmt.Errorf("%d connections are open, and no more allowed", a.group.maxConns)
	}
	g := a.pick()
	if g == nil {
		return ErrClosed
	}
	el := g.poller.eventLoop()
	if el == nil {
		return ErrEngine
	}
	res, err := el.Enroll(g.ctx, nc) // it closes nc, and goes on with a duplicate
	if err == nil {
		g.under = append(g.under, res)
	}
	return err
}

// pick gives the gate to the loop which has the fewest connections; among
// equals, in turn. Where all are full it waits; nil: stopped meanwhile.
func (a *acceptor) pick() *gate {
	a.next = (a.next + 1) % len(a.gates)
	var best *gate
	var least int64
	for k := range a.gates {
		g := &a.gates[(a.next+k)%len(a.gates)]
		a.reap(g)
		n := g.poller.loop.load.Load() + int64(len(g.under))
		if len(g.under) < maxUnder && (best == nil || n < least) {
			best, least = g, n
		}
	}
	if best == nil {
		best = &a.gates[a.next]
		select {
		case r := <-best.under[0]:
			a.passed(best, r)
		case <-a.quit:
			return nil
		}
	}
	return best
}

// reap notes which connections have come through the gate.
func (a *acceptor) reap(g *gate) {
	for len(g.under) > 0 {
		select {
		case r := <-g.under[0]:
			a.passed(g, r)
		default:
			return
		}
	}
}

func (a *acceptor) passed(g *gate, r gnet.RegisteredResult) {
	g.under[0] = nil
	if g.under = g.under[1:]; len(g.under) == 0 {
		g.under = nil // an idle listener holds no memory of its busiest time
	}
	if r.Err != nil {
		a.complain("ioloop: connection lost on the way to its loop", r.Err)
	}
}

// settle waits for what is on its way, so that the engine does not end with a
// connection in its hands; not for long, because a loop may block.
func (a *acceptor) settle() {
	_ = a.stop()
	timeout := time.After(time.Second)
	for i := range a.gates {
		for _, res := range a.gates[i].under {
			select {
			case <-res:
			case <-timeout:
				return
			}
		}
	}
}

// complain logs at most once a second: who floods a server must not fill its
// disk.
func (a *acceptor) complain(msg string, err error) {
	if a.unsaid++; time.Since(a.said) < time.Second {
		return
	}
	if !errors.Is(err, ErrClosed) {
		a.group.cfg.Logger.Warn(msg, "addr", a.ln.Addr(), "err", err, "times", a.unsaid)
	}
	a.said, a.unsaid = time.Now(), 0
}
