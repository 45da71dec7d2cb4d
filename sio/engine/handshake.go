package engine

import (
	"bytes"
	"context"
	"crypto/tls"
	"net/http"
	"net/netip"
	"net/url"

	"github.com/tornadio/tornadio/sio/internal/web"
)

// Handshake is the request that began a session. It is valid until OnOpen
// returns; [Handshake.Clone] keeps it.
type Handshake struct {
	first     web.First
	remote    netip.AddrPort
	tls       *tls.ConnectionState
	values    context.Context // nil: none
	transport string
	protocol  int
	secure    bool
}

// Clone is a copy that stays valid.
func (h *Handshake) Clone() *Handshake {
	k := *h
	k.first = web.First{Head: bytes.Clone(h.first.Head)}
	return &k
}

// URL is the request's target, e.g. "/engine.io/?EIO=4&transport=polling".
func (h *Handshake) URL() string { return h.first.URL() }

// Query is the first value of a parameter of the URL, where applications put
// theirs.
func (h *Handshake) Query(name string) string { return h.first.Query(name) }

// Queries are all parameters of the URL.
func (h *Handshake) Queries() url.Values { return h.first.Queries() }

// Header is the first value of a field of the request, "" if there is none.
func (h *Handshake) Header(name string) string { return h.first.Header(name) }

// Headers are all fields of the request.
func (h *Handshake) Headers() http.Header { return h.first.Headers() }

// Cookie is the value of a cookie of the request, "" if there is none.
func (h *Handshake) Cookie(name string) string { return h.first.Cookie(name) }

// RemoteAddr is the client's address; the zero AddrPort on a Unix socket.
// Behind a proxy it is the proxy's, unless Config.TrustedProxies says whom to
// believe.
func (h *Handshake) RemoteAddr() netip.AddrPort { return h.remote }

// Secure reports whether the request came over TLS, to this server or to a
// trusted proxy that said so.
func (h *Handshake) Secure() bool { return h.secure }

// TLS describes the TLS of the connection; nil on a plain one.
func (h *Handshake) TLS() *tls.ConnectionState { return h.tls }

// Value is what a middleware of Config.Middleware has put into the context of
// the request; nil if there is nothing.
func (h *Handshake) Value(key any) any {
	if h.values == nil {
		return nil
	}
	return h.values.Value(key)
}

// Transport is the transport that the session begins with: "polling" or
// "websocket".
func (h *Handshake) Transport() string { return h.transport }

// Protocol is the revision of Engine.IO that the client speaks: 3 or 4.
func (h *Handshake) Protocol() int { return h.protocol }
