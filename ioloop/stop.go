package ioloop

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
)

// Stop ends accepting, closes every connection, lets every accepted post run,
// and ends the loops. Each connection gets its OnClose(nil). Queued bytes have
// until ctx is done, at most Config.CloseTimeout, to leave. Stop returns when
// the loops have ended; called again, it waits for the first call.
//
// It must not be called on a loop, which could not close anything meanwhile.
func (g *Group) Stop(ctx context.Context) error {
	for _, l := range g.loops {
		if l.InLoop() {
			return ErrOnLoop
		}
	}
	g.mu.Lock()
	if ch := g.stopped; ch != nil {
		g.mu.Unlock()
		<-ch
		return g.stopErr
	}
	ch := make(chan struct{})
	g.stopped = ch
	running := g.started && !g.ended()
	g.mu.Unlock()

	defer close(ch)
	g.stopErr = g.stop(ctx, running)
	return g.stopErr
}

func (g *Group) stop(ctx context.Context, running bool) error {
	err := g.backend.stopListening()
	if running {
		g.drain(ctx)
		g.seal()
	}
	err = errors.Join(err, g.backend.stop())
	if errors.Is(err, ErrEngine) {
		g.end(err)
	} else {
		g.end(nil)
	}
	return err
}

// drain closes all connections, first with what they have queued, then without.
func (g *Group) drain(ctx context.Context) {
	g.draining.Store(true)
	g.onLoops(closeAll)
	if g.conns.Load() == 0 {
		g.noteDrained()
	}
	if g.backend.await(ctx, g.drained, g.cfg.CloseTimeout) {
		return
	}
	g.onLoops(abortAll)
	// What is on its way between loops needs a moment; a loop which blocks in a
	// callback must not hold us for ever.
	g.backend.await(context.Background(), g.drained, g.cfg.CloseTimeout+time.Second)
}

func (g *Group) noteDrained() {
	g.mu.Lock()
	defer g.mu.Unlock()
	select {
	case <-g.drained:
	default:
		close(g.drained)
	}
}

// seal lets every loop run all that was posted to it, and then take no more.
func (g *Group) seal() {
	ch := make(chan struct{})
	var left atomic.Int64
	left.Store(int64(len(g.loops)))
	for _, l := range g.loops {
		l.seal(func() {
			if left.Add(-1) == 0 {
				close(ch)
			}
		})
	}
	g.backend.await(context.Background(), ch, g.cfg.CloseTimeout+time.Second)
}

func (g *Group) onLoops(f func(*Loop)) {
	for _, l := range g.loops {
		_ = l.Post(func() { f(l) }) // ErrClosed: the loop has no connections any more
	}
}

func closeAll(l *Loop) {
	l.refusing = true
	l.eachConn(func(c *Conn) { c.Close() })
}

func abortAll(l *Loop) {
	l.eachConn(func(c *Conn) { c.Abort(nil) })
}
