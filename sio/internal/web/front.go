package web

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/tornadio/tornadio/flashpolicy"
	"github.com/tornadio/tornadio/httpparse"
	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio/internal/payload"
	"github.com/tornadio/tornadio/sio/internal/session"
	"github.com/tornadio/tornadio/sio/internal/transport"
)

// Config is what the layer above decides. It fills every field.
type Config struct {
	Path       string // of Socket.IO requests, without the last slash: "/socket.io"
	MaxMessage int    // bytes of a POST's body or of a websocket message

	Polling   bool // Engine.IO's polling is on
	WebSocket bool // Engine.IO's websocket is on
	// WebTransport: sessions of revision 4 may change to it; a package beside serves it (outside.go).
	WebTransport bool
	Rev3         bool // revision 3 of Engine.IO is on
	// WebSocketCheck: websockets of revision 1 carry a session once the client has been heard.
	WebSocketCheck bool
	Rev1           []string // the transports of revision 1 that are on, in the order in which clients shall try them

	HeadTimeout time.Duration // from a request's first byte, or from accept, to the end of its head
	BodyTimeout time.Duration // for a body; for ordinary requests, without progress
	IdleTimeout time.Duration // between two requests

	Limits  httpparse.Limits // of Socket.IO requests; its MaxBody is MaxMessage
	MaxBody int64            // of ordinary requests

	Proxies     *Proxies            // nil: every peer is a client
	VerifyIP    bool                // a session is its address's
	FlashPolicy *flashpolicy.Server // answers inline; nil: such requests are garbage

	Handler http.Handler // ordinary requests; nil answers them 404
	Log     *slog.Logger // panics of the application

	Options // see options.go
}

// OpenRequest is a handshake. What it points to is valid until Open returns.
type OpenRequest struct {
	Rev       session.Rev
	Transport string // of the first request: "polling", "websocket", "webtransport"; "" in revision 1
	Head      []byte // the whole request head
	Req       *httpparse.Request
	Remote    netip.AddrPort
	TLS       *tls.ConnectionState // nil: a plain connection
	Secure    bool                 // came over TLS
	Context   context.Context      // what middlewares have put there; nil: there are none

	sh       *Shard
	upgrades []string
	greeted  bool
}

// Greet queues the packets that every session of Engine.IO begins with. Open
// may call it, so that what it sends itself comes behind; else they are queued
// when it has returned.
func (o *OpenRequest) Greet(s *session.Session) {
	if o.greeted {
		return
	}
	o.greeted = true
	before := s.Enter()
	s.Enqueue(o.sh.openPacket(s, o.upgrades))
	o.sh.greet(s)
	s.Leave(before)
}

// Refusal is the answer to a handshake that the application, or a limit,
// refused.
type Refusal struct {
	Status int
	Text   string
}

// Hub is what web asks of the layer above. It is called on the loop of m.
type Hub interface {
	// Open begins a session on m's loop, or refuses it.
	Open(m *session.Manager, req *OpenRequest) (*session.Session, *Refusal)
	// From is the address that the session was begun from.
	From(s *session.Session) netip.Addr
	// RefusedNow counts an answer that refused a Socket.IO request.
	RefusedNow(loop int, status int)
}

// Front is the HTTP side of one server, shared by its loops.
type Front struct {
	cfg     Config
	limits  httpparse.Limits // of ordinary requests
	names   *session.Names   // where the application makes ids
	hub     Hub
	shards  []*Shard
	busy    gate
	path    []byte       // Config.Path
	chain   http.Handler // the middlewares
	asks    atomic.Int64 // questions to the application that wait for an answer
	packing atomic.Int64 // goroutines that compress
	screens bool         // requests of Engine.IO meet CORS or middlewares
	change  changes      // what a polling session may change to
}

// NewFront makes the front of a server with a manager for each loop.
func NewFront(cfg Config, hub Hub, managers []*session.Manager) *Front {
	f := &Front{cfg: cfg, hub: hub, limits: cfg.Limits, path: []byte(cfg.Path)}
	if f.limits.MaxHead == 0 {
		f.limits.MaxHead = httpparse.DefaultMaxHead
	}
	f.limits.MaxBody = cfg.MaxBody
	f.cfg.Limits.MaxBody = int64(cfg.MaxMessage)
	f.screens = cfg.CORS != nil || len(cfg.Middleware) > 0
	f.chain = chain(cfg.Middleware)
	f.change = cfg.upgrades()
	if cfg.GenerateID != nil {
		f.names = session.NewNames()
	}
	for _, m := range managers {
		if f.names != nil {
			m.UseNames(f.names)
		}
		transport.Share(m, cfg.Deflate, len(managers))
		f.shards = append(f.shards, &Shard{front: f, m: m, loop: m.Loop()})
	}
	return f
}

// Shard is what the connections of one loop share. It lives on that loop.
type Shard struct {
	front  *Front
	m      *session.Manager
	loop   *ioloop.Loop
	req    httpparse.Request // the request whose callback runs
	out    []byte            // scratch for answers
	date   dateCache
	packer *packer // for polls; nil until it is needed
}

// Accept makes the handler of a new connection. It runs on the connection's
// loop.
func (f *Front) Accept(c *ioloop.Conn) ioloop.Handler {
	sh := f.shards[c.Loop().Index()]
	w := &Conn{c: c, sh: sh}
	w.deadline(f.cfg.HeadTimeout)
	return w
}

// openPacket is Engine.IO's first packet for s.
func (sh *Shard) openPacket(s *session.Session, upgrades []string) session.Message {
	cfg := sh.m.Config()
	buf := ioloop.NewBuf()
	b := append(buf.Bytes(), make([]byte, session.Headroom)...)
	buf.SetBytes(payload.AppendOpen(b, payload.OpenInfo{
		SID:          s.SID(),
		Upgrades:     upgrades,
		PingInterval: int(cfg.PingInterval / time.Millisecond),
		PingTimeout:  int(cfg.PingTimeout / time.Millisecond),
		MaxPayload:   sh.front.cfg.MaxMessage,
	}))
	return session.Seal(buf, false)
}

// dateCache is the value of the Date field, made once a second.
type dateCache struct {
	unix int64
	text []byte
}

func (d *dateCache) at(now time.Time) []byte {
	if u := now.Unix(); u != d.unix || d.text == nil {
		d.unix = u
		d.text = httpparse.AppendDate(d.text[:0], now)
	}
	return d.text
}
