package ioloop

import (
	"runtime"
	"slices"
	"sync"
)

// tlsPool bounds the handshakes of a group twofold. At most Config.MaxHandshakes
// have a goroutine; those above it wait in line, as a few bytes. And of these
// only a part computes at a time (a half of the processors): a flood of
// handshakes, each some hundred microseconds of CPU, would else take the
// scheduler's time from the loops, which serve those who are in already.
type tlsPool struct {
	group *Group
	slots chan struct{} // of those that compute
	count tlsCounters

	mu      sync.Mutex
	running int
	queue   []*handshake
}

// handshakes gives the group's pool, which exists once there is TLS.
func (g *Group) handshakes() *tlsPool {
	if p := g.tls.Load(); p != nil {
		return p
	}
	p := &tlsPool{group: g, slots: make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/2))}
	if !g.tls.CompareAndSwap(nil, p) {
		return g.tls.Load()
	}
	return p
}

// work takes the right to compute, rest gives it back.
func (p *tlsPool) work() { p.slots <- struct{}{} }
func (p *tlsPool) rest() { <-p.slots }

// start runs h in a goroutine, now or once others have ended.
func (p *tlsPool) start(h *handshake) {
	p.mu.Lock()
	if p.running >= p.group.cfg.MaxHandshakes {
		p.queue = append(p.queue, h)
		p.mu.Unlock()
		return
	}
	p.running++
	p.mu.Unlock()
	h.hold()
	go p.run(h)
}

// run is one goroutine, which goes on as long as others wait in line.
func (p *tlsPool) run(h *handshake) {
	for h != nil {
		p.work()
		h.run()
		p.rest()
		next := p.next()
		if next != nil {
			next.hold()
		}
		h.release()
		h = next
	}
}

// next takes a handshake out of the line.
func (p *tlsPool) next() *handshake {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.queue) == 0 {
		p.queue = nil
		p.running--
		return nil
	}
	h := p.queue[0]
	p.queue[0] = nil
	p.queue = p.queue[1:]
	return h
}

// leave takes h out of the line if it waits there.
func (p *tlsPool) leave(h *handshake) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if i := slices.Index(p.queue, h); i >= 0 {
		p.queue = slices.Delete(p.queue, i, i+1)
	}
}
