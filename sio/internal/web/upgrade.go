package web

import (
	"slices"

	"github.com/tornadio/tornadio/httpparse"
	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio/internal/session"
	"github.com/tornadio/tornadio/sio/internal/transport"
	"github.com/tornadio/tornadio/sio/internal/wsproto"
)

// checkUpgrade checks a websocket handshake and answers it if it is wrong.
func (w *Conn) checkUpgrade(req *httpparse.Request) (key []byte, ok bool) {
	key = req.Get("Sec-WebSocket-Key")
	err := wsproto.CheckUpgrade(req.Method, req.Get("Upgrade"), req.Get("Connection"),
		req.Get("Sec-WebSocket-Version"), key)
	if err == nil && req.Minor == 0 {
		// RFC 6455, 4.1: HTTP/1.1 or higher.
		err = &wsproto.HandshakeError{Status: 400, Reason: "websocket needs HTTP/1.1"}
	}
	if err == nil {
		return key, true
	}
	w.refuseUpgrade(err)
	return nil, false
}

func (w *Conn) refuseUpgrade(err *wsproto.HandshakeError) {
	w.close = true
	w.sh.front.hub.RefusedNow(w.sh.loop.Index(), err.Status)
	buf := ioloop.NewBuf()
	b := w.appendHead(buf.Bytes(), err.Status, transport.TextUTF8)
	b = append(b, err.Header...)
	b = httpparse.AppendContentLength(b, int64(len(err.Reason)))
	b = append(b, "\r\n"...)
	buf.SetBytes(append(b, err.Reason...))
	w.c.WriteBuf(buf, 0)
	w.next()
}

// switchTo answers the handshake and gives the connection to a websocket
// transport of s. The connection has a new handler from now on.
func (w *Conn) switchTo(req *httpparse.Request, s *session.Session, key []byte) *transport.WebSocket {
	max := w.sh.front.cfg.MaxMessage
	if s.Rev() == session.Rev1 { // the flash client is picky about the answer; none of them needs an extension
		w.answerSwitch(key, nil)
		return transport.NewWebSocket(w.c, s, max)
	}
	fields := w.extraFields()
	d := transport.Negotiate(w.sh.m, req.Get("Sec-WebSocket-Extensions"))
	if d.On {
		fields = wsproto.AppendDeflate(slices.Clip(fields), d)
	}
	w.answerSwitch(key, fields)
	l := transport.NewWebSocket(w.c, s, max)
	l.Deflate(d)
	return l
}

func (w *Conn) answerSwitch(key, fields []byte) {
	buf := ioloop.NewBuf()
	buf.SetBytes(wsproto.AppendSwitching(buf.Bytes(), key, nil, fields))
	w.c.WriteBuf(buf, 0)
	w.sh.loop.StopTimer(&w.timer)
	w.phase = phaseGiven
}

// engineUpgrade begins the probe of a websocket for a session of this loop.
func (w *Conn) engineUpgrade(req *httpparse.Request, id session.ID) {
	s := w.find(req, id, session.Rev4)
	if s == nil {
		w.refuseEngine(codeSessionUnknown, true)
		return
	}
	key, ok := w.checkUpgrade(req)
	if !ok {
		return
	}
	if !s.Upgradable() {
		// A second websocket, or one for a session that has its websocket:
		// closed at once, the first lives on.
		w.phase = phaseOver
		w.sh.loop.StopTimer(&w.timer)
		w.c.Close()
		return
	}
	w.hookHeaders(req, false)
	l := w.switchTo(req, s, key)
	if p, polling := s.Link().(*transport.Polling); polling && s.Rev() == session.Rev3 {
		l.Rev3(transport.Base64(req.RawQuery), p.EncodesOnce())
	}
	s.StartUpgrade(l)
}

// farewell opens a websocket of revision 1 only to say that its session does
// not exist: with the error packet 0.9 clients make a new handshake at once.
func (w *Conn) farewell(key []byte) {
	w.sh.front.hub.RefusedNow(w.sh.loop.Index(), 400)
	w.answerSwitch(key, nil)
	w.c.Write(wsproto.AppendFrame(nil, wsproto.OpText, []byte(notHandshaken)))
	w.c.Write(wsproto.AppendClose(nil, 0, ""))
	w.c.CloseLinger()
}

// moveTo takes the connection to the loop of the session that its handshake
// names, and has the request read again there. It returns how much of the
// input it used: nothing.
func (w *Conn) moveTo(home *Shard, headLen int) int {
	if w.moved {
		// The loops would have to disagree on who owns the id.
		w.refuseEngine(codeBadRequest, true)
		return headLen
	}
	w.moved = true
	if w.extra != nil {
		w.extra.again = true
	}
	w.phase = phaseMoving
	from := w.sh
	err := w.c.Move(home.loop, func(c *ioloop.Conn, err error) {
		w.phase = phaseHead
		if err != nil {
			w.sh = from
			w.close = true
			w.phase = phaseBusy
			w.finish(503, transport.TextUTF8, []byte("Service Unavailable"))
			return
		}
		w.sh = home
		w.deadline(home.front.cfg.HeadTimeout)
	})
	if err != nil {
		w.phase = phaseBusy
		w.close = true
		w.finish(503, transport.TextUTF8, []byte("Service Unavailable"))
		return headLen
	}
	return 0
}
