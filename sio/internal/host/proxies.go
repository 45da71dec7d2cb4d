package host

import (
	"net/netip"
	"slices"

	"github.com/tornadio/tornadio/sio/internal/web"
)

// proxyHeaders are the values of Config.ProxyHeader.
var proxyHeaders = []string{"X-Forwarded-For", "X-Real-IP", "Forwarded"}

// Proxies are the fields TrustedProxies and ProxyHeader.
type Proxies struct {
	Trusted []netip.Prefix
	Header  string
}

// Check looks for mistakes.
func (p Proxies) Check(bad Bad) {
	for _, t := range p.Trusted {
		bad(t.IsValid(), "TrustedProxies has an invalid prefix: write what netip.ParsePrefix accepts, such as \"10.0.0.0/8\"")
		bad(!t.Addr().Is4In6(), "TrustedProxies has %v: write it as a prefix of IPv4, which its addresses are shown as", t)
	}
	bad(p.Header == "" || slices.Contains(proxyHeaders, p.Header),
		"ProxyHeader is %q: write the one that the proxies set, out of %q", p.Header, proxyHeaders)
	bad(p.Header == "" || len(p.Trusted) > 0,
		"ProxyHeader is %q, but nobody's is believed: write the proxies' addresses into TrustedProxies", p.Header)
}

// Web is what the HTTP side knows of them.
func (p Proxies) Web() *web.Proxies {
	if len(p.Trusted) == 0 {
		return nil
	}
	Set(&p.Header, proxyHeaders[0])
	return &web.Proxies{Trusted: p.Trusted, Header: p.Header}
}
