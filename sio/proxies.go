package sio

import (
	"net/netip"
	"slices"

	"github.com/tornadio/tornadio/flashpolicy"
	"github.com/tornadio/tornadio/sio/internal/host"
	"github.com/tornadio/tornadio/sio/internal/session"
)

// Whose requests they are, and Flash's policy: what TornadIO2's SocketServer
// took from the application's settings.

// ownDefaults fills in the fields of this file, and copies their slices.
func (c *Config) ownDefaults() {
	c.TrustedProxies = slices.Clone(c.TrustedProxies)
	c.FlashPolicy.Addrs = slices.Clone(c.FlashPolicy.Addrs)
	if c.FlashPolicy.Logger == nil {
		c.FlashPolicy.Logger = c.Logger
	}
}

func (c *Config) checkFlash(bad host.Bad) {
	bad(len(c.FlashPolicy.Addrs) == 0 || c.on("flashsocket"),
		"FlashPolicy has addresses, but no client would ask there: write \"flashsocket\" into Transports, or leave the addresses out")
	_, err := flashpolicy.New(c.FlashPolicy)
	bad(err == nil, "FlashPolicy: %v", err)
}

func (c *Config) proxies() host.Proxies {
	return host.Proxies{Trusted: c.TrustedProxies, Header: c.ProxyHeader}
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
	return s.Owner().(*client).addr
}

// Secure reports whether the connection's first request came over TLS, to this
// server or to a trusted proxy that said so (Config.TrustedProxies).
func (h *Handshake) Secure() bool { return h.client.secure }
