package web

import (
	"github.com/tornadio/tornadio/httpparse"
	"github.com/tornadio/tornadio/sio/internal/session"
	"github.com/tornadio/tornadio/sio/internal/transport"
)

// The codes of Engine.IO's refusals.
const (
	codeTransportUnknown = iota
	codeSessionUnknown
	codeBadMethod
	codeBadRequest
	codeForbidden
	codeProtocol
)

// routeEngine takes a request of Engine.IO. The order of the checks is the
// reference's: transport, session, mismatch, method, plain HTTP for a
// websocket, the application, and only then the protocol's revision.
func (w *Conn) routeEngine(req *httpparse.Request, head []byte) int {
	if w.sh.front.screens && !w.screen(req) {
		return len(head)
	}
	name, _ := httpparse.QueryGet(req.RawQuery, "transport")
	websocket := string(name) == transport.NameWebSocket
	switch {
	case websocket && w.sh.front.cfg.WebSocket:
	case string(name) == transport.NamePolling && w.sh.front.cfg.Polling:
	default:
		w.refuseEngine(codeTransportUnknown, req.Upgrade)
		return len(head)
	}
	if sid, ok := httpparse.QueryGet(req.RawQuery, "sid"); ok && len(sid) > 0 {
		return w.engineSession(req, head, sid, websocket)
	}
	w.engineHandshake(req, head, websocket)
	return len(head)
}

// engineHandshake begins a session.
func (w *Conn) engineHandshake(req *httpparse.Request, head []byte, websocket bool) {
	rev := engineRev(req.RawQuery)
	switch {
	case string(req.Method) != "GET":
		w.refuseEngine(codeBadMethod, req.Upgrade)
	case websocket != req.Upgrade:
		w.refuseEngine(codeBadRequest, req.Upgrade)
	case w.forbidden(req):
	case rev == session.Rev3 && !w.sh.front.cfg.Rev3:
		w.refuseEngine(codeProtocol, req.Upgrade)
	case w.unnamed(req):
	case websocket:
		w.openWebSocket(req, head, rev)
	default:
		w.openPolling(req, head, rev)
	}
}

// engineRev is the revision that a handshake asks for: whatever does not say 4
// counts as 3, as in the reference.
func engineRev(query []byte) session.Rev {
	if queryIs(query, "EIO", "4") {
		return session.Rev4
	}
	return session.Rev3
}

func (w *Conn) open(req *httpparse.Request, head []byte, rev session.Rev, name string) (*session.Session, *Refusal) {
	from, secure := w.client(req)
	o := &OpenRequest{
		Rev: rev, Transport: name, Head: head, Req: req, Remote: from, Secure: secure, TLS: w.c.TLS(), sh: w.sh,
	}
	if x := w.extra; len(w.sh.front.cfg.Middleware) > 0 && x != nil && x.request != nil && rev != session.Rev1 {
		o.Context = x.request.Context()
	}
	if name == transport.NamePolling {
		o.upgrades = w.sh.front.change[rev]
	}
	s, no := w.sh.front.hub.Open(w.sh.m, o)
	if no == nil && rev != session.Rev1 {
		o.Greet(s)
	}
	return s, no
}

// changes are the transports that a polling session may change to, by revision.
type changes [session.Rev4 + 1][]string

func (c *Config) upgrades() (to changes) {
	if c.NoUpgrades {
		return to
	}
	if c.WebSocket {
		to[session.Rev3] = []string{transport.NameWebSocket}
		to[session.Rev4] = []string{transport.NameWebSocket}
	}
	if c.WebTransport {
		to[session.Rev4] = append(to[session.Rev4], transport.NameWebTransport)
	}
	return to
}

func (w *Conn) openPolling(req *httpparse.Request, head []byte, rev session.Rev) {
	form, ok := transport.FormOf(rev, req.RawQuery)
	if !ok {
		w.refuseEngine(codeBadRequest, false)
		return
	}
	s, no := w.open(req, head, rev, transport.NamePolling)
	if no != nil {
		w.refuseText(codeForbidden, no.Text, false)
		return
	}
	w.setCookie(s)
	w.suit(req)
	w.hookHeaders(req, true)
	p := transport.NewPolling(s, form)
	before := s.Enter()
	s.Attach(p)
	p.Poll(w)
	s.Leave(before)
}

func (w *Conn) openWebSocket(req *httpparse.Request, head []byte, rev session.Rev) {
	key, ok := w.checkUpgrade(req)
	if !ok {
		return
	}
	s, no := w.open(req, head, rev, transport.NameWebSocket)
	if no != nil {
		w.refuseText(codeForbidden, no.Text, true)
		return
	}
	w.hookHeaders(req, true)
	l := w.switchTo(req, s, key)
	if rev == session.Rev3 {
		l.Rev3(transport.Base64(req.RawQuery), false)
	}
	before := s.Enter()
	s.Attach(l)
	s.Leave(before)
}

// engineSession takes a request that names a session.
func (w *Conn) engineSession(req *httpparse.Request, head []byte, sid []byte, websocket bool) int {
	id, ok := w.sh.front.sessionID(sid)
	if !ok {
		w.refuseEngine(codeSessionUnknown, req.Upgrade)
		return len(head)
	}
	if home := w.sh.front.shards[id.Loop()]; home != w.sh {
		if websocket && req.Upgrade {
			return w.moveTo(home, len(head))
		}
		w.suit(req)
		w.hookHeaders(req, false)
		w.remember(req)
		w.handOver(req, home, request{id: id, rev: session.Rev4, websocket: websocket})
		return len(head)
	}
	if websocket && req.Upgrade {
		w.engineUpgrade(req, id)
		return len(head)
	}
	s := w.find(req, id, session.Rev4)
	if code := engineCheck(s, websocket); code >= 0 {
		w.refuseEngine(code, req.Upgrade)
		return len(head)
	}
	w.suit(req)
	w.hookHeaders(req, false)
	w.enginePoll(req, s.Link().(*transport.Polling))
	return len(head)
}

// engineCheck says what is wrong with a polling request for s, or -1.
func engineCheck(s *session.Session, websocket bool) int {
	if s == nil {
		return codeSessionUnknown
	}
	if _, polling := s.Link().(*transport.Polling); !polling || websocket {
		return codeBadRequest
	}
	return -1
}

// enginePoll hands a request to the polling transport of a session of this
// loop.
func (w *Conn) enginePoll(req *httpparse.Request, p *transport.Polling) {
	switch string(req.Method) {
	case "GET":
		p.Poll(w)
	case "POST":
		w.enginePost(req, p)
	default:
		w.refuse(500, "", "")
	}
}

// enginePost gathers the body of a POST.
func (w *Conn) enginePost(req *httpparse.Request, p *transport.Polling) {
	if body, ok := w.startPost(req); ok {
		body.engine.p = p
		w.await(body, &body.engine)
	}
}

// enginePost is the target of a POST to a session of this loop. If the body
// does not come whole with its head the transport is told, since a second POST
// meanwhile is an error.
type enginePost struct {
	p     *transport.Polling
	begun bool
}

func (e *enginePost) postBegun(w *Conn) bool {
	e.begun = e.p.BeginPost()
	if !e.begun {
		w.close = true
		w.refuse(400, "", "")
	}
	return e.begun
}

func (e *enginePost) postReady(w *Conn, b *post) {
	if e.begun {
		e.p.EndPost(false)
	}
	e.p.Post(w, b.binary, b.body.B)
}

func (e *enginePost) postBroken(lost bool) {
	if e.begun {
		e.p.EndPost(lost)
	}
}
