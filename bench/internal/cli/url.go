package cli

import (
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
		return scenario.Target{}, fmt.Errorf("%s is %v, not of this machine's loopback: to load a server of your own say -i-own-this-server", u.Hostname(), ip)
	}
	addr, err := netip.ParseAddrPort(net.JoinHostPort(ip.String(), port))
	if err != nil {
		return scenario.Target{}, fmt.Errorf("-url: %w", err)
	}
	return scenario.Target{Addr: addr, Host: u.Host, PID: s.pid}, nil
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
