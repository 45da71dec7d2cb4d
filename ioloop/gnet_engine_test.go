//go:build !windows

package ioloop

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/panjf2000/gnet/v2"
	errorx "github.com/panjf2000/gnet/v2/pkg/errors"
)

// More of what the engine beneath does by itself, on real sockets.

// gnet: OnClose is called inside Write, and the addresses are gone then.
func TestFactWriteError(t *testing.T) {
	t.Parallel()
	inside, ended := false, make(chan error, 1)
	var peerAddr string
	go1 := make(chan struct{})
	h := &funcs{
		data: func(c *Conn, p []byte) int {
			<-go1 // the peer has reset the connection by now
			inside = true
			for range 20 {
				c.Write(make([]byte, 1000))
				c.Flush()
			}
			inside = false
			return len(p)
		},
		close: func(c *Conn, err error) {
			if inside {
				t.Error("OnClose inside Flush")
			}
			if got := c.RemoteAddr().String(); got != peerAddr {
				t.Errorf("RemoteAddr %s in OnClose; want %s", got, peerAddr)
			}
			ended <- err
		},
	}
	_, addr := serve(t, Config{Loops: 1}, func(*Conn) Handler { return h })
	c := dial(t, addr)
	peerAddr = c.LocalAddr().String()
	send(t, c, "x")
	_ = c.SetLinger(0)
	c.Close()
	close(go1)
	if err := receive(t, "OnClose", ended); err == nil || err == io.EOF {
		t.Errorf("OnClose(%v); want the fault", err)
	}
}

// gnet: a task which submits itself again starves input.
func TestFactTasksDoNotStarveInput(t *testing.T) {
	t.Parallel()
	g, addr := serve(t, Config{Loops: 1}, echoing)
	var over atomic.Bool
	var again func()
	again = func() {
		if !over.Load() {
			_ = g.Loop(0).Post(again)
		}
	}
	_ = g.Loop(0).Post(again)
	defer over.Store(true)
	c := dial(t, addr)
	for range 10 {
		send(t, c, "hello")
		want(t, c, "hello")
	}
}

// A loop is woken by the engine's Execute or, from within a wake turn, through
// its anchor. Nothing that was asked for may be lost between the two: each link
// of these chains has nobody else to wake the loop for it.
func TestWakeUpsAreNotLost(t *testing.T) {
	t.Parallel()
	g, addr := serve(t, Config{Loops: 2, TaskBudget: 1}, echoing)
	var wg sync.WaitGroup
	for chain := range 2 {
		l, other := g.Loop(chain), g.Loop(1-chain)
		wg.Go(func() {
			for range 400 {
				done := make(chan struct{})
				_ = l.Post(func() { // from outside
					_ = l.Post(func() { // from within a wake turn
						l.AfterFunc(0, func() { // a due timer, then one that is set
							l.AfterFunc(time.Microsecond, func() {
								_ = other.Post(func() { _ = l.Post(func() { close(done) }) })
							})
						})
					})
				})
				<-done
			}
		})
	}
	c := dial(t, addr)
	for range 500 { // turns of input in between
		send(t, c, "x")
		want(t, c, "x")
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	receive(t, "the end of the chains: a wake-up was lost", done)
}

// gnet: the engine may end without being told to; then every connection is
// closed, and Run returns nil.
func TestFactEngineEnds(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 2)
	accept, conns := accepted(&funcs{close: func(_ *Conn, err error) { ended <- err }})
	g, addr := serve(t, Config{Loops: 2}, accept)
	for range 2 {
		dial(t, addr)
		receive(t, "accept", conns)
	}
	endLoop(g.Loop(0))
	<-g.Done()
	for range 2 {
		if err := receive(t, "OnClose", ended); err != ErrEngine {
			t.Errorf("OnClose(%v)", err)
		}
	}
	if !errors.Is(g.Err(), ErrEngine) {
		t.Errorf("Err is %v", g.Err())
	}
	if g.Loop(1).Post(func() {}) != ErrClosed {
		t.Error("posted to a dead loop")
	}
	if err := g.Stop(t.Context()); !errors.Is(err, ErrEngine) {
		t.Errorf("Stop: %v", err)
	}
}

// countingPoller counts what wakes a loop.
type countingPoller struct {
	poller
	wakes atomic.Int64
}

func (p *countingPoller) wake() { p.wakes.Add(1); p.poller.wake() }

// gnet: has no timers of a loop. With ours an idle loop does not wake, however
// many timers wait.
func TestFactTimers(t *testing.T) {
	t.Parallel()
	g := newTestGroup(t, Config{Loops: 1})
	l := g.Loop(0)
	p := &countingPoller{poller: l.poll}
	l.poll = p
	start(t, g)
	timers := make([]Timer, 100_000)
	fired := make(chan time.Duration, 1)
	var before int64
	onLoop(t, l, func() {
		for i := range timers {
			d := time.Hour + time.Duration(i)*time.Millisecond
			l.StartTimer(&timers[i], d, timerFunc(func() { t.Error("fired") }))
		}
		began := l.Now()
		before = p.wakes.Load()
		l.StartTimer(new(Timer), 150*time.Millisecond, timerFunc(func() { fired <- time.Since(began) }))
	})
	if d := receive(t, "the timer", fired); d < 150*time.Millisecond {
		t.Errorf("fired after %v", d)
	}
	if n := p.wakes.Load() - before; n > 1 { // none where the turn that starts it takes that long
		t.Errorf("%d wakes for one timer", n)
	}
}

// endLoop makes the event loop beneath l end by itself.
func endLoop(l *Loop) {
	end := gnet.RunnableFunc(func(context.Context) error { return errorx.ErrEngineShutdown })
	_ = l.poll.(*gnetPoller).eventLoop().Execute(context.Background(), end)
}
