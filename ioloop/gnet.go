//go:build !windows

package ioloop

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/panjf2000/gnet/v2"
	"golang.org/x/sys/unix"
)

// This file carries loops on gnet's event loops.
//
// The engine is gnet's client, which is its loops without its listeners: we
// accept ourselves (gnet_listen.go) and enroll what came. gnet's own acceptors
// would save about 10 µs and 50 bytes a connection, but end the whole engine on
// any error of accept(2), the lack of a file descriptor among them, cannot stop
// listening, and read addresses unlike package net.
//
// A loop of the engine is known only from a connection on it. So each gets an
// anchor, one end of a socket pair. Its closing tells that the loop has ended by
// itself; and a byte sent to it wakes the loop after the next poll. The engine's
// own Execute is cheaper, but what is submitted while tasks run still runs in
// the same round: a task that posts itself would keep input out for ever.

// NewGroup makes a group on sockets, carried by gnet.
func NewGroup(cfg Config) (*Group, error) {
	b := &gnetBackend{limit: raiseOpenFiles()}
	g, err := newGroup(cfg, b)
	if err != nil {
		return nil, err
	}
	b.group = g
	return g, nil
}

type gnetBackend struct {
	gnet.BuiltinEventEngine
	group   *Group
	pollers []*gnetPoller
	limit   int // of open files

	mu        sync.Mutex
	client    *gnet.Client // nil before start
	stopping  bool         // the engine is being ended
	fallen    error        // why, if it was not our wish
	acceptors []*acceptor
	accepting sync.WaitGroup
}

func (b *gnetBackend) poller(l *Loop) poller {
	p := &gnetPoller{loop: l, backend: b, tail: -1}
	b.pollers = append(b.pollers, p)
	return p
}

func (b *gnetBackend) start() error {
	// gnet keeps that many bytes of backlog in a ring, the rest in a list.
	const ring = 1024
	client, err := gnet.NewClient(b,
		gnet.WithNumEventLoop(len(b.pollers)),
		gnet.WithWriteBufferCap(ring),
		gnet.WithLogger(gnetLogger{b.group.cfg.Logger}))
	if err != nil {
		return fmt.Errorf("ioloop: Start: %w", err)
	}
	if err := client.Start(); err != nil {
		return fmt.Errorf("ioloop: Start: %w", err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.anchorAll(client); err != nil {
		b.stopping = true
		b.shutdown(client)
		return fmt.Errorf("ioloop: Start: %w", err)
	}
	b.client = client
	for _, p := range b.pollers {
		p.wake() // whatever was posted before
	}
	for _, a := range b.acceptors {
		b.accepting.Go(a.run)
	}
	return nil
}

// anchorAll finds the event loop of each poller.
func (b *gnetBackend) anchorAll(client *gnet.Client) error {
	seen := make(map[gnet.EventLoop]bool)
	for _, p := range b.pollers {
		nc, tail, err := socketPair()
		if err != nil {
			return err
		}
		p.tail = tail
		// The client gives a connection to the loop which has the fewest.
		gc, err := client.EnrollContext(nc, p)
		if err != nil {
			return err
		}
		el := gc.EventLoop()
		if seen[el] {
			return errors.New("two anchors on one event loop")
		}
		seen[el] = true
		p.begin(el)
	}
	return nil
}

func socketPair() (net.Conn, int, error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		return nil, -1, os.NewSyscallError("socketpair", err)
	}
	unix.CloseOnExec(fds[0])
	unix.CloseOnExec(fds[1])
	_ = unix.SetNonblock(fds[1], true)
	f := os.NewFile(uintptr(fds[0]), "anchor")
	defer f.Close()
	nc, err := net.FileConn(f)
	if err != nil {
		_ = unix.Close(fds[1])
		return nil, -1, err
	}
	return nc, fds[1], nil
}

func (b *gnetBackend) await(ctx context.Context, ch <-chan struct{}, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ch:
		return true
	case <-b.group.done: // the engine has ended by itself
	case <-ctx.Done():
	case <-t.C:
	}
	return false
}

func (b *gnetBackend) stop() error {
	b.mu.Lock()
	client, again := b.client, b.stopping
	b.stopping = true
	b.mu.Unlock()
	_ = b.stopListening()
	b.accepting.Wait()
	if client == nil || again {
		return b.fallen
	}
	ch := make(chan struct{})
	go func() {
		defer close(ch)
		b.shutdown(client)
	}()
	if !b.await(context.Background(), ch, b.group.cfg.CloseTimeout+time.Second) {
		return errors.New("ioloop: Stop: a loop does not end; one of its callbacks blocks")
	}
	return nil
}

// shutdown ends the engine and waits for that.
func (b *gnetBackend) shutdown(client *gnet.Client) {
	for _, p := range b.pollers {
		p.end()
	}
	_ = client.Stop() // always nil: our callbacks return no error
	for _, p := range b.pollers {
		if p.tail >= 0 {
			_ = unix.Close(p.tail)
		}
	}
}

// fell is told that an event loop has ended. Where nobody asked for that, the
// whole group ends: half of it would look well and serve nobody.
func (b *gnetBackend) fell(p *gnetPoller) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stopping {
		return
	}
	b.stopping = true
	b.fallen = fmt.Errorf("%w: loop %d", ErrEngine, p.loop.index)
	b.group.cfg.Logger.Error(b.fallen.Error())
	go func() {
		_ = b.stopListening()
		b.accepting.Wait()
		b.shutdown(b.client)
		b.group.end(b.fallen)
	}()
}

// gnetPoller is a gnet event loop, as the runner of its wake turns.
type gnetPoller struct {
	loop    *Loop
	backend *gnetBackend
	tail    int         // the other end of the anchor; -1: none
	running bool        // Run is under way; the loop's
	rang    atomic.Bool // the timer went off

	// mu keeps wake from writing to the engine's eventfd once that may be closed
	// and its number in use for something else.
	mu    sync.RWMutex
	el    gnet.EventLoop // nil before the start and after the end
	timer *time.Timer
}

func (p *gnetPoller) begin(el gnet.EventLoop) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.el = el
	p.timer = time.AfterFunc(time.Hour, p.ring)
	p.timer.Stop()
}

func (p *gnetPoller) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.el = nil
	if p.timer != nil {
		p.timer.Stop()
	}
}

// eventLoop is nil if the engine does not run.
func (p *gnetPoller) eventLoop() gnet.EventLoop {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.el
}

func (p *gnetPoller) wake() {
	p.mu.RLock()
	defer p.mu.RUnlock()
	switch {
	case p.el == nil:
	case p.loop.InLoop() && p.running:
		_, _ = unix.Write(p.tail, []byte{0}) // there is room: at most one is on its way
	default:
		_ = p.el.Execute(context.Background(), p) // fails only when nothing runs any more
	}
}

// ring is the timer's.
func (p *gnetPoller) ring() {
	p.rang.Store(true)
	p.loop.wake()
}

// Run is a wake turn. A ring which came while it ran is not lost.
func (p *gnetPoller) Run(context.Context) error {
	p.running = true
	p.rang.Store(false)
	p.loop.wakeup()
	p.running = false
	if p.rang.Swap(false) {
		p.loop.wake()
	}
	return nil
}

func (p *gnetPoller) now() time.Time { return time.Now() }

func (p *gnetPoller) setDeadline(at time.Time) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	switch {
	case p.el == nil:
	case at.IsZero():
		p.timer.Stop()
	default:
		p.timer.Reset(time.Until(at))
	}
}
