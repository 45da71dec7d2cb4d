package host

import (
	"crypto/tls"
	"fmt"
	"net"
	"slices"

	"github.com/tornadio/tornadio/ioloop"
)

// ListenTLS is Listen with TLS. cfg is copied, and set safely where it leaves
// something open.
func (h *Host) ListenTLS(network, addr string, cfg *tls.Config) (net.Addr, error) {
	t, err := h.tls(cfg)
	if err != nil {
		return nil, err
	}
	return h.group.ListenTLS(network, addr, t, h.front.AcceptTLS)
}

// ListenAndServeTLS listens on a TCP address with the certificate of two PEM
// files, which it notices to be renewed, and serves until Shutdown.
func (h *Host) ListenAndServeTLS(addr, certFile, keyFile string) error {
	if err := h.Err(); err != nil {
		return err
	}
	r, err := ReloadCertificate(h.name, certFile, keyFile)
	if err != nil {
		return err
	}
	r.log = h.log
	if _, err := h.ListenTLS("tcp", addr, &tls.Config{GetCertificate: r.GetCertificate}); err != nil {
		return err
	}
	return h.Wait()
}

// ServeTLS is Serve with TLS; the listeners are plain ones.
func (h *Host) ServeTLS(cfg *tls.Config, listeners ...net.Listener) error {
	t, err := h.tls(cfg)
	if err != nil {
		return err
	}
	for _, ln := range listeners {
		if err := h.group.ListenOnTLS(ln, t, h.front.AcceptTLS); err != nil {
			return err
		}
	}
	return h.Wait()
}

// tls checks cfg and says what is agreed on over it.
func (h *Host) tls(cfg *tls.Config) (ioloop.TLS, error) {
	if err := h.Err(); err != nil {
		return ioloop.TLS{}, err
	}
	if cfg == nil {
		return ioloop.TLS{}, fmt.Errorf("%s: ListenTLS: the tls.Config is nil: write one with Certificates or GetCertificate", h.name)
	}
	return ioloop.TLS{Config: http11(cfg), NotTLS: h.front.NotTLS}, nil
}

// http11 is cfg with the ALPN that this server can keep.
func http11(cfg *tls.Config) *tls.Config {
	c := cfg.Clone()
	c.NextProtos = slices.DeleteFunc(slices.Clone(c.NextProtos), func(p string) bool { return p == "h2" || p == "h3" })
	if !slices.Contains(c.NextProtos, "http/1.1") {
		c.NextProtos = append([]string{"http/1.1"}, c.NextProtos...)
	}
	if get := c.GetConfigForClient; get != nil {
		c.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
			own, err := get(hello)
			if own != nil {
				own = http11(own)
			}
			return own, err
		}
	}
	return c
}
