package web

import (
	"bytes"
	"net/netip"

	"github.com/tornadio/tornadio/httpparse"
	"github.com/tornadio/tornadio/sio/internal/session"
)

// Whose request it is, where proxies stand between. Anyone can write a header
// that names an address, so only what trusted proxies have added counts: the
// list is walked from its end, where the nearest proxy has written, as long as
// who has written is trusted. And only one header is looked at, the one that
// the proxies are known to write: they pass the others on as they came.

// Proxies says which peers are proxies, and where they write whom they stand
// for.
type Proxies struct {
	Trusted []netip.Prefix
	Header  string // "X-Forwarded-For", "X-Real-IP" or "Forwarded"
}

// maxHops is how many elements of the header are looked at: no chain of proxies
// is longer.
const maxHops = 32

// trusts reports whether a peer is a proxy. One on a Unix socket, which has no
// address, is on this machine.
func (p *Proxies) trusts(a netip.Addr) bool {
	if !a.IsValid() {
		return true
	}
	a = a.Unmap().WithZone("")
	for _, t := range p.Trusted {
		if t.Contains(a) {
			return true
		}
	}
	return false
}

// origin is the address of the client, and whether it came to the first proxy
// over TLS; where the proxies don't tell, whether this connection has it. Its
// port is 0 where they don't tell.
func (p *Proxies) origin(peer netip.AddrPort, tls bool, fields []httpparse.Field) (from netip.AddrPort, secure bool) {
	if !p.trusts(peer.Addr()) {
		return peer, tls
	}
	from, secure = peer, tls
	walk := backwards{fields: fields, name: p.Header}
	for hops := 0; hops < maxHops && p.trusts(from.Addr()); hops++ {
		elem, ok := walk.next()
		if !ok {
			break
		}
		text, proto := elem, []byte(nil)
		if p.Header == "Forwarded" {
			text, proto = forwardedPair(elem, "for"), forwardedPair(elem, "proto")
		}
		a, ok := parseNode(text)
		if !ok {
			break // "unknown", a made-up name: whoever wrote it is as far as we see
		}
		if from = a; proto != nil {
			secure = bytes.EqualFold(proto, []byte("https"))
		}
	}
	if p.Header != "Forwarded" {
		last := backwards{fields: fields, name: "X-Forwarded-Proto"}
		if proto, ok := last.next(); ok {
			secure = bytes.EqualFold(proto, []byte("https"))
		}
	}
	return from, secure
}

// backwards walks the elements of a header that is a list, over all of its
// lines, from the last one on.
type backwards struct {
	fields []httpparse.Field // not looked at yet
	name   string
	line   []byte
	within bool // line holds something that is left
}

func (b *backwards) next() ([]byte, bool) {
	for !b.within {
		if len(b.fields) == 0 {
			return nil, false
		}
		f := b.fields[len(b.fields)-1]
		b.fields = b.fields[:len(b.fields)-1]
		if bytes.EqualFold(f.Name, []byte(b.name)) {
			b.line, b.within = f.Value, true
		}
	}
	i := lastComma(b.line)
	elem := b.line[i+1:]
	if b.within = i >= 0; b.within {
		b.line = b.line[:i]
	}
	return bytes.TrimSpace(elem), true
}

// lastComma is the place of the last comma outside quotes, -1 if there is none.
func lastComma(b []byte) int {
	last, quoted := -1, false
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] == '"':
			quoted = !quoted
		case b[i] == '\\' && quoted:
			i++
		case b[i] == ',' && !quoted:
			last = i
		}
	}
	return last
}

// forwardedPair is the value of a parameter of one element of Forwarded (RFC
// 7239, 4), without its quotes; nil if there is none.
func forwardedPair(elem []byte, name string) []byte {
	for pair := range bytes.SplitSeq(elem, []byte(";")) {
		k, v, ok := bytes.Cut(pair, []byte("="))
		if ok && bytes.EqualFold(bytes.TrimSpace(k), []byte(name)) {
			v = bytes.TrimSpace(v)
			if len(v) >= 2 && v[0] == '"' && v[len(v)-1] == '"' {
				v = v[1 : len(v)-1]
			}
			return v
		}
	}
	return nil
}

// parseNode reads an address, with or without a port: "192.0.2.1",
// "192.0.2.1:80", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:80".
func parseNode(b []byte) (netip.AddrPort, bool) {
	if len(b) == 0 || len(b) > 64 { // the longest has 47 bytes and a zone
		return netip.AddrPort{}, false
	}
	s := string(b)
	if a, err := netip.ParseAddrPort(s); err == nil {
		return netip.AddrPortFrom(a.Addr().Unmap(), a.Port()), true
	}
	if s[0] == '[' && s[len(s)-1] == ']' {
		s = s[1 : len(s)-1]
	}
	a, err := netip.ParseAddr(s)
	return netip.AddrPortFrom(a.Unmap(), 0), err == nil
}

// client is who sent a request, and whether over TLS.
func (w *Conn) client(req *httpparse.Request) (from netip.AddrPort, secure bool) {
	p := w.sh.front.cfg.Proxies
	if p == nil {
		return w.c.RemoteAddr(), w.c.Secure()
	}
	return p.origin(w.c.RemoteAddr(), w.c.Secure(), req.Fields)
}

// find finds the session that a request names. Where sessions are bound to
// addresses, one that was begun from another address is as unknown as one that
// never was.
func (w *Conn) find(req *httpparse.Request, id session.ID, rev session.Rev) *session.Session {
	return w.sh.findFrom(id, rev, w.claim(req))
}

// claim is the address that a request is to be held against: none where
// sessions are not bound to addresses.
func (w *Conn) claim(req *httpparse.Request) netip.Addr {
	if !w.sh.front.cfg.VerifyIP {
		return netip.Addr{}
	}
	from, _ := w.client(req)
	return from.Addr()
}

func (sh *Shard) findFrom(id session.ID, rev session.Rev, from netip.Addr) *session.Session {
	s := sh.m.Find(id, rev)
	if s != nil && sh.front.cfg.VerifyIP && sh.front.hub.From(s) != from {
		return nil
	}
	return s
}
