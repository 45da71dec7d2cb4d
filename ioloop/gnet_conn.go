//go:build !windows

package ioloop

import (
	"context"
	"net"
	"net/netip"

	"github.com/panjf2000/gnet/v2"
	"golang.org/x/sys/unix"
)

// gnetStream is a connection of gnet. After it is closed it must not be used: it
// keeps the number of its descriptor, which may by then be another connection's.
// So a Conn drops it before.
type gnetStream struct{ gc gnet.Conn }

// The context of a gnet.Conn is the enrollment it came by, then its *Conn; of an
// anchor its *gnetPoller; and nil when it has nobody to tell any more.

// OnOpen is gnet's, on the loop: a connection was enrolled.
func (b *gnetBackend) OnOpen(gc gnet.Conn) ([]byte, gnet.Action) {
	switch e := gc.Context().(type) {
	case *enrollment:
		remote := trimAddrs(gc)
		gc.SetContext(nil)
		if c := e.loop.open(gnetStream{gc}, remote, e.accept); c != nil && c.stream != nil {
			gc.SetContext(c)
		}
	case *transfer:
		trimAddrs(gc)
		gc.SetContext(e.conn)
		e.opened.Store(true)
		e.to.arrived(e.conn, gnetStream{gc}, nil)
	}
	return nil, gnet.None
}

// OnTraffic is gnet's, on the loop: bytes have arrived. All are taken, so that
// gnet keeps nothing and copies nothing.
func (b *gnetBackend) OnTraffic(gc gnet.Conn) gnet.Action {
	p, _ := gc.Next(-1)
	switch c := gc.Context().(type) {
	case *Conn:
		c.Loop().data(c, p)
	case *gnetPoller:
		_ = c.Run(context.Background()) // its anchor got a byte
	}
	return gnet.None
}

// OnClose is gnet's, on the loop: a connection has ended, for whatever reason.
// Its descriptor is closed when this returns. It may come inside a write.
func (b *gnetBackend) OnClose(gc gnet.Conn, err error) gnet.Action {
	switch c := gc.Context().(type) {
	case *Conn:
		c.Loop().lost(c, err)
	case *gnetPoller:
		go b.fell(c) // start may hold the lock and wait for this loop
	}
	return gnet.None
}

// iovMax is how many pieces the kernel takes in one call (IOV_MAX); with more of
// them gnet would close the connection.
const iovMax = 1024

// bigPiece is the size above which bytes are handed over in pieces, so that gnet
// can keep what is left of them in pieces too, and give these back one by one.
const bigPiece = 256 << 10

func (s gnetStream) writev(bufs [][]byte) error {
	if len(bufs) == 1 && len(bufs[0]) <= bigPiece {
		_, err := s.gc.Write(bufs[0])
		return err
	}
	bufs = split(bufs)
	for len(bufs) > 0 {
		n := min(len(bufs), iovMax)
		if _, err := s.gc.Writev(bufs[:n]); err != nil {
			return err
		}
		bufs = bufs[n:]
	}
	return nil
}

// split cuts big elements; mostly there are none.
func split(bufs [][]byte) [][]byte {
	big := false
	for _, p := range bufs {
		big = big || len(p) > bigPiece
	}
	if !big {
		return bufs
	}
	var cut [][]byte
	for _, p := range bufs {
		for len(p) > bigPiece {
			cut = append(cut, p[:bigPiece])
			p = p[bigPiece:]
		}
		cut = append(cut, p)
	}
	return cut
}

func (s gnetStream) buffered() int { return s.gc.OutboundBuffered() }

func (s gnetStream) shutdownWrite() error { return unix.Shutdown(s.gc.Fd(), unix.SHUT_WR) }

func (s gnetStream) close(reset bool) {
	s.gc.SetContext(nil)
	if reset {
		_ = s.gc.SetLinger(0) // not a TCP socket: there is no reset either
	}
	_ = s.gc.EventLoop().Close(s.gc) // the kernel has nothing to tell on closing that matters here
}

func (s gnetStream) localAddr() net.Addr {
	sa, err := unix.Getsockname(s.gc.Fd())
	if err != nil {
		return nil
	}
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return &net.TCPAddr{IP: sa.Addr[:], Port: sa.Port}
	case *unix.SockaddrInet6:
		return &net.TCPAddr{IP: sa.Addr[:], Port: sa.Port, Zone: zoneName(sa.ZoneId)}
	case *unix.SockaddrUnix:
		return &net.UnixAddr{Name: sa.Name, Net: "unix"}
	}
	return nil
}

// zoneName is how package net writes the zone of a link-local address.
func zoneName(id uint32) string {
	if id == 0 {
		return ""
	}
	ifi, err := net.InterfaceByIndex(int(id))
	if err != nil {
		return ""
	}
	return ifi.Name
}

// trimAddrs gives the peer's address as a value, and frees the bytes of the two
// addresses that gnet keeps for as long as the connection lives: it does not
// read them.
func trimAddrs(gc gnet.Conn) (remote netip.AddrPort) {
	if a, ok := gc.RemoteAddr().(*net.TCPAddr); ok {
		ap := a.AddrPort()
		remote = netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
		a.IP = nil
	}
	if a, ok := gc.LocalAddr().(*net.TCPAddr); ok {
		a.IP = nil
	}
	return remote
}
