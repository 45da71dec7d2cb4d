package ioloop

import (
	"crypto/tls"
	"errors"
	"fmt"
	"slices"
)

// suites12 are the suites of TLS 1.2 where the user names none: those with
// forward secrecy and authenticated encryption (RFC 9325, 4.2). Of TLS 1.3 all
// are.
var suites12 = []uint16{
	tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
	tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
	tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
	tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
	tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
}

// secureConfig checks cfg and gives a copy of it with what is left open filled
// in.
func secureConfig(cfg *tls.Config) (*tls.Config, error) {
	if cfg == nil {
		return nil, errors.New("ioloop: TLS.Config is nil; want at least Certificates or GetCertificate")
	}
	if len(cfg.Certificates) == 0 && cfg.GetCertificate == nil && cfg.GetConfigForClient == nil {
		return nil, errors.New("ioloop: TLS.Config has no certificate; want Certificates, GetCertificate or GetConfigForClient")
	}
	if v := cfg.MinVersion; v != 0 && v < tls.VersionTLS12 {
		return nil, fmt.Errorf("ioloop: TLS.Config.MinVersion is %s; want tls.VersionTLS12, tls.VersionTLS13, or 0", tls.VersionName(v))
	}
	if v := cfg.MaxVersion; v != 0 && v < max(cfg.MinVersion, tls.VersionTLS12) {
		return nil, fmt.Errorf("ioloop: TLS.Config.MaxVersion is %s; want 0, or TLS 1.2 or later and no less than MinVersion", tls.VersionName(v))
	}
	for _, s := range tls.InsecureCipherSuites() {
		if slices.Contains(cfg.CipherSuites, s.ID) {
			return nil, fmt.Errorf("ioloop: TLS.Config.CipherSuites has %s, which is insecure; leave it out, or CipherSuites nil", s.Name)
		}
	}
	return harden(cfg), nil
}

// harden copies cfg and fills in what is left open. Configs that come from a
// callback are not refused but corrected.
func harden(cfg *tls.Config) *tls.Config {
	c := cfg.Clone()
	c.MinVersion = max(c.MinVersion, tls.VersionTLS12)
	weak := func(id uint16) bool {
		return slices.ContainsFunc(tls.InsecureCipherSuites(), func(s *tls.CipherSuite) bool { return s.ID == id })
	}
	c.CipherSuites = slices.DeleteFunc(slices.Clone(c.CipherSuites), weak)
	if len(c.CipherSuites) == 0 {
		c.CipherSuites = suites12
	}
	// All that a turn sends is in few records then. What growing records are
	// good for, the first byte of a page soon, matters little to messages.
	c.DynamicRecordSizingDisabled = true
	if get := c.GetCertificate; get != nil {
		c.GetCertificate = func(hello *tls.ClientHelloInfo) (cert *tls.Certificate, err error) {
			aside(hello, func() { cert, err = get(hello) })
			return cert, err
		}
	}
	if get := c.GetConfigForClient; get != nil {
		c.GetConfigForClient = func(hello *tls.ClientHelloInfo) (own *tls.Config, err error) {
			aside(hello, func() { own, err = get(hello) })
			if own != nil {
				own = harden(own)
			}
			return own, err
		}
	}
	return c
}

// aside runs a callback of the user's, which may block, without holding up other
// handshakes.
func aside(hello *tls.ClientHelloInfo, f func()) {
	if s, ok := hello.Conn.(*tlsStream); ok && s.hs != nil {
		s.hs.port.pool.rest()
		defer s.hs.port.pool.work()
	}
	f()
}
