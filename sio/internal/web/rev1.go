package web

import (
	"bytes"
	"time"

	"github.com/tornadio/tornadio/httpparse"
	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio/internal/payload"
	"github.com/tornadio/tornadio/sio/internal/session"
	"github.com/tornadio/tornadio/sio/internal/transport"
)

// notHandshaken is the error packet for a session that does not exist, with
// the advice to reconnect.
const notHandshaken = "7:::1+0"

// notHandshakenDelay holds that answer back on polls: clients of 0.7 to 0.9.3
// that never got their connect packet repeat the poll in a tight loop
// (revision 1, 10.5).
const notHandshakenDelay = time.Second

// routeRev1 takes a request of revision 1; rest is the path after /socket.io.
func (w *Conn) routeRev1(req *httpparse.Request, head []byte, rest []byte) int {
	if !w.admitRev1(req) {
		return len(head)
	}
	protocol, rest := httpparse.NextSegment(rest)
	name, rest := httpparse.NextSegment(rest)
	sid, _ := httpparse.NextSegment(rest)
	switch {
	case string(req.Method) == "OPTIONS":
		w.preflight(req)
	case string(protocol) != "1":
		w.refuse(500, transport.TextUTF8, "Protocol version not supported.")
	case len(name) == 0 && len(sid) == 0:
		w.rev1Handshake(req, head)
	case queryIs(req.RawQuery, "disconnect", "1"):
		return w.rev1Session(req, head, sid, request{leave: true})
	case string(name) == transport.NameWebSocket && w.sh.front.cfg.WebSocket:
		return w.rev1Session(req, head, sid, request{websocket: true})
	case string(name) == transport.NameXHR && w.sh.front.cfg.Polling:
		return w.rev1Session(req, head, sid, request{})
	default:
		w.refuse(404, transport.TextUTF8, "Transport unknown")
	}
	return len(head)
}

// preflight answers OPTIONS. The clients need none, but applications add
// fields of their own.
func (w *Conn) preflight(req *httpparse.Request) {
	buf := ioloop.NewBuf()
	b := w.appendHead(buf.Bytes(), 200, "")
	b = append(b, "Access-Control-Allow-Methods: POST, GET, OPTIONS\r\n"...)
	if f := req.Get("Access-Control-Request-Headers"); len(f) > 0 {
		b = httpparse.AppendField(b, "Access-Control-Allow-Headers", f)
	}
	b = httpparse.AppendContentLength(b, 0)
	buf.SetBytes(append(b, "\r\n"...))
	w.c.WriteBuf(buf, 0)
	w.next()
}

// rev1Handshake begins a session: its id, the two time-outs in seconds, and
// the transports in the order in which the client shall try them.
func (w *Conn) rev1Handshake(req *httpparse.Request, head []byte) {
	if string(req.Method) != "GET" {
		w.refuse(400, transport.TextUTF8, "Bad handshake method")
		return
	}
	s, no := w.open(req, head, session.Rev1, "")
	if no != nil {
		w.refuse(no.Status, transport.TextUTF8, no.Text)
		return
	}
	cfg := w.sh.m.Config()
	var names []string
	if w.sh.front.cfg.WebSocket {
		names = append(names, transport.NameWebSocket)
	}
	if w.sh.front.cfg.Polling {
		names = append(names, transport.NameXHR)
	}
	body := payload.AppendHandshake(w.sh.out[:0], s.ID().String(),
		int(cfg.HeartbeatTimeout/time.Second), int(cfg.CloseTimeout/time.Second), names)
	w.finish(200, transport.TextUTF8, body)
	w.sh.out = body[:0]
}

// rev1Session takes a request that names a session.
func (w *Conn) rev1Session(req *httpparse.Request, head []byte, sid []byte, r request) int {
	upgrade := r.websocket
	if upgrade && !req.Upgrade {
		w.refuse(400, transport.TextUTF8, "Not a websocket handshake")
		return len(head)
	}
	id, ok := session.ParseID(sid)
	if !ok || id.Loop() >= len(w.sh.front.shards) {
		w.rev1Unknown(req, upgrade)
		return len(head)
	}
	r.id, r.rev = id, session.Rev1
	if home := w.sh.front.shards[id.Loop()]; home != w.sh {
		if upgrade {
			return w.moveTo(home, len(head))
		}
		w.handOver(req, home, r)
		return len(head)
	}
	s := w.sh.m.Find(id, session.Rev1)
	switch {
	case s == nil:
		w.rev1Unknown(req, upgrade)
	case upgrade:
		w.rev1WebSocket(req, s)
	case r.leave:
		s.Left()
		w.finish(200, transport.TextUTF8, nil)
	default:
		w.rev1Poll(req, s)
	}
	return len(head)
}

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

func (w *Conn) rev1Poll(req *httpparse.Request, s *session.Session) {
	switch string(req.Method) {
	case "GET":
		rev1Poll(s, w)
	case "POST":
		if body, ok := w.startPost(req); ok {
			w.await(body, rev1Post{id: s.ID()})
		}
	default:
		w.refuse(405, transport.TextUTF8, "Method not allowed")
	}
}

// rev1Poll gives a poll to the session's xhr transport, and makes that its
// transport if it has another one or none.
func rev1Poll(s *session.Session, x transport.Exchange) {
	p, ok := s.Link().(*transport.XHR)
	before := s.Enter()
	if !ok {
		p = transport.NewXHR(s)
		s.Attach(p)
	}
	p.Poll(x)
	s.Leave(before)
}

// rev1Post is the target of a POST to a session of this loop. It looks the
// session up when the body is whole: it may have ended meanwhile.
type rev1Post struct{ id session.ID }

func (t rev1Post) postReady(w *Conn, b *post) {
	if s := w.sh.m.Find(t.id, session.Rev1); s != nil {
		transport.PostRev1(s, w, b.body.B)
	} else {
		w.refuse(400, transport.TextUTF8, "Session unknown")
	}
	b.done()
}

func (t rev1Post) postBegun(*Conn) bool { return true }
func (t rev1Post) postBroken(bool)      {}

// rev1Unknown answers a request for a session that does not exist: the client
// shall begin anew.
func (w *Conn) rev1Unknown(req *httpparse.Request, upgrade bool) {
	w.sh.front.hub.RefusedNow(w.sh.loop.Index(), 400)
	switch {
	case upgrade:
		if key, ok := w.checkUpgrade(req); ok {
			w.farewell(key)
		}
	case bytes.Equal(req.Method, []byte("GET")):
		w.later(200, transport.TextUTF8, []byte(notHandshaken))
	default:
		w.refuse(400, transport.TextUTF8, "Session unknown")
	}
}

// later answers after notHandshakenDelay.
func (w *Conn) later(status int, contentType string, body []byte) {
	w.late = &lateAnswer{status: status, contentType: contentType, body: body}
	w.deadline(notHandshakenDelay)
}
