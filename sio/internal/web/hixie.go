package web

import (
	"github.com/tornadio/tornadio/httpparse"
	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio/internal/session"
	"github.com/tornadio/tornadio/sio/internal/transport"
	"github.com/tornadio/tornadio/sio/internal/wsproto"
)

// isHixie reports whether a websocket handshake is one of hixie-76. Later drafts
// have a version. The one before, hixie-75, has no keys: no released client of
// 0.7 to 0.9 sends it, and it is refused as an unknown version is, with 426.
func isHixie(req *httpparse.Request) bool {
	return len(req.Get("Sec-WebSocket-Version")) == 0 && len(req.Get("Sec-WebSocket-Key1")) > 0
}

// openHixie answers a handshake of hixie-76 with the head, and has the transport
// wait for the 8 bytes behind the request's; nil stands for a session that does
// not exist.
func (w *Conn) openHixie(req *httpparse.Request, s *session.Session, flash, check bool) {
	n1, n2, err := wsproto.CheckHixie(req.Method, req.Get("Upgrade"), req.Get("Connection"),
		req.Get("Sec-WebSocket-Key1"), req.Get("Sec-WebSocket-Key2"))
	if err != nil {
		w.refuseUpgrade(err)
		return
	}
	if s == nil {
		w.sh.front.hub.RefusedNow(w.sh.loop.Index(), 400)
	}
	buf := ioloop.NewBuf()
	buf.SetBytes(wsproto.AppendHixieSwitching(buf.Bytes(), req.Get("Origin"), req.Host, req.Target,
		req.Get("Sec-WebSocket-Protocol"), w.c.Secure()))
	w.c.WriteBuf(buf, 0)
	w.give()
	o := &transport.HixieOpening{
		Conn: w.c, Session: s, N1: n1, N2: n2, Flash: flash, Check: check,
		Max: w.sh.front.cfg.MaxMessage, Wait: w.sh.front.cfg.HeadTimeout,
	}
	o.Begin()
}

// give ends what this handler has to do with its connection.
func (w *Conn) give() {
	w.sh.loop.StopTimer(&w.timer)
	w.phase = phaseGiven
}

// giveStream writes the head of an answer without end, and gives the connection
// to the transport that writes the rest. Afterwards it is one of HTTP again.
// One of HTTP/1.0 has no chunks: there the answer ends with the connection.
func (w *Conn) giveStream(req *httpparse.Request, h *transport.HTMLFile) {
	plain := req.Minor == 0
	w.close = w.close || plain
	var next transport.Acceptor
	if !w.close {
		next = w.sh.front
	}
	buf := ioloop.NewBuf()
	b := w.appendHead(buf.Bytes(), 200, transport.HTMLUTF8)
	if !w.close {
		b = append(b, "Connection: keep-alive\r\n"...)
	}
	if !plain {
		b = append(b, "Transfer-Encoding: chunked\r\n"...)
	}
	buf.SetBytes(append(b, "\r\n"...))
	w.c.WriteBuf(buf, 0)
	w.give()
	h.Open(w.c, plain, next)
}
