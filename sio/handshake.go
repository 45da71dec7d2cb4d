package sio

import (
	"bytes"
	"context"
	"crypto/tls"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/tornadio/tornadio/sio/internal/session"
	"github.com/tornadio/tornadio/sio/internal/web"
)

// Handshake is what is known of a client that joins a namespace. It is valid
// until OnOpen, or the middleware, returns; [Handshake.Clone] keeps it.
//
// The request is the one that began the connection. It is dropped when the
// first namespace is joined, unless the server has more than one.
type Handshake struct {
	namespace string
	client    *client
	first     web.First
	auth      []byte
	query     []byte // of revision 1's connect packet
	time      time.Time
	tls       *tls.ConnectionState
	values    context.Context // nil: none
}

func (c *client) handshake(ns string, auth, query []byte) *Handshake {
	return &Handshake{namespace: ns, client: c, first: web.First{Head: c.head()}, auth: auth, query: query, time: c.sh.loop.Now(),
		tls: c.sh.secure[c], values: c.sh.values[c]}
}

// SetValue keeps something for those who get the handshake next: a middleware
// finds out who the client is, and OnOpen need not ask again. Keys are chosen
// as for context.WithValue: of a type of one's own.
func (h *Handshake) SetValue(key, value any) {
	if h.values == nil {
		h.values = context.Background()
	}
	h.values = context.WithValue(h.values, key, value)
}

// Value is what [Handshake.SetValue] has kept for this namespace, or what a
// middleware of Config.Middleware has put into the context of the request that
// began the connection; nil if there is nothing.
func (h *Handshake) Value(key any) any {
	if h.values == nil {
		return nil
	}
	return h.values.Value(key)
}

// Clone is a copy that stays valid.
func (h *Handshake) Clone() *Handshake {
	k := *h
	k.first, k.auth, k.query = web.First{Head: bytes.Clone(h.first.Head)}, bytes.Clone(h.auth), bytes.Clone(h.query)
	return &k
}

// Namespace is the namespace's name.
func (h *Handshake) Namespace() string { return h.namespace }

// RemoteAddr is the address of the connection's first request; the zero
// AddrPort on a Unix socket. Behind a proxy it is the proxy's, unless
// Config.TrustedProxies says whom to believe; its port is 0 then, if the proxy
// does not tell it.
func (h *Handshake) RemoteAddr() netip.AddrPort { return h.client.remote() }

// Time is when the namespace was asked for.
func (h *Handshake) Time() time.Time { return h.time }

// Generation is the client's generation, as [Socket.Generation].
func (h *Handshake) Generation() Generation { return generationOf(h.client.sess.Rev()) }

// Transport is the transport that carries the client now, as in its URLs; for
// clients 0.7 to 0.9, whose first request names none, it is "" in a
// middleware.
func (h *Handshake) Transport() string { return h.client.transport() }

// URL is the request's target, e.g. "/socket.io/?EIO=4&transport=polling".
func (h *Handshake) URL() string { return h.first.URL() }

// Query is the first value of a parameter of the request's URL, where
// applications put theirs; clients before 3.0 can send some with a namespace
// too, which come first.
func (h *Handshake) Query(name string) string {
	if v, ok := web.QueryValue(h.query, name); ok {
		return v
	}
	return h.first.Query(name)
}

// Queries are all parameters of the request's URL.
func (h *Handshake) Queries() url.Values { return h.first.Queries() }

// Header is the first value of a field of the request, "" if there is none.
func (h *Handshake) Header(name string) string { return h.first.Header(name) }

// Headers are all fields of the request.
func (h *Handshake) Headers() http.Header { return h.first.Headers() }

// Cookie is the value of a cookie of the request, "" if there is none.
func (h *Handshake) Cookie(name string) string { return h.first.Cookie(name) }

// Auth decodes what the client gave as auth: 3.x and 4.x an object, 1.x and 2.x
// the query of the namespace, as an object of strings. Without it, and for
// clients 0.7 to 0.9, v is left alone.
func (h *Handshake) Auth(v any) error {
	if len(h.auth) == 0 {
		return nil
	}
	return unmarshalBy(h.client.sh.srv.cfg.JSON, h.auth, v)
}

// Generation tells which generation of Socket.IO a client is of.
type Generation uint8

// Generations.
const (
	// Legacy are the clients 0.7 to 0.9.
	Legacy Generation = 1
	// Classic are the clients 1.x and 2.x, which can't be told apart.
	Classic Generation = 3
	// Modern are the clients 3.x and 4.x.
	Modern Generation = 4
)

// String is "0.x", "1.x/2.x" or "4.x".
func (g Generation) String() string {
	switch g {
	case Legacy:
		return "0.x"
	case Classic:
		return "1.x/2.x"
	}
	return "4.x"
}

func generationOf(rev session.Rev) Generation {
	switch rev {
	case session.Rev1:
		return Legacy
	case session.Rev3:
		return Classic
	}
	return Modern
}
