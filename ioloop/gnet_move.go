//go:build !windows

package ioloop

import (
	"context"
	"net"
	"os"
	"sync/atomic"
	"syscall"

	"github.com/panjf2000/gnet/v2"
	"golang.org/x/sys/unix"
)

// transfer is a connection on its way to another loop.
type transfer struct {
	conn   *Conn
	to     *Loop
	opened atomic.Bool // it is there
}

// move duplicates the descriptor, closes the old one on its loop, so that no two
// loops read from the socket, and enrolls the new one. The rest of it would hold
// up the loop, so a goroutine does it.
func (s gnetStream) move(c *Conn, to *Loop) {
	fd, err := s.gc.Dup()
	if err != nil {
		c.Loop().arrived(c, s, os.NewSyscallError("dup", err))
		return
	}
	s.close(false)
	t := &transfer{conn: c, to: to}
	go t.run(fd)
}

func (t *transfer) run(fd int) {
	err := t.enroll(fd)
	if t.opened.Load() {
		return
	}
	if err == nil {
		err = unix.ECONNRESET // the engine said nothing; it could not watch the descriptor
	}
	_ = t.to.Post(func() { t.to.arrived(t.conn, nil, err) })
}

// enroll puts the socket on its new loop, and returns when that is done.
func (t *transfer) enroll(fd int) error {
	f := os.NewFile(uintptr(fd), "moving")
	nc, err := net.FileConn(f)
	_ = f.Close() // FileConn has its own
	if err != nil {
		return err
	}
	if nc.RemoteAddr() == nil { // gnet would fall over it
		_ = nc.Close()
		return syscall.ECONNRESET
	}
	t.restoreOptions(nc)
	el := t.to.poll.(*gnetPoller).eventLoop()
	if el == nil {
		_ = nc.Close()
		return ErrEngine
	}
	res, err := el.Enroll(gnet.NewContext(context.Background(), t), nc) // closes nc
	if err != nil {
		_ = nc.Close()
		return err
	}
	return (<-res).Err
}

// restoreOptions undoes what FileConn does to a TCP socket: it sets the
// keep-alive of package net.
func (t *transfer) restoreOptions(nc net.Conn) {
	tc, ok := nc.(*net.TCPConn)
	if !ok {
		return
	}
	cfg := net.KeepAliveConfig{Enable: false}
	if idle := t.to.group.cfg.KeepAlive; idle > 0 {
		cfg = keepAlive(idle)
	}
	_ = tc.SetKeepAliveConfig(cfg)
}
