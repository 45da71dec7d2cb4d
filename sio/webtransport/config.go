package webtransport

import (
	"crypto/tls"
	"errors"
	"fmt"
	"time"
)

// Config says how WebTransport is served. TLS must be set; the other zero
// values work. What it has in common with the other transports (message and
// queue limits, pings, MaxSessions, the time that a client has to say what it
// wants, UpgradeTimeout) is the server's Config.
type Config struct {
	// TLS has the certificates: Certificates, GetCertificate (such as that of
	// [sio.ReloadCertificate]) or GetConfigForClient. It may be the one that
	// the server's ListenTLS got. It is copied; ALPN is set to "h3", and the
	// version is always TLS 1.3. Browsers take a certificate that they can
	// verify, or one of at most 14 days, with an ECDSA key, whose hash the page
	// gives as serverCertificateHashes.
	TLS *tls.Config

	// MaxConns is how many QUIC connections are open at most, those in their
	// handshake included. Above it new ones are refused. While more than a
	// quarter of it are open a new client has to prove its address first (RFC
	// 9000, 8.1.2), which takes a round trip. Zero: 10 000.
	MaxConns int
	// HandshakeTimeout is how long a QUIC handshake may be silent; it may take
	// twice that in all. Zero: 5 s.
	HandshakeTimeout time.Duration
}

// withDefaults fills in the zero fields.
func (c Config) withDefaults() Config {
	if c.MaxConns == 0 {
		c.MaxConns = 10_000
	}
	if c.HandshakeTimeout == 0 {
		c.HandshakeTimeout = 5 * time.Second
	}
	return c
}

// check looks for mistakes.
func (c *Config) check() error {
	var errs []error
	bad := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf("webtransport: Config."+format, args...))
		}
	}
	t := c.TLS
	if bad(t != nil, "TLS is nil: write a tls.Config with Certificates or GetCertificate"); t != nil {
		bad(len(t.Certificates) > 0 || t.GetCertificate != nil || t.GetConfigForClient != nil,
			"TLS has no certificate: write Certificates, GetCertificate or GetConfigForClient")
		bad(t.MaxVersion == 0 || t.MaxVersion >= tls.VersionTLS13, "TLS.MaxVersion is %s: write 0, QUIC needs TLS 1.3", tls.VersionName(t.MaxVersion))
	}
	bad(c.MaxConns > 0, "MaxConns is %d: write a positive number, or 0 for the default", c.MaxConns)
	bad(c.HandshakeTimeout > 0, "HandshakeTimeout is %v: write a positive duration, or 0 for the default", c.HandshakeTimeout)
	return errors.Join(errs...)
}
