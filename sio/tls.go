package sio

import (
	"crypto/tls"
	"net"
)

// TLS: the same server on further ports, or on these alone.

// ListenTLS is [Server.Listen] with TLS. Plain and TLS ports may be mixed as
// one likes; all lead to the same namespaces.
//
// cfg has the certificates (Certificates; GetCertificate, see
// [ReloadCertificate], for such that are renewed while the server runs; or
// GetConfigForClient), and says whether clients must show one of theirs
// (ClientAuth, ClientCAs). It is copied. What it leaves open is set as is safe
// today:
//
//   - TLS 1.2 and 1.3. An older MinVersion is an error.
//   - With TLS 1.2 the suites that have forward secrecy and authenticated
//     encryption. CipherSuites may name others, e.g. for Internet Explorer 11 on
//     Windows 7 with an RSA key, but none of tls.InsecureCipherSuites.
//   - ALPN "http/1.1"; "h2" and "h3" are taken out of NextProtos, for this
//     server does not speak them.
//   - Session tickets, with keys that change daily.
//
// Handshakes are bounded by Config.MaxHandshakes and Config.TLSTimeout. An
// established connection costs no goroutine.
func (s *Server) ListenTLS(network, addr string, cfg *tls.Config) (net.Addr, error) {
	return s.host.ListenTLS(network, addr, cfg)
}

// ListenAndServeTLS listens on a TCP address, ":8443" say, with the certificate
// of two PEM files, and serves until Shutdown, when it returns ErrServerClosed.
// Renewed files are taken up as [ReloadCertificate] says.
func (s *Server) ListenAndServeTLS(addr, certFile, keyFile string) error {
	return s.host.ListenAndServeTLS(addr, certFile, keyFile)
}

// ServeTLS is [Server.Serve] with TLS; the listeners are plain ones.
func (s *Server) ServeTLS(cfg *tls.Config, listeners ...net.Listener) error {
	return s.host.ServeTLS(cfg, listeners...)
}

// TLS describes the TLS of the connection that the request came over: the
// version, the server's name the client asked for, and the certificates it has
// shown (PeerCertificates; VerifiedChains if ClientAuth has them verified). It
// is nil on a plain connection, and like the rest of the request after that was
// dropped.
func (h *Handshake) TLS() *tls.ConnectionState { return h.tls }

// keepTLS remembers the TLS of the request that began c.
func (sh *shard) keepTLS(c *client, state *tls.ConnectionState) {
	if sh.secure == nil {
		sh.secure = make(map[*client]*tls.ConnectionState)
	}
	sh.secure[c] = state
}

// TLSStats counts TLS handshakes; see [Stats].
type TLSStats struct {
	Handshakes uint64 `json:"handshakes"` // done
	Resumed    uint64 `json:"resumed"`    // of these by a session ticket
	Failed     uint64 `json:"failed"`     // no agreement, or broken off
	TimedOut   uint64 `json:"timed_out"`  // longer than Config.TLSTimeout
	NotTLS     uint64 `json:"not_tls"`    // something else was spoken to a TLS port
	Broken     uint64 `json:"broken"`     // connections that broke TLS later
	Running    int    `json:"running"`    // handshakes now
	Queued     int    `json:"queued"`     // handshakes that wait for their turn
}

func (s *Server) tlsStats() TLSStats { return TLSStats(s.host.Group().TLSStats()) }
