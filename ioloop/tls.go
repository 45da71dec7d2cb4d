package ioloop

import (
	"crypto/tls"
	"fmt"
	"net"
	"sync/atomic"
)

// TLS is what Group.ListenTLS needs to know. It is copied.
type TLS struct {
	// Config has the certificates (Certificates, GetCertificate or
	// GetConfigForClient) and whatever else one wants to decide. It is cloned,
	// and what it leaves open is set as is safe today: TLS 1.2 and 1.3, with 1.2
	// only suites that have forward secrecy and authenticate (AES-GCM,
	// ChaCha20-Poly1305), session tickets with keys that change daily. An older
	// MinVersion and suites that crypto/tls calls insecure are errors.
	//
	// Its callbacks run in the goroutines of handshakes. GetCertificate and
	// GetConfigForClient may block, for Group's HandshakeTimeout at most.
	Config *tls.Config

	// NotTLS is called on the loop when the first bytes of a connection are no
	// TLS, e.g. for an answer in plain words. What it writes is sent and the
	// connection closed. It is no connection of accept's. May be nil.
	NotTLS func(c *Conn, data []byte)
}

// ListenTLS is Listen with TLS (1.2 or 1.3). accept runs once the handshake has
// succeeded; a peer that does not get so far is never seen by it. The handshake
// runs in a goroutine that ends with it, see Config.MaxHandshakes; afterwards
// the loop does all, and the connection costs no goroutine.
//
// Conn means the same: Close and CloseLinger say so to the peer (close_notify),
// a peer that says so has ended the connection (io.EOF), and one that ends it
// without a word has cut it (io.ErrUnexpectedEOF).
func (g *Group) ListenTLS(network, address string, t TLS, accept func(*Conn) Handler) (net.Addr, error) {
	wrapped, err := g.secured(t, accept)
	if err != nil {
		return nil, err
	}
	return g.Listen(network, address, wrapped)
}

// ListenOnTLS is ListenOn with TLS. ln is a plain listener, not one of package
// tls.
func (g *Group) ListenOnTLS(ln net.Listener, t TLS, accept func(*Conn) Handler) error {
	wrapped, err := g.secured(t, accept)
	if err != nil {
		return err
	}
	return g.ListenOn(ln, wrapped)
}

// secured makes an accept func that has a handshake come first.
func (g *Group) secured(t TLS, accept func(*Conn) Handler) (func(*Conn) Handler, error) {
	if accept == nil {
		return nil, fmt.Errorf("ioloop: ListenTLS: accept is nil; want a func that returns the connection's handler")
	}
	cfg, err := secureConfig(t.Config)
	if err != nil {
		return nil, err
	}
	k := &tlsPort{cfg: cfg, accept: accept, notTLS: t.NotTLS, pool: g.handshakes()}
	return k.begin, nil
}

// tlsPort is what the connections of one listener share.
type tlsPort struct {
	cfg    *tls.Config
	accept func(*Conn) Handler
	notTLS func(*Conn, []byte)
	pool   *tlsPool
}

// TLS describes the connection's TLS as it was agreed on: version, suite, the
// peer's certificates. nil if it has none. It is made anew on each call.
func (c *Conn) TLS() *tls.ConnectionState {
	s, ok := c.stream.(*tlsStream)
	if !ok {
		return nil
	}
	state := s.tls.ConnectionState()
	return &state
}

// Secure tells whether the connection has TLS.
func (c *Conn) Secure() bool {
	_, ok := c.stream.(*tlsStream)
	return ok
}

// TLSStats counts handshakes.
type TLSStats struct {
	Handshakes uint64 // done
	Resumed    uint64 // of these by a session ticket
	Failed     uint64 // no agreement, broken off, or cut by the peer
	TimedOut   uint64 // longer than Config.HandshakeTimeout
	NotTLS     uint64 // the peer spoke something else
	Broken     uint64 // connections that broke TLS after the handshake
	Running    int    // goroutines now, at most Config.MaxHandshakes
	Queued     int    // that wait for their turn
}

type tlsCounters struct {
	done, resumed, failed, late, notTLS, broken atomic.Uint64
}

// TLSStats gives the counts so far. Any goroutine.
func (g *Group) TLSStats() TLSStats {
	p := g.tls.Load()
	if p == nil {
		return TLSStats{}
	}
	p.mu.Lock()
	running, queued := p.running, len(p.queue)
	p.mu.Unlock()
	return TLSStats{
		Handshakes: p.count.done.Load(), Resumed: p.count.resumed.Load(), Failed: p.count.failed.Load(),
		TimedOut: p.count.late.Load(), NotTLS: p.count.notTLS.Load(), Broken: p.count.broken.Load(),
		Running: running, Queued: queued,
	}
}
