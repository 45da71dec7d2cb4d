package ioloop

import (
	"context"
	"time"
)

// holder is a backend whose clock can wait for a goroutine.
type holder interface {
	hold()
	release()
}

// Go runs f in a goroutine of its own, for work that would block a loop and
// posts its result to one. On the simulated network the clock stands still until
// f returns, so that a test sees such work take no virtual time; there f must
// not wait for the network (should it, the clock goes on after two seconds of
// real time). A panic in f is not recovered. Any goroutine.
func (g *Group) Go(f func()) {
	h, ok := g.backend.(holder)
	if !ok {
		go f()
		return
	}
	h.hold()
	go func() {
		defer h.release()
		f()
	}()
}

// Await waits until ch is closed and tells so; at most for d, and not longer
// than ctx. On the simulated network it is for the driver: the simulation, and
// its clock, go on meanwhile. It must not be called on a loop.
func (g *Group) Await(ctx context.Context, ch <-chan struct{}, d time.Duration) bool {
	return g.backend.await(ctx, ch, d)
}
