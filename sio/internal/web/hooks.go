package web

import (
	"net/http"

	"github.com/tornadio/tornadio/httpparse"
	"github.com/tornadio/tornadio/sio/internal/session"
)

// refuseBad is refuseEngine for a bad request that has a name of its own in
// the reference's events.
func (w *Conn) refuseBad(why string, upgrade bool) {
	w.more().why = why
	w.refuseEngine(codeBadRequest, upgrade)
}

// asRequest is the request in net/http's form, for the application: the one
// that its middlewares have passed on, if there is one.
func (w *Conn) asRequest(req *httpparse.Request) *http.Request {
	if w.extra != nil && w.extra.request != nil {
		return w.extra.request
	}
	r, err := w.httpRequest(req)
	if err != nil {
		return &http.Request{Method: string(req.Method), RequestURI: string(req.Target), Header: Header(req.Fields)}
	}
	r.Body = http.NoBody
	w.more().request = r
	return r
}

// refused says what is known of a refusal, in the words of the reference's
// event.
func (w *Conn) refused(code int, text string) Refused {
	r := w.asRequest(&w.sh.req)
	var c map[string]string
	q := func(name string) string {
		if r.URL == nil {
			return ""
		}
		return r.URL.Query().Get(name)
	}
	switch code {
	case codeTransportUnknown:
		c = map[string]string{"transport": q("transport")}
	case codeSessionUnknown:
		c = map[string]string{"sid": q("sid")}
	case codeBadMethod:
		c = map[string]string{"method": r.Method}
	case codeForbidden:
		c = map[string]string{"message": text}
	case codeProtocol:
		c = map[string]string{"protocol": q("EIO")}
	default:
		why := w.extra.why
		switch {
		case why != "":
		case q("sid") != "":
			why = "TRANSPORT_MISMATCH"
		default:
			why = "TRANSPORT_HANDSHAKE_ERROR"
		}
		c = map[string]string{"name": why}
	}
	return Refused{Code: code, Message: engineMessage[code], Context: c, Request: r}
}

// hookHeaders lets the application add fields to the answer of a request that
// is let in; initial says that it begins a session.
func (w *Conn) hookHeaders(req *httpparse.Request, initial bool) {
	o := &w.sh.front.cfg.Options
	if o.Headers == nil && (o.InitialHeaders == nil || !initial) {
		return
	}
	h, loop := make(http.Header), w.sh.loop.Index()
	r := w.asRequest(req)
	if initial && o.InitialHeaders != nil {
		o.InitialHeaders(loop, h, r)
	}
	if o.Headers != nil {
		o.Headers(loop, h, r)
	}
	w.addHeader(h)
}

// remember keeps a request for OnRefused past its head: another loop may
// refuse it.
func (w *Conn) remember(req *httpparse.Request) {
	if w.sh.front.cfg.OnRefused != nil {
		w.asRequest(req)
	}
}

// greet queues what a new session is told after its open packet.
func (sh *Shard) greet(s *session.Session) {
	if text := sh.front.cfg.InitialPacket; text != "" {
		b := append(make([]byte, session.Headroom), '4')
		m := session.NewMessage(append(b, text...), false)
		if s.Rev() == session.Rev3 && !sh.front.cfg.EngineOnly {
			m = session.InASCII(m)
		}
		s.Enqueue(m)
	}
}

// setCookie gives the first answer of a polling session its cookie.
func (w *Conn) setCookie(s *session.Session) {
	if f := w.sh.front.cfg.Cookie; f != nil {
		w.addField("Set-Cookie", f(s.SID()))
	}
}
