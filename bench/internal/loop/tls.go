package loop

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"time"

	"golang.org/x/sys/unix"
)

// TLS over a loop: the handshake runs in a goroutine that lives no longer, and
// afterwards the loop feeds what it reads to crypto/tls, whose Read keeps its
// state over an error that says it is temporary.

const handshakeTimeout = 20 * time.Second

type tlsConn struct {
	c       *Conn
	t       *tls.Conn
	in      []byte // ciphertext for crypto/tls
	talking bool   // the handshake goes on: reads block
}

func newTLS(c *Conn, conf *tls.Config) *tlsConn {
	t := &tlsConn{c: c}
	t.t = tls.Client(t, conf)
	return t
}

func (t *tlsConn) handshake() {
	t.talking = true
	go func() {
		err := t.t.Handshake()
		t.c.l.Post(func() {
			t.talking = false
			switch {
			case t.c.closed:
				_ = unix.Close(t.c.fd)
			case err != nil:
				t.c.fail(err)
			default:
				t.c.opened()
				t.drain()
			}
		})
	}()
}

func (t *tlsConn) feed(b []byte) {
	t.in = append(t.in, b...)
	t.drain()
}

// drain hands on what can be decrypted.
func (t *tlsConn) drain() {
	buf := make([]byte, 32<<10)
	for !t.c.closed {
		n, err := t.t.Read(buf)
		if n > 0 {
			t.c.give(buf[:n])
		}
		switch {
		case err == nil:
		case errors.Is(err, errAgain):
			return
		case errors.Is(err, io.EOF):
			t.c.fail(nil)
		default:
			t.c.fail(err)
		}
	}
}

func (t *tlsConn) write(b []byte) {
	if _, err := t.t.Write(b); err != nil {
		t.c.fail(err)
	}
}

// again is a temporary net.Error.
type again struct{}

var errAgain net.Error = again{}

func (again) Error() string   { return "no bytes yet" }
func (again) Timeout() bool   { return true }
func (again) Temporary() bool { return true }

// Read implements net.Conn, as what crypto/tls reads from.
func (t *tlsConn) Read(b []byte) (int, error) {
	if t.talking {
		return t.readBlocking(b)
	}
	if len(t.in) == 0 {
		return 0, errAgain
	}
	n := copy(b, t.in)
	t.in = t.in[n:]
	if len(t.in) == 0 {
		t.in = nil
	}
	return n, nil
}

func (t *tlsConn) readBlocking(b []byte) (int, error) {
	for {
		n, err := unix.Read(t.c.fd, b)
		switch {
		case errors.Is(err, unix.EAGAIN):
			p := []unix.PollFd{{Fd: int32(t.c.fd), Events: unix.POLLIN}}
			if k, _ := unix.Poll(p, int(handshakeTimeout.Milliseconds())); k == 0 {
				return 0, errors.New("tls: the handshake takes too long")
			}
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return 0, err
		case n == 0:
			return 0, io.EOF
		default:
			return n, nil
		}
	}
}

// Write implements net.Conn. The handshake's flights are small enough for the
// socket's buffer.
func (t *tlsConn) Write(b []byte) (int, error) {
	if t.talking {
		return unix.Write(t.c.fd, b)
	}
	t.c.writeRaw(b)
	return len(b), nil
}

// The rest of net.Conn.

func (t *tlsConn) Close() error                     { return nil }
func (t *tlsConn) LocalAddr() net.Addr              { return nil }
func (t *tlsConn) RemoteAddr() net.Addr             { return nil }
func (t *tlsConn) SetDeadline(time.Time) error      { return nil }
func (t *tlsConn) SetReadDeadline(time.Time) error  { return nil }
func (t *tlsConn) SetWriteDeadline(time.Time) error { return nil }
