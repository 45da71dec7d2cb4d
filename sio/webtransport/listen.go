package webtransport

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/engine"
	"github.com/tornadio/tornadio/sio/internal/host"
	"github.com/tornadio/tornadio/sio/internal/transport"
)

// Server is what can serve WebTransport.
type Server interface {
	*sio.Server | *engine.Server
}

// Listen opens a UDP port for the server's clients over WebTransport, ":8443"
// say. Browsers ask for the port of the page's URL, so it has the number of the
// TLS port beside it. It is served from the server's start on, at once if it
// has started, until its Shutdown. It returns the address, with the port that
// port 0 became.
//
// The Config of the server must name "webtransport" among its Transports.
func Listen[S Server](srv S, addr string, cfg Config) (net.Addr, error) {
	l, err := newListener(srv, cfg)
	if err != nil {
		return nil, err
	}
	pc, err := net.ListenPacket("udp", addr)
	if err != nil {
		return nil, fmt.Errorf("webtransport: %w", err)
	}
	if err := l.join(pc); err != nil {
		return nil, errors.Join(err, pc.Close())
	}
	return pc.LocalAddr(), nil
}

// ListenOn is [Listen] for a socket that is open already. It is closed when the
// server shuts down, and from now on nobody else's.
func ListenOn[S Server](srv S, pc net.PacketConn, cfg Config) error {
	l, err := newListener(srv, cfg)
	if err != nil {
		return err
	}
	return l.join(pc)
}

// ListenAndServe is the server's ListenAndServeTLS with WebTransport beside it:
// it listens on a TCP address and on the UDP port of the same number, with the
// certificate of two PEM files, and serves until Shutdown, when it returns
// sio.ErrServerClosed. Renewed files are taken up as [sio.ReloadCertificate]
// says.
func ListenAndServe[S Server](srv S, addr, certFile, keyFile string) error {
	h := host.Of(srv)
	if h == nil {
		return errNoServer
	}
	cert, err := sio.ReloadCertificate(certFile, keyFile)
	if err != nil {
		return err
	}
	cfg := &tls.Config{GetCertificate: cert.GetCertificate}
	tcp, err := h.ListenTLS("tcp", addr, cfg)
	if err != nil {
		return err
	}
	// Port 0 has become another by now.
	if _, err := Listen(srv, tcp.String(), Config{TLS: cfg}); err != nil {
		return errors.Join(err, h.Shutdown(context.Background()))
	}
	return h.Wait()
}

var errNoServer = errors.New("webtransport: the server is nil: write one that sio.New or engine.New has made")

// newListener checks what a user wrote.
func newListener(srv any, cfg Config) (*listener, error) {
	h := host.Of(srv)
	if h == nil {
		return nil, errNoServer
	}
	if err := h.Err(); err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	if err := cfg.check(); err != nil {
		return nil, err
	}
	return &listener{host: h, front: h.Front(), cfg: cfg, closed: make(chan struct{}), hurry: make(chan struct{})}, nil
}

func (l *listener) join(pc net.PacketConn) error {
	l.pc = pc
	return l.host.Join(transport.NameWebTransport, l)
}
