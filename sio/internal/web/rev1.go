package web

import (
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
	handshake := len(name) == 0 && len(sid) == 0
	r := request{rev: session.Rev1, name: w.sh.front.rev1Name(name)}
	switch {
	case string(req.Method) == "OPTIONS":
		w.preflight(req)
	case string(protocol) != "1":
		w.refuseRev1(req, 500, "Protocol version not supported.")
	case handshake:
		w.rev1Handshake(req, head)
	case queryIs(req.RawQuery, "disconnect", "1"): // also with an empty transport: "/1//sid/"
		r.leave = true
		return w.rev1Session(req, head, sid, r)
	case r.name == "":
		w.refuse(404, transport.TextUTF8, "Transport unknown")
	default:
		r.index, _ = scriptIndex(req, "i")
		return w.rev1Session(req, head, sid, r)
	}
	return len(head)
}

// rev1Name gives the name of a transport if that is on, else "".
func (f *Front) rev1Name(name []byte) string {
	for _, n := range f.cfg.Rev1 {
		if n == string(name) {
			return n
		}
	}
	return ""
}

// scriptIndex reads the index of a client's callback. Anything but digits is
// as good as none.
func scriptIndex(req *httpparse.Request, key string) (index int64, ok bool) {
	raw, _ := httpparse.QueryGet(req.RawQuery, key)
	return transport.ScriptIndex(raw)
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
	names := w.sh.front.cfg.Rev1
	switch {
	case string(req.Method) != "GET":
		w.refuseRev1(req, 400, "Bad handshake method")
		return
	case len(names) == 0:
		// An empty list would have the client try all that it knows.
		w.refuseRev1(req, 403, "No transport for this client")
		return
	}
	if w.forbiddenRev1(req) || w.unnamedRev1(req) {
		return
	}
	s, no := w.open(req, head, session.Rev1, "")
	if no != nil {
		w.refuseRev1(req, no.Status, no.Text)
		return
	}
	cfg := w.sh.m.Config()
	body := payload.AppendHandshake(w.sh.out[:0], s.SID(),
		int(cfg.HeartbeatTimeout/time.Second), int(cfg.CloseTimeout/time.Second), names)
	if index, ok := scriptIndex(req, "jsonp"); ok {
		n := len(body)
		body = transport.AppendScript(body, index, body[:n])
		w.finish(200, transport.HandshakeScript, body[n:])
	} else {
		w.finish(200, transport.TextUTF8, body)
	}
	w.sh.out = body[:0]
}

// refuseRev1 refuses a handshake. One that came by a script is answered by a
// script, with status 200: its client would never notice another one.
func (w *Conn) refuseRev1(req *httpparse.Request, status int, text string) {
	index, ok := scriptIndex(req, "jsonp")
	if !ok {
		w.refuse(status, transport.TextUTF8, text)
		return
	}
	w.sh.front.hub.RefusedNow(w.sh.loop.Index(), status)
	w.finish(200, transport.HandshakeScript, transport.AppendScriptError(nil, index, text))
}
