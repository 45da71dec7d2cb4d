//go:build !windows

package ioloop

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"time"
)

func (b *gnetBackend) listen(network, address string, accept func(*Conn) Handler) (net.Addr, error) {
	lc := net.ListenConfig{KeepAlive: -1}
	if idle := b.group.cfg.KeepAlive; idle > 0 {
		lc.KeepAliveConfig = keepAlive(idle)
	}
	ln, err := lc.Listen(context.Background(), network, address)
	if err != nil && network == "unix" && removeStale(address, err) {
		ln, err = lc.Listen(context.Background(), network, address)
	}
	if err != nil {
		return nil, fmt.Errorf("ioloop: Listen: %w", err)
	}
	return ln.Addr(), b.listenOn(ln, accept)
}

// keepAlive probes after idle, and gives up twice that long after the peer was
// last heard.
func keepAlive(idle time.Duration) net.KeepAliveConfig {
	return net.KeepAliveConfig{Enable: true, Idle: idle, Interval: max(idle/5, time.Second), Count: 5}
}

// removeStale removes a Unix socket on which nobody listens any more, as it is
// left by a process that was killed. It tells whether it did.
func removeStale(path string, err error) bool {
	if !errors.Is(err, syscall.EADDRINUSE) {
		return false
	}
	if fi, err := os.Lstat(path); err != nil || fi.Mode()&os.ModeSocket == 0 {
		return false
	}
	c, err := net.Dial("unix", path)
	if err == nil {
		_ = c.Close()
	}
	return errors.Is(err, syscall.ECONNREFUSED) && os.Remove(path) == nil
}

func (b *gnetBackend) listenOn(ln net.Listener, accept func(*Conn) Handler) error {
	a := newAcceptor(b, ln, accept)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stopping {
		return errors.Join(ErrClosed, a.stop())
	}
	b.acceptors = append(b.acceptors, a)
	if b.client != nil {
		b.accepting.Go(a.run)
	}
	return nil
}

func (b *gnetBackend) stopListening() error {
	b.mu.Lock()
	all := b.acceptors
	b.acceptors = nil
	b.mu.Unlock()
	var errs []error
	for _, a := range all {
		errs = append(errs, a.stop())
	}
	return errors.Join(errs...)
}
