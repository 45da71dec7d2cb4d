package web

import (
	"github.com/tornadio/tornadio/httpparse"
	"github.com/tornadio/tornadio/sio/internal/session"
	"github.com/tornadio/tornadio/sio/internal/transport"
)

// rev1Session takes a request that names a session. A websocket or stream moves
// to the session's loop and is read again there; other requests are handed over.
func (w *Conn) rev1Session(req *httpparse.Request, head []byte, sid []byte, r request) int {
	method := string(req.Method)
	r.get, r.post = method == "GET", method == "POST"
	socket := !r.leave && isSocket(r.name)
	if socket && !req.Upgrade {
		w.refuse(400, transport.TextUTF8, "Not a websocket handshake")
		return len(head)
	}
	id, ok := w.sh.front.sessionID(sid)
	if !ok {
		w.rev1Unknown(req, r)
		return len(head)
	}
	r.id = id
	stream := !r.leave && r.get && r.name == transport.NameHTMLFile
	if home := w.sh.front.shards[id.Loop()]; home != w.sh {
		if socket || stream {
			return w.moveTo(home, len(head))
		}
		w.handOver(req, home, r)
		return len(head)
	}
	s := w.find(req, id, session.Rev1)
	switch {
	case s == nil:
		w.rev1Unknown(req, r)
	case socket:
		w.rev1Socket(req, r, s)
	case r.leave:
		s.Left()
		w.finish(200, transport.TextUTF8, nil)
	case stream:
		w.rev1Stream(req, s)
	default:
		w.rev1Request(req, s, r)
	}
	return len(head)
}

func isSocket(name string) bool {
	return name == transport.NameWebSocket || name == transport.NameFlashSocket
}

// rev1Socket gives the connection to a websocket transport of s; nil stands for
// a session that does not exist, which the client is told over the websocket:
// with that error packet clients of 0.9 make a new handshake at once.
func (w *Conn) rev1Socket(req *httpparse.Request, r request, s *session.Session) {
	flash, check := r.name == transport.NameFlashSocket, w.sh.front.cfg.WebSocketCheck
	if isHixie(req) {
		w.openHixie(req, s, flash, check)
		return
	}
	key, ok := w.checkUpgrade(req)
	if !ok {
		return
	}
	if s == nil {
		w.farewell(key)
		return
	}
	l := w.switchTo(req, s, key)
	before := s.Enter()
	l.BeginRev1(flash, check)
	s.Leave(before)
}

// rev1Stream answers with the endless page of htmlfile.
func (w *Conn) rev1Stream(req *httpparse.Request, s *session.Session) {
	h, resting := s.Link().(*transport.HTMLFile)
	resting = resting && h.Resting()
	if !resting {
		h = transport.NewHTMLFile(s)
	}
	before := s.Enter()
	w.giveStream(req, h)
	if !resting {
		s.Attach(h)
	}
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
	w.rev1Socket(req, r, nil)
}

// rev1Gone is rev1Unknown for requests that get an answer of HTTP.
func (w *Conn) rev1Gone(r request) {
	if !r.get || r.leave {
		w.refuse(400, transport.TextUTF8, "Session unknown")
		return
	}
	w.sh.front.hub.RefusedNow(w.sh.loop.Index(), 400)
	switch r.name {
	case transport.NameJSONP:
		w.later(200, transport.Script, transport.AppendScript(nil, r.index, []byte(notHandshaken)))
	case transport.NameHTMLFile:
		w.later(200, transport.HTMLUTF8, transport.AppendHTMLPage(nil, []byte(notHandshaken)))
	default:
		w.later(200, transport.TextUTF8, []byte(notHandshaken))
	}
}

// later answers after notHandshakenDelay.
func (w *Conn) later(status int, contentType string, body []byte) {
	w.late = &lateAnswer{status: status, contentType: contentType, body: body}
	w.deadline(notHandshakenDelay)
}
