package ioloop

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"time"
)

// tlsStream is TLS between a Conn and the stream beneath it. It plays two parts:
// upwards a stream, downwards the net.Conn that crypto/tls reads and writes.
//
// After the handshake all happens on the loop. crypto/tls is called only while
// there is input, and where it asks for more its Read answers a temporary
// time-out, over which crypto/tls keeps its state, a part of a record included.
// What it writes gathers in a buffer of the loop's and leaves in one write.
type tlsStream struct {
	inner stream
	tls   *tls.Conn
	hs    *handshake // nil once it is through
	conn  *Conn
	in    []byte // what has arrived, while receive runs
	border
	owed uint8 // answers of TLS' own that wait behind a backlog
	cut  bool  // the stream, or TLS, is broken: no close_notify
}

// border keeps crypto/tls from reading past the record that it is at. What it
// keeps between two calls is then a part of one record or nothing, and with no
// input left there is no need to ask it for more.
type border struct {
	head [recordHeader]byte
	got  uint8  // of head
	left uint16 // of the record
}

// limit tells how many of p may be read now, at least 1, and counts them.
func (b *border) limit(p []byte) int {
	if b.left == 0 {
		n := copy(b.head[b.got:], p)
		if b.got += uint8(n); b.got == recordHeader {
			b.got, b.left = 0, uint16(b.head[3])<<8|uint16(b.head[4])
		}
		return n
	}
	n := min(len(p), int(b.left))
	b.left -= uint16(n)
	return n
}

// tlsBuffers are what the TLS connections of a loop share, each for the length
// of a call.
type tlsBuffers struct {
	out   []byte // records to be written
	plain []byte // gathered to be one record
	read  []byte
	vec   [1][]byte
}

const (
	// keepTLS is the most capacity that a shared buffer keeps.
	keepTLS = 256 << 10

	// maxOwed is how many answers of TLS' own, as to key updates, may wait for
	// a peer that does not read.
	maxOwed = 64
)

var errTLSFlood = errors.New("ioloop: the peer asks TLS for answers and does not read them")

// errNoInput is a net.Error that crypto/tls takes for temporary.
var errNoInput net.Error = noInput{}

type noInput struct{}

func (noInput) Error() string   { return "ioloop: no input now" }
func (noInput) Timeout() bool   { return true }
func (noInput) Temporary() bool { return true }

func (l *Loop) tlsBuffers() *tlsBuffers {
	if l.tls == nil {
		l.tls = &tlsBuffers{read: make([]byte, maxRecord)}
	}
	return l.tls
}

// receive takes raw bytes and gives c what they hold.
func (s *tlsStream) receive(c *Conn, raw []byte) {
	b := c.Loop().tlsBuffers()
	s.in = raw
	var err error
	for len(s.in) > 0 && err == nil && c.state <= moving {
		var n int
		if n, err = s.tls.Read(b.read); n > 0 {
			c.receive(b.read[:n])
		}
	}
	s.in = nil
	s.answer(c)
	switch {
	case err == nil || err == errNoInput:
		trim(s.tls, keepInput)
	case err == io.EOF:
		c.endedByPeer()
	default:
		s.cut = true
		c.Loop().group.tls.Load().count.broken.Add(1)
		c.Abort(err)
	}
}

// answer sends what TLS itself has to say.
func (s *tlsStream) answer(c *Conn) {
	if len(c.Loop().tls.out) == 0 || c.stream == nil {
		return
	}
	if err := s.flush(c.Loop().tls); err != nil {
		c.Loop().setStream(c, nil)
		c.doom(err)
		return
	}
	if s.inner.buffered() == 0 {
		s.owed = 0
	} else if s.owed++; s.owed > maxOwed {
		s.cut = true
		c.Abort(errTLSFlood)
	}
}

// flush writes the records that have gathered.
func (s *tlsStream) flush(b *tlsBuffers) error {
	if len(b.out) == 0 {
		return nil
	}
	b.vec[0] = b.out
	err := s.inner.writev(b.vec[:])
	b.vec[0] = nil
	if cap(b.out) > keepTLS {
		b.out = nil
	}
	b.out = b.out[:0]
	s.cut = s.cut || err != nil
	return err
}

// Read is crypto/tls'.
func (s *tlsStream) Read(p []byte) (int, error) {
	if s.hs != nil {
		return s.hs.read(p)
	}
	if len(s.in) == 0 {
		return 0, errNoInput
	}
	n := s.limit(s.in[:min(len(p), len(s.in))])
	copy(p, s.in[:n])
	s.in = s.in[n:]
	return n, nil
}

// Write is crypto/tls'.
func (s *tlsStream) Write(p []byte) (int, error) {
	if s.hs != nil {
		return s.hs.write(p)
	}
	b := s.conn.Loop().tlsBuffers()
	b.out = append(b.out, p...)
	return len(p), nil
}

// writev encrypts bufs as few records, and writes these at once.
func (s *tlsStream) writev(bufs [][]byte) error {
	b := s.conn.Loop().tlsBuffers()
	plain := b.plain[:0]
	for _, p := range bufs {
		for len(p) > 0 {
			if len(plain) == 0 && len(p) >= maxRecord {
				if err := s.seal(b, p[:maxRecord]); err != nil {
					return err
				}
				p = p[maxRecord:]
				continue
			}
			n := min(maxRecord-len(plain), len(p))
			plain, p = append(plain, p[:n]...), p[n:]
			if len(plain) == maxRecord {
				if err := s.seal(b, plain); err != nil {
					return err
				}
				plain = plain[:0]
			}
		}
	}
	b.plain = plain
	if len(plain) > 0 {
		if err := s.seal(b, plain); err != nil {
			return err
		}
	}
	return s.flush(b)
}

// seal makes a record, and writes when much has gathered.
func (s *tlsStream) seal(b *tlsBuffers, p []byte) error {
	if _, err := s.tls.Write(p); err != nil {
		s.fault()
		return err
	}
	if len(b.out) >= keepTLS-2*maxRecord {
		return s.flush(b)
	}
	return nil
}

// fault closes the stream beneath, as a stream does after an error.
func (s *tlsStream) fault() {
	b := s.conn.Loop().tlsBuffers()
	b.out = b.out[:0]
	if !s.cut {
		s.cut = true
		s.inner.close(true)
	}
}

func (s *tlsStream) buffered() int { return s.inner.buffered() }

// notify sends close_notify, once.
func (s *tlsStream) notify() error {
	if s.cut {
		return nil
	}
	_ = s.tls.CloseWrite() // fails only if it was sent, or TLS is broken
	return s.flush(s.conn.Loop().tlsBuffers())
}

func (s *tlsStream) shutdownWrite() error {
	if err := s.notify(); err != nil {
		return err
	}
	return s.inner.shutdownWrite()
}

// close tells the peer, unless bytes are lost that it must not take for all.
func (s *tlsStream) close(reset bool) {
	if !reset && s.notify() != nil {
		return // it is closed
	}
	s.inner.close(reset)
}

func (s *tlsStream) localAddr() net.Addr { return s.inner.localAddr() }

// move takes what is beneath to another loop; the state of TLS waits in the
// tail.
func (s *tlsStream) move(c *Conn, to *Loop) {
	c.tail.secure = s
	s.inner.move(c, to)
}

// regain puts TLS over the stream of a connection that has arrived.
func (c *Conn) regain(s stream) stream {
	t := c.tail.secure
	if t == nil || s == nil {
		return s
	}
	c.tail.secure = nil
	t.inner = s
	return t
}

// endedByPeer is the end that close_notify tells: as with a plain stream,
// OnClose may still say something.
func (c *Conn) endedByPeer() {
	if c.state != open {
		c.doom(io.EOF)
		return
	}
	l := c.Loop()
	c.state = parting
	c.callParting()
	s := c.stream
	l.setStream(c, nil)
	if s != nil {
		s.close(false)
	}
	c.finish()
}

// What else crypto/tls may ask of a net.Conn.

// Close is called where a handshake's context has ended.
func (s *tlsStream) Close() error { return nil }

func (s *tlsStream) LocalAddr() net.Addr {
	if a := s.conn.LocalAddr(); a != nil {
		return a
	}
	return &net.TCPAddr{}
}

func (s *tlsStream) RemoteAddr() net.Addr {
	if a := s.conn.RemoteAddr(); a.IsValid() {
		return net.TCPAddrFromAddrPort(a)
	}
	return &net.UnixAddr{Name: "@", Net: "unix"}
}

func (s *tlsStream) SetDeadline(time.Time) error      { return nil }
func (s *tlsStream) SetReadDeadline(time.Time) error  { return nil }
func (s *tlsStream) SetWriteDeadline(time.Time) error { return nil }
