package sio

import (
	"net/netip"
	"slices"

	"github.com/tornadio/tornadio/flashpolicy"
	"github.com/tornadio/tornadio/sio/internal/session"
	"github.com/tornadio/tornadio/sio/internal/web"
)

// Whose requests they are, and Flash's policy: what TornadIO2's SocketServer
// took from the application's settings.

// proxyHeaders are the values of Config.ProxyHeader.
var proxyHeaders = []string{"X-Forwarded-For", "X-Real-IP", "Forwarded"}

// ownDefaults fills in the fields of this file, and copies their slices.
func (c *Config) ownDefaults() {
	c.TrustedProxies = slices.Clone(c.TrustedProxies)
	c.FlashPolicy.Addrs = slices.Clone(c.FlashPolicy.Addrs)
	if c.FlashPolicy.Logger == nil {
		c.FlashPolicy.Logger = c.Logger
	}
}

func (c *Config) checkProxies(bad func(ok bool, format string, args ...any)) {
	for _, p := range c.TrustedProxies {
		bad(p.IsValid(), "TrustedProxies has an invalid prefix: write what netip.ParsePrefix accepts, such as \"10.0.0.0/8\"")
		bad(!p.Addr().Is4In6(), "TrustedProxies has %v: write it as a prefix of IPv4, which its addresses are shown as", p)
	}
	bad(c.ProxyHeader == "" || slices.Contains(proxyHeaders, c.ProxyHeader),
		"ProxyHeader is %q: write the one that the proxies set, out of %q", c.ProxyHeader, proxyHeaders)
	bad(c.ProxyHeader == "" || len(c.TrustedProxies) > 0,
		"ProxyHeader is %q, but nobody's is believed: write the proxies' addresses into TrustedProxies", c.ProxyHeader)
}

func (c *Config) checkFlash(bad func(ok bool, format string, args ...any)) {
	bad(len(c.FlashPolicy.Addrs) == 0 || c.on("flashsocket"),
		"FlashPolicy has addresses, but no client would ask there: write \"flashsocket\" into Transports, or leave the addresses out")
	_, err := flashpolicy.New(c.FlashPolicy)
	bad(err == nil, "FlashPolicy: %v", err)
}

func (c *Config) proxies() *web.Proxies {
	if len(c.TrustedProxies) == 0 {
		return nil
	}
	p := &web.Proxies{Trusted: c.TrustedProxies, Header: c.ProxyHeader}
	set(&p.Header, proxyHeaders[0])
	return p
}

// makePolicy makes the server of the policy file, which answers on the main
// ports from the beginning.
func (s *Server) makePolicy() *flashpolicy.Server {
	if !s.cfg.on("flashsocket") {
		return nil
	}
	p, err := flashpolicy.New(s.cfg.FlashPolicy)
	if err != nil {
		s.mistake("Config.FlashPolicy: %v", err)
	}
	s.policy = p
	return p
}

// From implements web.Hub.
func (h hub) From(s *session.Session) netip.Addr {
	return s.Owner().(*client).remote.Addr()
}

// Secure reports whether the connection's first request came over TLS, to this
// server or to a trusted proxy that said so (Config.TrustedProxies).
func (h *Handshake) Secure() bool { return h.client.secure }
