package loop

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/netip"
	"os"

	"golang.org/x/sys/unix"
)

// Conn is a TCP or TLS connection of a loop.
type Conn struct {
	l       *Loop
	h       Handler
	fd      int
	in      []byte // came, and was not used yet
	out     []byte // could not be written yet
	tls     *tlsConn
	open    bool
	closed  bool
	paused  bool
	waiting bool // for the socket to be writable
}

// Dial begins a connection. The source address may be the zero Addr. With a
// TLS configuration the handshake follows. The handler hears how it went.
func (l *Loop) Dial(to netip.AddrPort, from netip.Addr, conf *tls.Config, h Handler) (*Conn, error) {
	family := unix.AF_INET
	if to.Addr().Is6() {
		family = unix.AF_INET6
	}
	fd, err := unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("socket: %w", err)
	}
	_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
	if err := connect(fd, to, from); err != nil {
		_ = unix.Close(fd)
		return nil, err
	}
	c := &Conn{l: l, h: h, fd: fd, waiting: true}
	if conf != nil {
		c.tls = newTLS(c, conf)
	}
	ev := unix.EpollEvent{Events: unix.EPOLLOUT, Fd: int32(fd)}
	if err := unix.EpollCtl(l.ep, unix.EPOLL_CTL_ADD, fd, &ev); err != nil {
		_ = unix.Close(fd)
		return nil, fmt.Errorf("epoll_ctl: %w", err)
	}
	for len(l.conns) <= fd {
		l.conns = append(l.conns, nil)
	}
	l.conns[fd] = c
	l.live++
	return c, nil
}

func connect(fd int, to netip.AddrPort, from netip.Addr) error {
	if from.IsValid() {
		// The port is chosen at connect, so that one source port can serve
		// several destinations and TIME_WAIT hinders none.
		_ = unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1)
		if err := unix.Bind(fd, sockaddr(netip.AddrPortFrom(from, 0))); err != nil {
			return fmt.Errorf("bind %v: %w", from, err)
		}
	}
	if err := unix.Connect(fd, sockaddr(to)); err != nil && !errors.Is(err, unix.EINPROGRESS) {
		return fmt.Errorf("connect from %v to %v: %w", from, to, err)
	}
	return nil
}

func sockaddr(a netip.AddrPort) unix.Sockaddr {
	if a.Addr().Is4() {
		return &unix.SockaddrInet4{Addr: a.Addr().As4(), Port: int(a.Port())}
	}
	return &unix.SockaddrInet6{Addr: a.Addr().As16(), Port: int(a.Port())}
}

// SetHandler hands the connection to another handler, as after an upgrade.
func (c *Conn) SetHandler(h Handler) { c.h = h }

// Closed reports whether the connection is closed.
func (c *Conn) Closed() bool { return c.closed }

// Pause stops reading, as a client does that has stalled; the kernel's buffers
// fill up and then the server's.
func (c *Conn) Pause() {
	c.paused = true
	c.interest()
}

// Close closes the connection at once. The handler is not called.
func (c *Conn) Close() {
	if c.closed {
		return
	}
	c.closed = true
	c.l.conns[c.fd] = nil
	c.l.live--
	c.in, c.out = nil, nil
	if c.tls != nil && c.tls.talking {
		// The handshake's goroutine uses the descriptor, and closes it.
		_ = unix.Shutdown(c.fd, unix.SHUT_RDWR)
		return
	}
	_ = unix.Close(c.fd)
}

func (c *Conn) fail(err error) {
	if !c.closed {
		c.Close()
		c.h.OnClose(c, err)
	}
}

// interest tells epoll what the connection waits for.
func (c *Conn) interest() {
	if c.closed {
		return
	}
	ev := unix.EpollEvent{Fd: int32(c.fd)}
	if c.open && !c.paused {
		ev.Events |= unix.EPOLLIN
	}
	if c.waiting {
		ev.Events |= unix.EPOLLOUT
	}
	if err := unix.EpollCtl(c.l.ep, unix.EPOLL_CTL_MOD, c.fd, &ev); err != nil {
		c.fail(fmt.Errorf("epoll_ctl: %w", err))
	}
}

func (c *Conn) ready(events uint32) {
	if !c.open {
		if c.tls == nil || !c.tls.talking {
			c.connected()
		}
		return
	}
	if events&unix.EPOLLOUT != 0 {
		c.flush()
	}
	if !c.closed && events&(unix.EPOLLIN|unix.EPOLLHUP|unix.EPOLLERR) != 0 {
		c.read()
	}
}

// connected is called when the attempt to connect has ended.
func (c *Conn) connected() {
	if n, err := unix.GetsockoptInt(c.fd, unix.SOL_SOCKET, unix.SO_ERROR); err != nil || n != 0 {
		if err == nil {
			err = os.NewSyscallError("connect", unix.Errno(n))
		}
		c.fail(err)
		return
	}
	c.waiting = false
	if c.tls != nil {
		c.interest() // for nothing, while the handshake runs
		c.tls.handshake()
		return
	}
	c.opened()
}

func (c *Conn) opened() {
	c.open = true
	c.interest()
	if !c.closed {
		c.h.OnOpen(c)
	}
}

func (c *Conn) read() {
	n, err := unix.Read(c.fd, c.l.buf)
	switch {
	case errors.Is(err, unix.EAGAIN), errors.Is(err, unix.EINTR):
	case err != nil:
		c.fail(os.NewSyscallError("read", err))
	case n == 0:
		c.fail(nil)
	case c.tls != nil:
		c.tls.feed(c.l.buf[:n])
	default:
		c.give(c.l.buf[:n])
	}
}

// give hands bytes to the handler and keeps what it does not use. Bytes that
// were kept before are in front.
func (c *Conn) give(b []byte) {
	if len(c.in) > 0 {
		c.in = append(c.in, b...)
		b = c.in
	}
	used := c.h.OnData(c, b)
	if c.closed {
		return
	}
	rest := b[used:]
	if len(rest) == 0 {
		c.in = nil
		return
	}
	c.in = append(c.in[:0], rest...)
}

// Write sends b, which is copied where it must wait.
func (c *Conn) Write(b []byte) {
	if c.closed {
		return
	}
	if c.tls != nil {
		c.tls.write(b)
		return
	}
	c.writeRaw(b)
}

func (c *Conn) writeRaw(b []byte) {
	if len(c.out) == 0 {
		n, err := unix.Write(c.fd, b)
		if err != nil && !errors.Is(err, unix.EAGAIN) && !errors.Is(err, unix.EINTR) {
			// Reading tells the handler, which must not hear it from within
			// its own call.
			return
		}
		b = b[max(0, n):]
	}
	if len(b) > 0 {
		c.out = append(c.out, b...)
		if !c.waiting {
			c.waiting = true
			c.interest()
		}
	}
}

// Unsent is the count of bytes that the kernel did not take yet.
func (c *Conn) Unsent() int { return len(c.out) }

func (c *Conn) flush() {
	n, err := unix.Write(c.fd, c.out)
	if err != nil && !errors.Is(err, unix.EAGAIN) && !errors.Is(err, unix.EINTR) {
		c.fail(os.NewSyscallError("write", err))
		return
	}
	c.out = c.out[max(0, n):]
	if len(c.out) == 0 {
		c.out = nil
		c.waiting = false
		c.interest()
	}
}
