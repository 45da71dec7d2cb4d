package web

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/tornadio/tornadio/httpparse"
)

func proxies(header string, prefixes ...string) *Proxies {
	p := &Proxies{Header: header}
	for _, s := range prefixes {
		p.Trusted = append(p.Trusted, netip.MustParsePrefix(s))
	}
	return p
}

func fields(lines ...string) (f []httpparse.Field) {
	for _, l := range lines {
		k, v, _ := strings.Cut(l, ": ")
		f = append(f, httpparse.Field{Name: []byte(k), Value: []byte(v)})
	}
	return f
}

func TestOrigin(t *testing.T) {
	const peer = "10.1.1.1:5000"
	xff, real, fwd := "X-Forwarded-For", "X-Real-IP", "Forwarded"
	for name, tt := range map[string]struct {
		header, peer string
		lines        []string
		want         string
		secure       bool
	}{
		"no header":              {xff, peer, nil, peer, false},
		"one hop":                {xff, peer, []string{"x-forwarded-for: 192.0.2.1"}, "192.0.2.1:0", false},
		"an untrusted peer":      {xff, "192.0.2.9:1", []string{"X-Forwarded-For: 1.1.1.1", "X-Forwarded-Proto: https"}, "192.0.2.9:1", false},
		"the client lies":        {xff, peer, []string{"X-Forwarded-For: 10.9.9.9, 8.8.8.8, 192.0.2.1"}, "192.0.2.1:0", false},
		"two proxies":            {xff, peer, []string{"X-Forwarded-For: 8.8.8.8, 192.0.2.1, 10.2.2.2"}, "192.0.2.1:0", false},
		"over several lines":     {xff, peer, []string{"X-Forwarded-For: 8.8.8.8", "X-Forwarded-For: 192.0.2.1", "X-Forwarded-For: 10.2.2.2"}, "192.0.2.1:0", false},
		"all are proxies":        {xff, peer, []string{"X-Forwarded-For: 10.3.3.3, 10.2.2.2"}, "10.3.3.3:0", false},
		"a name":                 {xff, peer, []string{"X-Forwarded-For: 8.8.8.8, unknown, 10.2.2.2"}, "10.2.2.2:0", false},
		"empty":                  {xff, peer, []string{"X-Forwarded-For: "}, peer, false},
		"with a port":            {xff, peer, []string{"X-Forwarded-For: 192.0.2.1:77"}, "192.0.2.1:77", false},
		"IPv6":                   {xff, peer, []string{"X-Forwarded-For: 2001:db8::1"}, "[2001:db8::1]:0", false},
		"IPv6 in brackets":       {xff, peer, []string{"X-Forwarded-For: [2001:db8::1]"}, "[2001:db8::1]:0", false},
		"IPv6 and port":          {xff, peer, []string{"X-Forwarded-For: [2001:db8::1]:9"}, "[2001:db8::1]:9", false},
		"IPv4 in IPv6":           {xff, peer, []string{"X-Forwarded-For: ::ffff:192.0.2.1"}, "192.0.2.1:0", false},
		"TLS at the proxy":       {xff, peer, []string{"X-Forwarded-For: 192.0.2.1", "X-Forwarded-Proto: HTTPS"}, "192.0.2.1:0", true},
		"the client lies of TLS": {xff, peer, []string{"X-Forwarded-For: 192.0.2.1", "X-Forwarded-Proto: https, http"}, "192.0.2.1:0", false},
		"another header":         {xff, peer, []string{"Forwarded: for=1.1.1.1", "X-Real-IP: 1.1.1.1"}, peer, false},
		"real":                   {real, peer, []string{"X-Real-IP: 192.0.2.1", "X-Forwarded-For: 1.1.1.1"}, "192.0.2.1:0", false},
		"real, a peer that lies": {real, "8.8.8.8:1", []string{"X-Real-IP: 192.0.2.1"}, "8.8.8.8:1", false},
		"forwarded":              {fwd, peer, []string{`Forwarded: for=8.8.8.8, For="192.0.2.1:77";Proto=https;by=10.1.1.1`}, "192.0.2.1:77", true},
		"forwarded, two proxies": {fwd, peer, []string{`Forwarded: for=192.0.2.1;proto=https, for=10.2.2.2;proto=http`}, "192.0.2.1:0", true},
		"forwarded, IPv6":        {fwd, peer, []string{`Forwarded: for="[2001:db8::1]:47"`}, "[2001:db8::1]:47", false},
		"forwarded, hidden":      {fwd, peer, []string{`Forwarded: for=8.8.8.8;proto=https, for=_gazonk`}, peer, false},
		"forwarded, no for":      {fwd, peer, []string{`Forwarded: proto=https`}, peer, false},
		"forwarded, quotes":      {fwd, peer, []string{`Forwarded: for="8.8.8.8, 9.9.9.9";x="a,b\",c", for=192.0.2.1`}, "192.0.2.1:0", false},
		"a Unix socket":          {xff, "", []string{"X-Forwarded-For: 192.0.2.1"}, "192.0.2.1:0", false},
	} {
		t.Run(name, func(t *testing.T) {
			var from netip.AddrPort
			if tt.peer != "" {
				from = netip.MustParseAddrPort(tt.peer)
			}
			got, secure := proxies(tt.header, "10.0.0.0/8").origin(from, false, fields(tt.lines...))
			if got.String() != tt.want || secure != tt.secure {
				t.Errorf("got %v, %v; want %s, %v", got, secure, tt.want, tt.secure)
			}
		})
	}
}

// TestOriginOverTLS: what a trusted proxy says of TLS counts, else what this
// connection has.
func TestOriginOverTLS(t *testing.T) {
	inside, outside := netip.MustParseAddrPort("10.1.1.1:1"), netip.MustParseAddrPort("192.0.2.1:1")
	for name, tt := range map[string]struct {
		header string
		peer   netip.AddrPort
		line   string
		want   bool
	}{
		"a client":        {"X-Forwarded-For", outside, "X-Forwarded-Proto: http", true},
		"says http":       {"X-Forwarded-For", inside, "X-Forwarded-Proto: http", false},
		"says nothing":    {"X-Forwarded-For", inside, "X-Forwarded-For: 192.0.2.1", true},
		"says https":      {"Forwarded", inside, "Forwarded: for=192.0.2.1;proto=https", true},
		"says http too":   {"Forwarded", inside, "Forwarded: for=192.0.2.1;proto=http", false},
		"says only whose": {"Forwarded", inside, "Forwarded: for=192.0.2.1", true},
	} {
		if _, secure := proxies(tt.header, "10.0.0.0/8").origin(tt.peer, true, fields(tt.line)); secure != tt.want {
			t.Errorf("%s: %v, want %v", name, secure, tt.want)
		}
	}
}

// TestMaxHops: at the bound the walk reaches its end, above it the last proxy
// that was looked at stands for the client.
func TestMaxHops(t *testing.T) {
	for hops, want := range map[int]string{maxHops: "192.0.2.1", maxHops + 1: "10.0.0.7"} {
		line := "X-Forwarded-For: 192.0.2.1" + strings.Repeat(", 10.0.0.7", hops-1)
		got, _ := proxies("X-Forwarded-For", "10.0.0.0/8").origin(netip.MustParseAddrPort("10.1.1.1:1"), false, fields(line))
		if got.Addr().String() != want {
			t.Errorf("%d hops: %v, want %s", hops, got, want)
		}
	}
}

// FuzzOrigin: whatever the header says, a peer that is not trusted is itself,
// and the element that the nearest proxy wrote is never overruled by what came
// before it.
func FuzzOrigin(f *testing.F) {
	f.Add("1.1.1.1, 10.0.0.1", true)
	f.Add(`for="[::1]:80";proto=https, for="a\"b,`, false)
	f.Add(",,;=\"\\", false)
	f.Fuzz(func(t *testing.T, value string, plain bool) {
		header := "Forwarded"
		if plain {
			header = "X-Forwarded-For"
		}
		p := proxies(header, "10.0.0.0/8")
		outside := netip.MustParseAddrPort("192.0.2.1:5")
		if got, secure := p.origin(outside, false, fields(header+": "+value)); got != outside || secure {
			t.Fatalf("%q moves an untrusted peer to %v", value, got)
		}
		near := []string{header + ": " + value, header + ": 192.0.2.77"}
		if !plain {
			near[1] = "Forwarded: for=192.0.2.77"
		}
		if got, _ := p.origin(netip.MustParseAddrPort("10.0.0.1:5"), false, fields(near...)); got.Addr().String() != "192.0.2.77" {
			t.Fatalf("%q overrules the nearest proxy: %v", value, got)
		}
	})
}
