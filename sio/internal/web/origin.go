package web

import (
	"net/url"

	"github.com/tornadio/tornadio/httpparse"
)

// screen lets Options.CORS speak before anything else is looked at, as the
// middleware of the reference. It reports false if the request is answered.
func (w *Conn) screen(req *httpparse.Request) bool {
	return w.applyCORS(req) && w.screenBy(req)
}

// serveClient serves a client file, under the same rule.
func (w *Conn) serveClient(req *httpparse.Request) {
	if w.applyCORS(req) {
		w.serveBy(w.sh.front.cfg.ClientFiles, req)
	}
}

func (w *Conn) applyCORS(req *httpparse.Request) bool {
	c := w.sh.front.cfg.CORS
	if c == nil || w.extra != nil { // read again: it has its fields
		return true
	}
	a, err := c.answer(string(req.Method), string(req.Get("Origin")), string(req.Get("Access-Control-Request-Headers")))
	if err != nil {
		w.refuseEngine(codeBadRequest, req.Upgrade)
		return false
	}
	if len(a.fields) > 0 {
		w.more().fields = a.fields
	}
	if a.preflight {
		w.finish(c.Success, "", nil)
	}
	return !a.preflight
}

// admitRev1 is the rule of revision 1: pages of other origins can read every
// answer. Its clients set withCredentials, so "*" is not enough, and they need
// the fields on errors too (revision 1, 2.3). Where origins are configured,
// others are refused, websockets too, as Node's setting "origins" did.
func (w *Conn) admitRev1(req *httpparse.Request) bool {
	origin := req.Get("Origin")
	if c := w.sh.front.cfg.CORS; c != nil && !c.allows(originRev1(req)) {
		w.close = w.close || req.Upgrade
		w.refuseRev1(req, 403, "handshake bad origin")
		return false
	}
	if len(origin) > 0 {
		x := w.more()
		x.fields = httpparse.AppendField(x.fields[:0], "Access-Control-Allow-Origin", origin)
		x.fields = append(x.fields, "Access-Control-Allow-Credentials: true\r\nVary: Origin\r\n"...)
	}
	return true
}

// originRev1 is where a request of revision 1 comes from: the drafts of
// websocket 7 and 8 have a name of their own for it, and a page's requests to
// its own server may have nothing but a Referer.
func originRev1(req *httpparse.Request) string {
	for _, name := range []string{"Origin", "Sec-WebSocket-Origin"} {
		if v := req.Get(name); len(v) > 0 {
			return string(v)
		}
	}
	if u, err := url.Parse(string(req.Get("Referer"))); err == nil && u.Host != "" {
		return u.Scheme + "://" + u.Host
	}
	return ""
}
