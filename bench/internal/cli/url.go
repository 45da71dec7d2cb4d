package cli

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"

	"github.com/tornadio/tornadio/bench/internal/scenario"
)

// target is the server that -url names. Only loopback is loaded, unless the
// user says that the server is theirs.
func (s *settings) target() (scenario.Target, error) {
	u, err := url.Parse(s.url)
	if err != nil || u.Hostname() == "" {
		return scenario.Target{}, fmt.Errorf("-url: %q: write http://HOST:PORT", s.url)
	}
	port := u.Port()
	switch u.Scheme {
	case "http", "ws":
		port = or(port, "80")
	case "https", "wss":
		port = or(port, "443")
		s.tls = true
	default:
		return scenario.Target{}, fmt.Errorf("-url: %q: write http or https", s.url)
	}
	if p := strings.TrimSuffix(u.Path, "/"); p != "" {
		s.options.Path = p
	}
	ip, err := resolve(u.Hostname())
	if err != nil {
		return scenario.Target{}, fmt.Errorf("-url: %w", err)
	}
	if !ip.IsLoopback() && !s.mine {
		return scenario.Target{}, refusal(u.Hostname(), ip)
	}
	if !ip.IsLoopback() && s.pid != 0 {
		return scenario.Target{}, fmt.Errorf("-pid: %s is not on this machine", u.Hostname())
	}
	addr, err := netip.ParseAddrPort(net.JoinHostPort(ip.String(), port))
	if err != nil {
		return scenario.Target{}, fmt.Errorf("-url: %w", err)
	}
	return scenario.Target{Addr: addr, Host: u.Host, PID: s.pid}, nil
}

func refusal(host string, ip netip.Addr) error {
	name := host
	if name != ip.String() {
		name += " is " + ip.String() + ", which"
	}
	hint := "to load a server of your own say -i-own-this-server"
	if ip.IsUnspecified() {
		hint = "where a server listens on every address, write http://127.0.0.1"
	}
	return fmt.Errorf("-url: %s is not an address of this machine's loopback: %s", name, hint)
}

// towards has clients come to the server of -url.
func (s *session) towards(t scenario.Target, o scenario.Options) scenario.Options {
	o.Path = s.options.Path
	if s.tls {
		name, _, err := net.SplitHostPort(t.Host)
		if err != nil {
			name = strings.Trim(t.Host, "[]")
		}
		// A server on loopback may have any certificate.
		o.TLS = &tls.Config{ServerName: name, InsecureSkipVerify: t.Addr.Addr().IsLoopback()}
	}
	return o
}

// probe finds out the newest protocol of the server, for the transports whose
// protocol was not named.
func (s *session) probe() error {
	t, err := s.target()
	if err != nil {
		return err
	}
	for _, j := range s.jobs() {
		if _, known := s.found[j.o.Transport]; known || !j.auto || isMixed(j) {
			continue
		}
		p, err := scenario.Probe(s.ctx, t, s.towards(t, j.o))
		switch {
		case s.ctx.Err() != nil:
			return errInterrupted
		case err != nil:
			return fmt.Errorf("%s: %w", s.url, err)
		}
		s.found[j.o.Transport] = p
		fmt.Fprintf(s.out, "%s speaks %v over %v\n", s.url, p, j.o.Transport)
	}
	return nil
}

func or(text, def string) string {
	if text == "" {
		return def
	}
	return text
}

// resolve takes the first address, IPv4 if there is one.
func resolve(host string) (netip.Addr, error) {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.Unmap(), nil
	}
	ips, err := net.LookupIP(host)
	if err != nil {
		return netip.Addr{}, err
	}
	for _, ip := range ips {
		if v4 := ip.To4(); v4 != nil {
			return netip.AddrFrom4([4]byte(v4)), nil
		}
	}
	addr, _ := netip.AddrFromSlice(ips[0])
	return addr, nil
}
