package web

import (
	"net/netip"
	"slices"

	"github.com/valyala/bytebufferpool"

	"github.com/tornadio/tornadio/httpparse"
	"github.com/tornadio/tornadio/sio/internal/session"
	"github.com/tornadio/tornadio/sio/internal/transport"
)

// request is what the loop of a session needs to know of a request that came
// in on another one.
type request struct {
	id        session.ID
	rev       session.Rev
	websocket bool   // Engine.IO: names the websocket transport
	name      string // revision 1: the transport
	index     int64  // revision 1: of the callback of a script
	leave     bool   // revision 1: ?disconnect=1
	get       bool
	post      bool
	binary    bool
	from      netip.Addr // where sessions are bound to addresses
	body      *bytebufferpool.ByteBuffer
}

// remote is the exchange of a request whose session lives on another loop. Its
// fields but conn and r belong to the session's loop; the connection's loop
// knows it as the request in progress and forgets it with the answer.
type remote struct {
	conn *Conn
	from *Shard // the connection's
	home *Shard // the session's
	r    request

	watcher  transport.Watcher
	answered bool
	plain    bool // not to be compressed
}

// handOver gives the request to the session's loop. A POST is handed over with
// its whole body.
func (w *Conn) handOver(req *httpparse.Request, home *Shard, r request) {
	x := &remote{conn: w, from: w.sh, home: home, r: r}
	x.r.from = w.claim(req)
	x.r.get, x.r.post = string(req.Method) == "GET", string(req.Method) == "POST"
	if !x.r.post || r.leave {
		x.send()
		return
	}
	body, ok := w.startPost(req)
	switch {
	case !ok:
	case r.rev == session.Rev1:
		w.await(body, x)
	default:
		w.await(body, &remotePost{x: x})
	}
}

func (x *remote) send() {
	x.conn.remote = x
	if x.home.loop.PostTask(x) != nil {
		x.conn.close = true
		x.conn.finish(503, transport.TextUTF8, nil)
	}
}

func (x *remote) postReady(_ *Conn, b *post) {
	x.r.body, x.r.binary = b.body, b.binary
	b.body = nil
	x.send()
}

func (x *remote) postBegun(*Conn) bool { return true }
func (x *remote) postBroken(bool)      {}

// Run implements ioloop.Task: on the session's loop.
func (x *remote) Run() {
	s := x.home.findFrom(x.r.id, x.r.rev, x.r.from)
	if x.r.rev == session.Rev1 {
		x.runRev1(s)
	} else {
		x.runEngine(s)
	}
	if x.r.body != nil {
		bytebufferpool.Put(x.r.body)
		x.r.body = nil
	}
}

func (x *remote) runEngine(s *session.Session) {
	if code := engineCheck(s, x.r.websocket); code >= 0 {
		x.back(func(w *Conn) { w.refuseEngine(code, false) })
		return
	}
	p := s.Link().(*transport.Polling)
	switch {
	case x.r.get:
		p.Poll(x)
	case x.r.post:
		p.Post(x, x.r.binary, x.r.body.B)
	default:
		x.back(func(w *Conn) { w.refuse(500, "", "") })
	}
}

func (x *remote) runRev1(s *session.Session) {
	switch {
	case s == nil:
		r := x.r
		r.body = nil
		x.back(func(w *Conn) { w.rev1Gone(r) })
	case x.r.leave:
		s.Left()
		x.Answer(200, transport.TextUTF8, nil)
	case x.r.get:
		rev1Poll(s, x, x.r)
	case x.r.post:
		rev1Receive(s, x, x.r, x.r.body.B)
	default:
		x.back(func(w *Conn) { w.refuse(405, transport.TextUTF8, "Method not allowed") })
	}
}

// Answer implements transport.Exchange.
func (x *remote) Answer(status int, contentType string, body []byte) {
	body = slices.Clone(body)
	plain := x.plain
	x.back(func(w *Conn) {
		if plain {
			w.Plain()
		}
		w.answer(status, contentType, body)
	})
}

// back runs f on the connection's loop, if the request is still waiting there.
func (x *remote) back(f func(*Conn)) {
	if x.answered {
		return
	}
	x.answered = true
	x.watcher = nil
	// A loop that takes no posts has stopped, and closed the connection.
	_ = x.from.loop.Post(func() {
		if x.conn.remote == x {
			x.conn.remote = nil
			f(x.conn)
		}
	})
}

// Watch implements transport.Exchange.
func (x *remote) Watch(g transport.Watcher) { x.watcher = g }

// peerGone is called on the connection's loop.
func (x *remote) peerGone() {
	_ = x.home.loop.Post(func() {
		if g := x.watcher; g != nil && !x.answered {
			x.answered = true
			x.watcher = nil
			g.Gone(x)
		}
	})
}
