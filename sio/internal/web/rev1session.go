package web

import (
	"github.com/tornadio/tornadio/httpparse"
	"github.com/tornadio/tornadio/sio/internal/session"
	"github.com/tornadio/tornadio/sio/internal/transport"
)

// rev1Session takes a request that names a session. A websocket moves to the
// session's loop and is read again there; other requests are handed over.
func (w *Conn) rev1Session(req *httpparse.Request, head []byte, sid []byte, r request) int {
	method := string(req.Method)
	r.get, r.post = method == "GET", method == "POST"
	socket := !r.leave && isSocket(r.name)
	if socket && !req.Upgrade {
		w.refuse(400, transport.TextUTF8, "Not a websocket handshake")
		return len(head)
	}
	id, ok := session.ParseID(sid)
	if !ok || id.Loop() >= len(w.sh.front.shards) {
		w.rev1Unknown(req, r)
		return len(head)
	}
	r.id = id
	if home := w.sh.front.shards[id.Loop()]; home != w.sh {
		if socket {
			return w.moveTo(home, len(head))
		}
		w.handOver(req, home, r)
		return len(head)
	}
	s := w.sh.m.Find(id, session.Rev1)
	switch {
	case s == nil:
		w.rev1Unknown(req, r)
	case socket:
		w.rev1WebSocket(req, s)
	case r.leave:
		s.Left()
		w.finish(200, transport.TextUTF8, nil)
	default:
		w.rev1Request(req, s, r)
	}
	return len(head)
}

func isSocket(name string) bool { return name == transport.NameWebSocket }

func (w *Conn) rev1WebSocket(req *httpparse.Request, s *session.Session) {
	key, ok := w.checkUpgrade(req)
	if !ok {
		return
	}
	l := w.switchTo(s, key)
	before := s.Enter()
	s.Attach(l)
	s.Leave(before)
}

// rev1Request takes a poll or a POST for a session of this loop.
func (w *Conn) rev1Request(req *httpparse.Request, s *session.Session, r request) {
	switch {
	case r.get:
		rev1Poll(s, w, r)
	case r.post:
		if body, ok := w.startPost(req); ok {
			w.await(body, rev1Post{r})
		}
	default:
		w.refuse(405, transport.TextUTF8, "Method not allowed")
	}
}

// rev1Poll gives a poll to the session's transport of that name, and makes such
// a one its transport if it has another one or none.
func rev1Poll(s *session.Session, x transport.Exchange, r request) {
	before := s.Enter()
	if r.name == transport.NameJSONP {
		p, ok := s.Link().(*transport.JSONP)
		if !ok {
			p = transport.NewJSONP(s)
			s.Attach(p)
		}
		p.Poll(x, r.index)
	} else {
		p, ok := s.Link().(*transport.XHR)
		if !ok {
			p = transport.NewXHR(s)
			s.Attach(p)
		}
		p.Poll(x)
	}
	s.Leave(before)
}

// rev1Receive hands the body of a POST to its session.
func rev1Receive(s *session.Session, x transport.Exchange, r request, body []byte) {
	if r.name == transport.NameJSONP {
		transport.PostJSONP(s, x, body)
	} else {
		transport.PostRev1(s, x, body)
	}
}

// rev1Post is the target of a POST to a session of this loop. It looks the
// session up when the body is whole: it may have ended meanwhile.
type rev1Post struct{ r request }

func (t rev1Post) postReady(w *Conn, b *post) {
	if s := w.sh.m.Find(t.r.id, session.Rev1); s != nil {
		rev1Receive(s, w, t.r, b.body.B)
	} else {
		w.rev1Gone(t.r)
	}
	b.done()
}

func (t rev1Post) postBegun(*Conn) bool { return true }
func (t rev1Post) postBroken(bool)      {}

// rev1Unknown answers a request for a session that does not exist: the client
// shall begin anew.
func (w *Conn) rev1Unknown(req *httpparse.Request, r request) {
	if r.leave || !isSocket(r.name) {
		w.rev1Gone(r)
		return
	}
	if key, ok := w.checkUpgrade(req); ok {
		w.sh.front.hub.RefusedNow(w.sh.loop.Index(), 400)
		w.farewell(key)
	}
}

// rev1Gone is rev1Unknown for requests that get an answer of HTTP.
func (w *Conn) rev1Gone(r request) {
	if !r.get || r.leave {
		w.refuse(400, transport.TextUTF8, "Session unknown")
		return
	}
	w.sh.front.hub.RefusedNow(w.sh.loop.Index(), 400)
	if r.name == transport.NameJSONP {
		w.later(200, transport.Script, transport.AppendScript(nil, r.index, []byte(notHandshaken)))
	} else {
		w.later(200, transport.TextUTF8, []byte(notHandshaken))
	}
}

// later answers after notHandshakenDelay.
func (w *Conn) later(status int, contentType string, body []byte) {
	w.late = &lateAnswer{status: status, contentType: contentType, body: body}
	w.deadline(notHandshakenDelay)
}
